// Roles and sign-in rules of Aurora PostgreSQL on a local server: a master user without superuser, and sign-in by
// token.
import type { DirectConnection } from '../../runtime/database-connection';

/** The master user: can create roles and databases, is not a superuser, and signs in with a password. */
export const masterUser = 'rempart_admin';

/** Password of every role of a local server. */
export const localPassword = 'postgres';

/**
 * The sign-in rules ("The pg_hba.conf File", PostgreSQL); the first match applies. From direct and indirect members of
 * `rds_iam` Aurora accepts a token and no password ("Creating a database account using IAM authentication"). A local
 * server cannot verify tokens: the roles of the functions and of people sign in with a password instead, and all other
 * members of `rds_iam` cannot sign in.
 */
export const signInRules = `host all rempart_application,rempart_maintenance,rempart_admission,rempart_validation 127.0.0.1/32 password
host all /^(support|auditor)_ 127.0.0.1/32 password
host all +rds_iam 127.0.0.1/32 reject
host all all 127.0.0.1/32 password
`;

/**
 * Creates the roles of Aurora that are missing.
 *
 * Aurora's master user grants `rds_iam` without membership, which PostgreSQL does not support. Here the owner of the
 * database has this privilege: that membership is implicit, applies within a session, and does not apply at sign-in.
 * PostgreSQL rejects the corresponding grant, hence the row in the catalog.
 */
export async function createMaster(superuser: DirectConnection): Promise<void> {
  await superuser.query(`do $$
    begin
      if not exists (select from pg_roles where rolname = '${masterUser}') then
        create role ${masterUser} login createrole createdb password '${localPassword}';
      end if;
      if not exists (select from pg_roles where rolname = 'rds_iam') then
        create role rds_iam nologin;
        set local allow_system_table_mods = on;
        insert into pg_auth_members (oid, roleid, member, grantor, admin_option, inherit_option, set_option)
          select pg_nextoid('pg_auth_members', 'oid', 'pg_auth_members_oid_index'), 'rds_iam'::regrole, 'pg_database_owner'::regrole,
            10, true, false, false;
      end if;
    end $$`);
}

/**
 * Sets the password of the functions' roles, in place of a token. Requires a superuser: the master user has no
 * privilege on these roles.
 */
export async function setTokenPasswords(superuser: DirectConnection): Promise<void> {
  for (const role of ['rempart_admission', 'rempart_application', 'rempart_maintenance', 'rempart_validation'])
    await superuser.query(`alter role ${role} password '${localPassword}'`);
}

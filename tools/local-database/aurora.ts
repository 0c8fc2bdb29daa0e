// What makes a local server refuse what Aurora PostgreSQL refuses: a master user who is no superuser, and sign-in by token.
import type { DirectConnection } from '../../runtime/database-connection';

/** The master user: may make roles and databases, and is no superuser. Signs in by password. */
export const masterUser = 'rempart_admin';

/** Every role of a local server has this password. */
export const localPassword = 'postgres';

/**
 * The sign-in rules ("The pg_hba.conf File", PostgreSQL), first match first. Aurora takes a token and no password from members of
 * `rds_iam`, direct and indirect ("Creating a database account using IAM authentication"). A local server cannot check tokens: the two
 * roles of the functions sign in by password in their place, all other members of `rds_iam` not at all.
 */
export const signInRules = `host all rempart_application,rempart_maintenance 127.0.0.1/32 password
host all +rds_iam 127.0.0.1/32 reject
host all all 127.0.0.1/32 password
`;

/**
 * Makes the roles that Aurora brings, where they are missing.
 *
 * Aurora's master user grants `rds_iam` without being a member of it, which an ordinary server does not admit. Here it has that right as
 * the owner of its database: that membership is implicit, counts within a session, and does not count at sign-in. PostgreSQL refuses the
 * grant that says so, hence the row in the catalog.
 */
export async function makeMaster(superuser: DirectConnection): Promise<void> {
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

/** Gives the roles of the functions their password, which stands for a token. Only a superuser may: the master user has no right to them. */
export async function makeTokens(superuser: DirectConnection): Promise<void> {
  for (const role of ['rempart_application', 'rempart_maintenance'])
    await superuser.query(`alter role ${role} password '${localPassword}'`);
}

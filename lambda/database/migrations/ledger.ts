// The table of applied migrations, created before the library does, with triggers that the library lacks.
import type { DatabaseClient } from '../../../runtime/database-connection';

/**
 * Creates or updates the table and two triggers. Both run when the library inserts a name, in the transaction of the
 * migration. One sets the checksum from the session. The other rejects a migration after which the migrating user
 * could not sign in again.
 */
export async function prepareLedger(client: DatabaseClient, checksums: ReadonlyMap<string, string>): Promise<void> {
  await client.query('begin');
  try {
    await client.query(ledger);
    await client.query("select set_config('rempart.migration_checksums', $1, false)", [JSON.stringify(Object.fromEntries(checksums))]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

// `keep_sign_in` reads the catalog: `pg_has_role` would also count memberships of this session only.
const ledger = `
  create schema if not exists rempart_migrations;
  revoke all on schema rempart_migrations from public;
  create table if not exists rempart_migrations.applied (
    id serial primary key, name varchar(255) not null unique, run_on timestamp not null, checksum text not null);
  create or replace function rempart_migrations.note_checksum() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
  begin
    new.checksum := current_setting('rempart.migration_checksums')::jsonb ->> new.name;
    return new;
  end $$;
  create or replace trigger note_checksum before insert on rempart_migrations.applied
    for each row execute function rempart_migrations.note_checksum();
  create or replace function rempart_migrations.keep_sign_in() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
  declare
    path text;
  begin
    with recursive memberships (id, name, way) as (
      select oid, rolname, rolname::text from pg_roles where rolname = session_user
      union all
      select r.oid, r.rolname, way || ' in ' || r.rolname
      from memberships as m join pg_auth_members as a on a.member = m.id join pg_roles as r on r.oid = a.roleid
    )
    select way into path from memberships where name = 'rds_iam' limit 1;
    if path is not null then
      raise exception 'migration %: expected the migrating user outside rds_iam, got %; it could sign in by password no more: make the role as 0001_roles.sql makes those that sign in',
        new.name, path;
    end if;
    return new;
  end $$;
  create or replace trigger keep_sign_in before insert on rempart_migrations.applied
    for each row execute function rempart_migrations.keep_sign_in();`;

-- Roles and schemas: who may do what, before there is anything to do it to.
--
-- The roles belong to the server, not to one database, so each is created only where it is missing.
-- On Aurora the migrations run as the master user, which has CREATEROLE but is no superuser: nothing here needs more.
--
-- Since PostgreSQL 16, a role that makes another is a member of it ("CREATE ROLE"), and cannot undo that. Aurora takes no password from
-- members of rds_iam, direct or indirect ("Creating a database account using IAM authentication"): a master user who made a role that
-- signs in by token could never sign in again. So such a role is made by another role, which is then dropped, and the membership with it.
-- Nobody but RDS can change or drop the role afterwards: what is to be otherwise takes a new role. The ledger refuses a migration that
-- would make the master user a member (lambda/database/migrations/ledger.ts).
do $roles$
declare
  wanted record;
begin
  for wanted in
    select * from (values
      -- Owns tables. Migrations act as it; nobody signs in as it. Row security is forced upon it too.
      ('rempart_owner', 'nologin'),
      -- Owns the functions that act on behalf of others (security definer). Nobody signs in as it.
      ('rempart_guard', 'nologin'),
      -- Functions and services that serve one site at a time. (TOM-4.1, 4.10)
      ('rempart_application', 'login'),
      -- Scheduled upkeep: months, removal after retention, creation of sites. Reads no site's rows by itself.
      ('rempart_maintenance', 'login'),
      -- Group of people who read the logs. (TOM-3.9, 4.8, 4.9)
      ('rempart_auditor', 'nologin'),
      -- Group of people who read a site's rows once an entry in the access log says so. (TOM-4.8)
      ('rempart_support', 'nologin')
    ) as t (name, sign_in)
  loop
    continue when exists (select from pg_roles where rolname = wanted.name);
    if wanted.sign_in = 'login' then
      create role rempart_maker nologin noinherit createrole;
      execute format('grant rempart_maker to %I with inherit false, set true', current_user);
      set local role rempart_maker;
    end if;
    execute format('create role %I %s noinherit nocreatedb nocreaterole', wanted.name, wanted.sign_in);
    if wanted.sign_in = 'login' then
      set local role none;
      drop role rempart_maker;
    end if;
  end loop;

  execute format('grant rempart_owner, rempart_guard to %I with inherit true, set true', current_user);

  -- IAM authentication instead of passwords, where the server knows it ("IAM database authentication", Amazon Aurora).
  if exists (select from pg_roles where rolname = 'rds_iam') then
    grant rds_iam to rempart_application, rempart_maintenance;
  end if;

  -- Temporary tables and new schemas are nobody's business but the owner's.
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to rempart_application, rempart_maintenance, rempart_auditor, rempart_support', current_database());
  execute format('grant create on database %I to rempart_owner', current_database());
end
$roles$;

revoke all on schema public from public;

-- Large objects have no row security. Only who owns the server's own functions may revoke them, which Aurora's master user does not:
-- there, `rempart.leave` sees to it that none is committed. (TOM-4.1)
do $large_objects$
declare
  one regprocedure;
begin
  for one in
    select oid from pg_proc
    where pronamespace = 'pg_catalog'::regnamespace and proname ~ '^(lo_.*|loread|lowrite)$' and pg_has_role(proowner, 'usage')
  loop
    execute format('revoke execute on function %s from public', one);
  end loop;
end
$large_objects$;

set local role rempart_owner;
create schema rempart;
create schema rempart_private;
revoke all on schema rempart, rempart_private from public;
grant usage on schema rempart to rempart_application, rempart_maintenance, rempart_auditor, rempart_support;
grant usage, create on schema rempart to rempart_guard;
grant usage on schema rempart_private to rempart_guard;
alter default privileges for role rempart_owner revoke execute on functions from public;
reset role;

set local role rempart_guard;
alter default privileges for role rempart_guard revoke execute on functions from public;
reset role;

-- People who sign in to the database, each as a role of their own: support staff and auditors. (TOM-4.7, 4.8,
-- docs/adr/0020-people-read-through-a-function.md)
--
-- `rempart_admission` makes and drops their roles, and nothing else makes a role that signs in by token: such a role belongs to whoever
-- made it, and the master user may not be a member of it (0001). The group `rempart_staff` gives the sign-in by token to its members. The
-- maker of 0001 makes the one, and the one makes the other, so the master user is a member of neither.
do $roles$
begin
  if not exists (select from pg_roles where rolname = 'rempart_admission') then
    create role rempart_maker nologin noinherit createrole;
    execute format('grant rempart_maker to %I with inherit false, set true', current_user);
    set local role rempart_maker;
    create role rempart_admission login noinherit nocreatedb createrole;
    grant rempart_admission to rempart_maker with inherit false, set true;
    set local role rempart_admission;
    create role rempart_staff nologin noinherit nocreatedb nocreaterole;
    set local role none;
    drop role rempart_maker;
    grant rempart_support, rempart_auditor to rempart_admission with admin true, inherit false, set false;
    if exists (select from pg_roles where rolname = 'rds_iam') then
      grant rds_iam to rempart_admission, rempart_staff;
    end if;
  end if;
  execute format('grant connect on database %I to rempart_admission', current_database());
end
$roles$;

set local role rempart_owner;
grant usage on schema rempart to rempart_admission;

-- Who may sign in, as what and until when. A role may outlive its row by a moment, and reads nothing then.
create table rempart_private.staff (
  role name primary key check (role = kind || '_' || person),
  kind text not null check (kind in ('support', 'auditor')),
  -- The name of the person's sessions: that of the IAM user, or of the user of IAM Identity Center.
  person text not null check (person ~ '^[a-z0-9][a-z0-9._@-]{0,46}$'),
  until timestamptz not null,
  granted_by text not null check (length(granted_by) between 1 and 200),
  granted_at timestamptz not null default clock_timestamp(),
  -- When it was revoked, or found to be over.
  ended_at timestamptz
);

-- Signatures of requests, each used once. A signature is good for a minute, so an hour is long enough.
create table rempart_private.used_signatures (
  digest bytea primary key check (length(digest) = 32),
  at timestamptz not null default clock_timestamp()
);
create index used_signatures_age on rempart_private.used_signatures (at);

grant select, insert, update on rempart_private.staff to rempart_guard;
grant select, insert, delete on rempart_private.used_signatures to rempart_guard;
reset role;

set local role rempart_guard;

-- Whether the role that is signed in is that of a person with access of a kind, now: by the clock, and not from the start of the
-- transaction, so that access ends within one that is held open.
create function rempart.is_staff(wanted text) returns boolean
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from rempart_private.staff
    where role = session_user and kind = wanted and ended_at is null and until > (select clock_timestamp()))
$$;

-- Notes that the signature of a request was used; refuses one that was.
create function rempart.use_signature(used bytea) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from rempart_private.used_signatures where at < clock_timestamp() - interval '1 hour';
  insert into rempart_private.used_signatures (digest) values (used);
exception when unique_violation then
  raise exception 'request: expected a signature that was not used before, got one that was; sign the request again'
    using errcode = 'insufficient_privilege';
end
$$;

-- Writes the entry of the access log for a read of the person who is signed in. Site 0 stands for all sites, which auditors alone read.
create function rempart.staff_entry(site integer, action text, source text, outcome text, detail text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if outcome not in ('done', 'failed') then
    raise exception 'access log: expected done or failed, got %', outcome using errcode = 'insufficient_privilege';
  end if;
  if outcome = 'done' and not rempart.is_staff('auditor') and not (rempart.is_staff('support') and site in (select rempart.support_sites())) then
    raise exception 'site %: expected access that lasts and a site that was opened within the hour, got none; open the site again', site
      using errcode = 'insufficient_privilege';
  end if;
  insert into rempart.access_log (site_id, actor, source, action, outcome, detail)
  values (site, session_user, source, action, outcome, detail);
end
$$;

-- As before, for a person whose access lasts.
create or replace function rempart.support_open(site integer, reason text, source text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not rempart.is_staff('support') then
    raise exception 'support: expected access that lasts, got none for %', session_user using errcode = 'insufficient_privilege';
  end if;
  if length(trim(reason)) < 10 then
    raise exception 'support: expected a reason of at least 10 characters, got %', quote_literal(reason) using errcode = 'check_violation';
  end if;
  if not exists (select from rempart.sites where id = site and deleted_at is null) then
    raise exception 'site %: expected a live site, got none', site using errcode = 'no_data_found';
  end if;
  insert into rempart.access_log (site_id, actor, source, action, outcome, detail)
  values (site, session_user, source, 'support', 'opened', reason);
end
$$;

-- As before, for a person whose access lasts, and since it was given.
create or replace function rempart.support_sites() returns setof integer
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
  select distinct l.site_id from rempart.access_log l
  join rempart_private.staff s on s.role = l.signed_in_as and s.kind = 'support' and s.ended_at is null and s.until > (select clock_timestamp())
  where l.signed_in_as = session_user and l.outcome = 'opened' and l.action = 'support' and l.at >= s.granted_at
    -- By the clock, not by the start of the transaction, which could be held open.
    and l.at > (select clock_timestamp()) - interval '1 hour'
    and l.transaction_id is distinct from pg_current_xact_id_if_assigned()
$$;

-- Gives a person access of one kind, or more time. Gives the name of the role, which the caller makes.
create function rempart.admit_staff(person text, kind text, days integer, actor text, source text) returns name
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  wanted name := kind || '_' || person;
  other text;
begin
  if days is null or days not between 1 and 90 then
    raise exception 'access: expected 1 to 90 days, got %', days using errcode = 'check_violation';
  end if;
  -- Four eyes: nobody gives access to himself.
  if admit_staff.actor = admit_staff.person then
    raise exception 'access: expected another person to grant it, got %', admit_staff.actor using errcode = 'insufficient_privilege';
  end if;
  -- Whoever reads customers' data does not examine its log.
  select s.kind into other from rempart_private.staff s
    where s.person = admit_staff.person and s.kind <> admit_staff.kind and s.ended_at is null and s.until > clock_timestamp();
  if other is not null then
    raise exception 'access: expected no other access of %, got %; revoke it first', admit_staff.person, other using errcode = 'check_violation';
  end if;
  insert into rempart_private.staff (role, kind, person, until, granted_by)
  values (wanted, kind, person, clock_timestamp() + make_interval(days => days), actor)
  on conflict (role) do update set until = excluded.until, granted_by = excluded.granted_by, granted_at = clock_timestamp(), ended_at = null;
  insert into rempart.access_log (site_id, actor, source, action, outcome, detail)
  values (0, actor, source, 'grant access to the database', 'done', wanted || ' for ' || days || ' days');
  return wanted;
end
$$;

-- Ends all access of a person. Gives the names of the roles, which the caller drops; none is no error.
create function rempart.dismiss_staff(person text, actor text, source text) returns setof name
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  one name;
begin
  for one in
    update rempart_private.staff s set ended_at = clock_timestamp() where s.person = dismiss_staff.person and s.ended_at is null returning s.role
  loop
    insert into rempart.access_log (site_id, actor, source, action, outcome, detail)
    values (0, actor, source, 'revoke access to the database', 'done', one);
    return next one;
  end loop;
end
$$;

-- Roles whose time is over, for the caller to drop.
create function rempart.expired_staff() returns setof name
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  update rempart_private.staff set ended_at = until where ended_at is null and until <= clock_timestamp() returning role
$$;

-- Everybody with access, for `npm run access -- list`.
create function rempart.staff_with_access() returns table (role name, kind text, person text, until timestamptz, granted_by text, granted_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select role, kind, person, until, granted_by, granted_at from rempart_private.staff
  where ended_at is null and until > (select clock_timestamp()) order by person
$$;

grant execute on function rempart.is_staff(text), rempart.use_signature(bytea), rempart.staff_entry(integer, text, text, text, text)
  to rempart_support, rempart_auditor;
grant execute on function rempart.use_signature(bytea), rempart.admit_staff(text, text, integer, text, text),
  rempart.dismiss_staff(text, text, text), rempart.expired_staff(), rempart.staff_with_access() to rempart_admission;
reset role;

set local role rempart_owner;
-- As before, for a person whose access lasts.
alter policy auditor_reads on rempart.access_log using ((select rempart.is_staff('auditor')));
alter policy auditor_reads on rempart.modification_log using ((select rempart.is_staff('auditor')));
reset role;

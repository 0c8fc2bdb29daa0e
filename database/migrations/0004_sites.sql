-- Sites and their settings. (TOM-7.1)
set local role rempart_owner;

create table rempart.sites (
  id integer generated always as identity primary key check (id > 0),
  -- The name that collectors and addresses use.
  key text not null unique check (key ~ '^[a-z][a-z0-9-]{0,62}$'),
  name text not null check (length(name) between 1 and 200),
  -- Made by the generator of test data; refused in production. (TOM-7.4)
  generated boolean not null default false,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);

create table rempart.site_settings (
  site_id integer primary key references rempart.sites (id),
  -- What becomes of addresses: cut to /24 and /48, or HMAC-SHA-256 under the site's key. (TOM-4.13)
  address_mode text not null default 'truncate' check (address_mode in ('truncate', 'hash')),
  -- Fields of a hit that are hashed before anything is stored. (TOM-4.13)
  hashed_fields text[] not null default '{}' check (cardinality(hashed_fields) <= 50 and array_position(hashed_fields, null) is null),
  -- Version of the site's key in the secrets store that new rows are made with.
  key_version integer not null default 1 check (key_version > 0),
  -- Passwords, second factors, sessions, address lists: read by the sign-in controls, which check what is in it. (DSS-6)
  sign_in jsonb not null default '{}' check (jsonb_typeof(sign_in) = 'object' and pg_column_size(sign_in) <= 16384),
  changed_at timestamptz not null default now()
);

alter table rempart.sites enable row level security, force row level security;
alter table rempart.site_settings enable row level security, force row level security;

grant select on rempart.sites, rempart.site_settings to rempart_application;
grant update (name) on rempart.sites to rempart_application;
grant update (address_mode, hashed_fields, sign_in, changed_at) on rempart.site_settings to rempart_application;
create policy application on rempart.sites to rempart_application using (id = (select rempart.current_site()) and deleted_at is null);
create policy application on rempart.site_settings to rempart_application using (site_id = (select rempart.current_site()));

grant select, insert, update on rempart.sites, rempart.site_settings to rempart_guard;
create policy guard_reads on rempart.sites for select to rempart_guard using (true);
create policy guard_creates on rempart.sites for insert to rempart_guard with check (true);
create policy guard_changes on rempart.sites for update to rempart_guard using (id = (select rempart.current_site()));
create policy guard on rempart.site_settings to rempart_guard using (site_id = (select rempart.current_site())) with check (true);

create trigger log_row after insert or update or delete on rempart.sites for each row execute function rempart.log_row('id', 'id', 'sites');
create trigger log_row after insert or update or delete on rempart.site_settings
  for each row execute function rempart.log_row('site_id', 'site_id', 'site_settings');
reset role;

set local role rempart_guard;

-- Test data in production is refused by the database, whatever the code says. (TOM-7.4)
create function rempart.refuse_generated() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if new.generated and coalesce((select environment from rempart_private.deployment), 'production') = 'production' then
    raise exception 'sites: expected no generated site in production, got %; generate data in staging or development', new.key
      using errcode = 'check_violation';
  end if;
  return new;
end
$$;
grant execute on function rempart.refuse_generated() to rempart_owner;

-- Creates a site with its settings; gives its id.
create function rempart.create_site(key text, name text, generated boolean, actor text, source text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  created integer;
begin
  insert into rempart.sites (key, name, generated) values (key, name, generated) returning id into created;
  insert into rempart.site_settings (site_id) values (created);
  insert into rempart.access_log (site_id, actor, source, action, outcome) values (created, actor, source, 'create site', 'done');
  return created;
end
$$;
grant execute on function rempart.create_site(text, text, boolean, text, text) to rempart_maintenance;

-- The id of a live site by its key, or null. Tells nothing else about it.
create function rempart.site_id(key text) returns integer
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (select s.id from rempart.sites s where s.key = site_id.key and s.deleted_at is null);
end
$$;
grant execute on function rempart.site_id(text) to rempart_maintenance;

-- Opens a site for this transaction, on proof, and writes the entry of the access log, which the proof covers. Once a transaction.
-- The time limits are set here and not by a statement of their own, after which a proxy would keep the connection for one client
-- ("Avoiding pinning an RDS Proxy").
create function rempart.enter(
  site integer, actor text, source text, action text, outcome text, detail text, proof text, milliseconds integer default 30000) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if outcome not in ('done', 'failed') then
    raise exception 'access log: expected done or failed, got %', outcome using errcode = 'insufficient_privilege';
  end if;
  if exists (
    select from rempart.access_log l
    where l.site_id = site and l.at >= transaction_timestamp() and l.transaction_id = pg_current_xact_id_if_assigned()) then
    raise exception 'site context: expected one entry a transaction, got a second' using errcode = 'insufficient_privilege';
  end if;
  perform set_config('statement_timeout', milliseconds::text, true),
    set_config('idle_in_transaction_session_timeout', milliseconds::text, true);
  perform set_config('rempart.site', site::text, true), set_config('rempart.actor', actor, true),
    set_config('rempart.source', source, true), set_config('rempart.proof', proof, true),
    set_config('rempart.entry', action || E'\n' || outcome || E'\n' || coalesce(detail, ''), true);
  if rempart.current_site() is null then
    raise exception 'site context: expected a proof, got none' using errcode = 'insufficient_privilege';
  end if;
  -- A failed access to a site that is not there is an access to be logged all the same.
  -- What is due in a deleted site is removed there too (DSS-4.2).
  if outcome <> 'failed' and not exists (
    select from rempart.sites where id = site
      and (deleted_at is null or session_user = 'rempart_maintenance' and action in ('remove erased', 'remove old rejects'))) then
    raise exception 'site %: expected a live site, got none', site using errcode = 'no_data_found';
  end if;
  insert into rempart.access_log (site_id, actor, source, action, outcome, detail) values (site, actor, source, action, outcome, detail);
end
$$;
grant execute on function rempart.enter(integer, text, text, text, text, text, text, integer) to rempart_application, rempart_maintenance;

-- Makes new rows of this site use another version of its key; versions only go up.
create function rempart.use_key_version(version integer) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update rempart.site_settings set key_version = version, changed_at = now()
    where site_id = rempart.current_site() and key_version <= version;
  if not found then
    raise exception 'key version: expected at least the version in use, got %', version using errcode = 'check_violation';
  end if;
end
$$;
grant execute on function rempart.use_key_version(integer) to rempart_maintenance;

-- Undoes all that a statement can leave in a session, by whatever way round. A function, since after the same statements on their own
-- a proxy would keep the connection for one client, and a function it does not look into ("Avoiding pinning an RDS Proxy").
-- Needs no other role than the caller's; `reset all` comes last, for it takes the search path away too.
create function rempart.clean_session() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute 'close all';
  execute 'unlisten *';
  execute 'deallocate all';
  perform pg_advisory_unlock_all();
  execute 'reset session authorization';
  execute 'reset role';
  execute 'reset all';
end
$$;
grant execute on function rempart.clean_session() to rempart_application, rempart_maintenance;

-- Cleans the session, and objects where the context that was entered is gone: the transaction was ended, or its settings were changed,
-- from within. Objects to large objects too: they have no site, and one that is committed could be read in any. (TOM-4.1)
create function rempart.leave() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if rempart.current_site() is null then
    raise exception 'site context: expected the transaction that was opened, got another; work must not end its transaction'
      using errcode = 'invalid_transaction_state';
  end if;
  if exists (select from pg_largeobject_metadata where lomowner = (select oid from pg_roles where rolname = session_user)) then
    raise exception 'site context: expected no large object, got one; keep bytes in a table with a site, and unlink what is there as %',
      session_user using errcode = 'insufficient_privilege';
  end if;
  perform rempart.clean_session();
end
$$;
grant execute on function rempart.leave() to rempart_application, rempart_maintenance;
reset role;

set local role rempart_owner;
create trigger refuse_generated before insert or update on rempart.sites for each row execute function rempart.refuse_generated();
reset role;

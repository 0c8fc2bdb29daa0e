-- The access log and the modification log: who, which site, what, when, from where, with what outcome. (TOM-4.8, 4.9)
--
-- Nobody writes to them but the guard's functions, and nobody changes them: rows go in, and stay.
-- With the extension the server's own audit log tells schema changes object by object. Aurora has it; a plain server may not. (TOM-3.6)
do $$
begin
  if exists (select from pg_available_extensions where name = 'pgaudit') then
    create extension if not exists pgaudit;
  end if;
end
$$;

set local role rempart_owner;

create table rempart.access_log (
  id bigint generated always as identity,
  site_id integer not null,
  at timestamptz not null default clock_timestamp(),
  -- Who: the person or function on whose behalf the rows were reached.
  actor text not null check (length(actor) between 1 and 200),
  -- The role that was signed in.
  signed_in_as name not null default session_user,
  -- From where: address of the person, or name of the function.
  source text not null check (length(source) between 1 and 200),
  -- What: the action, in the words of the code that asked.
  action text not null check (length(action) between 1 and 200),
  outcome text not null check (outcome in ('done', 'failed', 'opened')),
  detail text check (length(detail) <= 1000),
  transaction_id xid8 not null default pg_current_xact_id(),
  primary key (site_id, at, id)
);
create index access_log_support on rempart.access_log (signed_in_as, at) where outcome = 'opened';

create table rempart.modification_log (
  id bigint generated always as identity,
  -- 0 for what is done to all sites at once: a month of hits that is dropped.
  site_id integer not null,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  source text not null,
  table_name name not null,
  -- insert, update, delete (logical), restore, remove (for good)
  operation text not null check (operation in ('insert', 'update', 'delete', 'restore', 'remove')),
  -- The primary key of the row without its site; null for an operation on many rows, which `after` then counts.
  row_key text,
  before jsonb,
  after jsonb,
  transaction_id xid8 not null default pg_current_xact_id(),
  primary key (site_id, at, id)
);
create index modification_log_row on rempart.modification_log (site_id, table_name, row_key);

-- Refuses every change of a log row but one: the guard empties `before` and `after` of a person who was erased, and of a month of hits
-- that was dropped (DSS-4.2).
create function rempart_private.append_only() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'UPDATE' and tg_table_name = 'modification_log' and current_user = 'rempart_guard' then
    if new.before is null and new.after is null
      and (to_jsonb(new) - '{before,after}'::text[]) = (to_jsonb(old) - '{before,after}'::text[]) then
      return new;
    end if;
  end if;
  raise exception '%: expected only new rows, got %; a log is never changed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;
grant execute on function rempart_private.append_only() to rempart_guard;
create trigger append_only before update or delete on rempart.access_log for each row execute function rempart_private.append_only();
create trigger append_only_truncate before truncate on rempart.access_log execute function rempart_private.append_only();
create trigger append_only before update or delete on rempart.modification_log for each row execute function rempart_private.append_only();
create trigger append_only_truncate before truncate on rempart.modification_log execute function rempart_private.append_only();

alter table rempart.access_log enable row level security, force row level security;
alter table rempart.modification_log enable row level security, force row level security;

grant select, insert on rempart.access_log to rempart_guard;
create policy guard_reads on rempart.access_log for select to rempart_guard using (true);
create policy guard_writes on rempart.access_log for insert to rempart_guard with check (true);
grant select, insert, update (before, after) on rempart.modification_log to rempart_guard;
-- Hits of all sites, since a month is forgotten for all of them at once.
create policy guard_reads on rempart.modification_log for select to rempart_guard
  using (site_id = (select rempart.current_site()) or table_name = 'hits');
create policy guard_writes on rempart.modification_log for insert to rempart_guard with check (true);
create policy guard_empties on rempart.modification_log for update to rempart_guard
  using (site_id = (select rempart.current_site()) or table_name = 'hits');

grant select on rempart.access_log, rempart.modification_log to rempart_auditor;
create policy auditor_reads on rempart.access_log for select to rempart_auditor using (true);
create policy auditor_reads on rempart.modification_log for select to rempart_auditor using (true);
reset role;

set local role rempart_guard;

-- Who signs a change of a row of this site: the actor of the proven context. The roles that act for others change nothing without one:
-- a statement could empty the proof while it runs, and so leave its actor out of the log. (TOM-4.9)
-- Exempt is what these roles reach only through a function of the guard that says who asked in the access log.
create function rempart.signed_by(row_site integer, exempt boolean, out actor text, out source text)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if rempart.current_site() = row_site then
    actor := current_setting('rempart.actor');
    source := current_setting('rempart.source');
    return;
  end if;
  if session_user in ('rempart_application', 'rempart_maintenance') and not exempt then
    raise exception 'modification log: expected a change in the context of site %, got one in another or none; nothing was changed', row_site
      using errcode = 'insufficient_privilege';
  end if;
  actor := session_user;
  source := coalesce(inet_client_addr()::text, 'database');
end
$$;

-- Writes one row of the modification log for one changed row, in the same transaction. The trigger's arguments name the key column, the
-- site's column and the table.
create function rempart.log_row() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  before jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  after jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  changed jsonb := coalesce(after, before);
  row_site integer := (changed ->> tg_argv[1])::integer;
  -- Upkeep may insert into neither table but by create_site.
  is_new_site boolean := tg_op = 'INSERT' and tg_argv[2] in ('sites', 'site_settings') and session_user = 'rempart_maintenance';
  signed record;
begin
  signed := rempart.signed_by(row_site, is_new_site);
  insert into rempart.modification_log (site_id, actor, source, table_name, operation, row_key, before, after)
  values (
    row_site,
    signed.actor,
    signed.source,
    tg_argv[2],
    case
      when tg_op = 'INSERT' then 'insert'
      when tg_op = 'DELETE' then 'remove'
      when before ->> 'deleted_at' is null and after ->> 'deleted_at' is not null then 'delete'
      when before ->> 'deleted_at' is not null and after ->> 'deleted_at' is null then 'restore'
      else 'update'
    end,
    changed ->> tg_argv[0],
    -- What is removed for good is not kept in the log either.
    case when tg_op <> 'DELETE' then before end,
    after);
  return null;
end
$$;

-- Writes one row of the modification log for one statement that stored many new rows, with their number and range. The rows themselves
-- are not copied: a hit is never changed but by deletion, so it is its own record.
create function rempart.log_new_hits() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into rempart.modification_log (site_id, actor, source, table_name, operation, after)
  select counted.site_id, signed.actor, signed.source, 'hits', 'insert', counted.after
  from (
    select site_id, jsonb_build_object('rows', count(*), 'first_received_at', min(received_at), 'last_received_at', max(received_at)) as after
    from stored group by site_id) as counted
  cross join lateral rempart.signed_by(counted.site_id, false) as signed;
  return null;
end
$$;

-- Writes one row of the modification log for one statement that stored or removed rejects, with their number: they may hold anything,
-- so the log holds nothing of them.
create function rempart.log_rejects() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into rempart.modification_log (site_id, actor, source, table_name, operation, after)
  select counted.site_id, signed.actor, signed.source, 'rejects', case tg_op when 'INSERT' then 'insert' else 'remove' end,
    jsonb_build_object('rows', counted.rows)
  from (select site_id, count(*) as rows from changed group by site_id) as counted
  cross join lateral rempart.signed_by(counted.site_id, false) as signed;
  return null;
end
$$;

-- Empties what the log holds of the hits of a month that is dropped, and enters the drop itself. (DSS-4.2, TOM-4.9)
create function rempart.forget_hit_month(month date) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  first_moment timestamptz := date_trunc('month', month::timestamptz);
begin
  update rempart.modification_log set before = null, after = null
    where table_name = 'hits' and (before is not null or after is not null)
      and (coalesce(after, before) ->> 'received_at')::timestamptz >= first_moment
      and (coalesce(after, before) ->> 'received_at')::timestamptz < first_moment + interval '1 month';
  insert into rempart.modification_log (site_id, actor, source, table_name, operation, row_key)
  values (0, session_user, coalesce(inet_client_addr()::text, 'database'), 'hits', 'remove', to_char(first_moment, 'YYYY-MM'));
end
$$;
grant execute on function rempart.log_row(), rempart.log_new_hits(), rempart.log_rejects(), rempart.forget_hit_month(date) to rempart_owner;
reset role;

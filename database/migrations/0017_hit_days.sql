-- The window: hits by day of arrival, and the site-days that changed since they were stored in the lake.
-- (TOM-4.10)
set local role rempart_owner;

-- First the parent, then its partitions, as each statement locks them: what reads or writes hits waits, and no two wait for each other.
lock table rempart.hits in access exclusive mode;

-- Days of a site that the window has hits of.
create table rempart.hit_days (
  site_id integer not null,
  -- Day of arrival in UTC.
  day date not null,
  -- `changed`: the lake has other rows, or none. `reading`: an export has begun, and nothing has changed since. `stored`: the lake has its rows.
  state text not null default 'changed' check (state in ('changed', 'reading', 'stored')),
  -- Since when the lake has not its hits as they are: from the first change after an export, or since its first hit.
  changed_at timestamptz not null default now(),
  primary key (site_id, day)
);
create index hit_days_due on rempart.hit_days (site_id, day) where state <> 'stored';
alter table rempart.hit_days enable row level security, force row level security;
select rempart_private.limit_statistics('rempart.hit_days');

grant select on rempart.hit_days to rempart_application;
create policy application on rempart.hit_days for select to rempart_application
  using ((true, site_id) = (select true, rempart.entered_site()));
-- All sites: a partition has hits of all of them.
grant select, insert, update, delete on rempart.hit_days to rempart_guard;
create policy guard on rempart.hit_days to rempart_guard using (true) with check (true);

-- Partitions of an earlier release, whose days are not in the table above yet. `list_hit_days` adds them after this migration, which would
-- hold its locks meanwhile.
create table rempart_private.unlisted_partitions (name text primary key);
grant select, delete on rempart_private.unlisted_partitions to rempart_guard;

-- The guard counts the hits of all sites before a partition leaves. It changes and removes those of the entered site only, as before.
drop policy guard on rempart.hits;
create policy guard_reads on rempart.hits for select to rempart_guard using (true);
create policy guard_changes on rempart.hits for update to rempart_guard using (site_id = (select rempart.current_site()));
create policy guard_removes on rempart.hits for delete to rempart_guard using (site_id = (select rempart.current_site()));

-- Creates the partition of a day, if no partition has it: a month of an earlier release may. It is closed to everybody; hits are reached
-- through their parent. Attaching waits for no report, and no other statement on hits waits behind it. Gives the name of the partition.
create function rempart.create_hit_day(wanted date) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '5s' as $$
declare
  partition text := 'hits_' || to_char(wanted, 'YYYY_MM_DD');
  of_month text := 'hits_' || to_char(wanted, 'YYYY_MM');
begin
  perform from rempart_private.month_maker for update;
  if exists (select from pg_inherits where inhrelid = to_regclass('rempart.' || of_month)) then
    return of_month;
  end if;
  if to_regclass('rempart.' || partition) is null then
    execute format('create table rempart.%I (like rempart.hits including defaults including constraints including storage)', partition);
    execute format('alter table rempart.%I enable row level security, force row level security', partition);
    perform rempart_private.limit_statistics(format('rempart.%I', partition)::regclass);
    execute format('alter table rempart.hits attach partition rempart.%I for values from (%L) to (%L)', partition,
      to_char(wanted, 'YYYY-MM-DD') || ' 00:00+00', to_char(wanted + 1, 'YYYY-MM-DD') || ' 00:00+00');
  end if;
  return partition;
end
$$;

-- As before, for the functions of the release before: a month that has a day gets the days that are missing.
create or replace function rempart.create_hit_month(month date) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '5s' as $$
declare
  first_day date := date_trunc('month', month);
  partition text := 'hits_' || to_char(date_trunc('month', month), 'YYYY_MM');
begin
  perform from rempart_private.month_maker for update;
  if to_regclass('rempart.' || partition) is not null then
    return partition;
  end if;
  if exists (select from pg_class where relnamespace = 'rempart'::regnamespace and relkind = 'r' and relname ~ ('^' || partition || '_\d\d$')) then
    perform rempart.create_hit_day(d::date) from generate_series(first_day, first_day + interval '1 month' - interval '1 day', interval '1 day') as d;
    return partition;
  end if;
  execute format('create table rempart.%I partition of rempart.hits for values from (%L) to (%L)', partition,
    to_char(first_day, 'YYYY-MM-DD') || ' 00:00+00', to_char(first_day + interval '1 month', 'YYYY-MM-DD') || ' 00:00+00');
  execute format('alter table rempart.%I enable row level security, force row level security', partition);
  perform rempart_private.limit_statistics(format('rempart.%I', partition)::regclass);
  return partition;
end
$$;

-- As before, without days, of which the release before has no notion.
create or replace function rempart.hit_months() returns setof date
language sql stable security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
  select to_date(substr(c.relname, 6), 'YYYY_MM') from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'rempart.hits'::regclass and c.relname ~ '^hits_\d{4}_\d\d$' order by 1
$$;

-- Partitions of hits, oldest first: a day, or a month of an earlier release. Rows of one that is not attached are not read any more. The
-- days of one that is not listed are missing from `hit_days`.
create function rempart.hit_partitions() returns table (name text, first_day date, next_day date, attached boolean, listed boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
  select p.relname::text, p.first_day, (p.first_day + case when p.is_day then interval '1 day' else interval '1 month' end)::date, p.relispartition,
    not exists (select from rempart_private.unlisted_partitions u where u.name = p.relname)
  from (
    select c.relname, c.relispartition, c.relname ~ '_\d\d_\d\d$' as is_day,
      to_date(rpad(substr(c.relname, 6), 10, '_01'), 'YYYY_MM_DD') as first_day
    from pg_class c where c.relnamespace = 'rempart'::regnamespace and c.relkind = 'r' and c.relname ~ '^hits_\d{4}_\d\d(_\d\d)?$') as p
  order by p.first_day
$$;
grant execute on function rempart.create_hit_day(date), rempart.hit_partitions() to rempart_maintenance, rempart_guard;
reset role;

set local role rempart_guard;

-- The site of the context, for functions that change something in it; an error without one.
create function rempart.site_of_context() returns integer
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  site integer := rempart.current_site();
begin
  if site is null then
    raise exception 'site context: expected a proof, got none' using errcode = 'insufficient_privilege';
  end if;
  return site;
end
$$;

-- Notes that days have hits that the lake has not, or has hits that they have no more.
--
-- An export reads no day of the last three (`begin_lake_day`). The rows of newer days, of which nearly all hits are, are therefore `changed`
-- until then, and need no lock. The others are locked until the end of the transaction: an export either counts its hits or is refused.
create function rempart.mark_hit_days() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into rempart.hit_days as d (site_id, day)
  select m.site_id, m.day
  from (
    select distinct site_id, (received_at at time zone 'UTC')::date as day from changed where tg_op <> 'DELETE' or deleted_at is null) as m
  where m.day < (now() at time zone 'UTC')::date - 2
    or not exists (select from rempart.hit_days k where k.site_id = m.site_id and k.day = m.day)
  order by m.site_id, m.day
  on conflict (site_id, day) do update set state = 'changed' where d.state <> 'changed';
  return null;
end
$$;

-- Writes one row of the modification log for one statement and site, with the number of rows. The argument of the trigger names the table.
create function rempart.log_rows() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  -- Upkeep lists and drops days of all sites by functions of the guard only.
  exempt boolean := tg_argv[0] = 'hit_days' and session_user = 'rempart_maintenance';
begin
  insert into rempart.modification_log (site_id, actor, source, table_name, operation, after)
  select counted.site_id, signed.actor, signed.source, tg_argv[0],
    case tg_op when 'INSERT' then 'insert' when 'UPDATE' then 'update' else 'remove' end, jsonb_build_object('rows', counted.rows)
  from (select site_id, count(*) as rows from changed group by site_id) as counted
  cross join lateral rempart.signed_by(counted.site_id, exempt) as signed;
  return null;
end
$$;

-- Notes when a day began to wait for the lake.
create function rempart.note_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.changed_at := now();
  return new;
end
$$;
grant execute on function rempart.mark_hit_days(), rempart.log_rows(), rempart.note_change() to rempart_owner;

-- Adds the days of a partition of an earlier release, by one step of its index for each site and day. Gives the number of days that were
-- missing.
create function rempart.list_hit_days(partition text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  listed record;
  added bigint;
begin
  select * into listed from rempart.hit_partitions() as p where p.name = partition and p.attached;
  if not found then
    raise exception 'hits: expected a partition of the window, got %', partition using errcode = 'invalid_parameter_value';
  end if;
  execute format($list$
    with recursive steps (site_id, day) as (
      (select h.site_id, h.received_at::date from rempart.hits h
       where h.received_at >= %1$L and h.received_at < %2$L order by h.site_id, h.received_at limit 1)
      union all
      select n.site_id, n.day from steps s cross join lateral (
        select h.site_id, h.received_at::date as day from rempart.hits h
        where h.received_at >= %1$L and h.received_at < %2$L and (h.site_id, h.received_at) >= (s.site_id, (s.day + 1)::timestamptz)
        order by h.site_id, h.received_at limit 1) as n
    )
    insert into rempart.hit_days (site_id, day) select site_id, day from steps order by 1, 2 on conflict do nothing$list$,
    listed.first_day::timestamptz, listed.next_day::timestamptz);
  get diagnostics added = row_count;
  delete from rempart_private.unlisted_partitions where name = partition;
  return added;
end
$$;
grant execute on function rempart.list_hit_days(text) to rempart_maintenance;
reset role;

set local role rempart_owner;
create trigger log_new_days after insert on rempart.hit_days referencing new table as changed
  for each statement execute function rempart.log_rows('hit_days');
create trigger log_changed_days after update on rempart.hit_days referencing new table as changed
  for each statement execute function rempart.log_rows('hit_days');
create trigger log_removed_days after delete on rempart.hit_days referencing old table as changed
  for each statement execute function rempart.log_rows('hit_days');

-- A day that changes while it waits, or while it is read, waits since before.
create trigger note_change before update of state on rempart.hit_days for each row
  when (old.state = 'stored' and new.state = 'changed') execute function rempart.note_change();

create trigger mark_new_hits after insert on rempart.hits referencing new table as changed
  for each statement execute function rempart.mark_hit_days();
create trigger mark_changed_hits after update on rempart.hits referencing new table as changed
  for each statement execute function rempart.mark_hit_days();
create trigger mark_removed_hits after delete on rempart.hits referencing old table as changed
  for each statement execute function rempart.mark_hit_days();

-- Months with hits stay until they are over and in the lake; those without, of which a new database has no others, give way to days. Row
-- security is forced upon the owner, so it is lifted for one look.
do $$
declare
  one record;
  has_rows boolean;
begin
  for one in select name from rempart.hit_partitions() where attached loop
    execute format('alter table rempart.%I no force row level security', one.name);
    execute format('select exists (select from rempart.%I)', one.name) into has_rows;
    if has_rows then
      execute format('alter table rempart.%I force row level security', one.name);
      insert into rempart_private.unlisted_partitions (name) values (one.name);
    else
      execute format('drop table rempart.%I', one.name);
    end if;
  end loop;
end
$$;

-- The days in which late hits arrive, today, and 14 ahead; upkeep creates the rest.
select rempart.create_hit_day((now() at time zone 'UTC')::date + ahead) from generate_series(-31, 14) as ahead;
reset role;

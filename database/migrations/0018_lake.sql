-- The lake: files of hits by site and day in the archive bucket. Their catalogue is here, under row security, and so are the counts of each
-- day, for as long as the lake has its hits. (TOM-4.1, 4.10)
set local role rempart_owner;

-- Files of the lake. What is not here is not part of it.
create table rempart.lake_files (
  site_id integer not null,
  -- Day of arrival in UTC.
  day date not null,
  object_key text not null,
  rows bigint not null check (rows > 0),
  bytes bigint not null check (bytes > 0),
  sha256 bytea not null check (length(sha256) = 32),
  first_received timestamptz not null,
  last_received timestamptz not null,
  -- When its rows were read from the window. A file that takes the place of another by an erasure keeps its time.
  exported_at timestamptz not null default now(),
  -- Erasures for which all rows of the file were read, so that it has none of their visitors.
  examined uuid[] not null default '{}',
  primary key (site_id, object_key),
  check (object_key =
    'lake/site=' || site_id || '/day=' || to_char(day, 'YYYY-MM-DD') || '/' || left(encode(sha256, 'hex'), 16) || '.parquet'),
  check (first_received >= day::timestamp at time zone 'UTC' and first_received <= last_received
    and last_received < (day + 1)::timestamp at time zone 'UTC')
);
create index lake_files_day on rempart.lake_files (site_id, day);

-- Objects that are no part of the lake, or not yet, and are deleted an hour after `since`: replaced ones, and those whose writer failed
-- before it recorded them.
create table rempart.lake_deletions (
  site_id integer not null,
  object_key text not null,
  since timestamptz not null default now(),
  -- That of the file, if it was part of the lake.
  exported_at timestamptz,
  primary key (site_id, object_key)
);

-- How far the export of a day is, of which more is to be read than one run can.
create table rempart.lake_progress (
  site_id integer not null,
  day date not null,
  -- The last row that a file has.
  after_received timestamptz not null,
  after_id uuid not null,
  -- As `record_lake_day` takes them.
  files jsonb not null,
  primary key (site_id, day)
);

-- Counts of a day that the lake has: numbers only, for as long as its hits.
create table rempart.hit_counts (
  site_id integer not null,
  day date not null,
  kind varchar(64) not null,
  hits bigint not null check (hits > 0),
  -- Different visitors of this kind of hit.
  visitors bigint not null,
  -- Those whose cookie came back at least once. (docs/adr/0015-hits-are-kept.md)
  returning_visitors bigint not null,
  primary key (site_id, day, kind)
);

-- Counts of rejects that were removed, by day and reason.
create table rempart.reject_counts (
  site_id integer not null,
  day date not null,
  reason varchar(64) not null,
  rejects bigint not null check (rejects > 0),
  primary key (site_id, day, reason)
);

do $$
declare
  one text;
begin
  foreach one in array array['lake_files', 'lake_deletions', 'lake_progress', 'hit_counts', 'reject_counts'] loop
    execute format('alter table rempart.%I enable row level security, force row level security', one);
    perform rempart_private.limit_statistics(format('rempart.%I', one)::regclass);
    execute format('grant select, insert, update, delete on rempart.%I to rempart_guard', one);
    -- Numbers of sites, and sums over a partition.
    execute format('create policy guard_reads on rempart.%I for select to rempart_guard using (true)', one);
    execute format('create policy guard_adds on rempart.%I for insert to rempart_guard with check (site_id = (select rempart.current_site()))', one);
    execute format('create policy guard_changes on rempart.%I for update to rempart_guard using (site_id = (select rempart.current_site()))', one);
    execute format('create policy guard_removes on rempart.%I for delete to rempart_guard using (site_id = (select rempart.current_site()))', one);
    execute format('create trigger log_new_rows after insert on rempart.%I referencing new table as changed
      for each statement execute function rempart.log_rows(%L)', one, one);
    execute format('create trigger log_changed_rows after update on rempart.%I referencing new table as changed
      for each statement execute function rempart.log_rows(%L)', one, one);
    execute format('create trigger log_removed_rows after delete on rempart.%I referencing old table as changed
      for each statement execute function rempart.log_rows(%L)', one, one);
    continue when one in ('lake_deletions', 'lake_progress');
    execute format('grant select on rempart.%I to rempart_application', one);
    execute format('create policy application on rempart.%I for select to rempart_application
      using ((true, site_id) = (select true, rempart.entered_site()))', one);
  end loop;
end
$$;

-- Hits that the lake is to have: live ones, without those that an erasure was too early for. With the rights of whoever reads it.
create view rempart.lasting_hits with (security_invoker = true) as
  select h.site_id, h.received_at, h.kind, h.visitor, h.visitor_returned from rempart.hits h
  where h.deleted_at is null and not exists (
    select from rempart.erasures e
    where e.site_id = h.site_id and e.visitor = h.visitor and h.received_at <= e.requested_at and e.removed_at is null);
grant select on rempart.lasting_hits to rempart_application, rempart_guard;

-- Counts of each day and kind of hit, from the first day to the last: of the lake, or of the window for days that changed since.
create function rempart.daily_counts(first_day date, last_day date)
returns table (site_id integer, day date, kind varchar(64), hits bigint, visitors bigint, returning_visitors bigint)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select c.site_id, c.day, c.kind, c.hits, c.visitors, c.returning_visitors from rempart.hit_counts c
  where c.day between first_day and last_day
    and not exists (select from rempart.hit_days d where d.site_id = c.site_id and d.day = c.day and d.state <> 'stored')
  union all
  select d.site_id, d.day, l.kind, l.hits, l.visitors, l.returning_visitors
  from rempart.hit_days d cross join lateral (
    select h.kind, count(*) as hits, count(distinct h.visitor) as visitors,
      count(distinct h.visitor) filter (where h.visitor_returned) as returning_visitors
    from rempart.lasting_hits h
    where h.site_id = d.site_id and h.received_at >= d.day::timestamp at time zone 'UTC' and h.received_at < (d.day + 1)::timestamp at time zone 'UTC'
    group by h.kind) as l
  where d.day between first_day and last_day and d.state <> 'stored'
  order by 2, 3
$$;

-- Counts of rejects of each day and reason, from the first day to the last.
create function rempart.daily_rejects(first_day date, last_day date) returns table (site_id integer, day date, reason varchar(64), rejects bigint)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select a.site_id, a.day, a.reason, sum(a.rejects)::bigint from (
    select c.site_id, c.day, c.reason, c.rejects from rempart.reject_counts c where c.day between first_day and last_day
    union all
    select r.site_id, (r.rejected_at at time zone 'UTC')::date, r.reason, 1 from rempart.rejects r
    where r.rejected_at >= first_day::timestamp at time zone 'UTC' and r.rejected_at < (last_day + 1)::timestamp at time zone 'UTC') as a
  group by 1, 2, 3 order by 2, 3
$$;
grant execute on function rempart.daily_counts(date, date), rempart.daily_rejects(date, date) to rempart_application;
reset role;

set local role rempart_guard;

-- As before, and their numbers are kept.
create or replace function rempart.remove_old_rejects(at_most integer default 10000) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  site integer := rempart.current_site();
  number bigint;
begin
  with removed as (
    delete from rempart.rejects where site_id = site and digest in (
      select digest from rempart.rejects where site_id = site and rejected_at < now() - interval '30 days' limit at_most)
    returning rejected_at, reason
  ), counted as (
    insert into rempart.reject_counts as c (site_id, day, reason, rejects)
    select site, (rejected_at at time zone 'UTC')::date, reason, count(*) from removed group by 2, 3
    on conflict (site_id, day, reason) do update set rejects = c.rejects + excluded.rejects
  )
  select count(*) into number from removed;
  return number;
end
$$;

-- Sites, deleted ones too, with a day before this one that the lake has not, or not as it is; numbers of sites only.
create function rempart.sites_with_lake_days_due(before date) returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  -- One step of the index for each site, rather than one for each day.
  with recursive sites (site) as (
    select min(site_id) from rempart.hit_days where state <> 'stored'
    union all
    select (select min(d.site_id) from rempart.hit_days d where d.state <> 'stored' and d.site_id > s.site) from sites s where s.site is not null
  )
  select site from sites where exists (
    select from rempart.hit_days d where d.site_id = site and d.state <> 'stored' and d.day < before)
$$;

-- Seconds for which a day of any site before this one has been due, of that which waits longest; 0 without one. A day is due from the midnight
-- on which it is first before this one, or since a hit that came in later.
create function rempart.longest_lake_wait(before date) returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(max(greatest(0, extract(epoch from now() -
    greatest(((now() at time zone 'UTC')::date - (before - d.day - 1))::timestamp at time zone 'UTC', d.changed_at)))), 0)::bigint
  from rempart.hit_days d where d.state <> 'stored' and d.day < before
$$;

-- Days of this site before this one that the lake has not, or not as they are, oldest first.
create function rempart.lake_days_due(before date) returns setof date
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select d.day from rempart.hit_days d where d.site_id = rempart.current_site() and d.state <> 'stored' and d.day < before order by 1
$$;

-- Begins the export of a day of this site, or continues it: gives the last row that a file has, and these files; nothing at the beginning. In
-- a transaction of its own: a late hit waits for its end. Whatever changes the day after this call makes `record_lake_day` fail.
create function rempart.begin_lake_day(wanted date) returns table (after_received timestamptz, after_id uuid, files jsonb)
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  site integer := rempart.site_of_context();
begin
  if wanted >= (now() at time zone 'UTC')::date - 3 then
    raise exception 'lake: expected a day that is over for three days, got %; export it later', wanted using errcode = 'invalid_parameter_value';
  end if;
  update rempart.hit_days set state = 'reading' where site_id = site and day = wanted and state <> 'reading';
  if found then
    delete from rempart.lake_progress p where p.site_id = site and p.day = wanted;
  end if;
  return query select p.after_received, p.after_id, p.files from rempart.lake_progress p where p.site_id = site and p.day = wanted;
end
$$;

-- Rows of a day of this site for the lake, in the order of their arrival: the next ones behind a row, at most so many.
create function rempart.hits_for_lake(wanted date, behind_received timestamptz, behind_id uuid, at_most integer) returns setof rempart.hits
language sql stable security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
  select h.* from rempart.hits h
  where h.site_id = rempart.current_site()
    and h.received_at >= coalesce(behind_received, wanted::timestamptz) and h.received_at < (wanted + 1)::timestamptz
    and (behind_id is null or (h.received_at, h.id) > (behind_received, behind_id))
    and h.deleted_at is null and not exists (
      select from rempart.erasures e
      where e.site_id = h.site_id and e.visitor = h.visitor and h.received_at <= e.requested_at and e.removed_at is null)
  order by h.received_at, h.id limit at_most
$$;

-- Announces an object before it is written, so that it is deleted if its writer fails. False if it is a file of the lake already, which has
-- the same content. An object that is recorded within 45 minutes of this call, or is among the progress of its day, is not deleted. One that
-- is being deleted is waited for (`record_lake_deletion`), and is to be written again.
create function rempart.plan_lake_file(planned text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  site integer := rempart.site_of_context();
begin
  if not starts_with(planned, 'lake/site=' || site || '/') then
    raise exception 'lake: expected a key below lake/site=%/, got %', site, planned using errcode = 'insufficient_privilege';
  end if;
  if exists (select from rempart.lake_files where site_id = site and object_key = planned) then
    return false;
  end if;
  insert into rempart.lake_deletions as d (site_id, object_key) values (site, planned)
  on conflict (site_id, object_key) do update set since = now();
  -- Once more: another writer of the same content may have recorded it while its entry was waited for. It removed that one, not this one, after
  -- which a file of the lake would be deleted.
  if exists (select from rempart.lake_files where site_id = site and object_key = planned) then
    delete from rempart.lake_deletions where site_id = site and object_key = planned;
    return false;
  end if;
  return true;
end
$$;

-- Whether an object is a file of a day whose export goes on. That of a day that has changed, or has left the window, begins again or never does.
create function rempart.is_lake_progress(site integer, planned text) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from rempart.lake_progress p join rempart.hit_days d on d.site_id = p.site_id and d.day = p.day and d.state = 'reading'
    where p.site_id = site and p.files @> jsonb_build_array(jsonb_build_object('key', planned)))
$$;

-- Adds the files of a list, [{"key", "rows", "bytes", "sha256", "firstReceived", "lastReceived"}], to this site's day: sha256 in hexadecimal
-- digits, times in microseconds since 1970.
create function rempart.add_lake_files(site integer, of_day date, files jsonb, read_at timestamptz, read_for uuid[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  unplanned text;
begin
  select f ->> 'key' into unplanned from jsonb_array_elements(files) as f
    where not exists (select from rempart.lake_files l where l.site_id = site and l.object_key = f ->> 'key')
      and not exists (
        select from rempart.lake_deletions d
        where d.site_id = site and d.object_key = f ->> 'key'
          and (d.since > now() - interval '45 minutes' or rempart.is_lake_progress(site, d.object_key))) limit 1;
  if found then
    raise exception 'lake: expected objects that plan_lake_file announced within 45 minutes, got %; plan and write it again', unplanned
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  delete from rempart.lake_deletions d using jsonb_array_elements(files) as f where d.site_id = site and d.object_key = f ->> 'key';
  insert into rempart.lake_files (site_id, day, object_key, rows, bytes, sha256, first_received, last_received, exported_at, examined)
  select site, of_day, f ->> 'key', (f ->> 'rows')::bigint, (f ->> 'bytes')::bigint, decode(f ->> 'sha256', 'hex'),
    'epoch'::timestamptz + (f ->> 'firstReceived')::bigint * interval '1 microsecond',
    'epoch'::timestamptz + (f ->> 'lastReceived')::bigint * interval '1 microsecond', read_at, read_for
  from jsonb_array_elements(files) as f
  on conflict (site_id, object_key) do update set rows = excluded.rows, bytes = excluded.bytes, sha256 = excluded.sha256,
    first_received = excluded.first_received, last_received = excluded.last_received, exported_at = excluded.exported_at,
    examined = excluded.examined;
end
$$;

-- A file of this site that is to be restored from a version of its object; nothing for another key. Locked, so that no erasure replaces it
-- until the object is written. `unknown` is an object of the list that is neither a file nor to be deleted: the catalogue is older than the
-- lake then.
create function rempart.lake_file_to_restore(wanted text, present text[]) returns table (bytes bigint, sha256 bytea, unknown text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  site integer := rempart.site_of_context();
begin
  return query
    select f.bytes, f.sha256, (
      select min(p.key) from unnest(present) as p (key)
      where not exists (select from rempart.lake_files o where o.site_id = site and o.object_key = p.key)
        and not exists (select from rempart.lake_deletions d where d.site_id = site and d.object_key = p.key))
    from rempart.lake_files f where f.site_id = site and f.object_key = wanted for share of f;
end
$$;

-- Stores how far the export of a day of this site is: the files until now, and the last row that they have. Refuses a day that has changed.
create function rempart.save_lake_progress(of_day date, last_received timestamptz, last_id uuid, files_until_now jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  site integer := rempart.site_of_context();
begin
  if not exists (select from rempart.hit_days where site_id = site and day = of_day and state = 'reading' for share) then
    raise exception 'lake: expected % of site % without a change since begin_lake_day, got a change; export it again', of_day, site
      using errcode = 'serialization_failure';
  end if;
  insert into rempart.lake_progress as p (site_id, day, after_received, after_id, files)
  values (site, of_day, last_received, last_id, files_until_now)
  on conflict (site_id, day) do update
    set after_received = excluded.after_received, after_id = excluded.after_id, files = excluded.files;
end
$$;

-- Counts a day of this site.
create function rempart.count_lake_day(site integer, of_day date) returns void
language plpgsql set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
begin
  delete from rempart.hit_counts where site_id = site and day = of_day;
  insert into rempart.hit_counts (site_id, day, kind, hits, visitors, returning_visitors)
  select site, of_day, v.kind, sum(v.hits)::bigint, count(v.visitor), count(v.visitor) filter (where v.has_returned)
  from (
    -- By visitor first: that is a hash, and counting different ones would sort all hits.
    select kind, visitor, count(*) as hits, bool_or(visitor_returned) as has_returned from rempart.lasting_hits
    where site_id = site and received_at >= of_day::timestamptz and received_at < (of_day + 1)::timestamptz
    group by kind, visitor) as v
  group by v.kind
  -- Another run that records the same day may have stored its counts: then the day has another version, and this run is refused.
  on conflict do nothing;
end
$$;

-- Makes these files the lake's of a day of this site, in place of the former ones, whose objects await their deletion, and counts the day.
-- Refuses other rows than the window has. Gives the number of replaced objects.
create function rempart.record_lake_day(of_day date, files jsonb) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  site integer := rempart.site_of_context();
  found_state text;
  version text;
  held bigint;
  sent bigint := (select coalesce(sum((f ->> 'rows')::bigint), 0) from jsonb_array_elements(files) as f);
  replaced bigint;
begin
  -- Counted without a lock: minutes for a large site, in which late hits must not wait. What comes meanwhile writes another version of the day.
  select state, xmin::text into found_state, version from rempart.hit_days where site_id = site and day = of_day;
  if found_state = 'reading' then
    perform rempart.count_lake_day(site, of_day);
    select coalesce(max(state), 'changed') into found_state from (
      select state from rempart.hit_days where site_id = site and day = of_day and xmin::text = version for update) as d;
  end if;
  if found_state is distinct from 'reading' then
    raise exception 'lake: expected % of site % without a change since begin_lake_day, got %; export it again', of_day, site,
      case found_state when 'changed' then 'a change since' when 'stored' then 'a day that is stored' else 'no day of the window' end
      using errcode = 'serialization_failure';
  end if;
  select coalesce(sum(hits), 0) into held from rempart.hit_counts where site_id = site and day = of_day;
  if held <> sent then
    raise exception 'lake: expected the % rows that the window has of % of site %, got %; export it again', held, of_day, site, sent
      using errcode = 'check_violation';
  end if;
  with gone as (
    delete from rempart.lake_files where site_id = site and day = of_day
      and object_key not in (select f ->> 'key' from jsonb_array_elements(files) as f) returning object_key, exported_at)
  insert into rempart.lake_deletions (site_id, object_key, exported_at) select site, object_key, exported_at from gone;
  get diagnostics replaced = row_count;
  perform rempart.add_lake_files(site, of_day, files, now(), '{}');
  delete from rempart.lake_progress where site_id = site and day = of_day;
  update rempart.hit_days set state = 'stored' where site_id = site and day = of_day;
  return replaced;
end
$$;

grant execute on function rempart.sites_with_lake_days_due(date), rempart.lake_days_due(date), rempart.begin_lake_day(date),
  rempart.hits_for_lake(date, timestamptz, uuid, integer), rempart.plan_lake_file(text), rempart.save_lake_progress(date, timestamptz, uuid, jsonb),
  rempart.record_lake_day(date, jsonb), rempart.longest_lake_wait(date), rempart.lake_file_to_restore(text, text[]) to rempart_maintenance;
reset role;

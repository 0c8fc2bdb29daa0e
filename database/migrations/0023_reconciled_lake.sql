-- The lake is compared with its objects: before a day leaves the window, and by an operator after a restore or a loss. (TOM-4.10, DSS-4.2)
set local role rempart_owner;
alter table rempart.hit_days
  -- Since when the partition of the day is to leave, and its objects are to be examined; null while they need not be.
  add column asked_at timestamptz,
  -- When all objects of the day were found with the content that the catalogue has; null since a change of the day.
  add column seen_at timestamptz;
create index hit_days_asked on rempart.hit_days (site_id, day) where asked_at is not null;
select rempart_private.limit_statistics('rempart.hit_days');
reset role;

set local role rempart_guard;

-- A day that changes has other objects soon.
create function rempart.forget_look() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.seen_at := null;
  return new;
end
$$;
grant execute on function rempart.forget_look() to rempart_owner;

-- Whether the objects of a day were examined a short time ago: one that is removed afterwards has a version for 14 days.
create function rempart.is_seen(seen_at timestamptz, within interval default interval '7 days') returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(seen_at >= now() - within, false)
$$;
grant execute on function rempart.is_seen(timestamptz, interval) to rempart_owner;

-- Site-days from the first day up to the next whose objects were not examined.
create function rempart.unseen_hit_days(first_day date, next_day date) returns bigint
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select count(*) from rempart.hit_days d where d.day >= first_day and d.day < next_day and not rempart.is_seen(d.seen_at)
$$;
grant execute on function rempart.unseen_hit_days(date, date) to rempart_owner;

-- Asks for the objects of a partition that leaves soon. Gives the number of stored site-days that are still to be examined. One that was
-- examined is asked for again two days before that ends.
create function rempart.ask_lake_days(partition text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  leaving record;
begin
  select * into leaving from rempart.hit_partitions() as p where p.name = partition and p.attached;
  if not found then
    raise exception 'hits: expected a partition of the window, got %', partition using errcode = 'invalid_parameter_value';
  end if;
  update rempart.hit_days d set asked_at = now()
    where d.day >= leaving.first_day and d.day < leaving.next_day and d.state = 'stored' and d.asked_at is null
      and not rempart.is_seen(d.seen_at, interval '5 days');
  return (
    select count(*) from rempart.hit_days d
    where d.day >= leaving.first_day and d.day < leaving.next_day and d.state = 'stored' and not rempart.is_seen(d.seen_at));
end
$$;

-- Sites, deleted ones too, with a day whose objects are to be examined; numbers of sites only.
create function rempart.sites_with_days_to_examine() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select d.site_id from rempart.hit_days d where d.asked_at is not null and d.state = 'stored' group by 1 order by min(d.day), 1
$$;

-- Days of this site whose objects are to be examined, oldest first.
create function rempart.days_to_examine() returns setof date
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select d.day from rempart.hit_days d
  where d.site_id = rempart.current_site() and d.asked_at is not null and d.state = 'stored' order by 1
$$;

-- Notes that the objects of a day of this site were found, those under these keys. False if the day has other files now.
create function rempart.record_lake_look(of_day date, keys text[]) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  site integer := rempart.site_of_context();
begin
  perform from rempart.hit_days where site_id = site and day = of_day and state = 'stored' for update;
  if not found or exists (
    select from (select f.object_key from rempart.lake_files f where f.site_id = site and f.day = of_day) as f (key)
    full join unnest(keys) as k (key) using (key) where f.key is null or k.key is null) then
    return false;
  end if;
  update rempart.hit_days set seen_at = now(), asked_at = null where site_id = site and day = of_day;
  return true;
end
$$;

-- All sites, deleted ones too; numbers only.
create function rempart.sites_to_reconcile() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select id from rempart.sites order by 1
$$;

-- Objects of this site that the database has, from the first day to the last: files of the lake, `announced` ones of a writer, and `leaving`
-- ones that were files. Times are microseconds since 1970.
create function rempart.lake_state(first_day date, last_day date)
returns table (day date, key text, state text, rows bigint, bytes bigint, sha256 text, first_received bigint, last_received bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select f.day, f.object_key, 'file', f.rows, f.bytes, encode(f.sha256, 'hex'),
    (extract(epoch from f.first_received) * 1000000)::bigint, (extract(epoch from f.last_received) * 1000000)::bigint
  from rempart.lake_files f where f.site_id = rempart.current_site() and f.day between first_day and last_day
  union all
  select d.day, d.object_key, case when d.exported_at is null then 'announced' else 'leaving' end, null, null, null, null, null
  from (
    select l.object_key, l.exported_at, substring(l.object_key from '/day=(\d{4}-\d{2}-\d{2})/')::date as day
    from rempart.lake_deletions l where l.site_id = rempart.current_site()) as d
  where d.day between first_day and last_day
  order by 1, 2
$$;

-- Days of this site that the window has, from the first to the last.
create function rempart.window_days(first_day date, last_day date) returns setof date
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select d.day from rempart.hit_days d where d.site_id = rempart.current_site() and d.day between first_day and last_day order by 1
$$;

-- The day on which this site was created. Objects of days before are not its own: a site that was created after the snapshot of a restored
-- database had the id, which the next one gets again. (TOM-4.1)
create function rempart.site_since() returns date
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select (s.created_at at time zone 'UTC')::date from rempart.sites s where s.id = rempart.current_site()
$$;

-- Of rows of this site, those that would be lost without the object that has them: the window lacks them, and they are of no person who is
-- being erased. Times are microseconds since 1970.
create function rempart.lake_rows_at_risk(received bigint[], ids uuid[], visitors text[]) returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select count(*) from (
    select 'epoch'::timestamptz + u.received * interval '1 microsecond' as received_at, u.id, u.visitor
    from unnest(received, ids, visitors) as u (received, id, visitor)) as r
  where not exists (
      select from rempart.hits h where h.site_id = rempart.current_site() and h.received_at = r.received_at and h.id = r.id)
    and not exists (
      select from rempart.erasures e
      where e.site_id = rempart.current_site() and e.visitor = r.visitor and r.received_at <= e.requested_at and e.removed_at is null)
$$;

-- Makes a day of this site due for the lake. False if the window does not have it.
create function rempart.make_lake_day_due(of_day date) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  site integer := rempart.site_of_context();
begin
  update rempart.hit_days set state = 'changed' where site_id = site and day = of_day and state <> 'changed';
  return found or exists (select from rempart.hit_days where site_id = site and day = of_day);
end
$$;

-- Enters what an operator takes from the lake, or gives up, in the log.
create function rempart.log_lake_object(site integer, key text, entry jsonb) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  insert into rempart.modification_log (site_id, actor, source, table_name, operation, row_key, before)
  select site, s.actor, s.source, 'lake_files', 'remove', key, entry from rempart.signed_by(site, false) as s
$$;

-- Lets objects of a day of this site that are no files of the lake await their deletion. They may have rows of any erasure since the day.
-- A writer that announces one of them again is waited for, and keeps it.
create function rempart.discard_lake_objects(of_day date, keys text[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  site integer := rempart.site_of_context();
begin
  if exists (select from unnest(keys) as k (key) where not starts_with(k.key, format('lake/site=%s/day=%s/', site, of_day))) then
    raise exception 'lake: expected objects of % of site %, got %', of_day, site, keys using errcode = 'insufficient_privilege';
  end if;
  insert into rempart.lake_deletions as d (site_id, object_key, exported_at) select site, k.key, of_day::timestamptz from unnest(keys) as k (key)
    order by k.key
    on conflict (site_id, object_key) do update set exported_at = coalesce(d.exported_at, excluded.exported_at);
  if exists (select from rempart.lake_files where site_id = site and object_key = any (keys)) then
    raise exception 'lake: expected objects that are no files, got a file among %; read the catalogue again', keys using errcode = 'serialization_failure';
  end if;
  perform rempart.log_lake_object(site, k.key, jsonb_build_object('object', 'without an entry')) from unnest(keys) as k (key);
end
$$;

-- Adds files to a day of this site that the window does not have, from objects that were read whole, and takes entries from it whose objects
-- are gone or damaged. Every erasure since the day reads the new files. Counts are those of a day that has none:
-- [{"kind", "hits", "visitors", "returning"}].
create function rempart.reconcile_lake_day(of_day date, added jsonb, gone text[], counts jsonb default null) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  site integer := rempart.site_of_context();
  number bigint;
begin
  if exists (select from rempart.hit_days where site_id = site and day = of_day) then
    raise exception 'lake: expected a day that the window does not have, got % of site %; make it due', of_day, site
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if jsonb_array_length(added) > 0 and of_day < rempart.site_since() then
    raise exception 'lake: expected objects of days since the creation of site %, got %; another site may have had its id', site, of_day
      using errcode = 'insufficient_privilege';
  end if;
  perform rempart.log_lake_object(site, f.object_key, jsonb_build_object('rows', f.rows, 'bytes', f.bytes, 'sha256', encode(f.sha256, 'hex'),
      'first_received', f.first_received, 'last_received', f.last_received))
    from rempart.lake_files f where f.site_id = site and f.day = of_day and f.object_key = any (gone);
  -- A damaged object is still there.
  with taken as (
    delete from rempart.lake_files f where f.site_id = site and f.day = of_day and f.object_key = any (gone)
    returning f.object_key, f.exported_at, f.examined)
  insert into rempart.lake_deletions (site_id, object_key, exported_at, examined) select site, object_key, exported_at, '{}' from taken;
  get diagnostics number = row_count;
  if number <> cardinality(gone) then
    raise exception 'lake: expected % files of % of site %, got %; read the catalogue again', cardinality(gone), of_day, site, number
      using errcode = 'serialization_failure';
  end if;
  perform rempart.add_lake_files(site, of_day, added, of_day::timestamptz, '{}');
  insert into rempart.hit_counts (site_id, day, kind, hits, visitors, returning_visitors)
  select site, of_day, c ->> 'kind', (c ->> 'hits')::bigint, (c ->> 'visitors')::bigint, (c ->> 'returning')::bigint
  from jsonb_array_elements(coalesce(counts, '[]')) as c
  where not exists (select from rempart.hit_counts h where h.site_id = site and h.day = of_day);
end
$$;

-- Sites, deleted ones too, with an erasure that was asked for since a time; numbers of sites only.
create function rempart.sites_with_erasures_since(since timestamptz) returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select distinct e.site_id from rempart.erasures e where e.requested_at >= since order by 1
$$;

-- Erasures of this site since a time, oldest first: they are repeated in a database that is restored from a snapshot of before.
create function rempart.erasures_since(since timestamptz) returns table (person uuid, visitor varchar(128), requested_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  -- A pseudonym that is forgotten is named otherwise.
  select e.person_id, case when e.removed_at is null then e.visitor end, e.requested_at from rempart.erasures e
  where e.site_id = rempart.current_site() and e.requested_at >= since order by e.requested_at, e.id
$$;

grant execute on function rempart.ask_lake_days(text), rempart.sites_with_days_to_examine(), rempart.days_to_examine(),
  rempart.record_lake_look(date, text[]), rempart.sites_to_reconcile(), rempart.lake_state(date, date), rempart.window_days(date, date), rempart.site_since(),
  rempart.lake_rows_at_risk(bigint[], uuid[], text[]), rempart.make_lake_day_due(date), rempart.discard_lake_objects(date, text[]),
  rempart.reconcile_lake_day(date, jsonb, text[], jsonb), rempart.sites_with_erasures_since(timestamptz), rempart.erasures_since(timestamptz)
  to rempart_maintenance;

-- As before, and what repairs the lake is done in deleted sites too: their erasures read it.
create or replace function rempart.enter(
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
  -- What is due in a deleted site is removed there too (DSS-4.2), and its hits leave the window as those of others.
  if outcome <> 'failed' and not exists (
    select from rempart.sites where id = site
      and (deleted_at is null or session_user = 'rempart_maintenance' and action in (
        'remove erased', 'remove old rejects', 'remove old ids',
        'export to lake', 'erase from lake', 'expire lake days', 'delete lake objects',
        'examine lake objects', 'restore lake object', 'reconcile lake', 'give up lake object', 'list erasures'))) then
    raise exception 'site %: expected a live site, got none', site using errcode = 'no_data_found';
  end if;
  insert into rempart.access_log (site_id, actor, source, action, outcome, detail) values (site, actor, source, action, outcome, detail);
  perform setval('rempart_private.entered_transaction', pg_current_xact_id()::text::bigint), setval('rempart_private.entered_site', site);
end
$$;
reset role;

set local role rempart_owner;

-- As before, and only once the objects of each site-day were found.
create or replace function rempart.detach_hit_partition(partition text, kept_from date default null) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '5s' as $$
declare
  leaving record;
  is_expired boolean;
  number bigint;
  lacking record;
begin
  select * into leaving from rempart.hit_partitions() as p where p.name = partition and p.attached;
  if not found then
    raise exception 'hits: expected a partition of the window, got %', partition using errcode = 'invalid_parameter_value';
  end if;
  if leaving.next_day > current_date then
    raise exception 'hits: expected a partition that is over, got %', partition using errcode = 'invalid_parameter_value';
  end if;
  is_expired := coalesce(leaving.next_day <= least(kept_from, (date_trunc('month', current_date) - interval '2 months')::date) and kept_from is not null, false);
  if not is_expired then
    if not leaving.listed then
      raise exception 'hits: expected a partition whose days are listed, got %; call list_hit_days, then lake-export stores them', partition
        using errcode = 'object_not_in_prerequisite_state';
    end if;
    number := rempart.unstored_hit_days(leaving.first_day, leaving.next_day);
    if number > 0 then
      raise exception 'hits: expected each site-day of % in the lake, got % that are not, or changed since; run lake-export, then upkeep again',
        partition, number using errcode = 'object_in_use';
    end if;
    select l.*, count(*) over () as number into lacking from rempart.unproven_hit_days(leaving.first_day, leaving.next_day) as l limit 1;
    if found then
      raise exception 'hits: expected the lake to have the rows of %, got other numbers for % site-days, first % of site %: % in the window, % in the lake; call mark_lake_lacks, then lake-export stores them again',
        partition, lacking.number, lacking.day, lacking.site_id, lacking.held, lacking.stored
        using errcode = 'integrity_constraint_violation';
    end if;
    number := rempart.unseen_hit_days(leaving.first_day, leaving.next_day);
    if number > 0 then
      raise exception 'hits: expected the objects of each site-day of % to be found within a week, got % that were not; call ask_lake_days, then lake-upkeep examines them',
        partition, number using errcode = 'object_in_use';
    end if;
  end if;
  execute format('alter table rempart.hits detach partition rempart.%I', partition);
  -- No other transaction has hits that are not committed now.
  if not is_expired and rempart.unstored_hit_days(leaving.first_day, leaving.next_day) > 0 then
    raise exception 'hits: expected no new hit of % meanwhile, got some; run lake-export, then upkeep again', partition
      using errcode = 'object_in_use';
  end if;
  perform rempart.forget_hit_days(leaving.first_day, leaving.next_day);
  return partition;
end
$$;
create trigger forget_look before update of state on rempart.hit_days for each row
  when (new.state <> 'stored') execute function rempart.forget_look();
reset role;

-- Hits leave: a partition of the window once the lake has all its rows, a day of the lake once its months are over, an object once it is no
-- file of the lake. (TOM-4.10, DSS-4.2)
set local role rempart_owner;
alter table rempart.lake_deletions
  -- Erasures for which all rows of the object were read, so that it has none of their visitors.
  add column examined uuid[] not null default '{}';
select rempart_private.limit_statistics('rempart.lake_deletions');
reset role;

set local role rempart_guard;

-- Site-days of which the lake has not the live rows of the window, from the first day up to the next. Reads all rows of these days.
create function rempart.lake_lacks(first_day date, next_day date) returns table (site_id integer, day date, held bigint, stored bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
  select site_id, day, coalesce(w.held, 0), coalesce(l.stored, 0)
  from (
    select h.site_id, h.received_at::date as day, count(*) as held from rempart.lasting_hits h
    where h.received_at >= first_day::timestamptz and h.received_at < next_day::timestamptz group by 1, 2) as w
  full join (
    select f.site_id, f.day, sum(f.rows)::bigint as stored from rempart.lake_files f where f.day >= first_day and f.day < next_day group by 1, 2) as l
  using (site_id, day)
  where w.held is distinct from l.stored
  order by 2, 1
$$;

-- Site-days that are not stored as they are, from the first day up to the next.
create function rempart.unstored_hit_days(first_day date, next_day date) returns bigint
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select count(*) from rempart.hit_days where day >= first_day and day < next_day and state <> 'stored'
$$;

-- Makes each site-day of a partition due of which the lake has not the rows of the window, which is the source: the export stores it again.
-- Gives the number of these days.
create function rempart.mark_lake_lacks(partition text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  marked bigint;
begin
  insert into rempart.hit_days as d (site_id, day)
  select l.site_id, l.day from rempart.hit_partitions() as p cross join lateral rempart.lake_lacks(p.first_day, p.next_day) as l
  where p.name = partition and p.attached
  on conflict (site_id, day) do update set state = 'changed' where d.state <> 'changed';
  get diagnostics marked = row_count;
  return marked;
end
$$;
grant execute on function rempart.mark_lake_lacks(text) to rempart_maintenance;

create function rempart.forget_hit_days(first_day date, next_day date) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  delete from rempart.hit_days where day >= first_day and day < next_day
$$;

-- Empties what the log holds of the hits of a partition that is dropped, and enters the drop itself. (DSS-4.2, TOM-4.9)
create function rempart.forget_hits(first_day date, next_day date, period text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  site integer;
begin
  -- By site, since the index of the log begins with it: each day, the log of all sites would be too long to read.
  for site in select id from rempart.sites order by id loop
    update rempart.modification_log set before = null, after = null
      where site_id = site and table_name = 'hits' and row_key is not null and (before is not null or after is not null)
        and (coalesce(after, before) ->> 'received_at')::timestamptz >= first_day::timestamptz
        and (coalesce(after, before) ->> 'received_at')::timestamptz < next_day::timestamptz;
  end loop;
  insert into rempart.modification_log (site_id, actor, source, table_name, operation, row_key)
  values (0, session_user, coalesce(inet_client_addr()::text, 'database'), 'hits', 'remove', period);
end
$$;
grant execute on function rempart.lake_lacks(date, date), rempart.unstored_hit_days(date, date), rempart.forget_hit_days(date, date),
  rempart.forget_hits(date, date, text) to rempart_owner;

-- Sites, deleted ones too, with files or counts of days before this one; numbers of sites only.
create function rempart.sites_with_expired_lake_days(before date) returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select s.id from rempart.sites s
  where exists (select from rempart.lake_files f where f.site_id = s.id and f.day < before)
    or exists (select from rempart.hit_counts c where c.site_id = s.id and c.day < before)
    or exists (select from rempart.reject_counts c where c.site_id = s.id and c.day < before)
    or exists (select from rempart.lake_progress p where p.site_id = s.id and p.day < before)
  order by 1
$$;

-- Takes days of this site before this one from the lake, with their counts. Gives the number of files, whose objects await their deletion.
create function rempart.expire_lake_days(before date) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  site integer := rempart.site_of_context();
  expired bigint;
begin
  if before > (date_trunc('month', now() at time zone 'UTC') - interval '2 months')::date then
    raise exception 'lake: expected days of months that are over for two months, got all before %', before using errcode = 'invalid_parameter_value';
  end if;
  with gone as (delete from rempart.lake_files where site_id = site and day < before returning object_key, exported_at, examined)
  insert into rempart.lake_deletions (site_id, object_key, exported_at, examined) select site, object_key, exported_at, examined from gone;
  get diagnostics expired = row_count;
  delete from rempart.hit_counts where site_id = site and day < before;
  delete from rempart.reject_counts where site_id = site and day < before;
  -- Of an export that was not whole when its partition left.
  delete from rempart.lake_progress where site_id = site and day < before;
  return expired;
end
$$;

-- Sites, deleted ones too, with objects to delete now; numbers of sites only. That with the oldest is first.
create function rempart.sites_with_lake_deletions() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select site_id from rempart.lake_deletions where since < now() - interval '1 hour' group by 1 order by min(since), 1
$$;

-- Keys of this site's objects to delete now, in their order, behind a key, at most so many. Until an hour is over, a reader may have the former
-- catalogue, and a writer may record what it announced. Locks their entries until the end of the transaction, which is to delete the objects:
-- nobody announces one of them again before (`plan_lake_file`). Those that another run has locked are left out.
create function rempart.lake_objects_to_delete(behind text default '', at_most integer default 1000) returns setof text
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select object_key from rempart.lake_deletions
  where site_id = rempart.current_site() and object_key > behind and since < now() - interval '1 hour'
    and not rempart.is_lake_progress(site_id, object_key)
  order by object_key limit at_most for update skip locked
$$;

-- Notes that objects are deleted, in the transaction that listed and deleted them. Gives their number.
create function rempart.record_lake_deletions(deleted text[]) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  number bigint;
begin
  delete from rempart.lake_deletions
  where site_id = rempart.site_of_context() and object_key = any (deleted) and since < now() - interval '1 hour'
    and not rempart.is_lake_progress(site_id, object_key);
  get diagnostics number = row_count;
  return number;
end
$$;
grant execute on function rempart.sites_with_expired_lake_days(date), rempart.expire_lake_days(date), rempart.sites_with_lake_deletions(),
  rempart.lake_objects_to_delete(text, integer), rempart.record_lake_deletions(text[]) to rempart_maintenance;

-- As before, and the work on the lake is done in deleted sites too.
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
        'export to lake', 'erase from lake', 'expire lake days', 'delete lake objects'))) then
    raise exception 'site %: expected a live site, got none', site using errcode = 'no_data_found';
  end if;
  insert into rempart.access_log (site_id, actor, source, action, outcome, detail) values (site, actor, source, action, outcome, detail);
  perform setval('rempart_private.entered_transaction', pg_current_xact_id()::text::bigint), setval('rempart_private.entered_site', site);
end
$$;
reset role;

set local role rempart_owner;

-- Takes a partition out of the hits; the table stays, closed, until it is dropped. Refuses unless the lake has the live rows of each site's
-- days: it counts them without a lock, and what came in meanwhile has changed its day. A partition that ends by `kept_from`, and has been over
-- for two months, goes without: the months are over for which hits are kept.
create function rempart.detach_hit_partition(partition text, kept_from date default null) returns text
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
    select l.*, count(*) over () as number into lacking from rempart.lake_lacks(leaving.first_day, leaving.next_day) as l limit 1;
    if found then
      raise exception 'hits: expected the lake to have the rows of %, got other numbers for % site-days, first % of site %: % in the window, % in the lake; call mark_lake_lacks, then lake-export stores them again',
        partition, lacking.number, lacking.day, lacking.site_id, lacking.held, lacking.stored using errcode = 'integrity_constraint_violation';
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

-- Drops a partition that was detached, with what the modification log holds of its hits; refuses one that is still part of the hits.
create function rempart.drop_hit_partition(partition text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  leaving record;
begin
  select * into leaving from rempart.hit_partitions() as p where p.name = partition and not p.attached;
  if not found then
    raise exception 'hits: expected a partition that was detached, got %', partition using errcode = 'object_in_use';
  end if;
  execute format('drop table rempart.%I', partition);
  perform rempart.forget_hits(leaving.first_day, leaving.next_day, replace(substr(partition, 6), '_', '-'));
  return partition;
end
$$;

-- As before, for the functions of the release before, which detach the months that are kept no longer; others only if the lake has them.
create or replace function rempart.detach_hit_month(month date) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '5s' as $$
declare
  first_day date := date_trunc('month', month);
begin
  return rempart.detach_hit_partition('hits_' || to_char(first_day, 'YYYY_MM'), (first_day + interval '1 month')::date);
end
$$;
grant execute on function rempart.detach_hit_partition(text, date), rempart.drop_hit_partition(text) to rempart_maintenance;
reset role;

-- Several exports at once: each claims a day, and only the claim that read the day records it. A day leaves the window by the count that was
-- made when it was recorded, not by another one. (TOM-4.10)
set local role rempart_owner;
alter table rempart.hit_days
  -- Of the export that reads the day: another one cannot record it, nor its progress.
  add column claim uuid,
  -- Until then no other export begins the day, unless it changes. An export that fails leaves its claim, so that the day is not repeated at once.
  add column claimed_until timestamptz,
  -- Live rows that were counted when the day was recorded; null for a day that an earlier release recorded.
  add column rows bigint check (rows >= 0);
select rempart_private.limit_statistics('rempart.hit_days');
drop function rempart.detach_hit_partition(text, date);
reset role;

set local role rempart_guard;
drop function rempart.begin_lake_day(date);
drop function rempart.save_lake_progress(date, timestamptz, uuid, jsonb);
drop function rempart.record_lake_day(date, jsonb);
drop function rempart.mark_lake_lacks(text);
drop function rempart.lake_lacks(date, date);

-- Whether an export can claim a day.
create function rempart.is_free_day(state text, claimed_until timestamptz) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select state = 'changed' or state = 'reading' and coalesce(claimed_until < now(), true)
$$;

-- As before, without sites whose days are all claimed.
create or replace function rempart.sites_with_lake_days_due(before date) returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  -- One step of the index for each site, rather than one for each day.
  with recursive sites (site) as (
    select min(site_id) from rempart.hit_days where state <> 'stored'
    union all
    select (select min(d.site_id) from rempart.hit_days d where d.state <> 'stored' and d.site_id > s.site) from sites s where s.site is not null
  )
  select site from sites where exists (
    select from rempart.hit_days d
    where d.site_id = site and d.state <> 'stored' and d.day < before and rempart.is_free_day(d.state, d.claimed_until))
$$;

-- As before, without days that are claimed.
create or replace function rempart.lake_days_due(before date) returns setof date
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select d.day from rempart.hit_days d
  where d.site_id = rempart.current_site() and d.state <> 'stored' and d.day < before and rempart.is_free_day(d.state, d.claimed_until)
  order by 1
$$;

-- Claims a day of this site for an export, for longer than a run lasts, and gives the claim; with it the last row that a file has, and these
-- files, if the export continues. Nothing if another export has the day, or has stored it. In a transaction of its own: a late hit waits for its end. Whatever
-- changes the day after this call makes `record_lake_day` fail.
create function rempart.begin_lake_day(wanted date) returns table (claim uuid, after_received timestamptz, after_id uuid, files jsonb)
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  site integer := rempart.site_of_context();
  former text;
  claimed uuid := gen_random_uuid();
begin
  if wanted >= (now() at time zone 'UTC')::date - 3 then
    raise exception 'lake: expected a day that is over for three days, got %; export it later', wanted using errcode = 'invalid_parameter_value';
  end if;
  select d.state into former from rempart.hit_days d
    where d.site_id = site and d.day = wanted and rempart.is_free_day(d.state, d.claimed_until) for update skip locked;
  if not found then
    return;
  end if;
  update rempart.hit_days d set state = 'reading', claim = claimed, claimed_until = now() + interval '16 minutes'
    where d.site_id = site and d.day = wanted;
  if former <> 'reading' then
    delete from rempart.lake_progress p where p.site_id = site and p.day = wanted;
  end if;
  return query
    select claimed, p.after_received, p.after_id, p.files from (select) as one
    left join rempart.lake_progress p on p.site_id = site and p.day = wanted;
end
$$;

-- Refuses a day of a site that another export has claimed since, or that has changed. Locks it until the end of the transaction.
create function rempart.expect_claim(site integer, of_day date, claimed uuid) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  found_day rempart.hit_days;
begin
  select * into found_day from rempart.hit_days where site_id = site and day = of_day for update;
  if found_day.state is distinct from 'reading' or found_day.claim is distinct from claimed then
    raise exception 'lake: expected % of site % without a change since begin_lake_day, got %; export it again', of_day, site,
      case found_day.state when 'changed' then 'a change since' when 'reading' then 'another export of it' when 'stored' then 'a day that is stored'
        else 'no day of the window' end
      using errcode = 'serialization_failure';
  end if;
end
$$;

-- Stores how far the export of a claimed day of this site is: the files until now, and the last row that they have. An export that does not
-- go on gives its claim up. Refuses a day that has changed.
create function rempart.save_lake_progress(
  of_day date, claimed uuid, last_received timestamptz, last_id uuid, files_until_now jsonb, goes_on boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  site integer := rempart.site_of_context();
begin
  perform rempart.expect_claim(site, of_day, claimed);
  if not goes_on then
    update rempart.hit_days set claimed_until = null where site_id = site and day = of_day;
  end if;
  insert into rempart.lake_progress as p (site_id, day, after_received, after_id, files)
  values (site, of_day, last_received, last_id, files_until_now)
  on conflict (site_id, day) do update
    set after_received = excluded.after_received, after_id = excluded.after_id, files = excluded.files;
end
$$;

-- Makes these files the lake's of a claimed day of this site, in place of the former ones, whose objects await their deletion, and counts the
-- day. Gives the number of replaced objects; null if the window has another number of rows. Then the files are forgotten, those of earlier runs
-- too, and the export of the day begins again once the claim has ended: files that lack a row would be refused for ever.
create function rempart.record_lake_day(of_day date, claimed uuid, files jsonb) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  site integer := rempart.site_of_context();
  held bigint;
  sent bigint := (select coalesce(sum((f ->> 'rows')::bigint), 0) from jsonb_array_elements(files) as f);
  replaced bigint;
begin
  -- Counted without a lock: minutes for a large site, in which late hits must not wait. What comes meanwhile changes the day, and whoever
  -- reads it again has another claim.
  if exists (select from rempart.hit_days where site_id = site and day = of_day and state = 'reading' and claim = claimed) then
    perform rempart.count_lake_day(site, of_day);
  end if;
  perform rempart.expect_claim(site, of_day, claimed);
  select coalesce(sum(hits), 0) into held from rempart.hit_counts where site_id = site and day = of_day;
  if held <> sent then
    delete from rempart.lake_progress where site_id = site and day = of_day;
    return null;
  end if;
  with gone as (
    delete from rempart.lake_files where site_id = site and day = of_day
      and object_key not in (select f ->> 'key' from jsonb_array_elements(files) as f) returning object_key, exported_at, examined)
  insert into rempart.lake_deletions (site_id, object_key, exported_at, examined) select site, object_key, exported_at, examined from gone;
  get diagnostics replaced = row_count;
  perform rempart.add_lake_files(site, of_day, files, now(), '{}');
  delete from rempart.lake_progress where site_id = site and day = of_day;
  update rempart.hit_days set state = 'stored', rows = held, claim = null, claimed_until = null where site_id = site and day = of_day;
  return replaced;
end
$$;

-- Site-days from the first day up to the next of which the lake is not proven to have the live rows of the window. The proof of a site-day:
--
-- - It is `stored`, and stands for each hit of the window: one step of the index for each site and day finds those that are not listed.
-- - The rows that were counted when it was recorded are those of its files and of its counts. The count read the window after the files were
--   written. Each statement that adds, changes or removes a hit since makes the day `changed`, and so does a rewritten file.
-- - Days of an earlier release, without that count, are counted here; so are others, up to ten million rows, by lot, which differs each day.
--   They detect a hit that came in without its trigger.
create function rempart.unproven_hit_days(first_day date, next_day date) returns table (site_id integer, day date, held bigint, stored bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
  with recursive present (site_id, day) as (
    (select h.site_id, h.received_at::date from rempart.hits h
     where h.received_at >= first_day::timestamptz and h.received_at < next_day::timestamptz order by h.site_id, h.received_at limit 1)
    union all
    select n.site_id, n.day from present s cross join lateral (
      select h.site_id, h.received_at::date as day from rempart.hits h
      where h.received_at >= first_day::timestamptz and h.received_at < next_day::timestamptz
        and (h.site_id, h.received_at) >= (s.site_id, (s.day + 1)::timestamptz)
      order by h.site_id, h.received_at limit 1) as n
  ), listed as (
    select d.site_id, d.day, d.state, d.rows,
      sum(d.rows) over (order by hashint4extended(d.site_id, current_date - date '2000-01-01'), d.site_id, d.day) as upto
    from rempart.hit_days d where d.day >= first_day and d.day < next_day
  ), compared as (
    select l.site_id, l.day, l.state,
      case when l.rows is null or l.upto <= 10000000 then (
        select count(*) from rempart.lasting_hits h
        where h.site_id = l.site_id and h.received_at >= l.day::timestamptz and h.received_at < (l.day + 1)::timestamptz)
      else l.rows end as held,
      (select coalesce(sum(f.rows), 0)::bigint from rempart.lake_files f where f.site_id = l.site_id and f.day = l.day) as stored,
      (select coalesce(sum(c.hits), 0)::bigint from rempart.hit_counts c where c.site_id = l.site_id and c.day = l.day) as counted
    from listed l
  )
  select c.site_id, c.day, c.held, c.stored from compared c where c.state <> 'stored' or c.held <> c.stored or c.counted <> c.stored
  union all
  select p.site_id, p.day, (
      select count(*) from rempart.lasting_hits h
      where h.site_id = p.site_id and h.received_at >= p.day::timestamptz and h.received_at < (p.day + 1)::timestamptz), 0
  from present p where not exists (select from rempart.hit_days d where d.site_id = p.site_id and d.day = p.day)
  order by 2, 1
$$;

-- As before, with the site-days that are not proven.
create function rempart.mark_lake_lacks(partition text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  marked bigint;
begin
  insert into rempart.hit_days as d (site_id, day)
  select l.site_id, l.day from rempart.hit_partitions() as p cross join lateral rempart.unproven_hit_days(p.first_day, p.next_day) as l
  where p.name = partition and p.attached
  on conflict (site_id, day) do update set state = 'changed' where d.state <> 'changed';
  get diagnostics marked = row_count;
  return marked;
end
$$;

grant execute on function rempart.begin_lake_day(date), rempart.save_lake_progress(date, uuid, timestamptz, uuid, jsonb, boolean),
  rempart.record_lake_day(date, uuid, jsonb), rempart.mark_lake_lacks(text) to rempart_maintenance;
grant execute on function rempart.unproven_hit_days(date, date) to rempart_owner;
reset role;

set local role rempart_owner;

-- As before, by the proof above, which reads few rows of the partition.
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
    select l.*, count(*) over () as number into lacking from rempart.unproven_hit_days(leaving.first_day, leaving.next_day) as l limit 1;
    if found then
      raise exception 'hits: expected the lake to have the rows of %, got other numbers for % site-days, first % of site %: % in the window, % in the lake; call mark_lake_lacks, then lake-export stores them again',
        partition, lacking.number, lacking.day, lacking.site_id, lacking.held, lacking.stored
        using errcode = 'integrity_constraint_violation';
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
grant execute on function rempart.detach_hit_partition(text, date) to rempart_maintenance;
reset role;

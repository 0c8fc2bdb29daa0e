-- Erased rows leave window and lake within a day, not after 30; several erasures of a site share one pass over its files. (DSS-4.2)
set local role rempart_owner;
alter table rempart.erasures
  -- The day (UTC) after which no version of an object and no backup has the rows: a day until their removal, and 30 of the backups. Those of
  -- an earlier release count from this migration.
  add column gone_on date not null default (now() at time zone 'UTC')::date + 31;
grant update (gone_on) on rempart.erasures to rempart_guard;
select rempart_private.limit_statistics('rempart.erasures');
reset role;

set local role rempart_guard;
drop function rempart.lake_erasure_files(uuid, integer);
drop function rempart.record_lake_rewrite(uuid, text, jsonb, bigint);

-- Erasures of this site for which files are to be read, other than those that cannot be read now; oldest first, at most so many. One that waits
-- for the deletion of an object takes no place.
create function rempart.lake_erasures_to_read(unreadable text[] default '{}', at_most integer default 100)
returns table (id uuid, visitor varchar(128), requested_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select e.id, e.visitor, e.requested_at from rempart.lake_erasures() as e
  where exists (
    select from rempart.files_to_examine(rempart.current_site(), e.id, e.requested_at) as x (key) where not x.key = any (unreadable))
  order by e.requested_at, e.id limit at_most
$$;

-- Files of this site that are to be read for these erasures, by day, behind a file, at most so many, each with those erasures that it is read
-- for. One read serves them all.
create function rempart.lake_files_to_erase(read_for uuid[], behind_day date default '-infinity', behind_key text default '', at_most integer default 1000)
returns table (key text, bytes bigint, day date, erasures uuid[])
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select f.object_key, f.bytes, f.day, array_agg(e.id order by e.requested_at, e.id)
  from rempart.lake_erasures() as e
  join rempart.lake_files f on f.site_id = rempart.current_site() and f.exported_at <= e.requested_at + interval '1 hour'
    and (f.day, f.object_key) > (behind_day, behind_key) and not e.id = any (f.examined)
  where e.id = any (read_for)
  group by f.object_key, f.bytes, f.day order by f.day, f.object_key limit at_most
$$;

-- Those of a list of erasures of a site that still wait for the lake: of others it need not be remembered which files were read for them.
create function rempart.pending_in_lake(site integer, listed uuid[]) returns uuid[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(e.id order by e.requested_at, e.id), '{}') from rempart.erasures e
  where e.site_id = site and e.id = any (listed) and e.removed_at is null and e.lake_removed_at is null
$$;

-- The site whose rows have waited in the lake for longest since their erasure was asked for, and that time; nothing without one.
create function rempart.oldest_lake_erasure() returns table (site integer, since timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select e.site_id, e.requested_at from rempart.erasures e
  where e.removed_at is null and e.lake_removed_at is null and e.visitor is not null order by 2, 1 limit 1
$$;

-- The same of the window: since the erasure was asked for, or since the last time when all its rows were removed, after which late ones may
-- have come.
create function rempart.oldest_window_erasure() returns table (site integer, since timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select e.site_id, coalesce(e.window_removed_at, e.requested_at) from rempart.erasures e where e.removed_at is null order by 2, 1 limit 1
$$;

-- Notes that a file was read for erasures of this site: without a row of their visitors (no new file, 0 removed for each), rewritten without
-- them (the new file as in `record_lake_day`), or of the visitors alone (no new file, all rows removed). `removed` has the rows of each
-- erasure. The former object awaits its deletion. False if the file was replaced meanwhile, or an erasure has ended: nothing is noted then,
-- and the files are to be listed again.
create function rempart.record_lake_rewrite(read_for uuid[], former text, new_file jsonb, removed bigint[]) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  site integer := rempart.site_of_context();
  file rempart.lake_files;
  of_day date;
  kept bigint := case when jsonb_typeof(new_file) = 'object' then (new_file ->> 'rows')::bigint end;
  gone bigint := (select sum(r) from unnest(removed) as r);
begin
  if cardinality(read_for) = 0 or cardinality(read_for) is distinct from cardinality(removed) or 0 > any (removed) or array_position(removed, null) > 0 then
    raise exception 'lake: expected rows of each erasure, got % for %', removed, read_for using errcode = 'check_violation';
  end if;
  -- The day before its files, as `record_lake_day` locks them: in another order each would wait for the other.
  select day into of_day from rempart.lake_files where site_id = site and object_key = former;
  perform from rempart.hit_days where site_id = site and day = of_day for update;
  select * into file from rempart.lake_files where site_id = site and object_key = former for update;
  if not found then
    return false;
  end if;
  if exists (select from unnest(read_for) as r (id) where not exists (
    select from rempart.erasures e
    where e.site_id = site and e.id = r.id and e.removed_at is null and e.lake_removed_at is null and e.visitor is not null)) then
    return false;
  end if;
  if gone = 0 and kept is not null or gone > 0 and coalesce(kept, 0) + gone <> file.rows then
    raise exception 'lake: expected the % rows of % in the new file and among the removed, got % and %', file.rows, former, coalesce(kept, 0), gone
      using errcode = 'check_violation';
  end if;
  if gone = 0 then
    update rempart.lake_files set examined = rempart.pending_in_lake(site, examined || read_for) where site_id = site and object_key = former;
    return true;
  end if;
  delete from rempart.lake_files where site_id = site and object_key = former;
  if kept is not null then
    perform rempart.add_lake_files(site, file.day, jsonb_build_array(new_file), file.exported_at,
      rempart.pending_in_lake(site, file.examined || read_for));
  end if;
  -- The former object has no row of those without a removed one.
  insert into rempart.lake_deletions (site_id, object_key, exported_at, examined) values (site, former, file.exported_at,
    rempart.pending_in_lake(site, file.examined || array(select r.id from unnest(read_for, removed) as r (id, rows) where r.rows = 0)));
  -- A day that the window still has is compared with it again.
  update rempart.hit_days set state = 'changed' where site_id = site and day = file.day and state <> 'changed';
  update rempart.erasures e
    set counts = coalesce(e.counts, '{}') || jsonb_build_object('lake', coalesce((e.counts ->> 'lake')::bigint, 0) + r.rows)
    from unnest(read_for, removed) as r (id, rows) where e.site_id = site and e.id = r.id and r.rows > 0;
  return true;
end
$$;

-- As before; versions of the last object end 14 days after its deletion, at midnight.
create or replace function rempart.finish_lake_erasure(erasure uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  site integer := rempart.site_of_context();
begin
  update rempart.erasures e set lake_removed_at = now(), gone_on = greatest(e.gone_on, (now() at time zone 'UTC')::date + 16)
    where e.site_id = site and e.id = erasure and e.lake_removed_at is null and e.removed_at is null
      and not rempart.lake_may_have(site, e.id, e.requested_at);
  return found or exists (select from rempart.erasures e where e.site_id = site and e.id = erasure and e.lake_removed_at is not null);
end
$$;

-- Whether rows of an erasure are to be removed from the window: at once, and by each run of the upkeep until it ends, since hits of before the
-- erasure arrive for 30 days; at its end, once its part in the lake is finished. Runs are six hours apart.
create function rempart.is_due(window_removed_at timestamptz, due_at timestamptz, is_out_of_lake boolean) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(window_removed_at < now() - interval '5 hours', true) or due_at <= now() and is_out_of_lake
$$;

-- As before; the site whose rows have waited for longest is first.
create or replace function rempart.sites_with_due_erasures() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select e.site_id from rempart.erasures e
  where e.removed_at is null and rempart.is_due(e.window_removed_at, e.due_at, e.lake_removed_at is not null or e.visitor is null)
  group by 1 order by min(coalesce(e.window_removed_at, e.requested_at)), 1
$$;

-- As before, but the rows go at once, not when the erasure is due. Until then its visitor is named, so that late hits of before the erasure
-- stay hidden and go, too.
create or replace function rempart.remove_erased(at_most integer default 10000) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  site integer := rempart.current_site();
  due record;
  finished integer := 0;
  gone uuid[];
  more uuid[];
  spare integer := at_most;
  is_finished boolean;
begin
  for due in
    select * from rempart.erasures e
    where e.site_id = site and e.removed_at is null
      and rempart.is_due(e.window_removed_at, e.due_at, e.lake_removed_at is not null or e.visitor is null) order by e.due_at
  loop
    with removed as (
      delete from rempart.person_rights r using rempart.people p
      where r.site_id = site and p.site_id = site and r.person_id = p.id and (p.id = due.person_id or p.visitor = due.visitor)
        and p.deleted_at is not null returning r.id)
    select coalesce(array_agg(id), '{}') into gone from removed;
    with removed as (
      delete from rempart.people where site_id = site and (id = due.person_id or visitor = due.visitor) and deleted_at is not null returning id)
    select coalesce(array_agg(id), '{}') into more from removed;
    gone := gone || more;
    with removed as (
      delete from rempart.hits h using (
        select received_at, id from rempart.hits
        where site_id = site and visitor = due.visitor and (deleted_at is not null or received_at <= due.requested_at) limit spare) as batch
      where h.site_id = site and h.received_at = batch.received_at and h.id = batch.id returning h.id)
    select coalesce(array_agg(id), '{}') into more from removed;
    spare := spare - cardinality(more);
    gone := gone || more;
    is_finished := false;
    if spare > 0 then
      is_finished := due.due_at <= now()
        and (due.visitor is null or due.lake_removed_at is not null or not rempart.lake_may_have(site, due.id, due.requested_at));
      -- Rows that are removed now are in the backups of the next 30 days.
      update rempart.erasures set window_removed_at = now(),
        gone_on = case when cardinality(gone) = 0 then gone_on else greatest(gone_on, (now() at time zone 'UTC')::date + 30) end
        where site_id = site and id = due.id;
      if is_finished then
        gone := gone || due.id;
        update rempart.erasures set removed_at = now(), lake_removed_at = coalesce(lake_removed_at, now()),
          visitor = case when person_id is null then 'removed' end
          where site_id = site and id = due.id;
      end if;
    end if;
    update rempart.modification_log set before = null, after = null
      where site_id = site and table_name in ('people', 'person_rights', 'hits', 'erasures') and row_key = any (gone::text[])
        and (before is not null or after is not null);
    exit when spare <= 0;
    -- Hits that left in another way, with their partition, or before the erasure was asked for.
    if is_finished or due.window_removed_at is null then
      update rempart.modification_log set before = null, after = null
        where site_id = site and table_name = 'hits' and due.visitor in (before ->> 'visitor', after ->> 'visitor');
    end if;
    if is_finished then
      finished := finished + 1;
    end if;
  end loop;
  return finished;
end
$$;

grant execute on function rempart.lake_erasures_to_read(text[], integer), rempart.lake_files_to_erase(uuid[], date, text, integer),
  rempart.record_lake_rewrite(uuid[], text, jsonb, bigint[]), rempart.oldest_lake_erasure(), rempart.oldest_window_erasure() to rempart_maintenance;
reset role;

-- An erasure reaches the lake: file by file, resumable, and finished only when no file and no object has the person. (DSS-4.2)
set local role rempart_owner;
alter table rempart.erasures
  -- When the rows of the window, and those of people and rights, were removed.
  add column window_removed_at timestamptz,
  -- When no file of the lake, and no object that awaits its deletion, had a row of the visitor any more.
  add column lake_removed_at timestamptz;
grant update (window_removed_at, lake_removed_at) on rempart.erasures to rempart_guard;
select rempart_private.limit_statistics('rempart.erasures');
reset role;

set local role rempart_guard;

-- Files of this site that may have rows of an erasure: read from the window before it was asked for, or within an hour after, since an export
-- may have begun before; and not read for it yet.
create function rempart.files_to_examine(site integer, erasure uuid, requested_at timestamptz) returns setof text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select f.object_key from rempart.lake_files f
  where f.site_id = site and f.exported_at <= files_to_examine.requested_at + interval '1 hour' and not erasure = any (f.examined)
  order by f.day, f.object_key
$$;

-- Whether a file of the lake, or an object that is not deleted yet, may have rows of an erasure. An object without a row of the visitor, which
-- was replaced for another reason, is not waited for.
create function rempart.lake_may_have(site integer, erasure uuid, requested_at timestamptz) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (select from rempart.files_to_examine(site, erasure, lake_may_have.requested_at))
    or exists (
      select from rempart.lake_deletions d
      where d.site_id = site and coalesce(d.exported_at, d.since) <= lake_may_have.requested_at + interval '1 hour'
        and not erasure = any (d.examined))
$$;

-- Sites, deleted ones too, with an erasure whose lake part is not finished; numbers of sites only. That with the oldest is first, so that no
-- site waits for ever for another that always has more.
create function rempart.sites_with_lake_erasures() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select e.site_id from rempart.erasures e
  where e.removed_at is null and e.lake_removed_at is null and e.visitor is not null group by 1 order by min(e.requested_at), 1
$$;

-- Erasures of this site whose lake part is not finished, oldest first.
create function rempart.lake_erasures() returns table (id uuid, visitor varchar(128), requested_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select e.id, e.visitor, e.requested_at from rempart.erasures e
  where e.site_id = rempart.current_site() and e.removed_at is null and e.lake_removed_at is null and e.visitor is not null
  order by e.requested_at, e.id
$$;

-- Files that are to be read for an erasure of this site, oldest day first, at most so many.
create function rempart.lake_erasure_files(erasure uuid, at_most integer default 1000) returns table (key text, bytes bigint, day date)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select f.object_key, f.bytes, f.day
  from rempart.erasures e cross join lateral rempart.files_to_examine(e.site_id, e.id, e.requested_at) as x (key)
  join rempart.lake_files f on f.site_id = e.site_id and f.object_key = x.key
  where e.site_id = rempart.current_site() and e.id = erasure and e.removed_at is null and e.lake_removed_at is null
    and e.visitor is not null
  order by f.day, f.object_key limit at_most
$$;

-- Notes that a file was read for an erasure of this site: without a row of the visitor (no new file, 0 removed), rewritten without them (the
-- new file as in `record_lake_day`), or of the visitor alone (no new file, all rows removed). The former object awaits its deletion.
create function rempart.record_lake_rewrite(erasure uuid, former text, new_file jsonb, removed bigint) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  site integer := rempart.site_of_context();
  file record;
  kept bigint := case when jsonb_typeof(new_file) = 'object' then (new_file ->> 'rows')::bigint end;
begin
  if not exists (
    select from rempart.erasures
    where site_id = site and id = erasure and removed_at is null and lake_removed_at is null and visitor is not null) then
    raise exception 'lake: expected an erasure that is not finished, got %', erasure using errcode = 'no_data_found';
  end if;
  select * into file from rempart.lake_files where site_id = site and object_key = former for update;
  if not found then
    raise exception 'lake: expected a file of the lake, got %; read the files again', former using errcode = 'no_data_found';
  end if;
  if removed < 0 or removed is null or removed = 0 and kept is not null or removed > 0 and coalesce(kept, 0) + removed <> file.rows then
    raise exception 'lake: expected the % rows of % in the new file and among the removed, got % and %', file.rows, former, coalesce(kept, 0), removed
      using errcode = 'check_violation';
  end if;
  if removed = 0 then
    update rempart.lake_files set examined = examined || erasure where site_id = site and object_key = former and not erasure = any (examined);
    return;
  end if;
  delete from rempart.lake_files where site_id = site and object_key = former;
  if kept is not null then
    perform rempart.add_lake_files(site, file.day, jsonb_build_array(new_file), file.exported_at, file.examined || erasure);
  end if;
  insert into rempart.lake_deletions (site_id, object_key, exported_at) values (site, former, file.exported_at);
  -- A day that the window still has is compared with it again.
  update rempart.hit_days set state = 'changed' where site_id = site and day = file.day and state <> 'changed';
  update rempart.erasures set counts = coalesce(counts, '{}') || jsonb_build_object('lake', coalesce((counts ->> 'lake')::bigint, 0) + removed)
    where site_id = site and id = erasure;
end
$$;

-- Finishes the lake part of an erasure of this site. False if a file is still to be read, or an object to be deleted: call it again then.
create function rempart.finish_lake_erasure(erasure uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  site integer := rempart.site_of_context();
begin
  update rempart.erasures e set lake_removed_at = now()
    where e.site_id = site and e.id = erasure and e.lake_removed_at is null and e.removed_at is null
      and not rempart.lake_may_have(site, e.id, e.requested_at);
  return found or exists (select from rempart.erasures e where e.site_id = site and e.id = erasure and e.lake_removed_at is not null);
end
$$;

-- As before, and the erasure is finished only when its part in the lake is. Until then its rows are gone, its visitor is still named, so that
-- the lake is searched for it, and late hits of the visitor stay out of the lake.
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
    select * from rempart.erasures
    where site_id = site and removed_at is null and due_at <= now() and (window_removed_at is null or lake_removed_at is not null) order by due_at
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
      is_finished := due.visitor is null or due.lake_removed_at is not null or not rempart.lake_may_have(site, due.id, due.requested_at);
      if is_finished then
        gone := gone || due.id;
        update rempart.erasures set removed_at = now(), window_removed_at = coalesce(window_removed_at, now()),
          lake_removed_at = coalesce(lake_removed_at, now()), visitor = case when person_id is null then 'removed' end
          where site_id = site and id = due.id;
      else
        update rempart.erasures set window_removed_at = now() where site_id = site and id = due.id;
      end if;
    end if;
    update rempart.modification_log set before = null, after = null
      where site_id = site and table_name in ('people', 'person_rights', 'hits', 'erasures') and row_key = any (gone::text[])
        and (before is not null or after is not null);
    exit when spare <= 0;
    -- Hits that left in another way, with their partition, or before the erasure was asked for.
    update rempart.modification_log set before = null, after = null
      where site_id = site and table_name = 'hits' and due.visitor in (before ->> 'visitor', after ->> 'visitor');
    if is_finished then
      finished := finished + 1;
    end if;
  end loop;
  return finished;
end
$$;

-- As before, without those that wait for their part in the lake alone.
create or replace function rempart.sites_with_due_erasures() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select distinct site_id from rempart.erasures
  where removed_at is null and due_at <= now() and (window_removed_at is null or lake_removed_at is not null) order by 1
$$;

grant execute on function rempart.sites_with_lake_erasures(), rempart.lake_erasures(), rempart.lake_erasure_files(uuid, integer),
  rempart.record_lake_rewrite(uuid, text, jsonb, bigint), rempart.finish_lake_erasure(uuid) to rempart_maintenance;
reset role;

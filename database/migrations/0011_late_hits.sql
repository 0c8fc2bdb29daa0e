-- What is late and what is long: hits that are stored after their visitor was erased, and names of fields without end.
set local role rempart_guard;

-- As before, and a hit that came in before the erasure goes though it was stored after it, from a collector's disk, the stream or a dead
-- letter, so that the erasure did not find it. What the visitor did later stays. (DSS-4.2)
create or replace function rempart.remove_erased(at_most integer default 10000) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  site integer := rempart.current_site();
  due record;
  finished integer := 0;
  gone uuid[];
  more uuid[];
  spare integer := at_most;
begin
  for due in select * from rempart.erasures where site_id = site and removed_at is null and due_at <= now() order by due_at loop
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
    if spare > 0 then
      gone := gone || due.id;
      update rempart.erasures set removed_at = now(), visitor = case when person_id is null then 'removed' end
        where site_id = site and id = due.id;
    end if;
    update rempart.modification_log set before = null, after = null
      where site_id = site and table_name in ('people', 'person_rights', 'hits', 'erasures') and row_key = any (gone::text[])
        and (before is not null or after is not null);
    exit when spare <= 0;
    -- Hits that left in another way, with their month, or before the erasure was asked for.
    update rempart.modification_log set before = null, after = null
      where site_id = site and table_name = 'hits' and due.visitor in (before ->> 'visitor', after ->> 'visitor');
    finished := finished + 1;
  end loop;
  return finished;
end
$$;
reset role;

set local role rempart_owner;
-- The snapshot of sites holds them for all collectors: one site's must not keep it from being written. (TOM-7.1)
alter table rempart.site_settings
  add constraint site_settings_hashed_fields_size check (pg_column_size(hashed_fields) <= 16384);
reset role;

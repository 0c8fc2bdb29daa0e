-- What is late, what is long and what stays: hits that are stored after their visitor was erased, names of fields without end, and
-- settings of a role.
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

-- As before, and objects to settings of the role too, which it may make for itself (ALTER ROLE): they would meet every site in the next
-- connection, and `reset all` goes back to them. Those of before are an operator's; a subtransaction's number is above its transaction's.
create or replace function rempart.leave() returns void
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
  if exists (
    select from pg_db_role_setting
    where setrole = (select oid from pg_roles where rolname = session_user) and age(xmin) <= 0) then
    raise exception 'site context: expected the role''s settings as they were, got others; work must not change its role'
      using errcode = 'insufficient_privilege';
  end if;
  perform rempart.clean_session();
end
$$;
reset role;

set local role rempart_owner;
-- The snapshot of sites holds them for all collectors: one site's must not keep it from being written. (TOM-7.1)
alter table rempart.site_settings
  add constraint site_settings_hashed_fields_size check (pg_column_size(hashed_fields) <= 16384);
reset role;

-- Deletion: logical at once, for good after the backups that hold the rows are gone. (TOM-4.10, DSS-4.2, DSS-5.4.3)
set local role rempart_owner;

-- One person's erasure from one site: what was asked, and when the rest goes.
create table rempart.erasures (
  site_id integer not null references rempart.sites (id),
  id uuid not null default gen_random_uuid(),
  person_id uuid,
  visitor varchar(128),
  requested_at timestamptz not null default now(),
  requested_by text not null,
  -- Backups are kept for 30 days; when the last with the rows is gone, so are the rows.
  due_at timestamptz not null default now() + interval '30 days',
  removed_at timestamptz,
  counts jsonb,
  primary key (site_id, id),
  check (person_id is not null or visitor is not null)
);
create index erasures_due on rempart.erasures (due_at) where removed_at is null;
alter table rempart.erasures enable row level security, force row level security;
grant select on rempart.erasures to rempart_application;
create policy application on rempart.erasures for select to rempart_application using (site_id = (select rempart.current_site()));
grant select, insert, update (removed_at, counts, visitor) on rempart.erasures to rempart_guard;
create policy guard_reads on rempart.erasures for select to rempart_guard using (true);
create policy guard_writes on rempart.erasures for insert to rempart_guard with check (site_id = (select rempart.current_site()));
create policy guard_changes on rempart.erasures for update to rempart_guard using (site_id = (select rempart.current_site()));
create trigger log_row after insert or update on rempart.erasures for each row execute function rempart.log_row('id', 'site_id', 'erasures');
reset role;

set local role rempart_guard;

-- Marks a row of people, person_rights or hits as deleted; false if the site has no such live row.
create function rempart.mark_deleted(table_name text, row_id uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  changed bigint;
begin
  if table_name not in ('people', 'person_rights', 'hits') then
    raise exception 'delete: expected people, person_rights or hits, got %', table_name using errcode = 'invalid_parameter_value';
  end if;
  execute format('update rempart.%I set deleted_at = now() where site_id = rempart.current_site() and id = $1 and deleted_at is null', table_name)
    using row_id;
  get diagnostics changed = row_count;
  return changed > 0;
end
$$;

-- Takes the mark off again; refused for rows of a person who was erased.
create function rempart.restore_deleted(table_name text, row_id uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  changed bigint;
begin
  if table_name not in ('people', 'person_rights', 'hits') then
    raise exception 'restore: expected people, person_rights or hits, got %', table_name using errcode = 'invalid_parameter_value';
  end if;
  execute format(
    'update rempart.%I r set deleted_at = null where r.site_id = rempart.current_site() and r.id = $1 and r.deleted_at is not null
       and not exists (select from rempart.erasures e where e.site_id = r.site_id and %s)',
    table_name,
    case table_name
      when 'people' then '(e.person_id = r.id or e.visitor = r.visitor)'
      when 'person_rights' then '(e.person_id = r.person_id
        or e.visitor = (select p.visitor from rempart.people p where p.site_id = r.site_id and p.id = r.person_id))'
      else 'e.visitor = r.visitor'
    end)
    using row_id;
  get diagnostics changed = row_count;
  return changed > 0;
end
$$;

-- Hides everything of one person of this site now and plans its removal. Gives the erasure, or null if there is nothing of them.
create function rempart.erase_person(person uuid, visitor_id text) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  site integer := rempart.current_site();
  pseudonym text := coalesce(visitor_id, (select visitor from rempart.people where site_id = site and id = person));
  erased jsonb;
  erasure uuid;
  hidden bigint;
begin
  if person is not null and not exists (select from rempart.people where site_id = site and id = person) then
    return null;
  end if;
  update rempart.person_rights set deleted_at = now()
    where site_id = site and deleted_at is null
      and person_id in (select id from rempart.people where site_id = site and (id = person or visitor = pseudonym));
  get diagnostics hidden = row_count;
  erased := jsonb_build_object('person_rights', hidden);
  update rempart.people set deleted_at = now()
    where site_id = site and (id = person or visitor = pseudonym) and deleted_at is null;
  get diagnostics hidden = row_count;
  erased := erased || jsonb_build_object('people', hidden);
  update rempart.hits set deleted_at = now() where site_id = site and visitor = pseudonym and deleted_at is null;
  get diagnostics hidden = row_count;
  erased := erased || jsonb_build_object('hits', hidden);
  insert into rempart.erasures (site_id, person_id, visitor, requested_by, counts)
    values (site, person, pseudonym, current_setting('rempart.actor'), erased) returning id into erasure;
  return erasure;
end
$$;

-- Removes for good what was erased from this site and is due, also from the modification log: at most so many hits, so that no
-- transaction lasts long. Gives the number of erasures finished; where hits are left, the site stays among sites_with_due_erasures.
create function rempart.remove_erased(at_most integer default 10000) returns integer
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
        select received_at, id from rempart.hits where site_id = site and visitor = due.visitor and deleted_at is not null limit spare) as batch
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

-- Sites in which an erasure is due; ids only.
create function rempart.sites_with_due_erasures() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select distinct site_id from rempart.erasures where removed_at is null and due_at <= now() order by 1
$$;

-- Sites, deleted ones too, with rejects that are older than the backups; ids only.
create function rempart.sites_with_old_rejects() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select distinct site_id from rempart.rejects where rejected_at < now() - interval '30 days' order by 1
$$;

-- Removes this site's rejects that are older than the backups, at most so many. Gives their number.
create function rempart.remove_old_rejects(at_most integer default 10000) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  removed bigint;
begin
  delete from rempart.rejects where site_id = rempart.current_site() and digest in (
    select digest from rempart.rejects
    where site_id = rempart.current_site() and rejected_at < now() - interval '30 days' limit at_most);
  get diagnostics removed = row_count;
  return removed;
end
$$;

-- Removes stray records that are older than the backups, at most so many. Gives their number.
create function rempart.remove_old_strays(at_most integer default 10000) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  removed bigint;
begin
  delete from rempart.stray_records where digest in (
    select digest from rempart.stray_records where rejected_at < now() - interval '30 days' limit at_most);
  get diagnostics removed = row_count;
  return removed;
end
$$;

grant execute on function rempart.mark_deleted(text, uuid), rempart.restore_deleted(text, uuid), rempart.erase_person(uuid, text)
  to rempart_application;
grant execute on function rempart.remove_erased(integer), rempart.sites_with_due_erasures(), rempart.sites_with_old_rejects(),
  rempart.remove_old_rejects(integer), rempart.remove_old_strays(integer)
  to rempart_maintenance;
reset role;

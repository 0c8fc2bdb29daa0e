-- A hit that its client sent twice, under an id of its own, is counted once within 24 hours. (TOM-5.1)
--
-- Months of hits cannot hold this: the unique index of a partitioned table includes the time. So the ids have a table of their own, for
-- as long as a record can still be delivered: 7 days on the stream, 30 days in a dead letter, and the window.
set local role rempart_owner;

create table rempart.counted_ids (
  site_id integer not null,
  -- The id of the hit, which its client chose, or a digest of that.
  id uuid not null,
  -- When the hits that were counted under this id were received: one, unless a client uses an id again after the window.
  counted_at timestamptz[] not null check (cardinality(counted_at) >= 1),
  stored_at timestamptz not null default now(),
  primary key (site_id, id)
);
create index counted_ids_age on rempart.counted_ids (site_id, stored_at);
alter table rempart.counted_ids enable row level security, force row level security;
select rempart_private.limit_statistics('rempart.counted_ids');

grant select, insert (site_id, id, counted_at), update (counted_at, stored_at)
  on rempart.counted_ids to rempart_application;
create policy application on rempart.counted_ids to rempart_application
  using ((true, site_id) = (select true, rempart.entered_site()));
grant select, delete on rempart.counted_ids to rempart_guard;
create policy guard_reads on rempart.counted_ids for select to rempart_guard using (true);
create policy guard_removes on rempart.counted_ids for delete to rempart_guard using (site_id = (select rempart.current_site()));
reset role;

set local role rempart_guard;

-- Writes one row of the modification log for one statement that stored, changed or removed ids, with their number.
create function rempart.log_counted_ids() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into rempart.modification_log (site_id, actor, source, table_name, operation, after)
  select counted.site_id, signed.actor, signed.source, 'counted_ids',
    case tg_op when 'INSERT' then 'insert' when 'UPDATE' then 'update' else 'remove' end, jsonb_build_object('rows', counted.rows)
  from (select site_id, count(*) as rows from changed group by site_id) as counted
  cross join lateral rempart.signed_by(counted.site_id, false) as signed;
  return null;
end
$$;
grant execute on function rempart.log_counted_ids() to rempart_owner;

-- Sites, deleted ones too, with ids under which no record can be delivered any more; numbers of sites only.
create function rempart.sites_with_old_ids() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  -- One step of the index for each site, rather than one for each id.
  with recursive sites (site) as (
    select min(site_id) from rempart.counted_ids
    union all
    select (select min(c.site_id) from rempart.counted_ids c where c.site_id > s.site) from sites s where s.site is not null
  )
  select site from sites where exists (
    select from rempart.counted_ids c where c.site_id = site and c.stored_at < now() - interval '38 days')
$$;

-- Removes this site's ids under which no record can be delivered any more, at most so many. Gives their number.
create function rempart.remove_old_ids(at_most integer default 10000) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  removed bigint;
begin
  delete from rempart.counted_ids where site_id = rempart.current_site() and id in (
    select id from rempart.counted_ids
    where site_id = rempart.current_site() and stored_at < now() - interval '38 days' limit at_most);
  get diagnostics removed = row_count;
  return removed;
end
$$;
grant execute on function rempart.sites_with_old_ids(), rempart.remove_old_ids(integer) to rempart_maintenance;

-- As before, and old ids of a deleted site are removed too.
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
  -- What is due in a deleted site is removed there too (DSS-4.2).
  if outcome <> 'failed' and not exists (
    select from rempart.sites where id = site
      and (deleted_at is null or session_user = 'rempart_maintenance' and action in ('remove erased', 'remove old rejects', 'remove old ids'))) then
    raise exception 'site %: expected a live site, got none', site using errcode = 'no_data_found';
  end if;
  insert into rempart.access_log (site_id, actor, source, action, outcome, detail) values (site, actor, source, action, outcome, detail);
  perform setval('rempart_private.entered_transaction', pg_current_xact_id()::text::bigint), setval('rempart_private.entered_site', site);
end
$$;
reset role;

set local role rempart_owner;
create trigger log_new_ids after insert on rempart.counted_ids referencing new table as changed
  for each statement execute function rempart.log_counted_ids();
create trigger log_changed_ids after update on rempart.counted_ids referencing new table as changed
  for each statement execute function rempart.log_counted_ids();
create trigger log_removed_ids after delete on rempart.counted_ids referencing old table as changed
  for each statement execute function rempart.log_counted_ids();
reset role;

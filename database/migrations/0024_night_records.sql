-- What the database holds each night: numbers of rows by table and site, and what secures them; and the numbers of hits, by partition.
-- A snapshot has the record of its night, and the database that is restored from it is compared with that. (DSS-5.5.1, TOM-6.10)
--
-- Hits may be billions, and no run has time for all. A partition is counted by a call of its own, and once after its day is over: from
-- then on it loses rows by removals, which are logged, and gains those of late hits.
--
-- `rempart_counter` owns the functions that count. It reads numbers of sites and times of arrival, and no other column. Nobody signs in
-- as it. `rempart_validation` signs in to a restored database, and may call two functions. It is made as 0001 makes those that sign in.
do $roles$
begin
  if not exists (select from pg_roles where rolname = 'rempart_validation') then
    create role rempart_maker nologin noinherit createrole;
    execute format('grant rempart_maker to %I with inherit false, set true', current_user);
    set local role rempart_maker;
    create role rempart_validation login noinherit nocreatedb nocreaterole;
    set local role none;
    drop role rempart_maker;
    if exists (select from pg_roles where rolname = 'rds_iam') then
      grant rds_iam to rempart_validation;
    end if;
  end if;
  if not exists (select from pg_roles where rolname = 'rempart_counter') then
    create role rempart_counter nologin noinherit nocreatedb nocreaterole;
  end if;
  execute format('grant rempart_counter to %I with inherit true, set true', current_user);
  execute format('grant connect on database %I to rempart_validation', current_database());
end
$roles$;

set local role rempart_owner;

create table rempart_private.night_records (
  -- Day in UTC. A later record of the same day replaces the earlier one.
  night date primary key,
  recorded_at timestamptz not null,
  -- The transactions that the numbers include.
  seen pg_snapshot not null,
  -- {"people": {"7": 12}}: rows by table and site, without hits.
  rows_by_site jsonb not null,
  -- Partitions of hits.
  partitions text[] not null,
  -- Row security of tables, digests of policies, and indexes (`secured_shape`).
  shape jsonb not null,
  newest_hit timestamptz
);

create table rempart_private.day_counts (
  -- A partition of hits.
  name text primary key,
  -- The transactions that the numbers include.
  seen pg_snapshot not null,
  counted_at timestamptz not null,
  -- Whether its day, or month, was over for an hour. It is not counted again.
  is_over boolean not null,
  -- {"7": 120, "8": 5}
  rows_by_site jsonb not null,
  newest_hit timestamptz
);

-- Removals are few among the entries of the log. It serves `rows_removed`, which has no other way to them.
create index modification_log_removed on rempart.modification_log (site_id, table_name, at) where operation = 'remove';

grant usage on schema rempart to rempart_counter, rempart_validation;
grant create on schema rempart to rempart_counter;
grant usage on schema rempart_private to rempart_counter;
grant select, insert, update, delete on rempart_private.night_records, rempart_private.day_counts to rempart_counter;
grant execute on function rempart.hit_partitions() to rempart_counter;

do $$
declare
  one record;
begin
  for one in
    select c.oid::regclass as name, a.attname from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = case c.relname when 'sites' then 'id' else 'site_id' end
    where c.relnamespace = 'rempart'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname
  loop
    execute format('grant select (%I) on %s to rempart_counter', one.attname, one.name);
    execute format('create policy counter on %s for select to rempart_counter using (true)', one.name);
  end loop;
end
$$;
grant select (received_at) on rempart.hits to rempart_counter;

-- The guard sums removed rows of all sites. An entry of a removal has their number, and nothing of them.
create policy guard_sums_removed on rempart.modification_log for select to rempart_guard using (operation = 'remove');
reset role;

set local role rempart_guard;

-- Rows of tables that were removed by transactions that a snapshot does not include: {"people": {"7": 2}}. Partitions that were dropped
-- are under site 0: {"hits": {"0": 1}}.
create function rempart.rows_removed(tables name[], seen pg_snapshot, since timestamptz) returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
  select coalesce(jsonb_object_agg(t.table_name, t.sites), '{}') from (
    select s.table_name, jsonb_object_agg(s.site_id, s.removed) as sites from (
      select l.table_name, l.site_id, sum(coalesce((l.after ->> 'rows')::bigint, 1)) as removed
      from rempart.modification_log l
      -- A transaction that began earlier may have removed rows afterwards.
      where l.operation = 'remove' and l.table_name = any (tables) and l.at >= since - interval '1 day'
        and not pg_visible_in_snapshot(l.transaction_id, seen)
      group by l.table_name, l.site_id) as s
    group by s.table_name) as t
$$;
-- Partitions of hits that were dropped by transactions that a snapshot does not include, by name.
create function rempart.partitions_dropped(seen pg_snapshot, since timestamptz) returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
  select coalesce(jsonb_agg('hits_' || replace(l.row_key, '-', '_')), '[]') from rempart.modification_log l
  where l.operation = 'remove' and l.site_id = 0 and l.table_name = 'hits' and l.row_key is not null
    and l.at >= since - interval '1 day' and not pg_visible_in_snapshot(l.transaction_id, seen)
$$;
grant execute on function rempart.rows_removed(name[], pg_snapshot, timestamptz), rempart.partitions_dropped(pg_snapshot, timestamptz)
  to rempart_counter;
reset role;

set local role rempart_counter;
alter default privileges for role rempart_counter revoke execute on functions from public;

-- Rows by table and site, without hits.
--
-- Logs, rejects and ids of clients grow with hits or requests: of each site, 10,000 rows are counted and no more. A loss that leaves as many
-- is not found. Each site is one step of an index, and each of its rows another.
create function rempart.rows_by_site() returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  counted jsonb := '{}';
  one record;
  sites jsonb;
begin
  for one in
    select c.relname, a.attname from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = case c.relname when 'sites' then 'id' else 'site_id' end
    where c.relnamespace = 'rempart'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname !~ '^hits($|_\d)'
      and has_column_privilege(c.oid, a.attnum, 'select')
  loop
    if one.relname in ('access_log', 'modification_log', 'rejects', 'counted_ids') then
      execute format('with recursive s as (
          select min(site_id) as site from rempart.%1$I
          union all select (select min(t.site_id) from rempart.%1$I as t where t.site_id > s.site) from s where s.site is not null)
        select coalesce(jsonb_object_agg(s.site, n.rows), ''{}'')
        from s cross join lateral (select count(*) as rows from (select from rempart.%1$I as t where t.site_id = s.site limit 10000) as l) as n
        where s.site is not null', one.relname) into sites;
    else
      execute format('select coalesce(jsonb_object_agg(site, rows), ''{}'') from (
        select %I as site, count(*) as rows from rempart.%I group by 1) as s', one.attname, one.relname) into sites;
    end if;
    counted := counted || jsonb_build_object(one.relname, sites);
  end loop;
  return counted;
end
$$;

-- Rows of hits of a partition by site, and the newest. The days are constants of the query, which therefore reads one partition.
create function rempart.hits_by_site(first_day date, next_day date, out counted jsonb, out newest_hit timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
begin
  execute format('select coalesce(jsonb_object_agg(site_id, rows), ''{}''), max(newest) from (
    select site_id, count(*) as rows, max(received_at) as newest from rempart.hits
    where received_at >= %L and received_at < %L group by 1) as s', first_day::timestamptz, next_day::timestamptz)
    into counted, newest_hit;
end
$$;

-- The newest hit, by two steps of an index for each site.
create function rempart.newest_hit() returns timestamptz
language plpgsql stable set search_path = pg_catalog, pg_temp set timezone = 'UTC' set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  one record;
  newest timestamptz;
begin
  for one in select p.first_day, p.next_day from rempart.hit_partitions() as p where p.attached order by p.first_day desc loop
    execute format('with recursive s as (
        select (select site_id from rempart.hits where received_at >= %1$L and received_at < %2$L order by site_id limit 1) as site
        union all select (select t.site_id from rempart.hits as t
          where t.received_at >= %1$L and t.received_at < %2$L and t.site_id > s.site order by t.site_id limit 1) from s where s.site is not null)
      select max(n.newest) from s cross join lateral (
        select max(t.received_at) as newest from rempart.hits as t
        where t.received_at >= %1$L and t.received_at < %2$L and t.site_id = s.site) as n', one.first_day::timestamptz, one.next_day::timestamptz)
      into newest;
    exit when newest is not null;
  end loop;
  return newest;
end
$$;

-- What secures the rows: tables with a site and whether their row security is enabled and forced, digests of policies, and indexes and
-- whether they are valid. Policies and indexes of partitions are not listed, which come and go, unless an index is invalid.
create function rempart.secured_shape() returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_object(
    'tables', (
      select coalesce(jsonb_object_agg(c.relname, c.relrowsecurity and c.relforcerowsecurity), '{}') from pg_class c
      where c.relnamespace = 'rempart'::regnamespace and c.relkind in ('r', 'p') and exists (
        select from pg_attribute a
        where a.attrelid = c.oid and a.attname = case c.relname when 'sites' then 'id' else 'site_id' end and not a.attisdropped)),
    'policies', (
      select coalesce(jsonb_object_agg(c.relname || ' ' || p.polname, encode(sha256(convert_to(concat_ws(E'\n', p.polpermissive, p.polcmd,
        (select string_agg(coalesce(r.rolname, 'public'), ',' order by r.rolname)
         from unnest(p.polroles) as u (id) left join pg_roles r on r.oid = u.id),
        pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)), 'UTF8')), 'hex')), '{}')
      from pg_policy p join pg_class c on c.oid = p.polrelid
      where c.relnamespace = 'rempart'::regnamespace and not c.relispartition),
    'indexes', (
      select coalesce(jsonb_object_agg(n.nspname || '.' || x.relname, i.indisvalid and i.indisready), '{}')
      from pg_index i join pg_class x on x.oid = i.indexrelid join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('rempart', 'rempart_private') and (not i.indisvalid or not i.indisready
        or not c.relispartition and c.relname !~ '^hits_\d')))
$$;

-- Records this night, and forgets those of more than 31 days ago, and the counts of partitions that left. One statement counts, so that
-- `seen` is exactly what it includes.
create function rempart.record_night() returns date
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  recorded date;
begin
  insert into rempart_private.night_records as r (night, recorded_at, seen, rows_by_site, partitions, shape, newest_hit)
  select current_date, now(), pg_current_snapshot(), rempart.rows_by_site(),
    array(select p.name from rempart.hit_partitions() as p where p.attached), rempart.secured_shape(), rempart.newest_hit()
  on conflict (night) do update set recorded_at = excluded.recorded_at, seen = excluded.seen, rows_by_site = excluded.rows_by_site,
    partitions = excluded.partitions, shape = excluded.shape, newest_hit = excluded.newest_hit
  returning r.night into recorded;
  delete from rempart_private.night_records where night < current_date - 31;
  delete from rempart_private.day_counts as c
    where not exists (select from rempart.hit_partitions() as p where p.attached and p.name = c.name);
  return recorded;
end
$$;

-- Partitions that have begun and are not counted, or were counted before they were over; the oldest first.
create function rempart.partitions_to_count() returns setof text
language sql stable security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
  select p.name from rempart.hit_partitions() as p
  where p.attached and p.first_day <= current_date
    and not exists (select from rempart_private.day_counts as c where c.name = p.name and c.is_over)
  order by p.first_day
$$;

-- Counts a partition, unless it was counted after it was over. Gives whether it did. One statement counts, as above.
create function rempart.count_partition(partition text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
begin
  insert into rempart_private.day_counts as c (name, seen, counted_at, is_over, rows_by_site, newest_hit)
  select p.name, pg_current_snapshot(), now(), p.next_day::timestamptz + interval '1 hour' <= now(), h.counted, h.newest_hit
  from rempart.hit_partitions() as p cross join lateral rempart.hits_by_site(p.first_day, p.next_day) as h
  where p.name = partition and partition in (select * from rempart.partitions_to_count())
  on conflict (name) do update set seen = excluded.seen, counted_at = excluded.counted_at, is_over = excluded.is_over,
    rows_by_site = excluded.rows_by_site, newest_hit = excluded.newest_hit;
  return found;
end
$$;

-- The newest record, the counts of partitions, and what the database holds now without counting hits: a restored one has the rows of its
-- snapshot.
create function rempart.restored_state() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  record rempart_private.night_records;
begin
  select * into record from rempart_private.night_records order by recorded_at desc limit 1;
  return jsonb_build_object(
    'record', case when record.night is not null then jsonb_build_object('night', record.night, 'recordedAt', record.recorded_at,
      'rows', record.rows_by_site, 'partitions', record.partitions, 'shape', record.shape, 'newestHit', record.newest_hit) end,
    'rows', rempart.rows_by_site(),
    'partitions', (select coalesce(jsonb_agg(p.name), '[]') from rempart.hit_partitions() as p where p.attached),
    'counts', (select coalesce(jsonb_object_agg(c.name, jsonb_build_object('rows', c.rows_by_site, 'newestHit', c.newest_hit)), '{}') from rempart_private.day_counts as c),
    'shape', rempart.secured_shape(),
    'newestHit', rempart.newest_hit(),
    'removed', case when record.night is not null then rempart.rows_removed(
      array(select jsonb_object_keys(record.rows_by_site)::name) || name 'hits', record.seen, record.recorded_at) else '{}' end,
    'detached', (select coalesce(jsonb_agg(p.name), '[]') from rempart.hit_partitions() as p where not p.attached),
    'droppedPartitions', case when record.night is not null then rempart.partitions_dropped(record.seen, record.recorded_at) else '[]' end);
end
$$;

-- What a partition that was counted holds now, and the removals of hits since then: of all partitions, since they are logged without
-- theirs. Nothing for one that has no count, or is not there.
create function rempart.restored_partition(partition text) returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
  select jsonb_build_object('rows', h.counted, 'newestHit', h.newest_hit,
    'removed', coalesce(rempart.rows_removed('{hits}', c.seen, c.counted_at) -> 'hits', '{}'))
  from rempart_private.day_counts as c
  join rempart.hit_partitions() as p on p.name = c.name and p.attached
  cross join lateral rempart.hits_by_site(p.first_day, p.next_day) as h
  where c.name = partition
$$;

grant execute on function rempart.record_night(), rempart.partitions_to_count(), rempart.count_partition(text) to rempart_maintenance;
grant execute on function rempart.restored_state(), rempart.restored_partition(text) to rempart_validation;
reset role;

set local role rempart_owner;
revoke create on schema rempart from rempart_counter;
reset role;

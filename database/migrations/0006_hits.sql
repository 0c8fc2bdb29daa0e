-- Hits, by month of arrival, and what could not be stored as one.
set local role rempart_owner;

create table rempart.hits (
  site_id integer not null,
  -- When the collector answered it; comes with the hit, so a second delivery is recognised.
  received_at timestamptz not null,
  id uuid not null,
  -- When the browser says that it happened.
  occurred_at timestamptz not null,
  kind varchar(64) not null,
  url varchar(2048),
  referrer varchar(2048),
  visitor varchar(128),
  -- As the site asks: cut to a network, or a keyed hash. Never the address itself. (TOM-4.13)
  address varchar(64),
  user_agent varchar(512),
  fields jsonb,
  -- Version of the site's key that hashed fields of this row were made with.
  key_version integer not null default 1,
  deleted_at timestamptz,
  primary key (site_id, received_at, id)
) partition by range (received_at);
create index hits_visitor on rempart.hits (site_id, visitor);

-- Records of a site that are not hits, with the reason; nothing that came in is lost.
create table rempart.rejects (
  site_id integer not null,
  digest bytea not null check (length(digest) = 32),
  rejected_at timestamptz not null default now(),
  reason varchar(64) not null,
  detail varchar(1000) not null,
  -- The first 64 kB of the record, byte by byte: what is wrong with it may be its encoding.
  record bytea not null check (length(record) <= 65536),
  record_length integer not null,
  primary key (site_id, digest)
);
create index rejects_age on rempart.rejects (site_id, rejected_at);

-- Records that name no live site. The application may add to them and cannot read them.
create table rempart.stray_records (
  digest bytea primary key check (length(digest) = 32),
  rejected_at timestamptz not null default now(),
  reason varchar(64) not null,
  detail varchar(1000) not null,
  record bytea not null check (length(record) <= 65536),
  record_length integer not null
);

alter table rempart.hits enable row level security, force row level security;
alter table rempart.rejects enable row level security, force row level security;

grant select, insert (site_id, received_at, id, occurred_at, kind, url, referrer, visitor, address, user_agent, fields, key_version)
  on rempart.hits to rempart_application;
grant select, insert (site_id, digest, reason, detail, record, record_length) on rempart.rejects to rempart_application;
grant insert (digest, reason, detail, record, record_length) on rempart.stray_records to rempart_application;
create policy application on rempart.hits to rempart_application
  using (site_id = (select rempart.current_site()) and deleted_at is null);
create policy application on rempart.rejects to rempart_application using (site_id = (select rempart.current_site()));

grant select, update (deleted_at), delete on rempart.hits to rempart_guard;
create policy guard on rempart.hits to rempart_guard using (site_id = (select rempart.current_site()));
grant select, delete on rempart.rejects, rempart.stray_records to rempart_guard;
create policy guard_reads on rempart.rejects for select to rempart_guard using (true);
create policy guard_removes on rempart.rejects for delete to rempart_guard using (site_id = (select rempart.current_site()));

create trigger log_row after update or delete on rempart.hits for each row execute function rempart.log_row('id', 'site_id', 'hits');
create trigger log_new_hits after insert on rempart.hits referencing new table as stored
  for each statement execute function rempart.log_new_hits();
create trigger log_new_rejects after insert on rempart.rejects referencing new table as changed
  for each statement execute function rempart.log_rejects();
create trigger log_removed_rejects after delete on rempart.rejects referencing old table as changed
  for each statement execute function rempart.log_rejects();

-- Whoever holds its row makes months. Not an advisory lock: the application could take that, and keep months from being made.
create table rempart_private.month_maker (only_row boolean primary key default true check (only_row));
insert into rempart_private.month_maker default values;

-- Makes the partition of a month, if it is not there. It is closed to everybody; hits are reached through their parent.
-- Gives up after five seconds of waiting, as below: while it waits for a long report, every other statement on hits waits behind it.
create function rempart.create_hit_month(month date) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '5s' as $$
declare
  first_day date := date_trunc('month', month);
  partition text := 'hits_' || to_char(date_trunc('month', month), 'YYYY_MM');
begin
  perform from rempart_private.month_maker for update;
  if to_regclass('rempart.' || partition) is null then
    execute format('create table rempart.%I partition of rempart.hits for values from (%L) to (%L)', partition,
      to_char(first_day, 'YYYY-MM-DD') || ' 00:00+00', to_char(first_day + interval '1 month', 'YYYY-MM-DD') || ' 00:00+00');
    execute format('alter table rempart.%I enable row level security, force row level security', partition);
  end if;
  return partition;
end
$$;

-- Takes a month out of the hits, without reading its rows; the table stays, closed, until it is dropped.
create function rempart.detach_hit_month(month date) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '5s' as $$
declare
  partition text := 'hits_' || to_char(date_trunc('month', month), 'YYYY_MM');
begin
  if date_trunc('month', month) >= date_trunc('month', now()) then
    raise exception 'hits: expected a month that is over, got %', to_char(month, 'YYYY-MM') using errcode = 'invalid_parameter_value';
  end if;
  execute format('alter table rempart.hits detach partition rempart.%I', partition);
  return partition;
end
$$;

-- Drops a month that was detached, with what the modification log holds of its hits; refuses one that is still part of the hits.
create function rempart.drop_hit_month(month date) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  partition text := 'hits_' || to_char(date_trunc('month', month), 'YYYY_MM');
begin
  if exists (select from pg_inherits where inhrelid = to_regclass('rempart.' || partition)) then
    raise exception 'hits: expected a month that was detached, got %', partition using errcode = 'object_in_use';
  end if;
  execute format('drop table rempart.%I', partition);
  perform rempart.forget_hit_month(month);
  return partition;
end
$$;

-- Months that hits are kept in, oldest first, as the first day of each.
create function rempart.hit_months() returns setof date
language sql stable security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
  select to_date(substr(c.relname, 6), 'YYYY_MM') from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'rempart.hits'::regclass order by 1
$$;

-- Months that were taken out of the hits and not yet dropped.
create function rempart.detached_hit_months() returns setof date
language sql stable security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
  select to_date(substr(c.relname, 6), 'YYYY_MM') from pg_class c
  where c.relnamespace = 'rempart'::regnamespace and c.relkind = 'r' and c.relname ~ '^hits_\d{4}_\d\d$' and not c.relispartition order by 1
$$;

grant execute on function rempart.create_hit_month(date), rempart.detach_hit_month(date), rempart.drop_hit_month(date), rempart.hit_months(),
  rempart.detached_hit_months() to rempart_maintenance;
-- A deployment makes months too, as the guard.
grant execute on function rempart.create_hit_month(date) to rempart_guard;

-- Last month for what is late, this one, and three ahead; upkeep makes the rest.
select rempart.create_hit_month((now() + make_interval(months => ahead))::date) from generate_series(-1, 3) as ahead;
reset role;

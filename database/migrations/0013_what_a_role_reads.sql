-- What the role of a site can read besides its rows: statistics of columns, the work of indexes, and the order of a filter.
-- (TOM-4.1, docs/adr/0005-site-context.md)
set local role rempart_owner;

-- Statistics that a table with a site keeps. ANALYZE samples all sites, and the planner uses the sample for comparisons of any site
-- (leakproof operators): `explain` would show the values of another site, character by character.
--
-- Target 0 keeps nothing of a column. What remains: the number of sites and the largest one (`site_id`), the share of deleted rows
-- (`deleted_at`), and the times of arrival of all hits (`received_at`), of which the counters of the server show as much. (pg_statistic)
create function rempart_private.limit_statistics(limited regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  one record;
begin
  for one in select attname from pg_attribute where attrelid = limited and attnum > 0 and not attisdropped loop
    execute format('alter table %s alter column %I set statistics %s', limited, one.attname,
      case when one.attname in ('site_id', 'deleted_at') then 1 when one.attname = 'received_at' then 100 else 0 end);
  end loop;
end
$$;

-- As before, and each month keeps the same statistics as its parent, which a partition does not inherit.
create or replace function rempart.create_hit_month(month date) returns text
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
    perform rempart_private.limit_statistics(format('rempart.%I', partition)::regclass);
  end if;
  return partition;
end
$$;

do $$
declare
  one record;
begin
  for one in
    select c.oid::regclass as name from pg_class c
    where c.relnamespace = 'rempart'::regnamespace and c.relkind in ('r', 'p')
  loop
    perform rempart_private.limit_statistics(one.name);
  end loop;
  -- Statistics that an earlier ANALYZE has stored stay, although the target is 0. A change to the same type removes them and rewrites
  -- nothing; parents pass it to their partitions.
  for one in
    select c.oid::regclass as name, a.attname, format_type(a.atttypid, a.atttypmod) as type
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'rempart'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.attstattarget = 0
      -- A column that a policy names keeps its type: here, the numbers of sites. No role of a site reads the logs.
      and (c.relname, a.attname) <> ('sites', 'id') and c.relname not in ('access_log', 'modification_log')
  loop
    execute format('alter table %s alter column %I type %s', one.name, one.attname, one.type);
  end loop;
end
$$;

-- An index that begins with another column finds rows of all sites, and `explain (analyze)` counts them ("Rows Removed by Filter").
drop index rempart.erasures_due;
create index erasures_due on rempart.erasures (site_id, due_at) where removed_at is null;

-- Keys of sites are unique over all of them, so their index cannot begin with the site. `lower` is not leakproof: no condition of a
-- statement reaches this index before the policy of the site. A key is in lower case (its check), so the index holds the keys.
alter table rempart.sites drop constraint sites_key_key;
create unique index sites_key on rempart.sites (lower(key));
alter index rempart.sites_key alter column 1 set statistics 0;
reset role;

set local role rempart_guard;

-- As before, through the index above.
create or replace function rempart.site_id(key text) returns integer
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (select s.id from rempart.sites s where lower(s.key) = lower(site_id.key) and s.key = site_id.key and s.deleted_at is null);
end
$$;

-- As before, and objects to each change of the catalog that a role may make to itself: password, settings, default privileges. The
-- server's counters of this transaction show it, also where a setting was removed. An attempt that was rolled back counts as well, until
-- the session reports its counters (runtime/database.ts).
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
  if (
    select sum(pg_stat_get_xact_tuples_inserted(c) + pg_stat_get_xact_tuples_updated(c) + pg_stat_get_xact_tuples_deleted(c)) > 0
    from unnest(array['pg_authid', 'pg_auth_members', 'pg_db_role_setting', 'pg_default_acl']::regclass[]) as c) then
    raise exception 'site context: expected the role as it was, got a change of its password, settings or privileges; work must not change its role'
      using errcode = 'insufficient_privilege';
  end if;
  perform rempart.clean_session();
end
$$;
reset role;

set local role rempart_owner;
-- As before, and the site is always computed: a comparison with a row pays nothing more, and its first column, which is true, comes first
-- in every filter. Otherwise a condition without a cost (`email is null`) precedes the site, and whether the site was ever computed would
-- show whether a row of any site meets the condition.
alter policy application on rempart.sites using ((true, id) = (select true, rempart.entered_site()) and deleted_at is null);
alter policy application on rempart.site_settings using ((true, site_id) = (select true, rempart.entered_site()));
alter policy application on rempart.people using ((true, site_id) = (select true, rempart.entered_site()) and deleted_at is null);
alter policy application on rempart.person_rights using ((true, site_id) = (select true, rempart.entered_site()) and deleted_at is null);
alter policy application on rempart.hits using ((true, site_id) = (select true, rempart.entered_site()) and deleted_at is null);
alter policy application on rempart.rejects using ((true, site_id) = (select true, rempart.entered_site()));
alter policy application on rempart.erasures using ((true, site_id) = (select true, rempart.entered_site()));
reset role;

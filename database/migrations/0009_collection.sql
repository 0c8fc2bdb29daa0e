-- What collectors know of a site: its settings for collection, and all live sites at once. (TOM-4.13, TOM-7.1)
set local role rempart_owner;

-- The origin of a page as a browser writes it in a header: https, lower case, no path, and no port where it is 443 (RFC 6454 section 6.2).
-- A domain, so that each element of a list is checked, and none is null.
create domain rempart.origin as text check (
  value is not null and length(value) <= 267
  and value ~ '^https://[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:(?!443$)[1-9][0-9]{0,4})?$');

alter table rempart.site_settings
  -- `DNT: 1` and `Sec-GPC: 1` leave of a hit only what tells nothing of its visitor.
  add column privacy_signals boolean not null default true,
  -- The collector gives a visitor a number in a cookie.
  add column cookies boolean not null default false,
  -- Pages that may send hits; none for any.
  add column origins rempart.origin[] not null default '{}' check (cardinality(origins) <= 50 and array_ndims(origins) is not distinct from
    case when cardinality(origins) > 0 then 1 end);

grant update (privacy_signals, cookies, origins) on rempart.site_settings to rempart_application;

-- For the function below, as it is for the sites.
create policy guard_reads on rempart.site_settings for select to rempart_guard using (true);
reset role;

set local role rempart_guard;

-- Every live site, as the snapshot of sites has it (runtime/site-snapshot.ts): its numbers, names and settings for collection, no key.
create function rempart.collection_sites() returns setof jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_object(
    'id', s.id, 'key', s.key, 'addressMode', t.address_mode, 'hashedFields', to_jsonb(t.hashed_fields), 'keyVersion', t.key_version,
    'privacySignals', t.privacy_signals, 'cookies', t.cookies, 'origins', to_jsonb(t.origins))
  from rempart.sites s join rempart.site_settings t on t.site_id = s.id
  where s.deleted_at is null order by s.id
$$;
grant execute on function rempart.collection_sites() to rempart_maintenance;
reset role;

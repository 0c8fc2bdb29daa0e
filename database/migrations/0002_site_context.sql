-- The site of a transaction, which no SQL can forge (docs/adr: site context).
--
-- A setting that SQL can set, SQL can change: `set rempart.site = 2` in an injected statement would be enough to read
-- another site. So the settings carry a proof, HMAC-SHA-256 under a key that the application's process holds and its
-- database role cannot read. The proof covers the transaction as well, so that it is worth nothing in another one.
set local role rempart_owner;

-- Keys that prove a context. Several may be good at once, so that a key can be changed without a pause.
create table rempart_private.context_keys (
  version smallint primary key check (version > 0),
  -- The key, padded to a block of SHA-256 and combined with the constants of RFC 2104: saves two steps a statement.
  inner_pad bytea not null check (length(inner_pad) = 64),
  outer_pad bytea not null check (length(outer_pad) = 64),
  since timestamptz not null default now()
);
grant select on rempart_private.context_keys to rempart_guard;

-- What the deployment is for. Production stays production. (TOM-7.4)
create table rempart_private.deployment (
  only_row boolean primary key default true check (only_row),
  environment text not null check (environment in ('production', 'staging', 'development'))
);
grant select on rempart_private.deployment to rempart_guard;

create function rempart_private.keep_production() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if old.environment = 'production' and (tg_op = 'DELETE' or new.environment <> 'production') then
    raise exception 'deployment: expected production to stay production; make another deployment for %', coalesce(new.environment, 'anything else')
      using errcode = 'check_violation';
  end if;
  return coalesce(new, old);
end
$$;
create trigger keep_production before update or delete on rempart_private.deployment
  for each row execute function rempart_private.keep_production();

-- Stores a key of at most 64 bytes under a version; the owner alone may call it (during a deployment).
create function rempart_private.install_context_key(key_version integer, key bytea) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  padded bytea := key || decode(repeat('00', 64 - length(key)), 'hex');
  inside bytea := padded;
  outside bytea := padded;
begin
  if length(key) < 32 then
    raise exception 'context key: expected 32 to 64 bytes, got %', length(key) using errcode = 'check_violation';
  end if;
  for place in 0..63 loop
    inside := set_byte(inside, place, get_byte(padded, place) # 54);
    outside := set_byte(outside, place, get_byte(padded, place) # 92);
  end loop;
  insert into rempart_private.context_keys (version, inner_pad, outer_pad) values (key_version, inside, outside)
  on conflict (version) do nothing;
  if not exists (select from rempart_private.context_keys where version = key_version and inner_pad = inside) then
    raise exception 'context key: version % holds another key; give a new key a new version', key_version using errcode = 'unique_violation';
  end if;
end
$$;
reset role;

set local role rempart_guard;

-- Names this transaction: its number, which the server gives once, and the microsecond in which it began. SQL chooses neither.
create function rempart.transaction_mark() returns text
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select pg_current_xact_id()::text || '.' || (extract(epoch from transaction_timestamp()) * 1000000)::bigint::text
$$;
grant execute on function rempart.transaction_mark() to rempart_application, rempart_maintenance;

-- The proven site of this transaction. Null without a context, so that every policy fails closed; an error if it is forged.
-- Parallel safe: workers are given the transaction's number, its time and the settings.
create function rempart.current_site() returns integer
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
declare
  proof text := current_setting('rempart.proof', true);
  message bytea;
  genuine text;
begin
  if proof is null or proof = '' then
    return null;
  end if;
  message := convert_to(
    pg_current_xact_id_if_assigned()::text || '.' || (extract(epoch from transaction_timestamp()) * 1000000)::bigint::text
      || E'\n' || current_setting('rempart.site', true) || E'\n' || current_setting('rempart.actor', true)
      || E'\n' || current_setting('rempart.source', true) || E'\n' || current_setting('rempart.entry', true),
    'UTF8');
  select encode(sha256(k.outer_pad || sha256(k.inner_pad || message)), 'hex') into genuine
    from rempart_private.context_keys k where k.version::text = split_part(proof, ':', 1);
  if genuine is null or genuine <> split_part(proof, ':', 2) then
    raise exception 'site context: expected a proof made for this transaction, got another; nothing was read or changed'
      using errcode = 'insufficient_privilege';
  end if;
  return current_setting('rempart.site', true)::integer;
end
$$;
grant execute on function rempart.current_site() to public;
reset role;

-- Support reads a site only after an entry in the access log says so, and that entry is committed. (TOM-4.8)
set local role rempart_guard;

-- Opens a site for the support person who is signed in, for one hour from commit. Reading starts in the next transaction.
create function rempart.support_open(site integer, reason text, source text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if length(trim(reason)) < 10 then
    raise exception 'support: expected a reason of at least 10 characters, got %', quote_literal(reason) using errcode = 'check_violation';
  end if;
  if not exists (select from rempart.sites where id = site and deleted_at is null) then
    raise exception 'site %: expected a live site, got none', site using errcode = 'no_data_found';
  end if;
  insert into rempart.access_log (site_id, actor, source, action, outcome, detail)
  values (site, session_user, source, 'support', 'opened', reason);
end
$$;

-- Sites that the support person who is signed in has opened. An entry of this transaction does not count: it could be rolled back.
create function rempart.support_sites() returns setof integer
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
  select distinct site_id from rempart.access_log
  where signed_in_as = session_user and outcome = 'opened' and action = 'support' 
    -- By the clock, not by the start of the transaction, which could be held open.
    and at > (select clock_timestamp()) - interval '1 hour'
    and transaction_id is distinct from pg_current_xact_id_if_assigned()
$$;
grant execute on function rempart.support_open(integer, text, text), rempart.support_sites() to rempart_support;
reset role;

set local role rempart_owner;
grant select on rempart.sites, rempart.site_settings, rempart.people, rempart.person_rights, rempart.hits, rempart.rejects to rempart_support;
create policy support on rempart.sites for select to rempart_support
  using (id in (select rempart.support_sites()) and deleted_at is null);
create policy support on rempart.site_settings for select to rempart_support using (site_id in (select rempart.support_sites()));
create policy support on rempart.people for select to rempart_support
  using (site_id in (select rempart.support_sites()) and deleted_at is null);
create policy support on rempart.person_rights for select to rempart_support
  using (site_id in (select rempart.support_sites()) and deleted_at is null);
create policy support on rempart.hits for select to rempart_support
  using (site_id in (select rempart.support_sites()) and deleted_at is null);
create policy support on rempart.rejects for select to rempart_support using (site_id in (select rempart.support_sites()));
reset role;

-- Reads ask which site was entered, rather than check its proof again for each table of each statement. (docs/adr/0005-site-context.md)
--
-- `enter` checks the proof, as before, and now notes transaction and site as the values of two sequences. `currval` gives what this very
-- session set last, and only the guard sets it: no role has a right to these sequences, and SQL cannot choose the number of its
-- transaction, keep it over a commit, or get it again. Whatever signs or changes something goes on checking the proof itself
-- (`current_site`): triggers, the functions that act for others, and `leave`, without which nothing is committed.
--
-- A transaction that entered its site before this migration and reads after it fails: whoever asked asks again.
set local role rempart_owner;
-- The transaction of this session that entered a site, and the site. What stands in the sequence itself is of no use to anybody.
create sequence rempart_private.entered_transaction;
create sequence rempart_private.entered_site as integer;
grant select, update on sequence rempart_private.entered_transaction, rempart_private.entered_site to rempart_guard;
reset role;

set local role rempart_guard;

-- The site that this transaction entered. Null without a proof, so that policies fail closed; an error in a transaction that entered none.
--
-- Restricted to the leader of a parallel query, which alone has the values: policies ask in a sub-select that depends on no row, so the
-- leader asks once and hands the answer to the workers.
create function rempart.entered_site() returns integer
language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
begin
  if coalesce(current_setting('rempart.proof', true), '') = '' then
    return null;
  end if;
  -- A session that never entered a site has no value: that too is an error.
  if currval('rempart_private.entered_transaction') = pg_current_xact_id_if_assigned()::text::bigint then
    return currval('rempart_private.entered_site');
  end if;
  raise exception 'site context: expected a proof made for this transaction, got another; nothing was read or changed'
    using errcode = 'insufficient_privilege';
end
$$;
grant execute on function rempart.entered_site() to rempart_application;

-- As before, and what it found is noted last: an entry that fails enters nothing.
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
      and (deleted_at is null or session_user = 'rempart_maintenance' and action in ('remove erased', 'remove old rejects'))) then
    raise exception 'site %: expected a live site, got none', site using errcode = 'no_data_found';
  end if;
  insert into rempart.access_log (site_id, actor, source, action, outcome, detail) values (site, actor, source, action, outcome, detail);
  perform setval('rempart_private.entered_transaction', pg_current_xact_id()::text::bigint), setval('rempart_private.entered_site', site);
end
$$;
reset role;

set local role rempart_owner;
alter policy application on rempart.sites using (id = (select rempart.entered_site()) and deleted_at is null);
alter policy application on rempart.site_settings using (site_id = (select rempart.entered_site()));
alter policy application on rempart.people using (site_id = (select rempart.entered_site()) and deleted_at is null);
alter policy application on rempart.person_rights using (site_id = (select rempart.entered_site()) and deleted_at is null);
alter policy application on rempart.hits using (site_id = (select rempart.entered_site()) and deleted_at is null);
alter policy application on rempart.rejects using (site_id = (select rempart.entered_site()));
alter policy application on rempart.erasures using (site_id = (select rempart.entered_site()));
reset role;

-- The access log and the modification log: who, which site, what, when, from where, with what outcome. (TOM-4.8, 4.9)
--
-- Nobody writes to them but the guard's functions, and nobody changes them: rows go in, and stay.
set local role rempart_owner;

create table rempart.access_log (
  id bigint generated always as identity,
  site_id integer not null,
  at timestamptz not null default clock_timestamp(),
  -- Who: the person or function on whose behalf the rows were reached.
  actor text not null check (length(actor) between 1 and 200),
  -- The role that was signed in.
  signed_in_as name not null default session_user,
  -- From where: address of the person, or name of the function.
  source text not null check (length(source) between 1 and 200),
  -- What: the action, in the words of the code that asked.
  action text not null check (length(action) between 1 and 200),
  outcome text not null check (outcome in ('done', 'failed', 'opened')),
  detail text check (length(detail) <= 1000),
  transaction_id xid8 not null default pg_current_xact_id(),
  primary key (site_id, at, id)
);
create index access_log_support on rempart.access_log (signed_in_as, at) where outcome = 'opened';

create table rempart.modification_log (
  id bigint generated always as identity,
  site_id integer not null,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  source text not null,
  table_name name not null,
  -- insert, update, delete (logical), restore, remove (for good)
  operation text not null check (operation in ('insert', 'update', 'delete', 'restore', 'remove')),
  -- The primary key of the row without its site; null for an operation on many rows, which `after` then counts.
  row_key text,
  before jsonb,
  after jsonb,
  transaction_id xid8 not null default pg_current_xact_id(),
  primary key (site_id, at, id)
);
create index modification_log_row on rempart.modification_log (site_id, table_name, row_key);

-- Refuses every change of a log row but one: the guard empties `before` and `after` of a person who was erased (DSS-4.2).
create function rempart_private.append_only() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'UPDATE' and tg_table_name = 'modification_log' and current_user = 'rempart_guard' then
    if new.before is null and new.after is null
      and (to_jsonb(new) - '{before,after}'::text[]) = (to_jsonb(old) - '{before,after}'::text[]) then
      return new;
    end if;
  end if;
  raise exception '%: expected only new rows, got %; a log is never changed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;
grant execute on function rempart_private.append_only() to rempart_guard;
create trigger append_only before update or delete on rempart.access_log for each row execute function rempart_private.append_only();
create trigger append_only_truncate before truncate on rempart.access_log execute function rempart_private.append_only();
create trigger append_only before update or delete on rempart.modification_log for each row execute function rempart_private.append_only();
create trigger append_only_truncate before truncate on rempart.modification_log execute function rempart_private.append_only();

alter table rempart.access_log enable row level security, force row level security;
alter table rempart.modification_log enable row level security, force row level security;

grant select, insert on rempart.access_log to rempart_guard;
create policy guard_reads on rempart.access_log for select to rempart_guard using (true);
create policy guard_writes on rempart.access_log for insert to rempart_guard with check (true);
grant select, insert, update (before, after) on rempart.modification_log to rempart_guard;
create policy guard_reads on rempart.modification_log for select to rempart_guard using (site_id = (select rempart.current_site()));
create policy guard_writes on rempart.modification_log for insert to rempart_guard with check (true);
create policy guard_empties on rempart.modification_log for update to rempart_guard using (site_id = (select rempart.current_site()));

grant select on rempart.access_log, rempart.modification_log to rempart_auditor;
create policy auditor_reads on rempart.access_log for select to rempart_auditor using (true);
create policy auditor_reads on rempart.modification_log for select to rempart_auditor using (true);
reset role;

set local role rempart_guard;

-- Writes one row of the modification log for one changed row, in the same transaction. The trigger's argument names the key column.
create function rempart.log_row() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  before jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  after jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  changed jsonb := coalesce(after, before);
  proven integer := rempart.current_site();
begin
  insert into rempart.modification_log (site_id, actor, source, table_name, operation, row_key, before, after)
  values (
    (changed ->> tg_argv[1])::integer,
    case when proven is null then session_user::text else current_setting('rempart.actor') end,
    case when proven is null then coalesce(inet_client_addr()::text, 'database') else current_setting('rempart.source') end,
    tg_argv[2],
    case
      when tg_op = 'INSERT' then 'insert'
      when tg_op = 'DELETE' then 'remove'
      when before ->> 'deleted_at' is null and after ->> 'deleted_at' is not null then 'delete'
      when before ->> 'deleted_at' is not null and after ->> 'deleted_at' is null then 'restore'
      else 'update'
    end,
    changed ->> tg_argv[0],
    -- What is removed for good is not kept in the log either.
    case when tg_op <> 'DELETE' then before end,
    after);
  return null;
end
$$;

-- Writes one row of the modification log for one statement that stored many new rows, with their number and range.
create function rempart.log_new_hits() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  proven integer := rempart.current_site();
begin
  insert into rempart.modification_log (site_id, actor, source, table_name, operation, after)
  select site_id,
    case when proven is null then session_user::text else current_setting('rempart.actor') end,
    case when proven is null then coalesce(inet_client_addr()::text, 'database') else current_setting('rempart.source') end,
    'hits', 'insert',
    jsonb_build_object('rows', count(*), 'first_received_at', min(received_at), 'last_received_at', max(received_at))
  from stored group by site_id;
  return null;
end
$$;
grant execute on function rempart.log_row(), rempart.log_new_hits() to rempart_owner;
reset role;

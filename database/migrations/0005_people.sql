-- People and their rights, per site. (TOM-4.3, 4.7)
set local role rempart_owner;

create table rempart.people (
  site_id integer not null references rempart.sites (id),
  id uuid not null default gen_random_uuid(),
  -- Who it is in the user directory, for a person who signs in.
  directory_id varchar(128),
  email varchar(320),
  name varchar(200),
  -- The pseudonym under which the person's hits arrive, for a person who visits.
  visitor varchar(128),
  attributes jsonb not null default '{}' check (jsonb_typeof(attributes) = 'object' and pg_column_size(attributes) <= 16384),
  created_at timestamptz not null default now(),
  deleted_at timestamptz,
  primary key (site_id, id)
);
create unique index people_directory on rempart.people (site_id, directory_id) where deleted_at is null;
create index people_visitor on rempart.people (site_id, visitor);

create table rempart.person_rights (
  site_id integer not null,
  id uuid not null default gen_random_uuid(),
  person_id uuid not null,
  -- What the portal's roles are called; denied by default, so no row means no right. (TOM-4.7)
  role varchar(30) not null check (role in ('reader', 'analyst', 'editor', 'administrator')),
  granted_at timestamptz not null default now(),
  deleted_at timestamptz,
  primary key (site_id, id),
  -- The site is part of the reference: a right cannot name a person of another site.
  foreign key (site_id, person_id) references rempart.people (site_id, id)
);
create unique index person_rights_once on rempart.person_rights (site_id, person_id, role) where deleted_at is null;

alter table rempart.people enable row level security, force row level security;
alter table rempart.person_rights enable row level security, force row level security;

-- No DELETE and no TRUNCATE, and `deleted_at` and `site_id` are not among the columns that may be changed.
grant select, insert (site_id, id, directory_id, email, name, visitor, attributes), update (directory_id, email, name, visitor, attributes)
  on rempart.people to rempart_application;
grant select, insert (site_id, id, person_id, role), update (role) on rempart.person_rights to rempart_application;
create policy application on rempart.people to rempart_application
  using (site_id = (select rempart.current_site()) and deleted_at is null);
create policy application on rempart.person_rights to rempart_application
  using (site_id = (select rempart.current_site()) and deleted_at is null);

grant select, update (deleted_at), delete on rempart.people, rempart.person_rights to rempart_guard;
create policy guard on rempart.people to rempart_guard using (site_id = (select rempart.current_site()));
create policy guard on rempart.person_rights to rempart_guard using (site_id = (select rempart.current_site()));

create trigger log_row after insert or update or delete on rempart.people
  for each row execute function rempart.log_row('id', 'site_id', 'people');
create trigger log_row after insert or update or delete on rempart.person_rights
  for each row execute function rempart.log_row('id', 'site_id', 'person_rights');
reset role;

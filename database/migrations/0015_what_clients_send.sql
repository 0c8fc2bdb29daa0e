-- What clients send and collectors repair is stored with the hit. (TOM-5.1)
set local role rempart_owner;

alter table rempart.hits
  -- Whole, as browsers send them; longer ones are cut, and `repairs` says so.
  alter column url type varchar(16384),
  alter column referrer type varchar(16384),
  -- The client's time as it was sent, if it could not be used for `occurred_at`.
  add column client_time varchar(64),
  -- False for a visitor that the collector made for this hit: its cookie has not come back, and reports can leave it out.
  -- Null if the client named the visitor itself, or there is none.
  add column visitor_returned boolean,
  -- As `url:cut`, for the developer of the site.
  add column repairs varchar(64)[] check (cardinality(repairs) <= 16);

grant insert (client_time, visitor_returned, repairs) on rempart.hits to rempart_application;

-- The parent passes the new columns to its months, and not what statistics they keep.
select rempart_private.limit_statistics(relid) from pg_partition_tree('rempart.hits');
reset role;

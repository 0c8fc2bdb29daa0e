-- Which cluster this database was told that it is, so that a restored copy is known by what it still believes. (TOM-4.1, TOM-3.10)
set local role rempart_owner;
alter table rempart_private.deployment add column cluster text check (length(cluster) between 1 and 100);
reset role;

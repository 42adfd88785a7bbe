-- The control database's ground rules. PostgreSQL only.
--
-- Roles. The schema belongs to the role that migrates. The program itself enters as precinct_app, which owns nothing, so that
-- row level security binds it. Whoever migrates creates that role first, because a password has no place in a migration.
--
-- Conventions of every later migration:
--   * a table that carries tenants' data has tenant_id (text, a ULID) as the first part of its primary key and references
--     tenants(id);
--   * it has row level security enabled and forced, with the policy
--         using (tenant_id = current_setting('precinct.tenant', true))
--         with check (tenant_id = current_setting('precinct.tenant', true))
--     where the setting is local to a transaction; unset, it equals no id, and the table looks empty;
--   * privileges are granted one by one, to precinct_app, in the migration that makes the table: an append-only table grants
--     select and insert alone;
--   * times are timestamptz, texts are text, documents are jsonb; a state is text with a check.

revoke all on schema public from public;
grant usage on schema public to precinct_app;

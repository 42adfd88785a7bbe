-- The audit trail: one chain per tenant. The body is kept as the very text that was hashed, so that verifying never depends on how
-- a document is written again; the columns beside it are copies for searching, and verification compares them with the body.

-- Where each chain ends. Appending locks this row, which puts a tenant's writers in line on all nodes; and because it counts,
-- records cut off at the end are missed.
create table audit_heads (
    tenant_id text primary key references tenants (id),
    sequence  bigint not null check (sequence >= 0),
    hash      text not null
);
alter table audit_heads enable row level security;
alter table audit_heads force row level security;
create policy audit_heads_own on audit_heads
    using (tenant_id = current_setting('precinct.tenant', true))
    with check (tenant_id = current_setting('precinct.tenant', true));
grant select, insert, update on audit_heads to precinct_app;

create table audit_records (
    tenant_id   text not null references tenants (id),
    sequence    bigint not null check (sequence > 0),
    id          text not null,
    recorded_at timestamptz not null,
    kind        text not null check (kind in ('decision', 'outcome', 'gap')),
    request_id  text not null,
    actor_id    text not null,
    action      text not null,
    allow       boolean,
    graph       text,
    commit_id   text,
    body        text not null,
    prev_hash   text not null,
    hash        text not null,
    primary key (tenant_id, sequence),
    unique (tenant_id, id)
);
create index audit_records_actor on audit_records (tenant_id, actor_id, sequence desc);
create index audit_records_commit on audit_records (tenant_id, commit_id) where commit_id is not null;
create index audit_records_request on audit_records (tenant_id, request_id);
alter table audit_records enable row level security;
alter table audit_records force row level security;
create policy audit_records_own on audit_records
    using (tenant_id = current_setting('precinct.tenant', true))
    with check (tenant_id = current_setting('precinct.tenant', true));
-- Append-only: the program can neither change nor remove what it wrote.
grant select, insert on audit_records to precinct_app;

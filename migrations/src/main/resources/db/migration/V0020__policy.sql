-- Published policies. A revision is named by its content and never changes; the current one is moved by compare-and-set, and
-- every move stays in the record, so that a rollback is one more publication.
create table policy_revisions (
    tenant_id  text not null references tenants (id),
    revision   text not null check (revision ~ '^[0-9a-f]{64}$'),
    document   jsonb not null,
    created_at timestamptz not null default now(),
    created_by text not null,
    primary key (tenant_id, revision)
);
alter table policy_revisions enable row level security;
alter table policy_revisions force row level security;
create policy policy_revisions_tenant on policy_revisions
    using (tenant_id = current_setting('precinct.tenant', true))
    with check (tenant_id = current_setting('precinct.tenant', true));
grant select, insert on policy_revisions to precinct_app;

create table policy_current (
    tenant_id text not null references tenants (id),
    revision  text not null,
    -- Counts publications; the next one names the number it replaces.
    sequence  bigint not null check (sequence > 0),
    primary key (tenant_id),
    foreign key (tenant_id, revision) references policy_revisions (tenant_id, revision)
);
alter table policy_current enable row level security;
alter table policy_current force row level security;
create policy policy_current_tenant on policy_current
    using (tenant_id = current_setting('precinct.tenant', true))
    with check (tenant_id = current_setting('precinct.tenant', true));
grant select, insert, update on policy_current to precinct_app;

create table policy_publications (
    tenant_id    text not null references tenants (id),
    sequence     bigint not null,
    revision     text not null,
    published_at timestamptz not null default now(),
    published_by text not null,
    primary key (tenant_id, sequence),
    foreign key (tenant_id, revision) references policy_revisions (tenant_id, revision)
);
alter table policy_publications enable row level security;
alter table policy_publications force row level security;
create policy policy_publications_tenant on policy_publications
    using (tenant_id = current_setting('precinct.tenant', true))
    with check (tenant_id = current_setting('precinct.tenant', true));
grant select, insert on policy_publications to precinct_app;

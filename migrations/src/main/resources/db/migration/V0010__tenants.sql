-- Tenants: who there is. The registry must read across tenants (find one by its slug, list them all), which the ordinary binding
-- forbids. Of the ways to open that door, a second setting was chosen: it opens exactly the two tables below whose policies name
-- it, it is as local to a transaction as the first, and it shows in the code as one method that one class calls. A second
-- database role would need a second pool and password; a security definer function per question would hide the SQL in migrations.
-- A transaction bound to a tenant reads that tenant's own row and cannot change it: states move through the registry alone.
create table tenants (
    id                text primary key check (id ~ '^[0-7][0-9A-HJKMNP-TV-Z]{25}$'),
    slug              text not null unique check (slug ~ '^[a-z](-?[a-z0-9])+$' and length(slug) <= 63),
    display_name      text not null check (length(display_name) between 1 and 200),
    plan              text not null,
    region            text not null,
    state             text not null check (state in (
                          'requested', 'provisioning', 'failed', 'active', 'suspended', 'deleting', 'purging', 'deleted')),
    suspension_reason text check (suspension_reason in ('billing', 'security', 'request', 'key_unavailable')),
    suspension_mode   text check (suspension_mode in ('read_only', 'blocked')),
    -- Grows with every move; a move names the epoch it was decided on.
    epoch             bigint not null default 1 check (epoch > 0),
    idempotency_key   text unique,
    request_digest    text not null,
    created_at        timestamptz not null,
    updated_at        timestamptz not null,
    -- A deleted tenant keeps its slug out of circulation until then.
    slug_free_at      timestamptz,
    check ((state = 'suspended') = (suspension_reason is not null and suspension_mode is not null))
);
alter table tenants enable row level security;
alter table tenants force row level security;
create policy tenants_registry on tenants
    using (current_setting('precinct.scope', true) = 'registry')
    with check (current_setting('precinct.scope', true) = 'registry');
create policy tenants_own on tenants for select
    using (id = current_setting('precinct.tenant', true));
-- No delete: an id is never used again, so its row stays.
grant select, insert, update on tenants to precinct_app;

-- The steps of provisioning that are done, so that an attempt cut short goes on where it stopped.
create table tenant_steps (
    tenant_id   text not null references tenants (id),
    step        text not null,
    attempts    integer not null default 0,
    finished_at timestamptz,
    failure     text,
    primary key (tenant_id, step)
);
alter table tenant_steps enable row level security;
alter table tenant_steps force row level security;
create policy tenant_steps_registry on tenant_steps
    using (current_setting('precinct.scope', true) = 'registry')
    with check (current_setting('precinct.scope', true) = 'registry');
grant select, insert, update on tenant_steps to precinct_app;

create table tenant_graphs (
    tenant_id    text not null references tenants (id),
    graph_id     text not null check (length(graph_id) between 1 and 64),
    display_name text not null,
    created_at   timestamptz not null,
    created_by   text not null,
    primary key (tenant_id, graph_id)
);
alter table tenant_graphs enable row level security;
alter table tenant_graphs force row level security;
create policy tenant_graphs_own on tenant_graphs
    using (tenant_id = current_setting('precinct.tenant', true))
    with check (tenant_id = current_setting('precinct.tenant', true));
grant select, insert, update, delete on tenant_graphs to precinct_app;

create table members (
    tenant_id    text not null references tenants (id),
    subject      text not null check (length(subject) between 1 and 255),
    display_name text not null,
    roles        text[] not null,
    claims       jsonb not null check (jsonb_typeof(claims) = 'object'),
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    primary key (tenant_id, subject)
);
alter table members enable row level security;
alter table members force row level security;
create policy members_own on members
    using (tenant_id = current_setting('precinct.tenant', true))
    with check (tenant_id = current_setting('precinct.tenant', true));
grant select, insert, update, delete on members to precinct_app;

-- One row per tenant: its calendar and thresholds as one document, changed by compare-and-set on its version.
create table maintenance_calendars (
    tenant_id  text primary key references tenants (id),
    version    bigint not null check (version > 0),
    calendar   jsonb not null,
    updated_at timestamptz not null,
    updated_by text not null
);
alter table maintenance_calendars enable row level security;
alter table maintenance_calendars force row level security;
create policy maintenance_calendars_own on maintenance_calendars
    using (tenant_id = current_setting('precinct.tenant', true))
    with check (tenant_id = current_setting('precinct.tenant', true));
grant select, insert, update on maintenance_calendars to precinct_app;

-- The run log: what maintenance did, why, or why not.
create table maintenance_runs (
    tenant_id        text not null references tenants (id),
    run_id           text not null,
    job              text not null check (job in ('compact', 'index', 'collect', 'verify', 'branch_reaper', 'backup')),
    trigger          text not null check (trigger in ('schedule', 'request')),
    requested_by     text not null,
    state            text not null check (state in ('pending', 'running', 'succeeded', 'failed', 'cancelled', 'deferred')),
    reason           text not null,
    outcome          jsonb,
    node             text,
    cancel_requested boolean not null default false,
    created_at       timestamptz not null,
    started_at       timestamptz,
    heartbeat_at     timestamptz,
    ended_at         timestamptz,
    primary key (tenant_id, run_id),
    check ((state in ('pending', 'running')) = (ended_at is null))
);
create index maintenance_runs_recent on maintenance_runs (tenant_id, created_at desc);
-- Never two runs of one job at once in a tenant, on whichever nodes.
create unique index maintenance_runs_live on maintenance_runs (tenant_id, job) where state in ('pending', 'running');
alter table maintenance_runs enable row level security;
alter table maintenance_runs force row level security;
create policy maintenance_runs_own on maintenance_runs
    using (tenant_id = current_setting('precinct.tenant', true))
    with check (tenant_id = current_setting('precinct.tenant', true));
grant select, insert, update, delete on maintenance_runs to precinct_app;

-- db-scheduler's table. Pollers look across tenants by design, so it has no row level security; it carries tenants' ids and
-- the time of their next run, and nothing of theirs besides.
create table scheduled_tasks (
    task_name            text not null,
    task_instance        text not null,
    task_data            bytea,
    execution_time       timestamptz not null,
    picked               boolean not null,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures integer,
    last_heartbeat       timestamptz,
    version              bigint not null,
    priority             smallint,
    primary key (task_name, task_instance)
);
create index scheduled_tasks_execution_time on scheduled_tasks (execution_time);
create index scheduled_tasks_last_heartbeat on scheduled_tasks (last_heartbeat);
create index scheduled_tasks_priority on scheduled_tasks (priority desc, execution_time asc);
grant select, insert, update, delete on scheduled_tasks to precinct_app;

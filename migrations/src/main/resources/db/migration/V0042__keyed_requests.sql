-- Requests that carry a key of their sender's: sent again, they are answered and not done again.
create table keyed_requests (
    tenant_id   text not null references tenants (id),
    subject     text not null,
    request_key text not null,
    -- Of everything that was asked; unknown until the body was read to its end.
    digest      text,
    -- The name of the commit that the request makes, chosen before it is tried for the first time, and where its branch stood then.
    commit_id   text not null,
    stream      text,
    since       bigint,
    -- Which try has it, and until when others keep off.
    holder      text not null,
    held_until  timestamptz not null,
    tries       integer not null default 1,
    -- What was answered, once it is done.
    status      integer,
    answer      text,
    created_at  timestamptz not null,
    expires_at  timestamptz not null,
    primary key (tenant_id, subject, request_key),
    check ((stream is null) = (since is null)),
    check ((status is null) = (answer is null))
);
create index keyed_requests_expiry on keyed_requests (tenant_id, expires_at);
alter table keyed_requests enable row level security;
alter table keyed_requests force row level security;
create policy keyed_requests_own on keyed_requests
    using (tenant_id = current_setting('precinct.tenant', true))
    with check (tenant_id = current_setting('precinct.tenant', true));
grant select, insert, update, delete on keyed_requests to precinct_app;

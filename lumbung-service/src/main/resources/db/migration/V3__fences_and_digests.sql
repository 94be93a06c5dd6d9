-- The newest lease of each lock that was let in to write; checked and moved on in the transaction that writes.
create table lumbung_fence (
    lock_name varchar(1024) primary key,
    fence     bigint        not null,
    owner     varchar(64)   not null
);

-- What happened in one period; periods follow each other and none is written twice.
create table digests (
    period_start  timestamptz primary key,
    period_end    timestamptz not null,
    new_users     bigint      not null,
    new_links     bigint      not null,
    new_socials   bigint      not null,
    changed_users bigint      not null,
    written_at    timestamptz not null default clock_timestamp(),
    written_by    varchar(64) not null,
    constraint digests_period check (period_start < period_end)
);

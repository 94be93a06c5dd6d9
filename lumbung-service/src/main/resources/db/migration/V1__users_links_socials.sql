-- Users and what stands on their page. Lengths are those of the input rules, in characters.
create table users (
    id         uuid primary key,
    handle     varchar(30)  not null,
    name       varchar(100) not null,
    email      varchar(254) not null,
    bio        varchar(500),
    created_at timestamptz  not null default now(),
    updated_at timestamptz  not null default now()
);

-- One handle and one address for one user, whatever the case; the names are read when they are broken.
create unique index users_handle_key on users (lower(handle));
create unique index users_email_key on users (lower(email));
create index users_by_age on users (created_at, id);

-- clock_timestamp: additions queue on the user's row, and the order is the order in which they got it.
create table links (
    id         uuid primary key,
    user_id    uuid          not null references users (id) on delete cascade,
    title      varchar(100)  not null,
    url        varchar(2048) not null,
    created_at timestamptz   not null default clock_timestamp()
);
create index links_of_user on links (user_id, created_at, id);

create table socials (
    id         uuid primary key,
    user_id    uuid          not null references users (id) on delete cascade,
    platform   varchar(30)   not null,
    url        varchar(2048) not null,
    created_at timestamptz   not null default clock_timestamp()
);
create index socials_of_user on socials (user_id, created_at, id);

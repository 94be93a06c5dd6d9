-- Apart from the users, so that whoever reads a user never reads a hash. A user without a row cannot log in.
create table credentials (
    user_id       uuid primary key references users (id) on delete cascade,
    password_hash varchar(255) not null,
    changed_at    timestamptz  not null default now()
);

-- Users, how they sign in, whom they follow, and which countries may spend at what age.

CREATE TABLE country (
    code          text PRIMARY KEY CHECK (code ~ '^[A-Z]{2}$'),
    name          text NOT NULL,
    currency      text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    open          boolean NOT NULL,
    age_min_years smallint NOT NULL CHECK (age_min_years BETWEEN 0 AND 30)
);
COMMENT ON TABLE country IS 'reference: where coins may be bought and given, and from what age';

CREATE TABLE app_user (
    id           uuid PRIMARY KEY,
    display_name text        NOT NULL CHECK (length(display_name) BETWEEN 1 AND 40),
    country      text        NOT NULL,
    birth_date   date        NOT NULL,
    roles        text[]      NOT NULL,
    created_at   timestamptz NOT NULL
);
COMMENT ON TABLE app_user IS 'distributed by id';

CREATE TABLE login (
    email         text PRIMARY KEY, -- lower case
    user_id       uuid        NOT NULL,
    password_hash text        NOT NULL,
    created_at    timestamptz NOT NULL
);
CREATE INDEX login_user ON login (user_id);
COMMENT ON TABLE login IS 'distributed by email';

CREATE TABLE session (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    user_id    uuid        NOT NULL,
    kind       text        NOT NULL CHECK (kind IN ('cookie', 'bearer')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX session_expiry ON session (expires_at);
COMMENT ON TABLE session IS 'distributed by token_hash';

CREATE TABLE rate_limit (
    bucket       text        NOT NULL,
    window_start timestamptz NOT NULL,
    hits         integer     NOT NULL,
    PRIMARY KEY (bucket, window_start)
);
COMMENT ON TABLE rate_limit IS 'distributed by bucket';

CREATE TABLE follow (
    creator_id  uuid        NOT NULL,
    follower_id uuid        NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (creator_id, follower_id)
);
CREATE INDEX follow_follower ON follow (follower_id);
COMMENT ON TABLE follow IS 'distributed by creator_id';

CREATE TABLE follower_count (
    creator_id uuid PRIMARY KEY,
    followers  bigint NOT NULL CHECK (followers >= 0)
);
COMMENT ON TABLE follower_count IS 'distributed by creator_id';

CREATE TABLE audit (
    actor_id   uuid        NOT NULL,
    id         uuid        NOT NULL,
    action     text        NOT NULL,
    object_id  uuid,
    data       jsonb       NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (actor_id, id)
);
COMMENT ON TABLE audit IS 'distributed by actor_id';

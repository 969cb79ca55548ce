-- The gift catalogue, live streams, posts, and creators' settings.

CREATE TABLE gift_type (
    no          integer PRIMARY KEY,  -- names one id and version in a gift row
    id          uuid        NOT NULL,
    version     integer     NOT NULL CHECK (version > 0),
    slug        text        NOT NULL,
    name        text        NOT NULL,
    coins       bigint      NOT NULL CHECK (coins > 0),
    streakable  boolean     NOT NULL,
    animation   jsonb       NOT NULL,
    alt         text        NOT NULL,
    position    smallint    NOT NULL,
    valid_from  timestamptz NOT NULL,
    valid_until timestamptz,          -- set when a newer version or nothing takes its place
    UNIQUE (id, version)
);
COMMENT ON TABLE gift_type IS 'reference: the catalogue; a change is a new version';

CREATE TABLE gift_rule (
    valid_from             timestamptz PRIMARY KEY,
    count_max              integer NOT NULL CHECK (count_max > 0),
    message_characters_max integer NOT NULL CHECK (message_characters_max > 0),
    post_gift_coins_min    bigint NOT NULL,
    post_gift_coins_max    bigint NOT NULL,
    new_viewer_days        integer NOT NULL,  -- accounts younger than this give with the hold of a new viewer
    leaderboard_rows       smallint NOT NULL CHECK (leaderboard_rows > 0) -- places shown unless more are asked for
);
COMMENT ON TABLE gift_rule IS 'reference: limits on one gift, and how many supporters are shown';

CREATE TABLE stream (
    id         uuid PRIMARY KEY, -- also the room's id
    creator_id uuid        NOT NULL,
    title      text        NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
    started_at timestamptz NOT NULL,
    ended_at   timestamptz
);
CREATE INDEX stream_live ON stream (started_at DESC) WHERE ended_at IS NULL;
CREATE INDEX stream_creator ON stream (creator_id, started_at DESC);
COMMENT ON TABLE stream IS 'distributed by id';

-- Which stream of a creator is live: the key allows one, and overlays find it by one look-up.
CREATE TABLE live_stream (
    creator_id uuid PRIMARY KEY,
    stream_id  uuid NOT NULL
);
COMMENT ON TABLE live_stream IS 'distributed by creator_id';

CREATE TABLE post (
    id         uuid PRIMARY KEY, -- also the room's id
    creator_id uuid        NOT NULL,
    caption    text        NOT NULL CHECK (length(caption) BETWEEN 1 AND 300),
    created_at timestamptz NOT NULL
);
CREATE INDEX post_created ON post (created_at DESC);
CREATE INDEX post_creator ON post (creator_id, created_at DESC);
COMMENT ON TABLE post IS 'distributed by id';

CREATE TABLE creator (
    id         uuid PRIMARY KEY, -- the user
    gifting    boolean     NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE creator IS 'distributed by id';

CREATE TABLE creator_rule (
    valid_from              timestamptz PRIMARY KEY,
    live_followers_min      integer NOT NULL,
    post_followers_min      integer NOT NULL,
    account_age_min_days    integer NOT NULL,
    recent_public_post_days integer NOT NULL
);
COMMENT ON TABLE creator_rule IS 'reference: who may receive gifts';

CREATE TABLE hold_rule (
    valid_from timestamptz NOT NULL,
    source     text        NOT NULL, -- app_store, google_play, card, paypal, new_viewer, bonus
    days       smallint    NOT NULL CHECK (days >= 0),
    PRIMARY KEY (valid_from, source)
);
COMMENT ON TABLE hold_rule IS 'reference: days until diamonds bought this way are available';

CREATE TABLE overlay_token (
    token      text PRIMARY KEY, -- kept readable: the studio shows it again, and it only opens public room events
    creator_id uuid        NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX overlay_token_creator ON overlay_token (creator_id);
COMMENT ON TABLE overlay_token IS 'distributed by token';

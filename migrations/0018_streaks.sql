-- Streaks: what the gifts under one streak id come to while it is open, and the figures by which it ends.
-- What ended stays in room_event (streak_end); here are the open ones, and for a while those that ended.

CREATE TABLE streak_rule (
    valid_from   timestamptz PRIMARY KEY,
    timeout_ms   integer NOT NULL CHECK (timeout_ms > 0),  -- without a gift of it for so long, a streak ends
    length_max_s integer NOT NULL CHECK (length_max_s > 0), -- it ends then, whatever comes
    kept_s       integer NOT NULL CHECK (kept_s > 0)       -- how long rows of ended streaks stay
);
COMMENT ON TABLE streak_rule IS 'reference: when streaks end, by the moment from which it holds; never edited in place';

-- Ids of ends follow from the streak's key and this secret: nobody can write another event under one of them before.
CREATE TABLE streak_secret (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    secret bytea   NOT NULL CHECK (length(secret) = 32)
);
INSERT INTO streak_secret (secret) VALUES (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
COMMENT ON TABLE streak_secret IS 'reference: one row, made once for each installation';

CREATE TABLE streak (
    room_id        uuid        NOT NULL,
    sender_id      uuid        NOT NULL,
    gift_type_no   integer     NOT NULL,
    streak_id      uuid        NOT NULL,
    anonymous      boolean     NOT NULL,
    gifts          bigint      NOT NULL, -- sums up to the watermarks of the follower 'streaks'
    count          bigint      NOT NULL,
    coins          bigint      NOT NULL,
    milli_diamonds bigint      NOT NULL,
    first_seq      bigint      NOT NULL,
    last_seq       bigint      NOT NULL,
    changed_at     timestamptz NOT NULL, -- by the database's clock: when the follower met the latest gift of it
    ended_at       timestamptz,          -- null: open, or its end was not marked yet
    PRIMARY KEY (room_id, sender_id, gift_type_no, streak_id, anonymous)
) WITH (fillfactor = 60);
CREATE INDEX streak_open ON streak (room_id) WHERE ended_at IS NULL;
CREATE INDEX streak_ended ON streak (ended_at) WHERE ended_at IS NOT NULL;
COMMENT ON TABLE streak IS 'distributed by room_id: rollup of gifts with a streak id';

-- Gifts from before are no open streaks.
INSERT INTO watermark (follower, lane, no) SELECT 'streaks', lane, max(no) FROM batch GROUP BY lane;

-- Followers of the journal, and what one of them keeps: sums that history pages read instead of gifts.
-- Every sum equals what the journal says up to the watermarks; readers add what lies beyond (outbox/queries).

CREATE TABLE watermark (
    follower text     NOT NULL,
    lane     smallint NOT NULL,
    no       bigint   NOT NULL CHECK (no >= 0), -- batches up to this one are in the follower's results
    PRIMARY KEY (follower, lane)
);
COMMENT ON TABLE watermark IS 'reference: how far each follower has read each lane; changed with its results in one transaction';

CREATE TABLE creator_day (
    recipient_id   uuid     NOT NULL,
    day            date     NOT NULL, -- UTC, of the gifts
    room_id        uuid     NOT NULL,
    hold_days      smallint NOT NULL,
    gifts          bigint   NOT NULL,
    coins_paid     bigint   NOT NULL,
    coins_bonus    bigint   NOT NULL,
    milli_diamonds bigint   NOT NULL,
    coins_reversed bigint   NOT NULL DEFAULT 0, -- of these gifts, on whatever day it happened
    milli_reversed bigint   NOT NULL DEFAULT 0,
    PRIMARY KEY (recipient_id, day, room_id, hold_days)
) WITH (fillfactor = 80);
COMMENT ON TABLE creator_day IS 'distributed by recipient_id: rollup of gifts';

CREATE TABLE viewer_month (
    owner_id    uuid   NOT NULL,
    month       date   NOT NULL, -- its first day, UTC
    gifts       bigint NOT NULL,
    coins_paid  bigint NOT NULL,
    coins_bonus bigint NOT NULL,
    PRIMARY KEY (owner_id, month)
) WITH (fillfactor = 80);
COMMENT ON TABLE viewer_month IS 'distributed by owner_id: rollup of gifts sent';

CREATE TABLE account_day (
    owner_id uuid     NOT NULL,
    day      date     NOT NULL, -- UTC
    code     smallint NOT NULL,
    kind     text     NOT NULL, -- of the entries: top_up, refund, maturity ...
    amount   bigint   NOT NULL, -- what they added, less what they took
    PRIMARY KEY (owner_id, day, code, kind)
) WITH (fillfactor = 80);
COMMENT ON TABLE account_day IS 'distributed by owner_id: rollup of transfers on the accounts of viewers and creators';

CREATE TABLE room_supporter (
    room_id   uuid   NOT NULL,
    sender_id uuid   NOT NULL,
    coins     bigint NOT NULL, -- less what was reversed
    first_seq bigint NOT NULL,
    PRIMARY KEY (room_id, sender_id)
) WITH (fillfactor = 80);
CREATE INDEX room_supporter_rank ON room_supporter (room_id, coins DESC, first_seq);
COMMENT ON TABLE room_supporter IS 'distributed by room_id: rollup of gifts';

CREATE TABLE room_total (
    room_id        uuid   PRIMARY KEY,
    gifts          bigint NOT NULL,
    coins          bigint NOT NULL, -- less what was reversed
    milli_diamonds bigint NOT NULL -- less what was reversed
) WITH (fillfactor = 80);
COMMENT ON TABLE room_total IS 'distributed by room_id: rollup of gifts';

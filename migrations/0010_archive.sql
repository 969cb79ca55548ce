-- Months of gifts that were exported and let go: what of them the journal still needs to prove the rest.

CREATE TABLE archived_month (
    month       date PRIMARY KEY, -- its first day, UTC, of the gifts' ids
    gifts       bigint NOT NULL,  -- that left
    room_events bigint NOT NULL,
    last_at     timestamptz,      -- of the gifts; null: there were none
    manifest    bytea  NOT NULL CHECK (length(manifest) = 32), -- SHA-256 of manifest.json of the export
    archived_at timestamptz NOT NULL
);
COMMENT ON TABLE archived_month IS 'reference: months that lie outside, and the export that has them';

CREATE TABLE archived_lane (
    month   date     NOT NULL,
    lane    smallint NOT NULL,
    last_no bigint   NOT NULL, -- the export of the month ends with this batch of the lane
    PRIMARY KEY (month, lane)
);
COMMENT ON TABLE archived_lane IS 'reference: where in each lane the exports of archived months end';

-- The sums of the gifts that left: counted wherever the journal is added up, and where the rollups begin again.
CREATE TABLE archived_creator_day (
    recipient_id   uuid     NOT NULL,
    day            date     NOT NULL,
    room_id        uuid     NOT NULL,
    hold_days      smallint NOT NULL,
    gifts          bigint   NOT NULL,
    coins_paid     bigint   NOT NULL,
    coins_bonus    bigint   NOT NULL,
    milli_diamonds bigint   NOT NULL,
    PRIMARY KEY (recipient_id, day, room_id, hold_days)
);
COMMENT ON TABLE archived_creator_day IS 'distributed by recipient_id';

CREATE TABLE archived_viewer_month (
    owner_id    uuid   NOT NULL,
    month       date   NOT NULL, -- of the gifts' time
    gifts       bigint NOT NULL,
    coins_paid  bigint NOT NULL,
    coins_bonus bigint NOT NULL,
    last_at     timestamptz NOT NULL, -- of the gifts
    PRIMARY KEY (owner_id, month)
);
COMMENT ON TABLE archived_viewer_month IS 'distributed by owner_id';

CREATE TABLE archived_room_supporter (
    room_id   uuid   NOT NULL,
    sender_id uuid   NOT NULL,
    coins     bigint NOT NULL,
    first_seq bigint NOT NULL,
    PRIMARY KEY (room_id, sender_id)
);
COMMENT ON TABLE archived_room_supporter IS 'distributed by room_id';

CREATE TABLE archived_room (
    room_id uuid   PRIMARY KEY,
    events  bigint NOT NULL -- that were no gifts
);
COMMENT ON TABLE archived_room IS 'distributed by room_id';

-- Paid coins of gifts that left, on their senders' axes; gifts that lay end to end are one row.
CREATE TABLE archived_span (
    owner_id uuid   NOT NULL,
    start    bigint NOT NULL,
    coins    bigint NOT NULL CHECK (coins > 0),
    PRIMARY KEY (owner_id, start)
);
COMMENT ON TABLE archived_span IS 'distributed by owner_id';

-- Batches of which some gifts left and some are here: the leaves of those that left.
CREATE TABLE archived_leaf (
    lane      smallint NOT NULL,
    batch_no  bigint   NOT NULL,
    sender_id uuid     NOT NULL,
    gift_id   uuid     NOT NULL,
    leaf      bytea    NOT NULL CHECK (length(leaf) = 32),
    PRIMARY KEY (lane, batch_no, sender_id, gift_id)
);
COMMENT ON TABLE archived_leaf IS 'distributed by lane';

ALTER TABLE batch ADD COLUMN gifts_archived integer NOT NULL DEFAULT 0; -- of its gifts, those that left

-- The double-entry legs of everything, with the sums of what lies in the archive.
CREATE OR REPLACE VIEW posting AS
SELECT sender_id AS owner_id, 1::smallint AS code, 'COIN' AS asset, -coins_paid AS amount,
       id AS entry_id, 'gift' AS kind, lane, batch_no, created_at
  FROM gift WHERE coins_paid > 0
UNION ALL
SELECT sender_id, 2::smallint, 'COIN', -coins_bonus, id, 'gift', lane, batch_no, created_at
  FROM gift WHERE coins_bonus > 0
UNION ALL
SELECT '00000000-0000-0000-0000-000000000000'::uuid, 21::smallint, 'COIN', coins_paid + coins_bonus,
       id, 'gift', lane, batch_no, created_at
  FROM gift
UNION ALL
SELECT '00000000-0000-0000-0000-000000000000'::uuid, 30::smallint, 'MDIA', -milli_diamonds,
       id, 'gift', lane, batch_no, created_at
  FROM gift WHERE milli_diamonds > 0
UNION ALL
SELECT recipient_id, 10::smallint, 'MDIA', milli_diamonds, id, 'gift', lane, batch_no, created_at
  FROM gift WHERE milli_diamonds > 0
UNION ALL
SELECT from_id, from_code, asset, -amount, entry_id, kind, lane, batch_no, created_at FROM transfer
UNION ALL
SELECT to_id, to_code, asset, amount, entry_id, kind, lane, batch_no, created_at FROM transfer
UNION ALL
SELECT l.owner_id, l.code, 'COIN', l.amount, NULL, 'archived', NULL, NULL, a.last_at
  FROM archived_viewer_month a
 CROSS JOIN LATERAL (VALUES (a.owner_id, 1::smallint, -a.coins_paid), (a.owner_id, 2::smallint, -a.coins_bonus),
              ('00000000-0000-0000-0000-000000000000'::uuid, 21::smallint, a.coins_paid + a.coins_bonus))
       l (owner_id, code, amount)
UNION ALL
SELECT l.owner_id, l.code, 'MDIA', l.amount, NULL, 'archived', NULL, NULL, a.day::timestamp AT TIME ZONE 'UTC'
  FROM archived_creator_day a
 CROSS JOIN LATERAL (VALUES (a.recipient_id, 10::smallint, a.milli_diamonds),
              ('00000000-0000-0000-0000-000000000000'::uuid, 30::smallint, -a.milli_diamonds))
       l (owner_id, code, amount);

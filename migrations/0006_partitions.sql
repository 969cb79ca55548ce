-- Gifts and room events by the month of their id (UUIDv7: the time it was made), so that old months can be exported and let go.
-- The keys stay what they were: an id is met again wherever its first row lies. Months are added by ledger/partitions.py.

ALTER TABLE gift RENAME TO gift_before;
ALTER TABLE gift_before RENAME CONSTRAINT gift_pkey TO gift_before_pkey;
DROP INDEX gift_room, gift_recipient, gift_batch;

CREATE TABLE gift (
    sender_id      uuid        NOT NULL,
    id             uuid        NOT NULL, -- made by the client (UUIDv7): the idempotency key
    recipient_id   uuid        NOT NULL,
    room_id        uuid        NOT NULL,
    seq            bigint      NOT NULL,
    coins_paid     bigint      NOT NULL CHECK (coins_paid >= 0),
    coins_bonus    bigint      NOT NULL CHECK (coins_bonus >= 0),
    spent_before   bigint      NOT NULL CHECK (spent_before >= 0), -- paid turnover before this gift: places it on the lots' axis
    milli_diamonds bigint      NOT NULL CHECK (milli_diamonds >= 0),
    created_at     timestamptz NOT NULL,
    batch_no       bigint      NOT NULL,
    count          integer     NOT NULL CHECK (count > 0),
    gift_type_no   integer     NOT NULL, -- gift_type.no: one id and version of the catalogue
    lane           smallint    NOT NULL,
    share_id       smallint    NOT NULL,
    hold_days      smallint    NOT NULL,
    streak_id      uuid,
    message        text,                 -- null: none, or erased
    message_salt   bytea CHECK (length(message_salt) = 16),   -- erased with the message, so that nobody can guess it
    message_digest bytea CHECK (length(message_digest) = 32), -- SHA-256 of salt and message: what the chain covers
    PRIMARY KEY (sender_id, id),
    CHECK (coins_paid + coins_bonus > 0)
) PARTITION BY RANGE (id);
CREATE INDEX gift_room ON gift (room_id, seq);
CREATE INDEX gift_recipient ON gift (recipient_id, created_at);
CREATE INDEX gift_batch ON gift (lane, batch_no);
COMMENT ON TABLE gift IS 'distributed by sender_id';

CREATE TABLE gift_rest PARTITION OF gift DEFAULT;
COMMENT ON TABLE gift_rest IS 'distributed by sender_id: gifts whose id names no month that has a table';

INSERT INTO gift (sender_id, id, recipient_id, room_id, seq, coins_paid, coins_bonus, spent_before, milli_diamonds,
                  created_at, batch_no, count, gift_type_no, lane, share_id, hold_days, streak_id, message)
SELECT sender_id, id, recipient_id, room_id, seq, coins_paid, coins_bonus, spent_before, milli_diamonds,
       created_at, batch_no, count, gift_type_no, lane, share_id, hold_days, streak_id, message
  FROM gift_before;

ALTER TABLE room_event RENAME TO room_event_before;
ALTER TABLE room_event_before RENAME CONSTRAINT room_event_pkey TO room_event_before_pkey;
ALTER TABLE room_event_before RENAME CONSTRAINT room_event_room_id_id_key TO room_event_before_key;

-- That a number is used once in a room is kept by the lock of the room's row, and proved by `largesse ledger check`.
CREATE TABLE room_event (
    room_id    uuid        NOT NULL,
    id         uuid        NOT NULL, -- the client's id where it has one (chat), so that a retry is not said twice
    seq        bigint      NOT NULL,
    type       text        NOT NULL,
    user_id    uuid,
    data       jsonb       NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (room_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX room_event_seq ON room_event (room_id, seq);
COMMENT ON TABLE room_event IS 'distributed by room_id';

CREATE TABLE room_event_rest PARTITION OF room_event DEFAULT;
COMMENT ON TABLE room_event_rest IS 'distributed by room_id: events whose id names no month that has a table';

INSERT INTO room_event (room_id, id, seq, type, user_id, data, created_at)
SELECT room_id, id, seq, type, user_id, data, created_at FROM room_event_before;

-- The double-entry legs of everything: sums to zero per entry and asset by construction.
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
SELECT to_id, to_code, asset, amount, entry_id, kind, lane, batch_no, created_at FROM transfer;

DROP TABLE gift_before, room_event_before;

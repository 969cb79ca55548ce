-- The journal: balances, gifts, transfers, lots, batches, and the rooms whose numbers they draw.
-- Every table says in its comment how it is spread over a cluster: "distributed by <column>" or "reference".

CREATE TABLE account_code (
    code   smallint PRIMARY KEY,
    name   text NOT NULL UNIQUE,
    asset  text NOT NULL CHECK (asset IN ('COIN', 'MDIA', 'MONEY')),
    holder text NOT NULL CHECK (holder IN ('viewer', 'creator', 'platform'))
);
COMMENT ON TABLE account_code IS 'reference: the accounts of money.md; MONEY accounts are kept per currency';

INSERT INTO account_code (code, name, asset, holder) VALUES
    (1, 'coins_paid', 'COIN', 'viewer'),
    (2, 'coins_bonus', 'COIN', 'viewer'),
    (3, 'coins_owed', 'COIN', 'viewer'),
    (10, 'diamonds_pending', 'MDIA', 'creator'),
    (11, 'diamonds_available', 'MDIA', 'creator'),
    (12, 'diamonds_held', 'MDIA', 'creator'),
    (13, 'diamonds_owed', 'MDIA', 'creator'),
    (20, 'coins_issued', 'COIN', 'platform'),
    (21, 'coins_redeemed', 'COIN', 'platform'),
    (22, 'coins_refunded', 'COIN', 'platform'),
    (23, 'bonus_issued', 'COIN', 'platform'),
    (24, 'coins_receivable', 'COIN', 'platform'),
    (30, 'diamonds_issued', 'MDIA', 'platform'),
    (31, 'diamonds_redeemed', 'MDIA', 'platform'),
    (32, 'diamonds_reversed', 'MDIA', 'platform'),
    (40, 'provider_clearing', 'MONEY', 'platform'),
    (41, 'deferred_revenue', 'MONEY', 'platform'),
    (42, 'revenue', 'MONEY', 'platform'),
    (43, 'provider_fees', 'MONEY', 'platform'),
    (44, 'tax_payable', 'MONEY', 'platform'),
    (45, 'creator_payable', 'MONEY', 'platform'),
    (46, 'creator_cost', 'MONEY', 'platform'),
    (47, 'promotion_cost', 'MONEY', 'platform'),
    (48, 'chargeback_loss', 'MONEY', 'platform'),
    (49, 'bank', 'MONEY', 'platform');

-- One row per owner and account. A viewer's coins are ONE row (code 1): `amount` and `turnover` are the paid coins held
-- and ever spent, `bonus` and `bonus_turnover` the bonus coins, so one conditional UPDATE decides funds, budget and freeze.
CREATE TABLE balance (
    owner_id       uuid     NOT NULL,
    code           smallint NOT NULL,
    amount         bigint   NOT NULL DEFAULT 0 CHECK (amount >= 0),
    turnover       bigint   NOT NULL DEFAULT 0 CHECK (turnover >= 0),
    bonus          bigint   NOT NULL DEFAULT 0 CHECK (bonus >= 0),
    bonus_turnover bigint   NOT NULL DEFAULT 0 CHECK (bonus_turnover >= 0),
    bonus_taken    bigint   NOT NULL DEFAULT 0, -- bonus coins the latest spend took: lets RETURNING tell the split
    month          integer  NOT NULL DEFAULT 0, -- year * 12 + month of `month_spent`, UTC
    month_spent    bigint   NOT NULL DEFAULT 0,
    hold_days      smallint NOT NULL DEFAULT 0, -- the longest hold among lots that may still be unspent
    frozen         boolean  NOT NULL DEFAULT false,
    budget         bigint CHECK (budget >= 0),  -- coins a month; null: none
    budget_next    bigint CHECK (budget_next >= 0), -- takes the place of `budget` at `budget_next_at`; null: none
    budget_next_at timestamptz,
    PRIMARY KEY (owner_id, code)
) WITH (fillfactor = 60);
COMMENT ON TABLE balance IS 'distributed by owner_id';

CREATE TABLE share (
    id         smallint PRIMARY KEY,
    share_bp   integer NOT NULL CHECK (share_bp BETWEEN 0 AND 10000 AND share_bp % 10 = 0),
    valid_from timestamptz NOT NULL UNIQUE
);
COMMENT ON TABLE share IS 'reference: the creator''s share of a gift''s coins, in basis points; never edited in place';

CREATE TABLE redemption_rate (
    id                smallint PRIMARY KEY,
    currency          text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    micro_per_diamond bigint NOT NULL CHECK (micro_per_diamond > 0),
    valid_from        timestamptz NOT NULL,
    UNIQUE (currency, valid_from)
);
COMMENT ON TABLE redemption_rate IS 'reference: micro-units of currency per diamond; never edited in place';

-- The hot part of a live room or a post: who receives, whether it takes events and gifts, and the last number given out.
CREATE TABLE room (
    id           uuid PRIMARY KEY,
    recipient_id uuid    NOT NULL,
    open         boolean NOT NULL DEFAULT true,
    gifting      boolean NOT NULL DEFAULT false,
    last_seq     bigint  NOT NULL DEFAULT 0
) WITH (fillfactor = 60);
CREATE INDEX room_recipient ON room (recipient_id) WHERE open;
COMMENT ON TABLE room IS 'distributed by id';

-- The gift row is the journal entry: both legs (coins from the sender, milli-diamonds to the recipient).
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
    message        text,
    PRIMARY KEY (sender_id, id),
    CHECK (coins_paid + coins_bonus > 0)
);
CREATE INDEX gift_room ON gift (room_id, seq);
CREATE INDEX gift_recipient ON gift (recipient_id, created_at);
CREATE INDEX gift_batch ON gift (lane, batch_no);
COMMENT ON TABLE gift IS 'distributed by sender_id';

-- Everything that is not a gift: one row moves one amount between two accounts; rows of one entry share entry_id.
CREATE TABLE transfer (
    owner_id     uuid        NOT NULL, -- the user it concerns, or the platform
    entry_id     uuid        NOT NULL,
    line         smallint    NOT NULL,
    kind         text        NOT NULL, -- top_up, bonus, refund, chargeback, ...
    asset        text        NOT NULL, -- COIN, MDIA or an ISO 4217 currency
    from_id      uuid        NOT NULL,
    from_code    smallint    NOT NULL,
    to_id        uuid        NOT NULL,
    to_code      smallint    NOT NULL,
    amount       bigint      NOT NULL CHECK (amount > 0),
    reference_id uuid,                 -- the order, gift or payout it came from
    lane         smallint    NOT NULL,
    batch_no     bigint      NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (owner_id, entry_id, line)
);
CREATE INDEX transfer_batch ON transfer (lane, batch_no);
COMMENT ON TABLE transfer IS 'distributed by owner_id';

-- A lot is the coins of one purchase: the interval [start, start + coins) on the owner's axis of coins ever bought.
CREATE TABLE lot (
    owner_id       uuid        NOT NULL,
    id             uuid        NOT NULL, -- the order's id
    start          bigint      NOT NULL CHECK (start >= 0),
    coins          bigint      NOT NULL CHECK (coins >= 0), -- what is left of it after refunds of its unused part
    coins_bought   bigint      NOT NULL CHECK (coins_bought > 0),
    coins_bonus    bigint      NOT NULL CHECK (coins_bonus >= 0),
    currency       text        NOT NULL,
    gross_minor    bigint      NOT NULL CHECK (gross_minor >= 0),
    tax_minor      bigint      NOT NULL CHECK (tax_minor >= 0),
    fee_minor      bigint      NOT NULL CHECK (fee_minor >= 0),
    provider       text        NOT NULL,
    channel        text        NOT NULL,
    hold_days      smallint    NOT NULL,
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (owner_id, id)
);
CREATE INDEX lot_axis ON lot (owner_id, start);
COMMENT ON TABLE lot IS 'distributed by owner_id';

CREATE TABLE lane (
    id          smallint PRIMARY KEY, -- 0 is shared by use cases under its row lock; the others are leased by one writer each
    holder_id   uuid,
    lease_until timestamptz
);
INSERT INTO lane (id) VALUES (0);
COMMENT ON TABLE lane IS 'reference: who may write which chain of batches';

CREATE TABLE batch (
    lane       smallint    NOT NULL,
    no         bigint      NOT NULL CHECK (no > 0),
    prev_hash  bytea       NOT NULL CHECK (length(prev_hash) = 32),
    hash       bytea       NOT NULL CHECK (length(hash) = 32),
    gifts      integer     NOT NULL,
    transfers  integer     NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (lane, no)
);
COMMENT ON TABLE batch IS 'distributed by lane';

-- Room events that are not gifts (a gift is its own event): chat, streak_end, goal, moderation, stream_end ...
CREATE TABLE room_event (
    room_id    uuid        NOT NULL,
    seq        bigint      NOT NULL,
    type       text        NOT NULL,
    id         uuid        NOT NULL, -- the client's id where it has one (chat), so that a retry is not said twice
    user_id    uuid,
    data       jsonb       NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (room_id, seq),
    UNIQUE (room_id, id)
);
COMMENT ON TABLE room_event IS 'distributed by room_id';

-- The double-entry legs of everything: sums to zero per entry and asset by construction.
CREATE VIEW posting AS
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

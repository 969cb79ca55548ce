-- Refunds and disputes as facts, what they took, and the days whose diamonds became available. See docs/money.md.

-- A purchase may lie on its owner's axis in several pieces, each a row of `lot`: coins that a reversal took come back behind
-- what was bought since. `position` is the place of a piece's first coin among the coins bought; prices are those of the order.
ALTER TABLE lot
    ADD COLUMN order_id    uuid,                                             -- the row of the purchase itself has it as its id
    ADD COLUMN position    bigint NOT NULL DEFAULT 0 CHECK (position >= 0),
    ADD COLUMN returned    bigint NOT NULL DEFAULT 0 CHECK (returned >= 0),    -- of the spent coins: paid back a debt and came back in another row
    ADD COLUMN bonus       bigint NOT NULL DEFAULT 0 CHECK (bonus >= 0),       -- its part of the axis of bonus coins ever given
    ADD COLUMN bonus_start bigint NOT NULL DEFAULT 0 CHECK (bonus_start >= 0);

UPDATE lot l SET order_id = l.id,
       bonus = l.coins_bonus - coalesce((SELECT sum(t.amount) FROM transfer t WHERE t.owner_id = l.owner_id
               AND t.reference_id = l.id AND t.from_code = 2 AND t.to_code = 23), 0)::bigint;
UPDATE lot l SET bonus_start = p.place
  FROM (SELECT owner_id, id, (sum(bonus) OVER (PARTITION BY owner_id ORDER BY start, created_at, id) - bonus)::bigint AS place
          FROM lot) p
 WHERE p.owner_id = l.owner_id AND p.id = l.id;

ALTER TABLE lot ALTER COLUMN order_id SET NOT NULL;
CREATE INDEX lot_order ON lot (owner_id, order_id);
CREATE INDEX lot_hold ON lot (hold_days);
CREATE INDEX batch_time ON batch USING brin (created_at);

CREATE TABLE reversal_rule (
    id         smallint PRIMARY KEY,
    kind       text   NOT NULL CHECK (kind IN ('refund', 'chargeback')),
    steps      text[] NOT NULL CHECK (steps <@ ARRAY['reverse_diamonds', 'owe']), -- in their order; the platform bears the rest
    valid_from timestamptz NOT NULL,
    UNIQUE (kind, valid_from)
);
COMMENT ON TABLE reversal_rule IS 'reference: who pays for spent coins of orders bought from one moment on; never edited in place';

-- What we were told: each refund and each dispute of an order. `cancelled`: the refund failed, the dispute was won.
CREATE TABLE reversal_cause (
    owner_id     uuid NOT NULL,
    order_id     uuid NOT NULL,
    cause_id     text NOT NULL,      -- the provider's name of it
    kind         text   CHECK (kind IN ('refund', 'chargeback')), -- null: cancelled before it was heard of
    amount_minor bigint CHECK (amount_minor > 0),                 -- null likewise
    state        text NOT NULL CHECK (state IN ('active', 'cancelled')),
    opened_at    timestamptz,
    cancelled_at timestamptz,
    PRIMARY KEY (owner_id, order_id, cause_id),
    CHECK ((kind IS NULL) = (amount_minor IS NULL) AND (kind IS NULL) = (opened_at IS NULL)),
    CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL))
);
COMMENT ON TABLE reversal_cause IS 'distributed by owner_id';

-- What the causes of an order come to, and how its coins were taken: a stack, undone from its top.
CREATE TABLE reversal (
    owner_id     uuid   NOT NULL,
    order_id     uuid   NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0), -- of the gross: min(gross, sum of the active causes)
    coins_bonus  bigint NOT NULL CHECK (coins_bonus >= 0),  -- unused bonus coins that were taken
    steps        text[] NOT NULL,                           -- of the rule that was used
    PRIMARY KEY (owner_id, order_id)
);
COMMENT ON TABLE reversal IS 'distributed by owner_id';

CREATE TABLE reversal_part (
    owner_id uuid    NOT NULL,
    order_id uuid    NOT NULL,
    no       integer NOT NULL CHECK (no > 0),
    source   text    NOT NULL CHECK (source IN ('unused', 'repaid', 'given')), -- where the coins were
    settled  text    NOT NULL CHECK (settled IN ('removed', 'diamonds', 'owed', 'borne')),
    start    bigint  NOT NULL CHECK (start >= 0), -- unused: place among the coins bought; else on the owner's axis
    coins    bigint  NOT NULL CHECK (coins > 0),
    gift_id  uuid,
    PRIMARY KEY (owner_id, order_id, no),
    CHECK ((source = 'unused') = (settled = 'removed'))
);
COMMENT ON TABLE reversal_part IS 'distributed by owner_id';

-- Spent coins that no gift covers: they paid back what their owner owed.
CREATE TABLE repayment (
    owner_id uuid   NOT NULL,
    start    bigint NOT NULL CHECK (start >= 0), -- on the owner's axis
    coins    bigint NOT NULL CHECK (coins > 0),
    PRIMARY KEY (owner_id, start)
);
COMMENT ON TABLE repayment IS 'distributed by owner_id';

-- Coins that left a purchase, or came back to it, other than by a gift: places among the coins bought with the order.
CREATE TABLE lot_change (
    owner_id   uuid     NOT NULL,
    entry_id   uuid     NOT NULL,
    no         integer  NOT NULL,
    order_id   uuid     NOT NULL,
    change     text     NOT NULL CHECK (change IN ('removed', 'repaid', 'restored', 'returned')), -- two leave, two come back
    position   bigint   NOT NULL CHECK (position >= 0),
    coins      bigint   NOT NULL CHECK (coins > 0),
    lane       smallint NOT NULL,
    batch_no   bigint   NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (owner_id, entry_id, no)
);
CREATE INDEX lot_change_time ON lot_change USING brin (created_at);
COMMENT ON TABLE lot_change IS 'distributed by owner_id';

-- Gifts that lost diamonds to a reversal (`reversed`), or got them back (`restored`): rows are added, never changed.
CREATE TABLE reversed_gift (
    sender_id       uuid        NOT NULL,
    gift_id         uuid        NOT NULL,
    entry_id        uuid        NOT NULL,
    state           text        NOT NULL CHECK (state IN ('reversed', 'restored')),
    room_id         uuid        NOT NULL,
    recipient_id    uuid        NOT NULL,
    gift_created_at timestamptz NOT NULL,
    due_on          date        NOT NULL, -- of the gift
    coins           bigint      NOT NULL CHECK (coins > 0),
    milli_diamonds  bigint      NOT NULL CHECK (milli_diamonds >= 0),
    lane            smallint    NOT NULL,
    batch_no        bigint      NOT NULL,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (sender_id, gift_id, entry_id, state)
);
CREATE INDEX reversed_gift_recipient ON reversed_gift (recipient_id, due_on);
CREATE INDEX reversed_gift_room ON reversed_gift (room_id);
CREATE INDEX reversed_gift_batch ON reversed_gift (lane, batch_no);
COMMENT ON TABLE reversed_gift IS 'distributed by sender_id';

-- The same with signs: what rankings, room totals and statements subtract.
CREATE VIEW gift_reversal AS
SELECT sender_id, gift_id, room_id, recipient_id, gift_created_at, created_at, lane, batch_no,
       CASE state WHEN 'reversed' THEN coins ELSE -coins END AS coins,
       CASE state WHEN 'reversed' THEN milli_diamonds ELSE -milli_diamonds END AS milli_diamonds
  FROM reversed_gift;

-- A recipient's diamonds of one due date have become available. No row: they are pending.
CREATE TABLE maturity (
    recipient_id   uuid     NOT NULL,
    due_on         date     NOT NULL,
    milli_diamonds bigint   NOT NULL CHECK (milli_diamonds >= 0),
    batch_no       bigint   NOT NULL, -- of lane 0: reversals in batches up to it were left out
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (recipient_id, due_on)
);
CREATE INDEX maturity_due ON maturity (due_on);
COMMENT ON TABLE maturity IS 'distributed by recipient_id';

CREATE TABLE maturity_day (
    due_on         date    PRIMARY KEY,
    recipients     integer NOT NULL,
    milli_diamonds bigint  NOT NULL,
    finished_at    timestamptz NOT NULL
);
COMMENT ON TABLE maturity_day IS 'reference: dates of which everybody''s diamonds have become available';

-- Orders that were taken back so far were taken back whole.
INSERT INTO reversal_cause (owner_id, order_id, cause_id, kind, amount_minor, state, opened_at)
SELECT DISTINCT l.owner_id, l.id,
       coalesce((SELECT p.transaction_id || ':' FROM provider_transaction p WHERE p.order_id = l.id
                  AND p.state IN ('refunded', 'disputed') LIMIT 1), '')
       || CASE t.kind WHEN 'refund' THEN 'refund' ELSE 'dispute' END,
       t.kind, l.gross_minor, 'active', t.created_at
  FROM transfer t JOIN lot l ON l.owner_id = t.owner_id AND l.id = t.reference_id
 WHERE t.kind IN ('refund', 'chargeback') AND l.gross_minor > 0;
INSERT INTO reversal (owner_id, order_id, amount_minor, coins_bonus, steps)
SELECT l.owner_id, l.id, l.gross_minor, l.coins_bonus - l.bonus, ARRAY['owe']
  FROM lot l JOIN reversal_cause c ON c.owner_id = l.owner_id AND c.order_id = l.id;
INSERT INTO reversal_part (owner_id, order_id, no, source, settled, start, coins)
SELECT l.owner_id, l.id, 1, 'unused', 'removed', l.coins, l.coins_bought - l.coins
  FROM lot l JOIN reversal r ON r.owner_id = l.owner_id AND r.order_id = l.id WHERE l.coins_bought > l.coins
UNION ALL
SELECT l.owner_id, l.id, 2, 'given', 'owed', l.start, l.coins
  FROM lot l JOIN reversal r ON r.owner_id = l.owner_id AND r.order_id = l.id WHERE l.coins > 0;
INSERT INTO repayment (owner_id, start, coins)
SELECT owner_id, ended, begun - ended FROM (
  SELECT sender_id AS owner_id, spent_before AS begun,
         lag(spent_before + coins_paid, 1, 0::bigint) OVER (PARTITION BY sender_id ORDER BY spent_before) AS ended
    FROM gift WHERE coins_paid > 0
  UNION ALL
  SELECT b.owner_id, b.turnover, coalesce((SELECT max(g.spent_before + g.coins_paid) FROM gift g
                                            WHERE g.sender_id = b.owner_id AND g.coins_paid > 0), 0)
    FROM balance b WHERE b.code = 1) gap
 WHERE begun > ended;

-- The sandbox's books learn of refunds of a part and of disputes that are won.
ALTER TABLE sandbox_payment DROP CONSTRAINT sandbox_payment_state_check;
ALTER TABLE sandbox_payment ADD CONSTRAINT sandbox_payment_state_check
    CHECK (state IN ('open', 'succeeded', 'declined', 'abandoned', 'refunded', 'disputed', 'won'));
CREATE TABLE sandbox_refund (
    payment_id      uuid   NOT NULL,
    idempotency_key text   NOT NULL,
    amount_minor    bigint NOT NULL CHECK (amount_minor > 0),
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (payment_id, idempotency_key)
);
COMMENT ON TABLE sandbox_refund IS 'distributed by payment_id';

-- Guards at the till: what refuses an order, what holds a payment for review, and the review.

-- A rule holds from `valid_from` until the next row of its name. `amount` is what its measure may come to at most.
CREATE TABLE guard_rule (
    name       text        NOT NULL,
    valid_from timestamptz NOT NULL,
    subject    text        NOT NULL CHECK (subject IN ('person', 'device', 'address', 'card')),
    measure    text        NOT NULL CHECK (measure IN
                   ('coins', 'orders', 'buyers', 'failures', 'disputes', 'order_coins', 'owed_coins', 'foreign_coins')),
    amount     bigint      NOT NULL CHECK (amount >= 0),
    window_s   integer     CHECK (window_s > 0), -- looked at so far back; null: the order or the account as it is now
    account_age_max_days integer CHECK (account_age_max_days > 0), -- null: accounts of any age
    action     text        NOT NULL CHECK (action IN ('refuse', 'hold', 'off')),
    PRIMARY KEY (name, valid_from),
    CHECK ((window_s IS NULL) = (measure IN ('order_coins', 'owed_coins', 'foreign_coins'))),
    CHECK (subject <> 'card' OR action <> 'refuse') -- a card is known only when it has paid
);
COMMENT ON TABLE guard_rule IS 'reference: limits of buying from one moment on; never edited in place';

CREATE TABLE guard_period (
    name       text        NOT NULL CHECK (name IN ('hold_due_h', 'visitor_keep_days', 'payer_keep_days')),
    valid_from timestamptz NOT NULL,
    amount     bigint      NOT NULL CHECK (amount > 0),
    PRIMARY KEY (name, valid_from)
);
COMMENT ON TABLE guard_period IS 'reference: how long a hold may wait, and how long digests are kept, from one moment on';

-- A payment that somebody is to look at before its coins are credited. An order is held once at most.
CREATE TABLE order_hold (
    order_id   uuid        PRIMARY KEY,
    user_id    uuid        NOT NULL,
    reasons    jsonb       NOT NULL, -- rule, measure, subject, figures: never an address, a device or a card
    created_at timestamptz NOT NULL,
    decision   text        CHECK (decision IN ('released', 'returned')),
    decided_by uuid,
    decided_at timestamptz,
    CHECK ((decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL))
);
CREATE INDEX order_hold_open ON order_hold (created_at, order_id) WHERE decision IS NULL;
COMMENT ON TABLE order_hold IS 'distributed by order_id';

-- For the counts by device, address and card, and for the job that blanks what was kept long enough.
CREATE INDEX top_up_order_device ON top_up_order (visitor_device, updated_at) WHERE visitor_device IS NOT NULL;
CREATE INDEX top_up_order_address ON top_up_order (visitor_address, updated_at) WHERE visitor_address IS NOT NULL;
CREATE INDEX top_up_order_payer ON top_up_order (payer_fingerprint, updated_at) WHERE payer_fingerprint IS NOT NULL;
CREATE INDEX top_up_order_visitor ON top_up_order (created_at)
    WHERE visitor_device IS NOT NULL OR visitor_address IS NOT NULL;
CREATE INDEX top_up_order_paid_by ON top_up_order (created_at) WHERE payer_fingerprint IS NOT NULL;

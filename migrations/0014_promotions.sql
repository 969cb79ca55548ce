-- Promotions: extra coins, discounts and free coins; who used them, and bonus coins that lapse.

-- Free coins are a purchase of no paid coins, worth nothing: they lie on the axis of bonus coins only.
ALTER TABLE lot DROP CONSTRAINT lot_coins_bought_check;
ALTER TABLE lot
    ADD CONSTRAINT lot_coins_bought_check CHECK (coins_bought >= 0),
    ADD COLUMN bonus_expires_at timestamptz,           -- of its bonus coins; null: they never lapse
    ADD COLUMN bonus_lapsed     bigint NOT NULL DEFAULT 0 CHECK (bonus_lapsed >= 0),
    ADD COLUMN lapsed_at        timestamptz,           -- when that was worked off; null: not yet
    ADD COLUMN discount_minor   bigint NOT NULL DEFAULT 0 CHECK (discount_minor >= 0); -- off its price, without tax
CREATE INDEX lot_lapses ON lot (bonus_expires_at) WHERE bonus_expires_at IS NOT NULL AND lapsed_at IS NULL;

-- What discounts were booked as promotion cost, and what reversals took back of it.
CREATE TABLE discount_change (
    owner_id     uuid        NOT NULL,
    entry_id     uuid        NOT NULL,
    order_id     uuid        NOT NULL,
    currency     text        NOT NULL,
    amount_minor bigint      NOT NULL CHECK (amount_minor <> 0), -- below zero: taken back
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (owner_id, entry_id)
);
COMMENT ON TABLE discount_change IS 'distributed by owner_id';

CREATE TABLE promotion (
    id                 uuid        PRIMARY KEY,
    slug               text        NOT NULL UNIQUE,
    title              text        NOT NULL,
    description        text        NOT NULL,
    kind               text        NOT NULL CHECK (kind IN ('bonus', 'discount', 'grant')),
    code               text,                           -- as typed by the operator; null: it applies by itself
    bp                 integer     NOT NULL DEFAULT 0 CHECK (bp >= 0), -- of the coins bought, or off the shown price
    coins              bigint      NOT NULL DEFAULT 0 CHECK (coins >= 0), -- besides, or granted
    coins_max          bigint      CHECK (coins_max > 0), -- of one use
    first_recharge     boolean     NOT NULL,
    starts_at          timestamptz NOT NULL,
    ends_at            timestamptz NOT NULL,
    countries          text[],                         -- null: everywhere
    channels           text[],
    coins_min          bigint      NOT NULL DEFAULT 0 CHECK (coins_min >= 0), -- of the purchase
    budget             bigint      CHECK (budget > 0), -- coins; minor units of `currency` for a discount
    currency           text,
    uses_max           bigint      CHECK (uses_max > 0),
    per_person_max     integer     CHECK (per_person_max > 0),
    daily              boolean     NOT NULL DEFAULT false, -- a grant that can be claimed once every day, UTC
    bonus_expires_days integer     CHECK (bonus_expires_days > 0),
    priority           integer     NOT NULL,
    stacks             boolean     NOT NULL,
    created_at         timestamptz NOT NULL,
    uses               bigint      NOT NULL DEFAULT 0, -- reserved and used
    spent              bigint      NOT NULL DEFAULT 0, -- of the budget, reserved and used
    CHECK (ends_at >= starts_at)
);
COMMENT ON TABLE promotion IS 'reference: what is offered, and its counters';
CREATE UNIQUE INDEX promotion_code ON promotion (lower(code));

CREATE TABLE promotion_person (
    user_id      uuid    NOT NULL,
    promotion_id uuid    NOT NULL,
    uses         integer NOT NULL CHECK (uses >= 0),
    PRIMARY KEY (user_id, promotion_id)
);
COMMENT ON TABLE promotion_person IS 'distributed by user_id';

CREATE TABLE promotion_use (
    user_id            uuid        NOT NULL,
    occasion           text        NOT NULL, -- the order's id, `claim`, or `claim:<date>`
    promotion_id       uuid        NOT NULL,
    no                 smallint    NOT NULL, -- the order in which an order's promotions were applied
    order_id           uuid,
    coins              bigint      NOT NULL CHECK (coins >= 0),
    discount_minor     bigint      NOT NULL CHECK (discount_minor >= 0), -- off the total
    discount_net_minor bigint      NOT NULL CHECK (discount_net_minor >= 0), -- of it, without tax
    currency           text,
    budget_taken       bigint      NOT NULL CHECK (budget_taken >= 0),
    state              text        NOT NULL CHECK (state IN ('reserved', 'used', 'released')),
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    PRIMARY KEY (user_id, occasion, promotion_id)
);
COMMENT ON TABLE promotion_use IS 'distributed by user_id';
CREATE INDEX promotion_use_promotion ON promotion_use (promotion_id);

-- The code that was typed for an order, so that the same request again can be told from another.
CREATE TABLE promotion_order_code (
    user_id  uuid NOT NULL,
    order_id uuid NOT NULL,
    code     text NOT NULL,
    PRIMARY KEY (user_id, order_id)
);
COMMENT ON TABLE promotion_order_code IS 'distributed by user_id';

-- Free coins that an operator gave to one person.
CREATE TABLE bonus_grant (
    id         uuid        PRIMARY KEY,
    actor_id   uuid        NOT NULL,
    user_id    uuid        NOT NULL,
    coins      bigint      NOT NULL CHECK (coins > 0),
    reason     text        NOT NULL,
    expires_at timestamptz,
    expires_days integer,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE bonus_grant IS 'distributed by id';

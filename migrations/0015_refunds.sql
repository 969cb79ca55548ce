-- Payments given back by us: unused coins on request, second payments, payments that were not accepted.

-- `returning`, `returned`: a payment whose coins are never credited, on its way back and given back.
ALTER TABLE provider_transaction DROP CONSTRAINT provider_transaction_state_check;
ALTER TABLE provider_transaction ADD CONSTRAINT provider_transaction_state_check CHECK (state IN
    ('paid', 'credited', 'refunded', 'disputed', 'surplus', 'returning', 'returned'));

CREATE TABLE refund_policy (
    country          text   NOT NULL,
    channel          text   NOT NULL CHECK (channel IN ('web', 'app_store', 'google_play')),
    valid_from       timestamptz NOT NULL,
    days             smallint CHECK (days > 0),                  -- after the purchase; null: not offered
    coins_unused_min bigint NOT NULL CHECK (coins_unused_min > 0),
    part             boolean NOT NULL,                           -- false: only a purchase of which nothing was spent
    PRIMARY KEY (country, channel, valid_from)
);
COMMENT ON TABLE refund_policy IS 'reference: which unused coins buyers may give back, of orders made from one moment on; never edited in place';

-- One row is one intent, kept before the provider is asked: its id is the key the provider is asked with.
CREATE TABLE refund (
    user_id         uuid     NOT NULL,
    id              uuid     NOT NULL,
    order_id        uuid     NOT NULL,
    provider        text     NOT NULL,
    transaction_id  text     NOT NULL,
    reason          text     NOT NULL CHECK (reason IN ('requested', 'second_payment', 'not_accepted')),
    amount_minor    bigint   NOT NULL CHECK (amount_minor > 0),
    currency        text     NOT NULL,
    coins           bigint   NOT NULL CHECK (coins >= 0),       -- taken out of the wallet for it
    coins_bonus     bigint   NOT NULL CHECK (coins_bonus >= 0),
    state           text     NOT NULL CHECK (state IN ('queued', 'pending', 'unsure', 'done', 'failed')),
    failure         text,                                       -- why it failed or is unsure: a stable code
    reversal_id     text,                                       -- the provider's name of it, once it is told
    idempotency_key text,                                       -- of the buyer's request
    tries           smallint NOT NULL DEFAULT 0,
    try_at          timestamptz,                                -- when to look after it next; null: no more
    asked_at        timestamptz,                                -- when the provider was asked first
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, idempotency_key),
    CHECK ((state IN ('failed', 'unsure')) = (failure IS NOT NULL)),
    CHECK ((reason = 'requested') = (coins > 0))
);
CREATE INDEX refund_order ON refund (order_id);
CREATE INDEX refund_id ON refund (id);
CREATE INDEX refund_try ON refund (try_at) WHERE try_at IS NOT NULL;
CREATE INDEX refund_trouble ON refund (id) WHERE state IN ('failed', 'unsure');
COMMENT ON TABLE refund IS 'distributed by user_id';

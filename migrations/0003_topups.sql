-- Price books, orders and what the payment providers told us.

CREATE TABLE price_book (
    id            smallint PRIMARY KEY,
    country       text     NOT NULL,
    channel       text     NOT NULL CHECK (channel IN ('web', 'app_store', 'google_play')),
    currency      text     NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    tax_bp        integer  NOT NULL CHECK (tax_bp BETWEEN 0 AND 10000),
    tax_inclusive boolean  NOT NULL,
    tax_name      text     NOT NULL,
    fee_bp        integer  NOT NULL CHECK (fee_bp BETWEEN 0 AND 10000), -- what the provider or store keeps of the gross
    valid_from    timestamptz NOT NULL,
    UNIQUE (country, channel, valid_from)
);
COMMENT ON TABLE price_book IS 'reference: prices of one country and channel from one moment on; never edited in place';

CREATE TABLE coin_package (
    id            uuid PRIMARY KEY,
    price_book_id smallint NOT NULL REFERENCES price_book,
    coins         bigint   NOT NULL CHECK (coins > 0),
    coins_bonus   bigint   NOT NULL CHECK (coins_bonus >= 0),
    price_minor   bigint   NOT NULL CHECK (price_minor > 0), -- as shown: with tax where the book is tax inclusive
    position      smallint NOT NULL
);
CREATE INDEX coin_package_book ON coin_package (price_book_id, position);
COMMENT ON TABLE coin_package IS 'reference: what a price book sells';

CREATE TABLE top_up_order (
    user_id         uuid        NOT NULL,
    id              uuid        NOT NULL,
    state           text        NOT NULL CHECK (state IN
                        ('created', 'pending', 'paid', 'credited', 'failed', 'expired', 'refunded', 'disputed')),
    package_id      uuid        NOT NULL,
    provider        text        NOT NULL,
    channel         text        NOT NULL,
    country         text        NOT NULL,
    coins           bigint      NOT NULL CHECK (coins > 0),
    coins_bonus     bigint      NOT NULL CHECK (coins_bonus >= 0),
    currency        text        NOT NULL,
    net_minor       bigint      NOT NULL,
    tax_minor       bigint      NOT NULL,
    gross_minor     bigint      NOT NULL CHECK (gross_minor > 0),
    fee_minor       bigint      NOT NULL,
    hold_days       smallint    NOT NULL, -- how long diamonds given with these coins stay pending at least
    provider_ref    text,       -- the provider's name of its checkout
    checkout_url    text,
    return_path     text,       -- where the buyer came from, a path of our own
    idempotency_key text        NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    polls           smallint    NOT NULL DEFAULT 0, -- how often we asked the provider what became of it
    poll_at         timestamptz, -- when to ask next; null: no more
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, idempotency_key),
    CHECK (net_minor + tax_minor = gross_minor)
);
CREATE INDEX top_up_order_id ON top_up_order (id);
CREATE INDEX top_up_order_open ON top_up_order (expires_at) WHERE state IN ('created', 'pending', 'paid');
CREATE INDEX top_up_order_poll ON top_up_order (poll_at) WHERE poll_at IS NOT NULL;
COMMENT ON TABLE top_up_order IS 'distributed by user_id';

CREATE TABLE top_up_order_event (
    order_id   uuid        NOT NULL,
    no         integer     NOT NULL,
    state      text        NOT NULL,
    reason     text        NOT NULL, -- a stable code; the page explains it
    created_at timestamptz NOT NULL,
    PRIMARY KEY (order_id, no)
);
COMMENT ON TABLE top_up_order_event IS 'distributed by order_id';

-- The key that credits: one row per provider transaction, whatever the order's text says. `paid` claims the transaction
-- for its order, the step to `credited` is made once; `surplus` is a second payment of an order that has one.
CREATE TABLE provider_transaction (
    provider       text        NOT NULL,
    transaction_id text        NOT NULL,
    order_id       uuid        NOT NULL,
    user_id        uuid        NOT NULL,
    state          text        NOT NULL CHECK (state IN ('paid', 'credited', 'refunded', 'disputed', 'surplus')),
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (provider, transaction_id)
);
CREATE INDEX provider_transaction_order ON provider_transaction (order_id);
COMMENT ON TABLE provider_transaction IS 'distributed by transaction_id';

CREATE TABLE provider_notification (
    provider     text        NOT NULL,
    id           text        NOT NULL, -- the provider's id of the event
    body         bytea       NOT NULL,
    headers      jsonb       NOT NULL, -- those its signature was made of
    received_at  timestamptz NOT NULL,
    processed_at timestamptz,
    outcome      text,
    PRIMARY KEY (provider, id)
);
CREATE INDEX provider_notification_open ON provider_notification (received_at) WHERE processed_at IS NULL;
COMMENT ON TABLE provider_notification IS 'distributed by id';

-- The sandbox provider's own books: what the pretend bank knows, kept apart from our orders. Demo mode only.
CREATE TABLE sandbox_payment (
    id             uuid PRIMARY KEY, -- its checkout
    order_id       uuid        NOT NULL,
    amount_minor   bigint      NOT NULL,
    currency       text        NOT NULL,
    description    text        NOT NULL,
    return_url     text        NOT NULL,
    state          text        NOT NULL CHECK (state IN ('open', 'succeeded', 'declined', 'abandoned', 'refunded', 'disputed')),
    transaction_id text,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL
);
CREATE INDEX sandbox_payment_order ON sandbox_payment (order_id);
COMMENT ON TABLE sandbox_payment IS 'distributed by id';

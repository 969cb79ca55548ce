-- What stores need: who lets us tell the App Store how much of a purchase was used, when a refund is asked for.

CREATE TABLE consumption_consent (
    user_id    uuid        PRIMARY KEY,
    consented  boolean     NOT NULL,
    changed_at timestamptz NOT NULL
);
COMMENT ON TABLE consumption_consent IS 'distributed by user_id';

CREATE TABLE store_cursor (
    provider     text PRIMARY KEY,
    listed_until timestamptz NOT NULL -- the store's list of voided purchases was worked off up to here
);
COMMENT ON TABLE store_cursor IS 'reference';

-- Tax rates by country with dates of their own, product ids of the stores, amounts a buyer may choose, and who paid at
-- the sandbox.

CREATE TABLE tax_rate (
    country    text        NOT NULL,
    name       text        NOT NULL,
    rate_bp    integer     NOT NULL CHECK (rate_bp BETWEEN 0 AND 10000),
    inclusive  boolean     NOT NULL, -- prices of the country's books are shown with the tax
    valid_from timestamptz NOT NULL,
    PRIMARY KEY (country, valid_from)
);
COMMENT ON TABLE tax_rate IS 'reference: the tax on coins in a country from one moment on; never edited in place';
INSERT INTO tax_rate (country, name, rate_bp, inclusive, valid_from)
SELECT DISTINCT ON (country, valid_from) country, tax_name, tax_bp, tax_inclusive, valid_from
  FROM price_book
 ORDER BY country, valid_from, channel DESC; -- where channels differed, as the web had it

ALTER TABLE price_book
    ALTER COLUMN id TYPE integer,
    DROP COLUMN tax_bp,
    DROP COLUMN tax_inclusive,
    DROP COLUMN tax_name,
    ADD COLUMN custom_coins_min  bigint, -- an amount that the buyer chooses; null: only packages
    ADD COLUMN custom_coins_max  bigint,
    ADD COLUMN custom_coins_step bigint CHECK (custom_coins_step > 0),
    ADD CHECK (num_nulls(custom_coins_min, custom_coins_max, custom_coins_step) IN (0, 3)),
    ADD CHECK (0 < custom_coins_min AND custom_coins_min <= custom_coins_max);

ALTER TABLE coin_package ALTER COLUMN price_book_id TYPE integer;
UPDATE coin_package p
   SET product_id = 'coins_' || p.coins
  FROM price_book b
 WHERE b.id = p.price_book_id AND b.channel <> 'web' AND p.product_id IS NULL;
CREATE UNIQUE INDEX coin_package_product ON coin_package (price_book_id, product_id);
CREATE UNIQUE INDEX coin_package_coins ON coin_package (price_book_id, coins);

ALTER TABLE sandbox_payment
    ADD COLUMN country           text, -- paid in, as the shop said
    ADD COLUMN payer_country     text, -- of the card; null: not known
    ADD COLUMN payer_fingerprint text;

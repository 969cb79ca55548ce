-- What an order was made on stays on it: its price book, tax and discount; and what is known of who paid.

ALTER TABLE coin_package ADD COLUMN product_id text; -- the store's name of it; null where it is sold on the web
COMMENT ON COLUMN coin_package.product_id IS 'as set up at the App Store or Google Play';

ALTER TABLE top_up_order
    ADD COLUMN price_book_id     integer,
    ADD COLUMN product_id        text,             -- of a purchase in an app
    ADD COLUMN tax_name          text,
    ADD COLUMN tax_bp            integer,
    ADD COLUMN discount_minor    bigint NOT NULL DEFAULT 0 CHECK (discount_minor >= 0), -- gross + discount = the book's price
    ADD COLUMN payer_country     text,             -- of the card, account or storefront, as the provider told it
    ADD COLUMN payer_fingerprint text,             -- keyed digest of the provider's name of the card or account
    ADD COLUMN visitor_address   text,             -- keyed digest of the network address it was ordered from
    ADD COLUMN visitor_device    text,             -- keyed digest of the browser's or app's own id
    ADD COLUMN held              boolean NOT NULL DEFAULT false; -- paid, but somebody is to look at it before it is credited
UPDATE top_up_order o
   SET price_book_id = b.id, tax_name = b.tax_name, tax_bp = b.tax_bp
  FROM coin_package p JOIN price_book b ON b.id = p.price_book_id
 WHERE p.id = o.package_id;
ALTER TABLE top_up_order
    ALTER COLUMN price_book_id SET NOT NULL,
    ALTER COLUMN tax_name SET NOT NULL,
    ALTER COLUMN tax_bp SET NOT NULL,
    ALTER COLUMN package_id DROP NOT NULL; -- null: an amount the buyer chose

-- How far the time in a gift's id may be from the server's: it decides which month the gift's row lies in.

ALTER TABLE gift_rule
    ADD COLUMN id_age_max_s   integer NOT NULL DEFAULT 86400 CHECK (id_age_max_s > 0),
    ADD COLUMN id_ahead_max_s integer NOT NULL DEFAULT 3600  CHECK (id_ahead_max_s > 0);
-- The defaults are for the rows there are; new rules say their own.
ALTER TABLE gift_rule
    ALTER COLUMN id_age_max_s   DROP DEFAULT,
    ALTER COLUMN id_ahead_max_s DROP DEFAULT;

-- Recognition: anonymous gifts, first gifts, entrances of supporters, and the figures of all that.

ALTER TABLE gift
    ADD COLUMN anonymous  boolean, -- null: no. Nobody in the room may learn who gave it
    ADD COLUMN first_ever boolean; -- null: no. The first that its sender gave under his name, to whomever
ALTER TABLE balance
    ADD COLUMN gave_named  boolean NOT NULL DEFAULT false, -- ever gave under his name: an anonymous gift must leave no trace here
    ADD COLUMN first_named boolean NOT NULL DEFAULT false; -- the latest spend was the first of those: lets RETURNING tell
UPDATE balance SET gave_named = true WHERE code = 1 AND month > 0;

-- A reversal of an anonymous gift must not move the place of its giver in a ranking.
ALTER TABLE reversed_gift ADD COLUMN anonymous boolean; -- of the gift; null: no
CREATE OR REPLACE VIEW gift_reversal AS
SELECT sender_id, gift_id, room_id, recipient_id, gift_created_at, created_at, lane, batch_no,
       CASE state WHEN 'reversed' THEN coins ELSE -coins END AS coins,
       CASE state WHEN 'reversed' THEN milli_diamonds ELSE -milli_diamonds END AS milli_diamonds,
       anonymous
  FROM reversed_gift;

CREATE TABLE recognition_rule (
    valid_from            timestamptz PRIMARY KEY,
    banner_coins_min      bigint   NOT NULL CHECK (banner_coins_min > 0), -- of one gift, to be told in all live rooms
    banner_pause_s        integer  NOT NULL CHECK (banner_pause_s >= 0),  -- between two banners in a room
    entrance_default      boolean  NOT NULL,                              -- of users who chose nothing
    entrance_places       smallint NOT NULL CHECK (entrance_places >= 0), -- so many of a creator's top supporters are announced
    entrance_days         smallint NOT NULL CHECK (entrance_days > 0),    -- by what they gave in rooms opened so lately
    entrance_pause_s      integer  NOT NULL CHECK (entrance_pause_s > 0), -- away for so long before the next entrance counts
    entrance_refresh_s    integer  NOT NULL CHECK (entrance_refresh_s > 0), -- how old the places may be
    thanks_max            smallint NOT NULL CHECK (thanks_max > 0),       -- of one creator in `thanks_window_s`
    thanks_window_s       integer  NOT NULL CHECK (thanks_window_s > 0),
    thanks_characters_max smallint NOT NULL CHECK (thanks_characters_max > 0)
);
COMMENT ON TABLE recognition_rule IS 'reference: figures of recognition by the moment from which they hold; never edited in place';

CREATE TABLE recognition_choice (
    user_id  uuid    PRIMARY KEY,
    entrance boolean NOT NULL -- announced where he is a top supporter
);
COMMENT ON TABLE recognition_choice IS 'distributed by user_id: what users chose';

CREATE TABLE entrance (
    room_id uuid        NOT NULL,
    user_id uuid        NOT NULL,
    seen_at timestamptz NOT NULL, -- came in, or left, last
    PRIMARY KEY (room_id, user_id)
);
CREATE INDEX entrance_seen ON entrance USING brin (seen_at);
COMMENT ON TABLE entrance IS 'distributed by room_id: who was announced, forgotten after a day';

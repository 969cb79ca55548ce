-- Paid messages and cheers: gifts of built-in types, one coin each; their tiers, their marks and their limits.

ALTER TABLE gift_type ADD COLUMN kind text NOT NULL DEFAULT 'gift'
    CHECK (kind IN ('gift', 'paid_message', 'paid_message_held', 'cheer'));
-- Numbers above a million are those of the built-in types: gifts of the catalogue are not in this index.
CREATE INDEX gift_said ON gift (room_id, created_at) WHERE gift_type_no > 1000000;

CREATE TABLE message_rule (
    valid_from           timestamptz PRIMARY KEY,
    paid_coins_max       bigint  NOT NULL CHECK (paid_coins_max BETWEEN 1 AND 1000000000),
    cheer_coins_max      bigint  NOT NULL CHECK (cheer_coins_max BETWEEN 1 AND 1000000000), -- of one message
    cheer_characters_max integer NOT NULL CHECK (cheer_characters_max > 0)
);
COMMENT ON TABLE message_rule IS 'reference: limits on one paid message and one cheer; never edited in place';

CREATE TABLE paid_message_tier (
    valid_from     timestamptz NOT NULL,
    tier           smallint    NOT NULL CHECK (tier > 0), -- 1 is the lowest
    coins_min      bigint      NOT NULL CHECK (coins_min > 0),
    pin_s          integer     NOT NULL CHECK (pin_s >= 0), -- on top of the chat for so long
    characters_max integer     NOT NULL CHECK (characters_max >= 0),
    emoji_max      integer     NOT NULL CHECK (emoji_max >= 0),
    color          text        NOT NULL CHECK (color ~ '^#[0-9A-Fa-f]{6}$'),
    PRIMARY KEY (valid_from, tier),
    UNIQUE (valid_from, coins_min)
);
COMMENT ON TABLE paid_message_tier IS 'reference: what so many coins allow; a valid_from has all its tiers';

CREATE TABLE cheer_tier (
    valid_from timestamptz NOT NULL,
    tier       smallint    NOT NULL CHECK (tier > 0),
    coins_min  bigint      NOT NULL CHECK (coins_min > 0),
    name       text        NOT NULL,
    color      text        NOT NULL CHECK (color ~ '^#[0-9A-Fa-f]{6}$'),
    PRIMARY KEY (valid_from, tier),
    UNIQUE (valid_from, coins_min)
);
COMMENT ON TABLE cheer_tier IS 'reference: how cheers of so many coins look; a valid_from has all its tiers';

CREATE TABLE cheer_mark (
    valid_from timestamptz NOT NULL,
    name       text        NOT NULL CHECK (name ~ '^[a-z]{2,20}$'), -- what stands before the number
    position   smallint    NOT NULL,
    alt        text        NOT NULL,
    PRIMARY KEY (valid_from, name)
);
COMMENT ON TABLE cheer_mark IS 'reference: the words that cost coins in a cheer; a valid_from has all of them';

-- Moderation: the rules of a creator's chat, who keeps them, who may not speak or give, and what was removed.

CREATE TABLE chat_default (
    valid_from          timestamptz PRIMARY KEY,
    slow_mode_s         integer NOT NULL CHECK (slow_mode_s >= 0),
    followers_only      boolean NOT NULL,
    links               boolean NOT NULL,
    hold_paid_messages  boolean NOT NULL,
    slow_mode_max_s     integer NOT NULL CHECK (slow_mode_max_s > 0),
    mute_max_s          integer NOT NULL CHECK (mute_max_s > 0),
    words_max           integer NOT NULL CHECK (words_max >= 0),
    word_characters_max integer NOT NULL CHECK (word_characters_max > 0),
    moderators_max      integer NOT NULL CHECK (moderators_max >= 0),
    removed_text_days   integer NOT NULL CHECK (removed_text_days >= 0) -- so long operators can look into a removal
);
COMMENT ON TABLE chat_default IS 'reference: rules of a chat whose creator set none, and the limits of all';

CREATE TABLE chat_rule (
    creator_id         uuid        PRIMARY KEY,
    slow_mode_s        integer     NOT NULL CHECK (slow_mode_s >= 0),
    followers_only     boolean     NOT NULL,
    links              boolean     NOT NULL,
    hold_paid_messages boolean     NOT NULL,
    words              text[]      NOT NULL, -- blocked, as they were typed
    updated_at         timestamptz NOT NULL
);
COMMENT ON TABLE chat_rule IS 'distributed by creator_id';

CREATE TABLE room_moderator (
    creator_id uuid        NOT NULL, -- of all whose rooms
    user_id    uuid        NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (creator_id, user_id)
);
COMMENT ON TABLE room_moderator IS 'distributed by creator_id';

CREATE TABLE room_mute (
    creator_id uuid        NOT NULL, -- in all whose rooms
    user_id    uuid        NOT NULL,
    until      timestamptz NOT NULL,
    by_id      uuid        NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (creator_id, user_id)
);
COMMENT ON TABLE room_mute IS 'distributed by creator_id';

CREATE TABLE room_ban (
    creator_id uuid        NOT NULL, -- from all whose rooms
    user_id    uuid        NOT NULL,
    banned     boolean     NOT NULL, -- false: lifted; the row stays, so that every process hears of it
    by_id      uuid        NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (creator_id, user_id)
);
CREATE INDEX room_ban_changed ON room_ban (changed_at);
COMMENT ON TABLE room_ban IS 'distributed by creator_id';

-- Whoever was banned while a room was live: what he had said there before that event is not shown.
CREATE TABLE room_silence (
    room_id    uuid   NOT NULL,
    user_id    uuid   NOT NULL,
    before_seq bigint NOT NULL,
    PRIMARY KEY (room_id, user_id)
);
COMMENT ON TABLE room_silence IS 'distributed by room_id';

-- What became of a message after it was said.
CREATE TABLE message_state (
    room_id      uuid        NOT NULL,
    seq          bigint      NOT NULL,
    removed_at   timestamptz,
    approved_at  timestamptz,
    pinned_until timestamptz, -- of an approved one
    unpinned_at  timestamptz, -- before its time was over
    by_id        uuid        NOT NULL, -- who did the last of it
    erased_at    timestamptz, -- the text of a removed one is not even kept any more
    PRIMARY KEY (room_id, seq)
);
CREATE INDEX message_state_due ON message_state (removed_at) WHERE removed_at IS NOT NULL AND erased_at IS NULL;
COMMENT ON TABLE message_state IS 'distributed by room_id';

-- The message on top of a room's chat.
CREATE TABLE room_pin (
    room_id    uuid   PRIMARY KEY,
    target_seq bigint NOT NULL,
    pin_seq    bigint NOT NULL -- of the event
);
COMMENT ON TABLE room_pin IS 'distributed by room_id';

-- When somebody spoke last in a room with slow mode.
CREATE TABLE chat_turn (
    room_id   uuid        NOT NULL,
    user_id   uuid        NOT NULL,
    spoken_at timestamptz NOT NULL,
    PRIMARY KEY (room_id, user_id)
);
CREATE INDEX chat_turn_spoken ON chat_turn (spoken_at);
COMMENT ON TABLE chat_turn IS 'distributed by room_id';

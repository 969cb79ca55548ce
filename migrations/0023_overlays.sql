-- Overlays: pages for streaming software, each of one kind with its own settings and secret address.

CREATE TABLE overlay_rule (
    valid_from        timestamptz PRIMARY KEY,
    overlays_max      smallint NOT NULL CHECK (overlays_max > 0), -- of one creator
    tests_max_per_min integer  NOT NULL CHECK (tests_max_per_min > 0) -- test alerts of one creator
);
COMMENT ON TABLE overlay_rule IS 'reference: limits on overlays';

CREATE TABLE overlay (
    creator_id   uuid        NOT NULL,
    id           uuid        NOT NULL,
    kind         text        NOT NULL CHECK (kind IN ('alerts', 'goal', 'supporters', 'ticker', 'chat')),
    name         text        NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    settings     jsonb       NOT NULL, -- of its kind; what is left out is as by default
    position     smallint    NOT NULL,
    approved     bigint      NOT NULL DEFAULT 0, -- alerts approved so far: the number of the newest
    hold_room_id uuid, -- the room that was live when holding was last switched on or off, and where its log ended
    hold_seq     bigint      NOT NULL DEFAULT 0,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (creator_id, id)
);
COMMENT ON TABLE overlay IS 'distributed by creator_id';

-- What the creator decided about alerts that waited.
CREATE TABLE overlay_decision (
    creator_id uuid        NOT NULL,
    overlay_id uuid        NOT NULL,
    room_id    uuid        NOT NULL,
    seq        bigint      NOT NULL, -- of the event in the room's log
    no         bigint, -- of the approval, counted by overlay; null: skipped
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (creator_id, overlay_id, room_id, seq),
    UNIQUE (creator_id, overlay_id, no)
);
COMMENT ON TABLE overlay_decision IS 'distributed by creator_id';

-- An address of before opens the alert box from now on; its creator gets one of each other kind too.
INSERT INTO overlay (creator_id, id, kind, name, settings, position, created_at)
SELECT creator_id, gen_random_uuid(), kind, name, jsonb_build_object('kind', kind), position, min(created_at)
FROM overlay_token CROSS JOIN (VALUES
    ('alerts', 'Alert box', 1), ('goal', 'Goal', 2), ('supporters', 'Top supporters', 3), ('ticker', 'Ticker', 4),
    ('chat', 'Chat', 5)
) AS each (kind, name, position)
GROUP BY creator_id, kind, name, position;

ALTER TABLE overlay_token ADD COLUMN overlay_id uuid;
UPDATE overlay_token t SET overlay_id = o.id FROM overlay o WHERE o.creator_id = t.creator_id AND o.kind = 'alerts';
INSERT INTO overlay_token (token, creator_id, overlay_id, created_at)
SELECT replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), creator_id, id, created_at
FROM overlay WHERE kind <> 'alerts';
ALTER TABLE overlay_token ALTER COLUMN overlay_id SET NOT NULL;
DROP INDEX overlay_token_creator;
CREATE INDEX overlay_token_overlay ON overlay_token (creator_id, overlay_id);

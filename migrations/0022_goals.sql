-- What creators want to reach in a stream. Progress is what was counted up to a number of the room's log, and the gifts after it.

CREATE TABLE goal_rule (
    valid_from           timestamptz PRIMARY KEY,
    open_max             smallint NOT NULL CHECK (open_max > 0),  -- of one stream
    parts_max            smallint NOT NULL CHECK (parts_max > 0), -- of one goal
    title_characters_max smallint NOT NULL CHECK (title_characters_max > 0),
    target_max           bigint   NOT NULL CHECK (target_max > 0)
);
COMMENT ON TABLE goal_rule IS 'reference: limits on goals';

CREATE TABLE goal (
    room_id     uuid        NOT NULL,
    id          uuid        NOT NULL, -- made by the client: the idempotency key
    title       text        NOT NULL,
    state       text        NOT NULL CHECK (state IN ('open', 'reached', 'cancelled')),
    from_seq    bigint      NOT NULL, -- of the event that set it: what comes after counts
    counted_seq bigint      NOT NULL, -- up to here gifts are in the parts' `counted`
    created_at  timestamptz NOT NULL,
    closed_at   timestamptz,          -- reached, cancelled, or the stream ended: `counted` is final
    PRIMARY KEY (room_id, id)
);
COMMENT ON TABLE goal IS 'distributed by room_id';

CREATE TABLE goal_part (
    room_id      uuid     NOT NULL,
    goal_id      uuid     NOT NULL,
    no           smallint NOT NULL,
    id           uuid     NOT NULL,
    gift_id      uuid,    -- counts this gift in any version; null: coins of everything that is given
    gift_version integer, -- and these three as they were when the goal was set
    gift_slug    text,
    gift_name    text,
    target       bigint   NOT NULL CHECK (target > 0),
    counted      bigint   NOT NULL DEFAULT 0 CHECK (counted >= 0),
    PRIMARY KEY (room_id, goal_id, no)
);
COMMENT ON TABLE goal_part IS 'distributed by room_id';

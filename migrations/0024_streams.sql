-- Who may enter a stream, where its picture comes from, and the keys of media servers.

ALTER TABLE stream
    ADD visibility text NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'followers', 'invited')),
    ADD hls_url    text,
    ADD whep_url   text,
    ADD ends_at    timestamptz; -- the media server lost its picture: the stream ends then unless it comes back
CREATE INDEX stream_ends ON stream (ends_at) WHERE ends_at IS NOT NULL AND ended_at IS NULL;

CREATE TABLE stream_invitation (
    stream_id  uuid        NOT NULL,
    user_id    uuid        NOT NULL,
    invited_at timestamptz NOT NULL,
    PRIMARY KEY (stream_id, user_id)
);
COMMENT ON TABLE stream_invitation IS 'distributed by stream_id';

-- What a media server shows to start and end streams. One key for each owner: a new one takes the place of the old.
CREATE TABLE ingest_key (
    owner_id   uuid PRIMARY KEY, -- the creator, or the one stream that it is for
    creator_id uuid        NOT NULL,
    digest     bytea       NOT NULL, -- SHA-256 of the key, which is random
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE ingest_key IS 'distributed by owner_id';

-- How a creator's media server opens a stream when it says nothing else.
CREATE TABLE ingest_default (
    creator_id uuid PRIMARY KEY,
    title      text        NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
    visibility text        NOT NULL CHECK (visibility IN ('public', 'followers', 'invited')),
    hls_url    text,
    whep_url   text,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE ingest_default IS 'distributed by creator_id';

CREATE TABLE stream_rule (
    valid_from        timestamptz PRIMARY KEY,
    ingest_grace_s    integer NOT NULL CHECK (ingest_grace_s >= 0), -- a lost picture may come back for so long
    ingest_calls_max  integer NOT NULL CHECK (ingest_calls_max > 0), -- of one key within ingest_window_s
    ingest_wrong_max  integer NOT NULL CHECK (ingest_wrong_max > 0), -- wrong keys of one address within it
    ingest_window_s   integer NOT NULL CHECK (ingest_window_s > 0),
    invitations_max   integer NOT NULL CHECK (invitations_max > 0) -- people invited to one stream
);
COMMENT ON TABLE stream_rule IS 'reference: media servers and invitations';

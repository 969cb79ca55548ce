-- Decisions about alerts, and keys of single streams, are deleted some days after the stream.

ALTER TABLE overlay_rule
    ADD decision_days integer NOT NULL DEFAULT 30 CHECK (decision_days >= 2); -- decided until a day after the stream
ALTER TABLE overlay_rule ALTER decision_days DROP DEFAULT;
CREATE INDEX overlay_decision_decided ON overlay_decision (decided_at);

ALTER TABLE stream_rule
    ADD ingest_key_days integer NOT NULL DEFAULT 7 CHECK (ingest_key_days >= 1);
ALTER TABLE stream_rule ALTER ingest_key_days DROP DEFAULT;

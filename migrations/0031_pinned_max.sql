-- How many paid messages are on top of a chat at once.

ALTER TABLE message_rule
    ADD pinned_max integer NOT NULL DEFAULT 50 CHECK (pinned_max BETWEEN 1 AND 200);
ALTER TABLE message_rule ALTER pinned_max DROP DEFAULT;

-- Bans and mutes hold from their commit on; texts that a ban hid are erased in time; keepers have a pace; people are
-- found by their names.

ALTER TABLE balance
    ADD bars integer NOT NULL DEFAULT 0; -- of coins: how often it changed where their owner may not speak or give

ALTER TABLE room_silence
    ADD silenced_at timestamptz NOT NULL DEFAULT now(),
    ADD erased_seq  bigint      NOT NULL DEFAULT 0; -- the texts before it are not even kept any more
ALTER TABLE room_silence ALTER silenced_at DROP DEFAULT;
CREATE INDEX room_silence_due ON room_silence (silenced_at) WHERE erased_seq < before_seq;

ALTER TABLE chat_default
    ADD acts_max      integer NOT NULL DEFAULT 60 CHECK (acts_max > 0), -- of one keeper within acts_window_s
    ADD acts_window_s integer NOT NULL DEFAULT 60 CHECK (acts_window_s > 0);
ALTER TABLE chat_default ALTER acts_max DROP DEFAULT, ALTER acts_window_s DROP DEFAULT;

ALTER TABLE stream_rule
    ADD changes_max      integer NOT NULL DEFAULT 20 CHECK (changes_max > 0), -- of one stream's title and picture
    ADD changes_window_s integer NOT NULL DEFAULT 60 CHECK (changes_window_s > 0);
ALTER TABLE stream_rule ALTER changes_max DROP DEFAULT, ALTER changes_window_s DROP DEFAULT;

CREATE INDEX app_user_name ON app_user (lower(display_name), id);

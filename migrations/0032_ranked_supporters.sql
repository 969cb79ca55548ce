-- Supporters of the days from one on, summed up and in order, for creators with so many that adding them up takes long.

CREATE TABLE ranking_window (
    recipient_id uuid        PRIMARY KEY,
    since        date        NOT NULL, -- UTC, of the gifts
    moved_at     timestamptz NOT NULL
);
COMMENT ON TABLE ranking_window IS 'distributed by recipient_id: from which day on the sums in ranked_supporter are';

CREATE TABLE ranked_supporter (
    recipient_id uuid   NOT NULL,
    sender_id    uuid   NOT NULL,
    coins        bigint NOT NULL, -- of supporter_day from the window's day on
    PRIMARY KEY (recipient_id, sender_id)
) WITH (fillfactor = 80);
CREATE INDEX ranked_supporter_rank ON ranked_supporter (recipient_id, coins DESC, sender_id);
COMMENT ON TABLE ranked_supporter IS 'distributed by recipient_id: rollup of gifts';

-- Who gave to a creator by day, so that a ranking over days counts exactly those; and goals that are open, found at once.

CREATE TABLE supporter_day (
    recipient_id uuid   NOT NULL,
    day          date   NOT NULL, -- UTC, of the gifts
    sender_id    uuid   NOT NULL,
    coins        bigint NOT NULL, -- given under his name, less what was reversed of it, on whatever day that happened
    PRIMARY KEY (recipient_id, day, sender_id)
) WITH (fillfactor = 80);
COMMENT ON TABLE supporter_day IS 'distributed by recipient_id: rollup of gifts';

CREATE TABLE archived_supporter_day (
    recipient_id uuid   NOT NULL,
    day          date   NOT NULL,
    sender_id    uuid   NOT NULL,
    coins        bigint NOT NULL,
    PRIMARY KEY (recipient_id, day, sender_id)
);
COMMENT ON TABLE archived_supporter_day IS 'distributed by recipient_id';

-- Months that left before have sums by room only: they count on the last day of those on which the room was given
-- something.
INSERT INTO archived_supporter_day (recipient_id, day, sender_id, coins)
SELECT d.recipient_id, d.day, s.sender_id, sum(s.coins)::bigint
  FROM archived_room_supporter s
  JOIN (SELECT room_id, recipient_id, max(day) AS day FROM archived_creator_day GROUP BY 1, 2) d USING (room_id)
 GROUP BY 1, 2, 3;

-- As far as the follower has read: it goes on from there.
LOCK TABLE watermark IN EXCLUSIVE MODE;
INSERT INTO supporter_day (recipient_id, day, sender_id, coins)
SELECT recipient_id, day, sender_id, sum(coins)::bigint
  FROM (SELECT recipient_id, day, sender_id, coins FROM archived_supporter_day
        UNION ALL
        SELECT g.recipient_id, (g.created_at AT TIME ZONE 'UTC')::date, g.sender_id, g.coins_paid + g.coins_bonus
          FROM gift g JOIN watermark w ON w.follower = 'rollups' AND w.lane = g.lane
         WHERE g.batch_no <= w.no AND g.anonymous IS NOT TRUE
        UNION ALL
        SELECT r.recipient_id, (r.gift_created_at AT TIME ZONE 'UTC')::date, r.sender_id, -r.coins
          FROM gift_reversal r JOIN watermark w ON w.follower = 'rollups' AND w.lane = r.lane
         WHERE r.batch_no <= w.no AND r.anonymous IS NOT TRUE) given
 GROUP BY 1, 2, 3;

CREATE INDEX goal_open ON goal (room_id) WHERE closed_at IS NULL;

-- Closed days: what each one recognised.

CREATE TABLE close_day (
    date                  date     NOT NULL, -- UTC
    currency              text     NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    coins                 bigint   NOT NULL CHECK (coins >= 0),         -- paid coins given that day from lots in this currency
    revenue_minor         bigint   NOT NULL CHECK (revenue_minor >= 0), -- what they were worth, net of tax
    redemption_rate_id    smallint, -- the rate at the day's end; null: nobody is paid out in this currency, and the rest is 0
    milli_diamonds        bigint   NOT NULL CHECK (milli_diamonds >= 0), -- held by creators at the day's end
    bonus_milli_diamonds  bigint   NOT NULL CHECK (bonus_milli_diamonds >= 0), -- issued that day for bonus coins
    creator_payable_minor bigint   NOT NULL CHECK (creator_payable_minor >= 0), -- owed to creators at the day's end
    creator_cost_minor    bigint   NOT NULL, -- below zero where reversals or a lower rate took more than the day gave
    promotion_cost_minor  bigint   NOT NULL CHECK (promotion_cost_minor >= 0),
    entry_id              uuid     NOT NULL, -- its entry in the journal; none was written when nothing moved
    closed_at             timestamptz NOT NULL,
    PRIMARY KEY (date, currency)
);
COMMENT ON TABLE close_day IS 'reference: the days that are closed and their figures; every day has a row in the payout currency';


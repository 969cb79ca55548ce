CREATE SCHEMA public;
COMMENT ON SCHEMA public IS 'standard public schema';
CREATE TABLE public.account_code (
    code smallint NOT NULL,
    name text NOT NULL,
    asset text NOT NULL,
    holder text NOT NULL,
    CONSTRAINT account_code_asset_check CHECK ((asset = ANY (ARRAY['COIN'::text, 'MDIA'::text, 'MONEY'::text]))),
    CONSTRAINT account_code_holder_check CHECK ((holder = ANY (ARRAY['viewer'::text, 'creator'::text, 'platform'::text])))
);
COMMENT ON TABLE public.account_code IS 'reference: the accounts of money.md; MONEY accounts are kept per currency';
CREATE TABLE public.account_day (
    owner_id uuid NOT NULL,
    day date NOT NULL,
    code smallint NOT NULL,
    kind text NOT NULL,
    amount bigint NOT NULL
)
WITH (fillfactor='80');
COMMENT ON TABLE public.account_day IS 'distributed by owner_id: rollup of transfers on the accounts of viewers and creators';
CREATE TABLE public.app_user (
    id uuid NOT NULL,
    display_name text NOT NULL,
    country text NOT NULL,
    birth_date date NOT NULL,
    roles text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT app_user_display_name_check CHECK (((length(display_name) >= 1) AND (length(display_name) <= 40)))
);
COMMENT ON TABLE public.app_user IS 'distributed by id';
CREATE TABLE public.archived_creator_day (
    recipient_id uuid NOT NULL,
    day date NOT NULL,
    room_id uuid NOT NULL,
    hold_days smallint NOT NULL,
    gifts bigint NOT NULL,
    coins_paid bigint NOT NULL,
    coins_bonus bigint NOT NULL,
    milli_diamonds bigint NOT NULL
);
COMMENT ON TABLE public.archived_creator_day IS 'distributed by recipient_id';
CREATE TABLE public.archived_lane (
    month date NOT NULL,
    lane smallint NOT NULL,
    last_no bigint NOT NULL
);
COMMENT ON TABLE public.archived_lane IS 'reference: where in each lane the exports of archived months end';
CREATE TABLE public.archived_leaf (
    lane smallint NOT NULL,
    batch_no bigint NOT NULL,
    sender_id uuid NOT NULL,
    gift_id uuid NOT NULL,
    leaf bytea NOT NULL,
    CONSTRAINT archived_leaf_leaf_check CHECK ((length(leaf) = 32))
);
COMMENT ON TABLE public.archived_leaf IS 'distributed by lane';
CREATE TABLE public.archived_month (
    month date NOT NULL,
    gifts bigint NOT NULL,
    room_events bigint NOT NULL,
    last_at timestamp with time zone,
    manifest bytea NOT NULL,
    archived_at timestamp with time zone NOT NULL,
    CONSTRAINT archived_month_manifest_check CHECK ((length(manifest) = 32))
);
COMMENT ON TABLE public.archived_month IS 'reference: months that lie outside, and the export that has them';
CREATE TABLE public.archived_room (
    room_id uuid NOT NULL,
    events bigint NOT NULL
);
COMMENT ON TABLE public.archived_room IS 'distributed by room_id';
CREATE TABLE public.archived_room_supporter (
    room_id uuid NOT NULL,
    sender_id uuid NOT NULL,
    coins bigint NOT NULL,
    first_seq bigint NOT NULL
);
COMMENT ON TABLE public.archived_room_supporter IS 'distributed by room_id';
CREATE TABLE public.archived_span (
    owner_id uuid NOT NULL,
    start bigint NOT NULL,
    coins bigint NOT NULL,
    CONSTRAINT archived_span_coins_check CHECK ((coins > 0))
);
COMMENT ON TABLE public.archived_span IS 'distributed by owner_id';
CREATE TABLE public.archived_supporter_day (
    recipient_id uuid NOT NULL,
    day date NOT NULL,
    sender_id uuid NOT NULL,
    coins bigint NOT NULL
);
COMMENT ON TABLE public.archived_supporter_day IS 'distributed by recipient_id';
CREATE TABLE public.archived_viewer_month (
    owner_id uuid NOT NULL,
    month date NOT NULL,
    gifts bigint NOT NULL,
    coins_paid bigint NOT NULL,
    coins_bonus bigint NOT NULL,
    last_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.archived_viewer_month IS 'distributed by owner_id';
CREATE TABLE public.audit (
    actor_id uuid NOT NULL,
    id uuid NOT NULL,
    action text NOT NULL,
    object_id uuid,
    data jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.audit IS 'distributed by actor_id';
CREATE TABLE public.balance (
    owner_id uuid NOT NULL,
    code smallint NOT NULL,
    amount bigint DEFAULT 0 NOT NULL,
    turnover bigint DEFAULT 0 NOT NULL,
    bonus bigint DEFAULT 0 NOT NULL,
    bonus_turnover bigint DEFAULT 0 NOT NULL,
    bonus_taken bigint DEFAULT 0 NOT NULL,
    month integer DEFAULT 0 NOT NULL,
    month_spent bigint DEFAULT 0 NOT NULL,
    hold_days smallint DEFAULT 0 NOT NULL,
    frozen boolean DEFAULT false NOT NULL,
    budget bigint,
    budget_next bigint,
    budget_next_at timestamp with time zone,
    gave_named boolean DEFAULT false NOT NULL,
    first_named boolean DEFAULT false NOT NULL,
    bars integer DEFAULT 0 NOT NULL,
    CONSTRAINT balance_amount_check CHECK ((amount >= 0)),
    CONSTRAINT balance_bonus_check CHECK ((bonus >= 0)),
    CONSTRAINT balance_bonus_turnover_check CHECK ((bonus_turnover >= 0)),
    CONSTRAINT balance_budget_check CHECK ((budget >= 0)),
    CONSTRAINT balance_budget_next_check CHECK ((budget_next >= 0)),
    CONSTRAINT balance_turnover_check CHECK ((turnover >= 0))
)
WITH (fillfactor='60');
COMMENT ON TABLE public.balance IS 'distributed by owner_id';
CREATE TABLE public.batch (
    lane smallint NOT NULL,
    no bigint NOT NULL,
    prev_hash bytea NOT NULL,
    hash bytea NOT NULL,
    gifts integer NOT NULL,
    transfers integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    gifts_archived integer DEFAULT 0 NOT NULL,
    CONSTRAINT batch_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT batch_no_check CHECK ((no > 0)),
    CONSTRAINT batch_prev_hash_check CHECK ((length(prev_hash) = 32))
);
COMMENT ON TABLE public.batch IS 'distributed by lane';
CREATE TABLE public.bonus_grant (
    id uuid NOT NULL,
    actor_id uuid NOT NULL,
    user_id uuid NOT NULL,
    coins bigint NOT NULL,
    reason text NOT NULL,
    expires_at timestamp with time zone,
    expires_days integer,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT bonus_grant_coins_check CHECK ((coins > 0))
);
COMMENT ON TABLE public.bonus_grant IS 'distributed by id';
CREATE TABLE public.chat_default (
    valid_from timestamp with time zone NOT NULL,
    slow_mode_s integer NOT NULL,
    followers_only boolean NOT NULL,
    links boolean NOT NULL,
    hold_paid_messages boolean NOT NULL,
    slow_mode_max_s integer NOT NULL,
    mute_max_s integer NOT NULL,
    words_max integer NOT NULL,
    word_characters_max integer NOT NULL,
    moderators_max integer NOT NULL,
    removed_text_days integer NOT NULL,
    acts_max integer NOT NULL,
    acts_window_s integer NOT NULL,
    CONSTRAINT chat_default_acts_max_check CHECK ((acts_max > 0)),
    CONSTRAINT chat_default_acts_window_s_check CHECK ((acts_window_s > 0)),
    CONSTRAINT chat_default_moderators_max_check CHECK ((moderators_max >= 0)),
    CONSTRAINT chat_default_mute_max_s_check CHECK ((mute_max_s > 0)),
    CONSTRAINT chat_default_removed_text_days_check CHECK ((removed_text_days >= 0)),
    CONSTRAINT chat_default_slow_mode_max_s_check CHECK ((slow_mode_max_s > 0)),
    CONSTRAINT chat_default_slow_mode_s_check CHECK ((slow_mode_s >= 0)),
    CONSTRAINT chat_default_word_characters_max_check CHECK ((word_characters_max > 0)),
    CONSTRAINT chat_default_words_max_check CHECK ((words_max >= 0))
);
COMMENT ON TABLE public.chat_default IS 'reference: rules of a chat whose creator set none, and the limits of all';
CREATE TABLE public.chat_rule (
    creator_id uuid NOT NULL,
    slow_mode_s integer NOT NULL,
    followers_only boolean NOT NULL,
    links boolean NOT NULL,
    hold_paid_messages boolean NOT NULL,
    words text[] NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT chat_rule_slow_mode_s_check CHECK ((slow_mode_s >= 0))
);
COMMENT ON TABLE public.chat_rule IS 'distributed by creator_id';
CREATE TABLE public.chat_turn (
    room_id uuid NOT NULL,
    user_id uuid NOT NULL,
    spoken_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.chat_turn IS 'distributed by room_id';
CREATE TABLE public.cheer_mark (
    valid_from timestamp with time zone NOT NULL,
    name text NOT NULL,
    "position" smallint NOT NULL,
    alt text NOT NULL,
    CONSTRAINT cheer_mark_name_check CHECK ((name ~ '^[a-z]{2,20}$'::text))
);
COMMENT ON TABLE public.cheer_mark IS 'reference: the words that cost coins in a cheer; a valid_from has all of them';
CREATE TABLE public.cheer_tier (
    valid_from timestamp with time zone NOT NULL,
    tier smallint NOT NULL,
    coins_min bigint NOT NULL,
    name text NOT NULL,
    color text NOT NULL,
    CONSTRAINT cheer_tier_coins_min_check CHECK ((coins_min > 0)),
    CONSTRAINT cheer_tier_color_check CHECK ((color ~ '^#[0-9A-Fa-f]{6}$'::text)),
    CONSTRAINT cheer_tier_tier_check CHECK ((tier > 0))
);
COMMENT ON TABLE public.cheer_tier IS 'reference: how cheers of so many coins look; a valid_from has all its tiers';
CREATE TABLE public.close_day (
    date date NOT NULL,
    currency text NOT NULL,
    coins bigint NOT NULL,
    revenue_minor bigint NOT NULL,
    redemption_rate_id smallint,
    milli_diamonds bigint NOT NULL,
    bonus_milli_diamonds bigint NOT NULL,
    creator_payable_minor bigint NOT NULL,
    creator_cost_minor bigint NOT NULL,
    promotion_cost_minor bigint NOT NULL,
    entry_id uuid NOT NULL,
    closed_at timestamp with time zone NOT NULL,
    CONSTRAINT close_day_bonus_milli_diamonds_check CHECK ((bonus_milli_diamonds >= 0)),
    CONSTRAINT close_day_coins_check CHECK ((coins >= 0)),
    CONSTRAINT close_day_creator_payable_minor_check CHECK ((creator_payable_minor >= 0)),
    CONSTRAINT close_day_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT close_day_milli_diamonds_check CHECK ((milli_diamonds >= 0)),
    CONSTRAINT close_day_promotion_cost_minor_check CHECK ((promotion_cost_minor >= 0)),
    CONSTRAINT close_day_revenue_minor_check CHECK ((revenue_minor >= 0))
);
COMMENT ON TABLE public.close_day IS 'reference: the days that are closed and their figures; every day has a row in the payout currency';
CREATE TABLE public.coin_package (
    id uuid NOT NULL,
    price_book_id integer NOT NULL,
    coins bigint NOT NULL,
    coins_bonus bigint NOT NULL,
    price_minor bigint NOT NULL,
    "position" smallint NOT NULL,
    product_id text,
    CONSTRAINT coin_package_coins_bonus_check CHECK ((coins_bonus >= 0)),
    CONSTRAINT coin_package_coins_check CHECK ((coins > 0)),
    CONSTRAINT coin_package_price_minor_check CHECK ((price_minor > 0))
);
COMMENT ON TABLE public.coin_package IS 'reference: what a price book sells';
COMMENT ON COLUMN public.coin_package.product_id IS 'as set up at the App Store or Google Play';
CREATE TABLE public.consumption_consent (
    user_id uuid NOT NULL,
    consented boolean NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.consumption_consent IS 'distributed by user_id';
CREATE TABLE public.country (
    code text NOT NULL,
    name text NOT NULL,
    currency text NOT NULL,
    open boolean NOT NULL,
    age_min_years smallint NOT NULL,
    CONSTRAINT country_age_min_years_check CHECK (((age_min_years >= 0) AND (age_min_years <= 30))),
    CONSTRAINT country_code_check CHECK ((code ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT country_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text))
);
COMMENT ON TABLE public.country IS 'reference: where coins may be bought and given, and from what age';
CREATE TABLE public.creator (
    id uuid NOT NULL,
    gifting boolean DEFAULT false NOT NULL,
    updated_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.creator IS 'distributed by id';
CREATE TABLE public.creator_day (
    recipient_id uuid NOT NULL,
    day date NOT NULL,
    room_id uuid NOT NULL,
    hold_days smallint NOT NULL,
    gifts bigint NOT NULL,
    coins_paid bigint NOT NULL,
    coins_bonus bigint NOT NULL,
    milli_diamonds bigint NOT NULL,
    coins_reversed bigint DEFAULT 0 NOT NULL,
    milli_reversed bigint DEFAULT 0 NOT NULL
)
WITH (fillfactor='80');
COMMENT ON TABLE public.creator_day IS 'distributed by recipient_id: rollup of gifts';
CREATE TABLE public.creator_rule (
    valid_from timestamp with time zone NOT NULL,
    live_followers_min integer NOT NULL,
    post_followers_min integer NOT NULL,
    account_age_min_days integer NOT NULL,
    recent_public_post_days integer NOT NULL
);
COMMENT ON TABLE public.creator_rule IS 'reference: who may receive gifts';
CREATE TABLE public.discount_change (
    owner_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    order_id uuid NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT discount_change_amount_minor_check CHECK ((amount_minor <> 0))
);
COMMENT ON TABLE public.discount_change IS 'distributed by owner_id';
CREATE TABLE public.entrance (
    room_id uuid NOT NULL,
    user_id uuid NOT NULL,
    seen_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.entrance IS 'distributed by room_id: who was announced, forgotten after a day';
CREATE TABLE public.follow (
    creator_id uuid NOT NULL,
    follower_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.follow IS 'distributed by creator_id';
CREATE TABLE public.follower_count (
    creator_id uuid NOT NULL,
    followers bigint NOT NULL,
    CONSTRAINT follower_count_followers_check CHECK ((followers >= 0))
);
COMMENT ON TABLE public.follower_count IS 'distributed by creator_id';
CREATE TABLE public.gift (
    sender_id uuid CONSTRAINT gift_sender_id_not_null1 NOT NULL,
    id uuid CONSTRAINT gift_id_not_null1 NOT NULL,
    recipient_id uuid CONSTRAINT gift_recipient_id_not_null1 NOT NULL,
    room_id uuid CONSTRAINT gift_room_id_not_null1 NOT NULL,
    seq bigint CONSTRAINT gift_seq_not_null1 NOT NULL,
    coins_paid bigint CONSTRAINT gift_coins_paid_not_null1 NOT NULL,
    coins_bonus bigint CONSTRAINT gift_coins_bonus_not_null1 NOT NULL,
    spent_before bigint CONSTRAINT gift_spent_before_not_null1 NOT NULL,
    milli_diamonds bigint CONSTRAINT gift_milli_diamonds_not_null1 NOT NULL,
    created_at timestamp with time zone CONSTRAINT gift_created_at_not_null1 NOT NULL,
    batch_no bigint CONSTRAINT gift_batch_no_not_null1 NOT NULL,
    count integer CONSTRAINT gift_count_not_null1 NOT NULL,
    gift_type_no integer CONSTRAINT gift_gift_type_no_not_null1 NOT NULL,
    lane smallint CONSTRAINT gift_lane_not_null1 NOT NULL,
    share_id smallint CONSTRAINT gift_share_id_not_null1 NOT NULL,
    hold_days smallint CONSTRAINT gift_hold_days_not_null1 NOT NULL,
    streak_id uuid,
    message text,
    message_salt bytea,
    message_digest bytea,
    anonymous boolean,
    first_ever boolean,
    CONSTRAINT gift_check1 CHECK (((coins_paid + coins_bonus) > 0)),
    CONSTRAINT gift_coins_bonus_check1 CHECK ((coins_bonus >= 0)),
    CONSTRAINT gift_coins_paid_check1 CHECK ((coins_paid >= 0)),
    CONSTRAINT gift_count_check1 CHECK ((count > 0)),
    CONSTRAINT gift_message_digest_check CHECK ((length(message_digest) = 32)),
    CONSTRAINT gift_message_salt_check CHECK ((length(message_salt) = 16)),
    CONSTRAINT gift_milli_diamonds_check1 CHECK ((milli_diamonds >= 0)),
    CONSTRAINT gift_spent_before_check1 CHECK ((spent_before >= 0))
)
PARTITION BY RANGE (id);
COMMENT ON TABLE public.gift IS 'distributed by sender_id';
CREATE TABLE public.gift_rest (
    sender_id uuid CONSTRAINT gift_sender_id_not_null1 NOT NULL,
    id uuid CONSTRAINT gift_id_not_null1 NOT NULL,
    recipient_id uuid CONSTRAINT gift_recipient_id_not_null1 NOT NULL,
    room_id uuid CONSTRAINT gift_room_id_not_null1 NOT NULL,
    seq bigint CONSTRAINT gift_seq_not_null1 NOT NULL,
    coins_paid bigint CONSTRAINT gift_coins_paid_not_null1 NOT NULL,
    coins_bonus bigint CONSTRAINT gift_coins_bonus_not_null1 NOT NULL,
    spent_before bigint CONSTRAINT gift_spent_before_not_null1 NOT NULL,
    milli_diamonds bigint CONSTRAINT gift_milli_diamonds_not_null1 NOT NULL,
    created_at timestamp with time zone CONSTRAINT gift_created_at_not_null1 NOT NULL,
    batch_no bigint CONSTRAINT gift_batch_no_not_null1 NOT NULL,
    count integer CONSTRAINT gift_count_not_null1 NOT NULL,
    gift_type_no integer CONSTRAINT gift_gift_type_no_not_null1 NOT NULL,
    lane smallint CONSTRAINT gift_lane_not_null1 NOT NULL,
    share_id smallint CONSTRAINT gift_share_id_not_null1 NOT NULL,
    hold_days smallint CONSTRAINT gift_hold_days_not_null1 NOT NULL,
    streak_id uuid,
    message text,
    message_salt bytea,
    message_digest bytea,
    anonymous boolean,
    first_ever boolean,
    CONSTRAINT gift_check1 CHECK (((coins_paid + coins_bonus) > 0)),
    CONSTRAINT gift_coins_bonus_check1 CHECK ((coins_bonus >= 0)),
    CONSTRAINT gift_coins_paid_check1 CHECK ((coins_paid >= 0)),
    CONSTRAINT gift_count_check1 CHECK ((count > 0)),
    CONSTRAINT gift_message_digest_check CHECK ((length(message_digest) = 32)),
    CONSTRAINT gift_message_salt_check CHECK ((length(message_salt) = 16)),
    CONSTRAINT gift_milli_diamonds_check1 CHECK ((milli_diamonds >= 0)),
    CONSTRAINT gift_spent_before_check1 CHECK ((spent_before >= 0))
);
COMMENT ON TABLE public.gift_rest IS 'distributed by sender_id: gifts whose id names no month that has a table';
CREATE TABLE public.reversed_gift (
    sender_id uuid NOT NULL,
    gift_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    state text NOT NULL,
    room_id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    gift_created_at timestamp with time zone NOT NULL,
    due_on date NOT NULL,
    coins bigint NOT NULL,
    milli_diamonds bigint NOT NULL,
    lane smallint NOT NULL,
    batch_no bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    anonymous boolean,
    CONSTRAINT reversed_gift_coins_check CHECK ((coins > 0)),
    CONSTRAINT reversed_gift_milli_diamonds_check CHECK ((milli_diamonds >= 0)),
    CONSTRAINT reversed_gift_state_check CHECK ((state = ANY (ARRAY['reversed'::text, 'restored'::text])))
);
COMMENT ON TABLE public.reversed_gift IS 'distributed by sender_id';
CREATE VIEW public.gift_reversal AS
 SELECT sender_id,
    gift_id,
    room_id,
    recipient_id,
    gift_created_at,
    created_at,
    lane,
    batch_no,
        CASE state
            WHEN 'reversed'::text THEN coins
            ELSE (- coins)
        END AS coins,
        CASE state
            WHEN 'reversed'::text THEN milli_diamonds
            ELSE (- milli_diamonds)
        END AS milli_diamonds,
    anonymous
   FROM public.reversed_gift;
CREATE TABLE public.gift_rule (
    valid_from timestamp with time zone NOT NULL,
    count_max integer NOT NULL,
    message_characters_max integer NOT NULL,
    post_gift_coins_min bigint NOT NULL,
    post_gift_coins_max bigint NOT NULL,
    new_viewer_days integer NOT NULL,
    leaderboard_rows smallint NOT NULL,
    id_age_max_s integer NOT NULL,
    id_ahead_max_s integer NOT NULL,
    CONSTRAINT gift_rule_count_max_check CHECK ((count_max > 0)),
    CONSTRAINT gift_rule_id_age_max_s_check CHECK ((id_age_max_s > 0)),
    CONSTRAINT gift_rule_id_ahead_max_s_check CHECK ((id_ahead_max_s > 0)),
    CONSTRAINT gift_rule_leaderboard_rows_check CHECK ((leaderboard_rows > 0)),
    CONSTRAINT gift_rule_message_characters_max_check CHECK ((message_characters_max > 0))
);
COMMENT ON TABLE public.gift_rule IS 'reference: limits on one gift, and how many supporters are shown';
CREATE TABLE public.gift_type (
    no integer NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    coins bigint NOT NULL,
    streakable boolean NOT NULL,
    animation jsonb NOT NULL,
    alt text NOT NULL,
    "position" smallint NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_until timestamp with time zone,
    kind text DEFAULT 'gift'::text NOT NULL,
    CONSTRAINT gift_type_coins_check CHECK ((coins > 0)),
    CONSTRAINT gift_type_kind_check CHECK ((kind = ANY (ARRAY['gift'::text, 'paid_message'::text, 'paid_message_held'::text, 'cheer'::text]))),
    CONSTRAINT gift_type_version_check CHECK ((version > 0))
);
COMMENT ON TABLE public.gift_type IS 'reference: the catalogue; a change is a new version';
CREATE TABLE public.goal (
    room_id uuid NOT NULL,
    id uuid NOT NULL,
    title text NOT NULL,
    state text NOT NULL,
    from_seq bigint NOT NULL,
    counted_seq bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    CONSTRAINT goal_state_check CHECK ((state = ANY (ARRAY['open'::text, 'reached'::text, 'cancelled'::text])))
);
COMMENT ON TABLE public.goal IS 'distributed by room_id';
CREATE TABLE public.goal_part (
    room_id uuid NOT NULL,
    goal_id uuid NOT NULL,
    no smallint NOT NULL,
    id uuid NOT NULL,
    gift_id uuid,
    gift_version integer,
    gift_slug text,
    gift_name text,
    target bigint NOT NULL,
    counted bigint DEFAULT 0 NOT NULL,
    CONSTRAINT goal_part_counted_check CHECK ((counted >= 0)),
    CONSTRAINT goal_part_target_check CHECK ((target > 0))
);
COMMENT ON TABLE public.goal_part IS 'distributed by room_id';
CREATE TABLE public.goal_rule (
    valid_from timestamp with time zone NOT NULL,
    open_max smallint NOT NULL,
    parts_max smallint NOT NULL,
    title_characters_max smallint NOT NULL,
    target_max bigint NOT NULL,
    CONSTRAINT goal_rule_open_max_check CHECK ((open_max > 0)),
    CONSTRAINT goal_rule_parts_max_check CHECK ((parts_max > 0)),
    CONSTRAINT goal_rule_target_max_check CHECK ((target_max > 0)),
    CONSTRAINT goal_rule_title_characters_max_check CHECK ((title_characters_max > 0))
);
COMMENT ON TABLE public.goal_rule IS 'reference: limits on goals';
CREATE TABLE public.guard_period (
    name text NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    amount bigint NOT NULL,
    CONSTRAINT guard_period_amount_check CHECK ((amount > 0)),
    CONSTRAINT guard_period_name_check CHECK ((name = ANY (ARRAY['hold_due_h'::text, 'visitor_keep_days'::text, 'payer_keep_days'::text])))
);
COMMENT ON TABLE public.guard_period IS 'reference: how long a hold may wait, and how long digests are kept, from one moment on';
CREATE TABLE public.guard_rule (
    name text NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    subject text NOT NULL,
    measure text NOT NULL,
    amount bigint NOT NULL,
    window_s integer,
    account_age_max_days integer,
    action text NOT NULL,
    CONSTRAINT guard_rule_account_age_max_days_check CHECK ((account_age_max_days > 0)),
    CONSTRAINT guard_rule_action_check CHECK ((action = ANY (ARRAY['refuse'::text, 'hold'::text, 'off'::text]))),
    CONSTRAINT guard_rule_amount_check CHECK ((amount >= 0)),
    CONSTRAINT guard_rule_check CHECK (((window_s IS NULL) = (measure = ANY (ARRAY['order_coins'::text, 'owed_coins'::text, 'foreign_coins'::text])))),
    CONSTRAINT guard_rule_check1 CHECK (((subject <> 'card'::text) OR (action <> 'refuse'::text))),
    CONSTRAINT guard_rule_measure_check CHECK ((measure = ANY (ARRAY['coins'::text, 'orders'::text, 'buyers'::text, 'failures'::text, 'disputes'::text, 'order_coins'::text, 'owed_coins'::text, 'foreign_coins'::text]))),
    CONSTRAINT guard_rule_subject_check CHECK ((subject = ANY (ARRAY['person'::text, 'device'::text, 'address'::text, 'card'::text]))),
    CONSTRAINT guard_rule_window_s_check CHECK ((window_s > 0))
);
COMMENT ON TABLE public.guard_rule IS 'reference: limits of buying from one moment on; never edited in place';
CREATE TABLE public.hold_rule (
    valid_from timestamp with time zone NOT NULL,
    source text NOT NULL,
    days smallint NOT NULL,
    CONSTRAINT hold_rule_days_check CHECK ((days >= 0))
);
COMMENT ON TABLE public.hold_rule IS 'reference: days until diamonds bought this way are available';
CREATE TABLE public.ingest_default (
    creator_id uuid NOT NULL,
    title text NOT NULL,
    visibility text NOT NULL,
    hls_url text,
    whep_url text,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT ingest_default_title_check CHECK (((length(title) >= 1) AND (length(title) <= 100))),
    CONSTRAINT ingest_default_visibility_check CHECK ((visibility = ANY (ARRAY['public'::text, 'followers'::text, 'invited'::text])))
);
COMMENT ON TABLE public.ingest_default IS 'distributed by creator_id';
CREATE TABLE public.ingest_key (
    owner_id uuid NOT NULL,
    creator_id uuid NOT NULL,
    digest bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.ingest_key IS 'distributed by owner_id';
CREATE TABLE public.lane (
    id smallint NOT NULL,
    holder_id uuid,
    lease_until timestamp with time zone
);
COMMENT ON TABLE public.lane IS 'reference: who may write which chain of batches';
CREATE TABLE public.live_stream (
    creator_id uuid NOT NULL,
    stream_id uuid NOT NULL
);
COMMENT ON TABLE public.live_stream IS 'distributed by creator_id';
CREATE TABLE public.login (
    email text NOT NULL,
    user_id uuid NOT NULL,
    password_hash text NOT NULL,
    created_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.login IS 'distributed by email';
CREATE TABLE public.lot (
    owner_id uuid NOT NULL,
    id uuid NOT NULL,
    start bigint NOT NULL,
    coins bigint NOT NULL,
    coins_bought bigint NOT NULL,
    coins_bonus bigint NOT NULL,
    currency text NOT NULL,
    gross_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    fee_minor bigint NOT NULL,
    provider text NOT NULL,
    channel text NOT NULL,
    hold_days smallint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    order_id uuid NOT NULL,
    "position" bigint DEFAULT 0 NOT NULL,
    returned bigint DEFAULT 0 NOT NULL,
    bonus bigint DEFAULT 0 NOT NULL,
    bonus_start bigint DEFAULT 0 NOT NULL,
    bonus_expires_at timestamp with time zone,
    bonus_lapsed bigint DEFAULT 0 NOT NULL,
    lapsed_at timestamp with time zone,
    discount_minor bigint DEFAULT 0 NOT NULL,
    CONSTRAINT lot_bonus_check CHECK ((bonus >= 0)),
    CONSTRAINT lot_bonus_lapsed_check CHECK ((bonus_lapsed >= 0)),
    CONSTRAINT lot_bonus_start_check CHECK ((bonus_start >= 0)),
    CONSTRAINT lot_coins_bonus_check CHECK ((coins_bonus >= 0)),
    CONSTRAINT lot_coins_bought_check CHECK ((coins_bought >= 0)),
    CONSTRAINT lot_coins_check CHECK ((coins >= 0)),
    CONSTRAINT lot_discount_minor_check CHECK ((discount_minor >= 0)),
    CONSTRAINT lot_fee_minor_check CHECK ((fee_minor >= 0)),
    CONSTRAINT lot_gross_minor_check CHECK ((gross_minor >= 0)),
    CONSTRAINT lot_position_check CHECK (("position" >= 0)),
    CONSTRAINT lot_returned_check CHECK ((returned >= 0)),
    CONSTRAINT lot_start_check CHECK ((start >= 0)),
    CONSTRAINT lot_tax_minor_check CHECK ((tax_minor >= 0))
);
COMMENT ON TABLE public.lot IS 'distributed by owner_id';
CREATE TABLE public.lot_change (
    owner_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    no integer NOT NULL,
    order_id uuid NOT NULL,
    change text NOT NULL,
    "position" bigint NOT NULL,
    coins bigint NOT NULL,
    lane smallint NOT NULL,
    batch_no bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT lot_change_change_check CHECK ((change = ANY (ARRAY['removed'::text, 'repaid'::text, 'restored'::text, 'returned'::text]))),
    CONSTRAINT lot_change_coins_check CHECK ((coins > 0)),
    CONSTRAINT lot_change_position_check CHECK (("position" >= 0))
);
COMMENT ON TABLE public.lot_change IS 'distributed by owner_id';
CREATE TABLE public.maturity (
    recipient_id uuid NOT NULL,
    due_on date NOT NULL,
    milli_diamonds bigint NOT NULL,
    batch_no bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT maturity_milli_diamonds_check CHECK ((milli_diamonds >= 0))
);
COMMENT ON TABLE public.maturity IS 'distributed by recipient_id';
CREATE TABLE public.maturity_day (
    due_on date NOT NULL,
    recipients integer NOT NULL,
    milli_diamonds bigint NOT NULL,
    finished_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.maturity_day IS 'reference: dates of which everybody''s diamonds have become available';
CREATE TABLE public.message_rule (
    valid_from timestamp with time zone NOT NULL,
    paid_coins_max bigint NOT NULL,
    cheer_coins_max bigint NOT NULL,
    cheer_characters_max integer NOT NULL,
    pinned_max integer NOT NULL,
    CONSTRAINT message_rule_cheer_characters_max_check CHECK ((cheer_characters_max > 0)),
    CONSTRAINT message_rule_cheer_coins_max_check CHECK (((cheer_coins_max >= 1) AND (cheer_coins_max <= 1000000000))),
    CONSTRAINT message_rule_paid_coins_max_check CHECK (((paid_coins_max >= 1) AND (paid_coins_max <= 1000000000))),
    CONSTRAINT message_rule_pinned_max_check CHECK (((pinned_max >= 1) AND (pinned_max <= 200)))
);
COMMENT ON TABLE public.message_rule IS 'reference: limits on one paid message and one cheer; never edited in place';
CREATE TABLE public.message_state (
    room_id uuid NOT NULL,
    seq bigint NOT NULL,
    removed_at timestamp with time zone,
    approved_at timestamp with time zone,
    pinned_until timestamp with time zone,
    unpinned_at timestamp with time zone,
    by_id uuid NOT NULL,
    erased_at timestamp with time zone
);
COMMENT ON TABLE public.message_state IS 'distributed by room_id';
CREATE TABLE public.order_hold (
    order_id uuid NOT NULL,
    user_id uuid NOT NULL,
    reasons jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    decision text,
    decided_by uuid,
    decided_at timestamp with time zone,
    CONSTRAINT order_hold_check CHECK ((((decision IS NULL) = (decided_by IS NULL)) AND ((decision IS NULL) = (decided_at IS NULL)))),
    CONSTRAINT order_hold_decision_check CHECK ((decision = ANY (ARRAY['released'::text, 'returned'::text])))
);
COMMENT ON TABLE public.order_hold IS 'distributed by order_id';
CREATE TABLE public."overlay" (
    creator_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    settings jsonb NOT NULL,
    "position" smallint NOT NULL,
    approved bigint DEFAULT 0 NOT NULL,
    hold_room_id uuid,
    hold_seq bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT overlay_kind_check CHECK ((kind = ANY (ARRAY['alerts'::text, 'goal'::text, 'supporters'::text, 'ticker'::text, 'chat'::text]))),
    CONSTRAINT overlay_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60)))
);
COMMENT ON TABLE public."overlay" IS 'distributed by creator_id';
CREATE TABLE public.overlay_decision (
    creator_id uuid NOT NULL,
    overlay_id uuid NOT NULL,
    room_id uuid NOT NULL,
    seq bigint NOT NULL,
    no bigint,
    decided_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.overlay_decision IS 'distributed by creator_id';
CREATE TABLE public.overlay_rule (
    valid_from timestamp with time zone NOT NULL,
    overlays_max smallint NOT NULL,
    tests_max_per_min integer NOT NULL,
    decision_days integer NOT NULL,
    CONSTRAINT overlay_rule_decision_days_check CHECK ((decision_days >= 2)),
    CONSTRAINT overlay_rule_overlays_max_check CHECK ((overlays_max > 0)),
    CONSTRAINT overlay_rule_tests_max_per_min_check CHECK ((tests_max_per_min > 0))
);
COMMENT ON TABLE public.overlay_rule IS 'reference: limits on overlays';
CREATE TABLE public.overlay_token (
    token text NOT NULL,
    creator_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    overlay_id uuid NOT NULL
);
COMMENT ON TABLE public.overlay_token IS 'distributed by token';
CREATE TABLE public.paid_message_tier (
    valid_from timestamp with time zone NOT NULL,
    tier smallint NOT NULL,
    coins_min bigint NOT NULL,
    pin_s integer NOT NULL,
    characters_max integer NOT NULL,
    emoji_max integer NOT NULL,
    color text NOT NULL,
    CONSTRAINT paid_message_tier_characters_max_check CHECK ((characters_max >= 0)),
    CONSTRAINT paid_message_tier_coins_min_check CHECK ((coins_min > 0)),
    CONSTRAINT paid_message_tier_color_check CHECK ((color ~ '^#[0-9A-Fa-f]{6}$'::text)),
    CONSTRAINT paid_message_tier_emoji_max_check CHECK ((emoji_max >= 0)),
    CONSTRAINT paid_message_tier_pin_s_check CHECK ((pin_s >= 0)),
    CONSTRAINT paid_message_tier_tier_check CHECK ((tier > 0))
);
COMMENT ON TABLE public.paid_message_tier IS 'reference: what so many coins allow; a valid_from has all its tiers';
CREATE TABLE public.post (
    id uuid NOT NULL,
    creator_id uuid NOT NULL,
    caption text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT post_caption_check CHECK (((length(caption) >= 1) AND (length(caption) <= 300)))
);
COMMENT ON TABLE public.post IS 'distributed by id';
CREATE TABLE public.transfer (
    owner_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    line smallint NOT NULL,
    kind text NOT NULL,
    asset text NOT NULL,
    from_id uuid NOT NULL,
    from_code smallint NOT NULL,
    to_id uuid NOT NULL,
    to_code smallint NOT NULL,
    amount bigint NOT NULL,
    reference_id uuid,
    lane smallint NOT NULL,
    batch_no bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT transfer_amount_check CHECK ((amount > 0))
);
COMMENT ON TABLE public.transfer IS 'distributed by owner_id';
CREATE VIEW public.posting AS
 SELECT gift.sender_id AS owner_id,
    (1)::smallint AS code,
    'COIN'::text AS asset,
    (- gift.coins_paid) AS amount,
    gift.id AS entry_id,
    'gift'::text AS kind,
    gift.lane,
    gift.batch_no,
    gift.created_at
   FROM public.gift
  WHERE (gift.coins_paid > 0)
UNION ALL
 SELECT gift.sender_id AS owner_id,
    (2)::smallint AS code,
    'COIN'::text AS asset,
    (- gift.coins_bonus) AS amount,
    gift.id AS entry_id,
    'gift'::text AS kind,
    gift.lane,
    gift.batch_no,
    gift.created_at
   FROM public.gift
  WHERE (gift.coins_bonus > 0)
UNION ALL
 SELECT '00000000-0000-0000-0000-000000000000'::uuid AS owner_id,
    (21)::smallint AS code,
    'COIN'::text AS asset,
    (gift.coins_paid + gift.coins_bonus) AS amount,
    gift.id AS entry_id,
    'gift'::text AS kind,
    gift.lane,
    gift.batch_no,
    gift.created_at
   FROM public.gift
UNION ALL
 SELECT '00000000-0000-0000-0000-000000000000'::uuid AS owner_id,
    (30)::smallint AS code,
    'MDIA'::text AS asset,
    (- gift.milli_diamonds) AS amount,
    gift.id AS entry_id,
    'gift'::text AS kind,
    gift.lane,
    gift.batch_no,
    gift.created_at
   FROM public.gift
  WHERE (gift.milli_diamonds > 0)
UNION ALL
 SELECT gift.recipient_id AS owner_id,
    (10)::smallint AS code,
    'MDIA'::text AS asset,
    gift.milli_diamonds AS amount,
    gift.id AS entry_id,
    'gift'::text AS kind,
    gift.lane,
    gift.batch_no,
    gift.created_at
   FROM public.gift
  WHERE (gift.milli_diamonds > 0)
UNION ALL
 SELECT transfer.from_id AS owner_id,
    transfer.from_code AS code,
    transfer.asset,
    (- transfer.amount) AS amount,
    transfer.entry_id,
    transfer.kind,
    transfer.lane,
    transfer.batch_no,
    transfer.created_at
   FROM public.transfer
UNION ALL
 SELECT transfer.to_id AS owner_id,
    transfer.to_code AS code,
    transfer.asset,
    transfer.amount,
    transfer.entry_id,
    transfer.kind,
    transfer.lane,
    transfer.batch_no,
    transfer.created_at
   FROM public.transfer
UNION ALL
 SELECT l.owner_id,
    l.code,
    'COIN'::text AS asset,
    l.amount,
    NULL::uuid AS entry_id,
    'archived'::text AS kind,
    NULL::smallint AS lane,
    NULL::bigint AS batch_no,
    a.last_at AS created_at
   FROM (public.archived_viewer_month a
     CROSS JOIN LATERAL ( VALUES (a.owner_id,(1)::smallint,(- a.coins_paid)), (a.owner_id,(2)::smallint,(- a.coins_bonus)), ('00000000-0000-0000-0000-000000000000'::uuid,(21)::smallint,(a.coins_paid + a.coins_bonus))) l(owner_id, code, amount))
UNION ALL
 SELECT l.owner_id,
    l.code,
    'MDIA'::text AS asset,
    l.amount,
    NULL::uuid AS entry_id,
    'archived'::text AS kind,
    NULL::smallint AS lane,
    NULL::bigint AS batch_no,
    ((a.day)::timestamp without time zone AT TIME ZONE 'UTC'::text) AS created_at
   FROM (public.archived_creator_day a
     CROSS JOIN LATERAL ( VALUES (a.recipient_id,(10)::smallint,a.milli_diamonds), ('00000000-0000-0000-0000-000000000000'::uuid,(30)::smallint,(- a.milli_diamonds))) l(owner_id, code, amount));
CREATE TABLE public.price_book (
    id integer NOT NULL,
    country text NOT NULL,
    channel text NOT NULL,
    currency text NOT NULL,
    fee_bp integer NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    custom_coins_min bigint,
    custom_coins_max bigint,
    custom_coins_step bigint,
    CONSTRAINT price_book_channel_check CHECK ((channel = ANY (ARRAY['web'::text, 'app_store'::text, 'google_play'::text]))),
    CONSTRAINT price_book_check CHECK ((num_nulls(custom_coins_min, custom_coins_max, custom_coins_step) = ANY (ARRAY[0, 3]))),
    CONSTRAINT price_book_check1 CHECK (((0 < custom_coins_min) AND (custom_coins_min <= custom_coins_max))),
    CONSTRAINT price_book_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT price_book_custom_coins_step_check CHECK ((custom_coins_step > 0)),
    CONSTRAINT price_book_fee_bp_check CHECK (((fee_bp >= 0) AND (fee_bp <= 10000)))
);
COMMENT ON TABLE public.price_book IS 'reference: prices of one country and channel from one moment on; never edited in place';
CREATE TABLE public.promotion (
    id uuid NOT NULL,
    slug text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    kind text NOT NULL,
    code text,
    bp integer DEFAULT 0 NOT NULL,
    coins bigint DEFAULT 0 NOT NULL,
    coins_max bigint,
    first_recharge boolean NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    countries text[],
    channels text[],
    coins_min bigint DEFAULT 0 NOT NULL,
    budget bigint,
    currency text,
    uses_max bigint,
    per_person_max integer,
    daily boolean DEFAULT false NOT NULL,
    bonus_expires_days integer,
    priority integer NOT NULL,
    stacks boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    uses bigint DEFAULT 0 NOT NULL,
    spent bigint DEFAULT 0 NOT NULL,
    CONSTRAINT promotion_bonus_expires_days_check CHECK ((bonus_expires_days > 0)),
    CONSTRAINT promotion_bp_check CHECK ((bp >= 0)),
    CONSTRAINT promotion_budget_check CHECK ((budget > 0)),
    CONSTRAINT promotion_check CHECK ((ends_at >= starts_at)),
    CONSTRAINT promotion_coins_check CHECK ((coins >= 0)),
    CONSTRAINT promotion_coins_max_check CHECK ((coins_max > 0)),
    CONSTRAINT promotion_coins_min_check CHECK ((coins_min >= 0)),
    CONSTRAINT promotion_kind_check CHECK ((kind = ANY (ARRAY['bonus'::text, 'discount'::text, 'grant'::text]))),
    CONSTRAINT promotion_per_person_max_check CHECK ((per_person_max > 0)),
    CONSTRAINT promotion_uses_max_check CHECK ((uses_max > 0))
);
COMMENT ON TABLE public.promotion IS 'reference: what is offered, and its counters';
CREATE TABLE public.promotion_order_code (
    user_id uuid NOT NULL,
    order_id uuid NOT NULL,
    code text NOT NULL
);
COMMENT ON TABLE public.promotion_order_code IS 'distributed by user_id';
CREATE TABLE public.promotion_person (
    user_id uuid NOT NULL,
    promotion_id uuid NOT NULL,
    uses integer NOT NULL,
    CONSTRAINT promotion_person_uses_check CHECK ((uses >= 0))
);
COMMENT ON TABLE public.promotion_person IS 'distributed by user_id';
CREATE TABLE public.promotion_use (
    user_id uuid NOT NULL,
    occasion text NOT NULL,
    promotion_id uuid NOT NULL,
    no smallint NOT NULL,
    order_id uuid,
    coins bigint NOT NULL,
    discount_minor bigint NOT NULL,
    discount_net_minor bigint NOT NULL,
    currency text,
    budget_taken bigint NOT NULL,
    state text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT promotion_use_budget_taken_check CHECK ((budget_taken >= 0)),
    CONSTRAINT promotion_use_coins_check CHECK ((coins >= 0)),
    CONSTRAINT promotion_use_discount_minor_check CHECK ((discount_minor >= 0)),
    CONSTRAINT promotion_use_discount_net_minor_check CHECK ((discount_net_minor >= 0)),
    CONSTRAINT promotion_use_state_check CHECK ((state = ANY (ARRAY['reserved'::text, 'used'::text, 'released'::text])))
);
COMMENT ON TABLE public.promotion_use IS 'distributed by user_id';
CREATE TABLE public.provider_notification (
    provider text NOT NULL,
    id text NOT NULL,
    body bytea NOT NULL,
    headers jsonb NOT NULL,
    received_at timestamp with time zone NOT NULL,
    processed_at timestamp with time zone,
    outcome text
);
COMMENT ON TABLE public.provider_notification IS 'distributed by id';
CREATE TABLE public.provider_transaction (
    provider text NOT NULL,
    transaction_id text NOT NULL,
    order_id uuid NOT NULL,
    user_id uuid NOT NULL,
    state text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT provider_transaction_state_check CHECK ((state = ANY (ARRAY['paid'::text, 'credited'::text, 'refunded'::text, 'disputed'::text, 'surplus'::text, 'returning'::text, 'returned'::text])))
);
COMMENT ON TABLE public.provider_transaction IS 'distributed by transaction_id';
CREATE TABLE public.ranked_supporter (
    recipient_id uuid NOT NULL,
    sender_id uuid NOT NULL,
    coins bigint NOT NULL
)
WITH (fillfactor='80');
COMMENT ON TABLE public.ranked_supporter IS 'distributed by recipient_id: rollup of gifts';
CREATE TABLE public.ranking_window (
    recipient_id uuid NOT NULL,
    since date NOT NULL,
    moved_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.ranking_window IS 'distributed by recipient_id: from which day on the sums in ranked_supporter are';
CREATE TABLE public.rate_limit (
    bucket text NOT NULL,
    window_start timestamp with time zone NOT NULL,
    hits integer NOT NULL
);
COMMENT ON TABLE public.rate_limit IS 'distributed by bucket';
CREATE TABLE public.recognition_choice (
    user_id uuid NOT NULL,
    entrance boolean NOT NULL
);
COMMENT ON TABLE public.recognition_choice IS 'distributed by user_id: what users chose';
CREATE TABLE public.recognition_rule (
    valid_from timestamp with time zone NOT NULL,
    banner_coins_min bigint NOT NULL,
    banner_pause_s integer NOT NULL,
    entrance_default boolean NOT NULL,
    entrance_places smallint NOT NULL,
    entrance_days smallint NOT NULL,
    entrance_pause_s integer NOT NULL,
    entrance_refresh_s integer NOT NULL,
    thanks_max smallint NOT NULL,
    thanks_window_s integer NOT NULL,
    thanks_characters_max smallint NOT NULL,
    CONSTRAINT recognition_rule_banner_coins_min_check CHECK ((banner_coins_min > 0)),
    CONSTRAINT recognition_rule_banner_pause_s_check CHECK ((banner_pause_s >= 0)),
    CONSTRAINT recognition_rule_entrance_days_check CHECK ((entrance_days > 0)),
    CONSTRAINT recognition_rule_entrance_pause_s_check CHECK ((entrance_pause_s > 0)),
    CONSTRAINT recognition_rule_entrance_places_check CHECK ((entrance_places >= 0)),
    CONSTRAINT recognition_rule_entrance_refresh_s_check CHECK ((entrance_refresh_s > 0)),
    CONSTRAINT recognition_rule_thanks_characters_max_check CHECK ((thanks_characters_max > 0)),
    CONSTRAINT recognition_rule_thanks_max_check CHECK ((thanks_max > 0)),
    CONSTRAINT recognition_rule_thanks_window_s_check CHECK ((thanks_window_s > 0))
);
COMMENT ON TABLE public.recognition_rule IS 'reference: figures of recognition by the moment from which they hold; never edited in place';
CREATE TABLE public.redemption_rate (
    id smallint NOT NULL,
    currency text NOT NULL,
    micro_per_diamond bigint NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    CONSTRAINT redemption_rate_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT redemption_rate_micro_per_diamond_check CHECK ((micro_per_diamond > 0))
);
COMMENT ON TABLE public.redemption_rate IS 'reference: micro-units of currency per diamond; never edited in place';
CREATE TABLE public.refund (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    provider text NOT NULL,
    transaction_id text NOT NULL,
    reason text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    coins bigint NOT NULL,
    coins_bonus bigint NOT NULL,
    state text NOT NULL,
    failure text,
    reversal_id text,
    idempotency_key text,
    tries smallint DEFAULT 0 NOT NULL,
    try_at timestamp with time zone,
    asked_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT refund_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT refund_check CHECK (((state = ANY (ARRAY['failed'::text, 'unsure'::text])) = (failure IS NOT NULL))),
    CONSTRAINT refund_check1 CHECK (((reason = 'requested'::text) = (coins > 0))),
    CONSTRAINT refund_coins_bonus_check CHECK ((coins_bonus >= 0)),
    CONSTRAINT refund_coins_check CHECK ((coins >= 0)),
    CONSTRAINT refund_reason_check CHECK ((reason = ANY (ARRAY['requested'::text, 'second_payment'::text, 'not_accepted'::text]))),
    CONSTRAINT refund_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'pending'::text, 'unsure'::text, 'done'::text, 'failed'::text])))
);
COMMENT ON TABLE public.refund IS 'distributed by user_id';
CREATE TABLE public.refund_policy (
    country text NOT NULL,
    channel text NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    days smallint,
    coins_unused_min bigint NOT NULL,
    part boolean NOT NULL,
    CONSTRAINT refund_policy_channel_check CHECK ((channel = ANY (ARRAY['web'::text, 'app_store'::text, 'google_play'::text]))),
    CONSTRAINT refund_policy_coins_unused_min_check CHECK ((coins_unused_min > 0)),
    CONSTRAINT refund_policy_days_check CHECK ((days > 0))
);
COMMENT ON TABLE public.refund_policy IS 'reference: which unused coins buyers may give back, of orders made from one moment on; never edited in place';
CREATE TABLE public.repayment (
    owner_id uuid NOT NULL,
    start bigint NOT NULL,
    coins bigint NOT NULL,
    CONSTRAINT repayment_coins_check CHECK ((coins > 0)),
    CONSTRAINT repayment_start_check CHECK ((start >= 0))
);
COMMENT ON TABLE public.repayment IS 'distributed by owner_id';
CREATE TABLE public.reversal (
    owner_id uuid NOT NULL,
    order_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    coins_bonus bigint NOT NULL,
    steps text[] NOT NULL,
    CONSTRAINT reversal_amount_minor_check CHECK ((amount_minor >= 0)),
    CONSTRAINT reversal_coins_bonus_check CHECK ((coins_bonus >= 0))
);
COMMENT ON TABLE public.reversal IS 'distributed by owner_id';
CREATE TABLE public.reversal_cause (
    owner_id uuid NOT NULL,
    order_id uuid NOT NULL,
    cause_id text NOT NULL,
    kind text,
    amount_minor bigint,
    state text NOT NULL,
    opened_at timestamp with time zone,
    cancelled_at timestamp with time zone,
    CONSTRAINT reversal_cause_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT reversal_cause_check CHECK ((((kind IS NULL) = (amount_minor IS NULL)) AND ((kind IS NULL) = (opened_at IS NULL)))),
    CONSTRAINT reversal_cause_check1 CHECK (((state = 'cancelled'::text) = (cancelled_at IS NOT NULL))),
    CONSTRAINT reversal_cause_kind_check CHECK ((kind = ANY (ARRAY['refund'::text, 'chargeback'::text]))),
    CONSTRAINT reversal_cause_state_check CHECK ((state = ANY (ARRAY['active'::text, 'cancelled'::text])))
);
COMMENT ON TABLE public.reversal_cause IS 'distributed by owner_id';
CREATE TABLE public.reversal_part (
    owner_id uuid NOT NULL,
    order_id uuid NOT NULL,
    no integer NOT NULL,
    source text NOT NULL,
    settled text NOT NULL,
    start bigint NOT NULL,
    coins bigint NOT NULL,
    gift_id uuid,
    CONSTRAINT reversal_part_check CHECK (((source = 'unused'::text) = (settled = 'removed'::text))),
    CONSTRAINT reversal_part_coins_check CHECK ((coins > 0)),
    CONSTRAINT reversal_part_no_check CHECK ((no > 0)),
    CONSTRAINT reversal_part_settled_check CHECK ((settled = ANY (ARRAY['removed'::text, 'diamonds'::text, 'owed'::text, 'borne'::text]))),
    CONSTRAINT reversal_part_source_check CHECK ((source = ANY (ARRAY['unused'::text, 'repaid'::text, 'given'::text]))),
    CONSTRAINT reversal_part_start_check CHECK ((start >= 0))
);
COMMENT ON TABLE public.reversal_part IS 'distributed by owner_id';
CREATE TABLE public.reversal_rule (
    id smallint NOT NULL,
    kind text NOT NULL,
    steps text[] NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    CONSTRAINT reversal_rule_kind_check CHECK ((kind = ANY (ARRAY['refund'::text, 'chargeback'::text]))),
    CONSTRAINT reversal_rule_steps_check CHECK ((steps <@ ARRAY['reverse_diamonds'::text, 'owe'::text]))
);
COMMENT ON TABLE public.reversal_rule IS 'reference: who pays for spent coins of orders bought from one moment on; never edited in place';
CREATE TABLE public.room (
    id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    open boolean DEFAULT true NOT NULL,
    gifting boolean DEFAULT false NOT NULL,
    last_seq bigint DEFAULT 0 NOT NULL,
    rules_no integer DEFAULT 0 NOT NULL
)
WITH (fillfactor='60');
COMMENT ON TABLE public.room IS 'distributed by id';
CREATE TABLE public.room_ban (
    creator_id uuid NOT NULL,
    user_id uuid NOT NULL,
    banned boolean NOT NULL,
    by_id uuid NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.room_ban IS 'distributed by creator_id';
CREATE TABLE public.room_event (
    room_id uuid CONSTRAINT room_event_room_id_not_null1 NOT NULL,
    id uuid CONSTRAINT room_event_id_not_null1 NOT NULL,
    seq bigint CONSTRAINT room_event_seq_not_null1 NOT NULL,
    type text CONSTRAINT room_event_type_not_null1 NOT NULL,
    user_id uuid,
    data jsonb CONSTRAINT room_event_data_not_null1 NOT NULL,
    created_at timestamp with time zone CONSTRAINT room_event_created_at_not_null1 NOT NULL
)
PARTITION BY RANGE (id);
COMMENT ON TABLE public.room_event IS 'distributed by room_id';
CREATE TABLE public.room_event_rest (
    room_id uuid CONSTRAINT room_event_room_id_not_null1 NOT NULL,
    id uuid CONSTRAINT room_event_id_not_null1 NOT NULL,
    seq bigint CONSTRAINT room_event_seq_not_null1 NOT NULL,
    type text CONSTRAINT room_event_type_not_null1 NOT NULL,
    user_id uuid,
    data jsonb CONSTRAINT room_event_data_not_null1 NOT NULL,
    created_at timestamp with time zone CONSTRAINT room_event_created_at_not_null1 NOT NULL
);
COMMENT ON TABLE public.room_event_rest IS 'distributed by room_id: events whose id names no month that has a table';
CREATE TABLE public.room_moderator (
    creator_id uuid NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.room_moderator IS 'distributed by creator_id';
CREATE TABLE public.room_mute (
    creator_id uuid NOT NULL,
    user_id uuid NOT NULL,
    until timestamp with time zone NOT NULL,
    by_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.room_mute IS 'distributed by creator_id';
CREATE TABLE public.room_pin (
    room_id uuid NOT NULL,
    target_seq bigint NOT NULL,
    pin_seq bigint NOT NULL
);
COMMENT ON TABLE public.room_pin IS 'distributed by room_id';
CREATE TABLE public.room_silence (
    room_id uuid NOT NULL,
    user_id uuid NOT NULL,
    before_seq bigint NOT NULL,
    silenced_at timestamp with time zone NOT NULL,
    erased_seq bigint DEFAULT 0 NOT NULL
);
COMMENT ON TABLE public.room_silence IS 'distributed by room_id';
CREATE TABLE public.room_supporter (
    room_id uuid NOT NULL,
    sender_id uuid NOT NULL,
    coins bigint NOT NULL,
    first_seq bigint NOT NULL
)
WITH (fillfactor='80');
COMMENT ON TABLE public.room_supporter IS 'distributed by room_id: rollup of gifts';
CREATE TABLE public.room_total (
    room_id uuid NOT NULL,
    gifts bigint NOT NULL,
    coins bigint NOT NULL,
    milli_diamonds bigint NOT NULL
)
WITH (fillfactor='80');
COMMENT ON TABLE public.room_total IS 'distributed by room_id: rollup of gifts';
CREATE TABLE public.sandbox_payment (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    description text NOT NULL,
    return_url text NOT NULL,
    state text NOT NULL,
    transaction_id text,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    country text,
    payer_country text,
    payer_fingerprint text,
    CONSTRAINT sandbox_payment_state_check CHECK ((state = ANY (ARRAY['open'::text, 'succeeded'::text, 'declined'::text, 'abandoned'::text, 'refunded'::text, 'disputed'::text, 'won'::text])))
);
COMMENT ON TABLE public.sandbox_payment IS 'distributed by id';
CREATE TABLE public.sandbox_refund (
    payment_id uuid NOT NULL,
    idempotency_key text NOT NULL,
    amount_minor bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT sandbox_refund_amount_minor_check CHECK ((amount_minor > 0))
);
COMMENT ON TABLE public.sandbox_refund IS 'distributed by payment_id';
CREATE TABLE public.session (
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT session_kind_check CHECK ((kind = ANY (ARRAY['cookie'::text, 'bearer'::text]))),
    CONSTRAINT session_token_hash_check CHECK ((length(token_hash) = 32))
);
COMMENT ON TABLE public.session IS 'distributed by token_hash';
CREATE TABLE public.share (
    id smallint NOT NULL,
    share_bp integer NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    CONSTRAINT share_share_bp_check CHECK ((((share_bp >= 0) AND (share_bp <= 10000)) AND ((share_bp % 10) = 0)))
);
COMMENT ON TABLE public.share IS 'reference: the creator''s share of a gift''s coins, in basis points; never edited in place';
CREATE TABLE public.store_cursor (
    provider text NOT NULL,
    listed_until timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.store_cursor IS 'reference';
CREATE TABLE public.streak (
    room_id uuid NOT NULL,
    sender_id uuid NOT NULL,
    gift_type_no integer NOT NULL,
    streak_id uuid NOT NULL,
    anonymous boolean NOT NULL,
    gifts bigint NOT NULL,
    count bigint NOT NULL,
    coins bigint NOT NULL,
    milli_diamonds bigint NOT NULL,
    first_seq bigint NOT NULL,
    last_seq bigint NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
)
WITH (fillfactor='60');
COMMENT ON TABLE public.streak IS 'distributed by room_id: rollup of gifts with a streak id';
CREATE TABLE public.streak_rule (
    valid_from timestamp with time zone NOT NULL,
    timeout_ms integer NOT NULL,
    length_max_s integer NOT NULL,
    kept_s integer NOT NULL,
    CONSTRAINT streak_rule_kept_s_check CHECK ((kept_s > 0)),
    CONSTRAINT streak_rule_length_max_s_check CHECK ((length_max_s > 0)),
    CONSTRAINT streak_rule_timeout_ms_check CHECK ((timeout_ms > 0))
);
COMMENT ON TABLE public.streak_rule IS 'reference: when streaks end, by the moment from which it holds; never edited in place';
CREATE TABLE public.streak_secret (
    one boolean DEFAULT true NOT NULL,
    secret bytea NOT NULL,
    CONSTRAINT streak_secret_one_check CHECK (one),
    CONSTRAINT streak_secret_secret_check CHECK ((length(secret) = 32))
);
COMMENT ON TABLE public.streak_secret IS 'reference: one row, made once for each installation';
CREATE TABLE public.stream (
    id uuid NOT NULL,
    creator_id uuid NOT NULL,
    title text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    visibility text DEFAULT 'public'::text NOT NULL,
    hls_url text,
    whep_url text,
    ends_at timestamp with time zone,
    CONSTRAINT stream_title_check CHECK (((length(title) >= 1) AND (length(title) <= 100))),
    CONSTRAINT stream_visibility_check CHECK ((visibility = ANY (ARRAY['public'::text, 'followers'::text, 'invited'::text])))
);
COMMENT ON TABLE public.stream IS 'distributed by id';
CREATE TABLE public.stream_invitation (
    stream_id uuid NOT NULL,
    user_id uuid NOT NULL,
    invited_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.stream_invitation IS 'distributed by stream_id';
CREATE TABLE public.stream_rule (
    valid_from timestamp with time zone NOT NULL,
    ingest_grace_s integer NOT NULL,
    ingest_calls_max integer NOT NULL,
    ingest_wrong_max integer NOT NULL,
    ingest_window_s integer NOT NULL,
    invitations_max integer NOT NULL,
    changes_max integer NOT NULL,
    changes_window_s integer NOT NULL,
    ingest_key_days integer NOT NULL,
    CONSTRAINT stream_rule_changes_max_check CHECK ((changes_max > 0)),
    CONSTRAINT stream_rule_changes_window_s_check CHECK ((changes_window_s > 0)),
    CONSTRAINT stream_rule_ingest_calls_max_check CHECK ((ingest_calls_max > 0)),
    CONSTRAINT stream_rule_ingest_grace_s_check CHECK ((ingest_grace_s >= 0)),
    CONSTRAINT stream_rule_ingest_key_days_check CHECK ((ingest_key_days >= 1)),
    CONSTRAINT stream_rule_ingest_window_s_check CHECK ((ingest_window_s > 0)),
    CONSTRAINT stream_rule_ingest_wrong_max_check CHECK ((ingest_wrong_max > 0)),
    CONSTRAINT stream_rule_invitations_max_check CHECK ((invitations_max > 0))
);
COMMENT ON TABLE public.stream_rule IS 'reference: media servers and invitations';
CREATE TABLE public.supporter_day (
    recipient_id uuid NOT NULL,
    day date NOT NULL,
    sender_id uuid NOT NULL,
    coins bigint NOT NULL
)
WITH (fillfactor='80');
COMMENT ON TABLE public.supporter_day IS 'distributed by recipient_id: rollup of gifts';
CREATE TABLE public.tax_rate (
    country text NOT NULL,
    name text NOT NULL,
    rate_bp integer NOT NULL,
    inclusive boolean NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    CONSTRAINT tax_rate_rate_bp_check CHECK (((rate_bp >= 0) AND (rate_bp <= 10000)))
);
COMMENT ON TABLE public.tax_rate IS 'reference: the tax on coins in a country from one moment on; never edited in place';
CREATE TABLE public.top_up_order (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    state text NOT NULL,
    package_id uuid,
    provider text NOT NULL,
    channel text NOT NULL,
    country text NOT NULL,
    coins bigint NOT NULL,
    coins_bonus bigint NOT NULL,
    currency text NOT NULL,
    net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    gross_minor bigint NOT NULL,
    fee_minor bigint NOT NULL,
    hold_days smallint NOT NULL,
    provider_ref text,
    checkout_url text,
    return_path text,
    idempotency_key text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    polls smallint DEFAULT 0 NOT NULL,
    poll_at timestamp with time zone,
    price_book_id integer NOT NULL,
    product_id text,
    tax_name text NOT NULL,
    tax_bp integer NOT NULL,
    discount_minor bigint DEFAULT 0 NOT NULL,
    payer_country text,
    payer_fingerprint text,
    visitor_address text,
    visitor_device text,
    held boolean DEFAULT false NOT NULL,
    CONSTRAINT top_up_order_check CHECK (((net_minor + tax_minor) = gross_minor)),
    CONSTRAINT top_up_order_coins_bonus_check CHECK ((coins_bonus >= 0)),
    CONSTRAINT top_up_order_coins_check CHECK ((coins > 0)),
    CONSTRAINT top_up_order_discount_minor_check CHECK ((discount_minor >= 0)),
    CONSTRAINT top_up_order_gross_minor_check CHECK ((gross_minor > 0)),
    CONSTRAINT top_up_order_state_check CHECK ((state = ANY (ARRAY['created'::text, 'pending'::text, 'paid'::text, 'credited'::text, 'failed'::text, 'expired'::text, 'refunded'::text, 'disputed'::text])))
);
COMMENT ON TABLE public.top_up_order IS 'distributed by user_id';
CREATE TABLE public.top_up_order_event (
    order_id uuid NOT NULL,
    no integer NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    created_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.top_up_order_event IS 'distributed by order_id';
CREATE TABLE public.viewer_month (
    owner_id uuid NOT NULL,
    month date NOT NULL,
    gifts bigint NOT NULL,
    coins_paid bigint NOT NULL,
    coins_bonus bigint NOT NULL
)
WITH (fillfactor='80');
COMMENT ON TABLE public.viewer_month IS 'distributed by owner_id: rollup of gifts sent';
CREATE TABLE public.watermark (
    follower text NOT NULL,
    lane smallint NOT NULL,
    no bigint NOT NULL,
    CONSTRAINT watermark_no_check CHECK ((no >= 0))
);
COMMENT ON TABLE public.watermark IS 'reference: how far each follower has read each lane; changed with its results in one transaction';
ALTER TABLE ONLY public.gift ATTACH PARTITION public.gift_rest DEFAULT;
ALTER TABLE ONLY public.room_event ATTACH PARTITION public.room_event_rest DEFAULT;
ALTER TABLE ONLY public.account_code
    ADD CONSTRAINT account_code_name_key UNIQUE (name);
ALTER TABLE ONLY public.account_code
    ADD CONSTRAINT account_code_pkey PRIMARY KEY (code);
ALTER TABLE ONLY public.account_day
    ADD CONSTRAINT account_day_pkey PRIMARY KEY (owner_id, day, code, kind);
ALTER TABLE ONLY public.app_user
    ADD CONSTRAINT app_user_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.archived_creator_day
    ADD CONSTRAINT archived_creator_day_pkey PRIMARY KEY (recipient_id, day, room_id, hold_days);
ALTER TABLE ONLY public.archived_lane
    ADD CONSTRAINT archived_lane_pkey PRIMARY KEY (month, lane);
ALTER TABLE ONLY public.archived_leaf
    ADD CONSTRAINT archived_leaf_pkey PRIMARY KEY (lane, batch_no, sender_id, gift_id);
ALTER TABLE ONLY public.archived_month
    ADD CONSTRAINT archived_month_pkey PRIMARY KEY (month);
ALTER TABLE ONLY public.archived_room
    ADD CONSTRAINT archived_room_pkey PRIMARY KEY (room_id);
ALTER TABLE ONLY public.archived_room_supporter
    ADD CONSTRAINT archived_room_supporter_pkey PRIMARY KEY (room_id, sender_id);
ALTER TABLE ONLY public.archived_span
    ADD CONSTRAINT archived_span_pkey PRIMARY KEY (owner_id, start);
ALTER TABLE ONLY public.archived_supporter_day
    ADD CONSTRAINT archived_supporter_day_pkey PRIMARY KEY (recipient_id, day, sender_id);
ALTER TABLE ONLY public.archived_viewer_month
    ADD CONSTRAINT archived_viewer_month_pkey PRIMARY KEY (owner_id, month);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (actor_id, id);
ALTER TABLE ONLY public.balance
    ADD CONSTRAINT balance_pkey PRIMARY KEY (owner_id, code);
ALTER TABLE ONLY public.batch
    ADD CONSTRAINT batch_pkey PRIMARY KEY (lane, no);
ALTER TABLE ONLY public.bonus_grant
    ADD CONSTRAINT bonus_grant_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.chat_default
    ADD CONSTRAINT chat_default_pkey PRIMARY KEY (valid_from);
ALTER TABLE ONLY public.chat_rule
    ADD CONSTRAINT chat_rule_pkey PRIMARY KEY (creator_id);
ALTER TABLE ONLY public.chat_turn
    ADD CONSTRAINT chat_turn_pkey PRIMARY KEY (room_id, user_id);
ALTER TABLE ONLY public.cheer_mark
    ADD CONSTRAINT cheer_mark_pkey PRIMARY KEY (valid_from, name);
ALTER TABLE ONLY public.cheer_tier
    ADD CONSTRAINT cheer_tier_pkey PRIMARY KEY (valid_from, tier);
ALTER TABLE ONLY public.cheer_tier
    ADD CONSTRAINT cheer_tier_valid_from_coins_min_key UNIQUE (valid_from, coins_min);
ALTER TABLE ONLY public.close_day
    ADD CONSTRAINT close_day_pkey PRIMARY KEY (date, currency);
ALTER TABLE ONLY public.coin_package
    ADD CONSTRAINT coin_package_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.consumption_consent
    ADD CONSTRAINT consumption_consent_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY public.country
    ADD CONSTRAINT country_pkey PRIMARY KEY (code);
ALTER TABLE ONLY public.creator_day
    ADD CONSTRAINT creator_day_pkey PRIMARY KEY (recipient_id, day, room_id, hold_days);
ALTER TABLE ONLY public.creator
    ADD CONSTRAINT creator_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.creator_rule
    ADD CONSTRAINT creator_rule_pkey PRIMARY KEY (valid_from);
ALTER TABLE ONLY public.discount_change
    ADD CONSTRAINT discount_change_pkey PRIMARY KEY (owner_id, entry_id);
ALTER TABLE ONLY public.entrance
    ADD CONSTRAINT entrance_pkey PRIMARY KEY (room_id, user_id);
ALTER TABLE ONLY public.follow
    ADD CONSTRAINT follow_pkey PRIMARY KEY (creator_id, follower_id);
ALTER TABLE ONLY public.follower_count
    ADD CONSTRAINT follower_count_pkey PRIMARY KEY (creator_id);
ALTER TABLE ONLY public.gift
    ADD CONSTRAINT gift_pkey PRIMARY KEY (sender_id, id);
ALTER TABLE ONLY public.gift_rest
    ADD CONSTRAINT gift_rest_pkey PRIMARY KEY (sender_id, id);
ALTER TABLE ONLY public.gift_rule
    ADD CONSTRAINT gift_rule_pkey PRIMARY KEY (valid_from);
ALTER TABLE ONLY public.gift_type
    ADD CONSTRAINT gift_type_id_version_key UNIQUE (id, version);
ALTER TABLE ONLY public.gift_type
    ADD CONSTRAINT gift_type_pkey PRIMARY KEY (no);
ALTER TABLE ONLY public.goal_part
    ADD CONSTRAINT goal_part_pkey PRIMARY KEY (room_id, goal_id, no);
ALTER TABLE ONLY public.goal
    ADD CONSTRAINT goal_pkey PRIMARY KEY (room_id, id);
ALTER TABLE ONLY public.goal_rule
    ADD CONSTRAINT goal_rule_pkey PRIMARY KEY (valid_from);
ALTER TABLE ONLY public.guard_period
    ADD CONSTRAINT guard_period_pkey PRIMARY KEY (name, valid_from);
ALTER TABLE ONLY public.guard_rule
    ADD CONSTRAINT guard_rule_pkey PRIMARY KEY (name, valid_from);
ALTER TABLE ONLY public.hold_rule
    ADD CONSTRAINT hold_rule_pkey PRIMARY KEY (valid_from, source);
ALTER TABLE ONLY public.ingest_default
    ADD CONSTRAINT ingest_default_pkey PRIMARY KEY (creator_id);
ALTER TABLE ONLY public.ingest_key
    ADD CONSTRAINT ingest_key_pkey PRIMARY KEY (owner_id);
ALTER TABLE ONLY public.lane
    ADD CONSTRAINT lane_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.live_stream
    ADD CONSTRAINT live_stream_pkey PRIMARY KEY (creator_id);
ALTER TABLE ONLY public.login
    ADD CONSTRAINT login_pkey PRIMARY KEY (email);
ALTER TABLE ONLY public.lot_change
    ADD CONSTRAINT lot_change_pkey PRIMARY KEY (owner_id, entry_id, no);
ALTER TABLE ONLY public.lot
    ADD CONSTRAINT lot_pkey PRIMARY KEY (owner_id, id);
ALTER TABLE ONLY public.maturity_day
    ADD CONSTRAINT maturity_day_pkey PRIMARY KEY (due_on);
ALTER TABLE ONLY public.maturity
    ADD CONSTRAINT maturity_pkey PRIMARY KEY (recipient_id, due_on);
ALTER TABLE ONLY public.message_rule
    ADD CONSTRAINT message_rule_pkey PRIMARY KEY (valid_from);
ALTER TABLE ONLY public.message_state
    ADD CONSTRAINT message_state_pkey PRIMARY KEY (room_id, seq);
ALTER TABLE ONLY public.order_hold
    ADD CONSTRAINT order_hold_pkey PRIMARY KEY (order_id);
ALTER TABLE ONLY public.overlay_decision
    ADD CONSTRAINT overlay_decision_creator_id_overlay_id_no_key UNIQUE (creator_id, overlay_id, no);
ALTER TABLE ONLY public.overlay_decision
    ADD CONSTRAINT overlay_decision_pkey PRIMARY KEY (creator_id, overlay_id, room_id, seq);
ALTER TABLE ONLY public."overlay"
    ADD CONSTRAINT overlay_pkey PRIMARY KEY (creator_id, id);
ALTER TABLE ONLY public.overlay_rule
    ADD CONSTRAINT overlay_rule_pkey PRIMARY KEY (valid_from);
ALTER TABLE ONLY public.overlay_token
    ADD CONSTRAINT overlay_token_pkey PRIMARY KEY (token);
ALTER TABLE ONLY public.paid_message_tier
    ADD CONSTRAINT paid_message_tier_pkey PRIMARY KEY (valid_from, tier);
ALTER TABLE ONLY public.paid_message_tier
    ADD CONSTRAINT paid_message_tier_valid_from_coins_min_key UNIQUE (valid_from, coins_min);
ALTER TABLE ONLY public.post
    ADD CONSTRAINT post_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.price_book
    ADD CONSTRAINT price_book_country_channel_valid_from_key UNIQUE (country, channel, valid_from);
ALTER TABLE ONLY public.price_book
    ADD CONSTRAINT price_book_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.promotion_order_code
    ADD CONSTRAINT promotion_order_code_pkey PRIMARY KEY (user_id, order_id);
ALTER TABLE ONLY public.promotion_person
    ADD CONSTRAINT promotion_person_pkey PRIMARY KEY (user_id, promotion_id);
ALTER TABLE ONLY public.promotion
    ADD CONSTRAINT promotion_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.promotion
    ADD CONSTRAINT promotion_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.promotion_use
    ADD CONSTRAINT promotion_use_pkey PRIMARY KEY (user_id, occasion, promotion_id);
ALTER TABLE ONLY public.provider_notification
    ADD CONSTRAINT provider_notification_pkey PRIMARY KEY (provider, id);
ALTER TABLE ONLY public.provider_transaction
    ADD CONSTRAINT provider_transaction_pkey PRIMARY KEY (provider, transaction_id);
ALTER TABLE ONLY public.ranked_supporter
    ADD CONSTRAINT ranked_supporter_pkey PRIMARY KEY (recipient_id, sender_id);
ALTER TABLE ONLY public.ranking_window
    ADD CONSTRAINT ranking_window_pkey PRIMARY KEY (recipient_id);
ALTER TABLE ONLY public.rate_limit
    ADD CONSTRAINT rate_limit_pkey PRIMARY KEY (bucket, window_start);
ALTER TABLE ONLY public.recognition_choice
    ADD CONSTRAINT recognition_choice_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY public.recognition_rule
    ADD CONSTRAINT recognition_rule_pkey PRIMARY KEY (valid_from);
ALTER TABLE ONLY public.redemption_rate
    ADD CONSTRAINT redemption_rate_currency_valid_from_key UNIQUE (currency, valid_from);
ALTER TABLE ONLY public.redemption_rate
    ADD CONSTRAINT redemption_rate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.refund
    ADD CONSTRAINT refund_pkey PRIMARY KEY (user_id, id);
ALTER TABLE ONLY public.refund_policy
    ADD CONSTRAINT refund_policy_pkey PRIMARY KEY (country, channel, valid_from);
ALTER TABLE ONLY public.refund
    ADD CONSTRAINT refund_user_id_idempotency_key_key UNIQUE (user_id, idempotency_key);
ALTER TABLE ONLY public.repayment
    ADD CONSTRAINT repayment_pkey PRIMARY KEY (owner_id, start);
ALTER TABLE ONLY public.reversal_cause
    ADD CONSTRAINT reversal_cause_pkey PRIMARY KEY (owner_id, order_id, cause_id);
ALTER TABLE ONLY public.reversal_part
    ADD CONSTRAINT reversal_part_pkey PRIMARY KEY (owner_id, order_id, no);
ALTER TABLE ONLY public.reversal
    ADD CONSTRAINT reversal_pkey PRIMARY KEY (owner_id, order_id);
ALTER TABLE ONLY public.reversal_rule
    ADD CONSTRAINT reversal_rule_kind_valid_from_key UNIQUE (kind, valid_from);
ALTER TABLE ONLY public.reversal_rule
    ADD CONSTRAINT reversal_rule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.reversed_gift
    ADD CONSTRAINT reversed_gift_pkey PRIMARY KEY (sender_id, gift_id, entry_id, state);
ALTER TABLE ONLY public.room_ban
    ADD CONSTRAINT room_ban_pkey PRIMARY KEY (creator_id, user_id);
ALTER TABLE ONLY public.room_event
    ADD CONSTRAINT room_event_pkey PRIMARY KEY (room_id, id);
ALTER TABLE ONLY public.room_event_rest
    ADD CONSTRAINT room_event_rest_pkey PRIMARY KEY (room_id, id);
ALTER TABLE ONLY public.room_moderator
    ADD CONSTRAINT room_moderator_pkey PRIMARY KEY (creator_id, user_id);
ALTER TABLE ONLY public.room_mute
    ADD CONSTRAINT room_mute_pkey PRIMARY KEY (creator_id, user_id);
ALTER TABLE ONLY public.room_pin
    ADD CONSTRAINT room_pin_pkey PRIMARY KEY (room_id);
ALTER TABLE ONLY public.room
    ADD CONSTRAINT room_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.room_silence
    ADD CONSTRAINT room_silence_pkey PRIMARY KEY (room_id, user_id);
ALTER TABLE ONLY public.room_supporter
    ADD CONSTRAINT room_supporter_pkey PRIMARY KEY (room_id, sender_id);
ALTER TABLE ONLY public.room_total
    ADD CONSTRAINT room_total_pkey PRIMARY KEY (room_id);
ALTER TABLE ONLY public.sandbox_payment
    ADD CONSTRAINT sandbox_payment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sandbox_refund
    ADD CONSTRAINT sandbox_refund_pkey PRIMARY KEY (payment_id, idempotency_key);
ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.share
    ADD CONSTRAINT share_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.share
    ADD CONSTRAINT share_valid_from_key UNIQUE (valid_from);
ALTER TABLE ONLY public.store_cursor
    ADD CONSTRAINT store_cursor_pkey PRIMARY KEY (provider);
ALTER TABLE ONLY public.streak
    ADD CONSTRAINT streak_pkey PRIMARY KEY (room_id, sender_id, gift_type_no, streak_id, anonymous);
ALTER TABLE ONLY public.streak_rule
    ADD CONSTRAINT streak_rule_pkey PRIMARY KEY (valid_from);
ALTER TABLE ONLY public.streak_secret
    ADD CONSTRAINT streak_secret_pkey PRIMARY KEY (one);
ALTER TABLE ONLY public.stream_invitation
    ADD CONSTRAINT stream_invitation_pkey PRIMARY KEY (stream_id, user_id);
ALTER TABLE ONLY public.stream
    ADD CONSTRAINT stream_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.stream_rule
    ADD CONSTRAINT stream_rule_pkey PRIMARY KEY (valid_from);
ALTER TABLE ONLY public.supporter_day
    ADD CONSTRAINT supporter_day_pkey PRIMARY KEY (recipient_id, day, sender_id);
ALTER TABLE ONLY public.tax_rate
    ADD CONSTRAINT tax_rate_pkey PRIMARY KEY (country, valid_from);
ALTER TABLE ONLY public.top_up_order_event
    ADD CONSTRAINT top_up_order_event_pkey PRIMARY KEY (order_id, no);
ALTER TABLE ONLY public.top_up_order
    ADD CONSTRAINT top_up_order_pkey PRIMARY KEY (user_id, id);
ALTER TABLE ONLY public.top_up_order
    ADD CONSTRAINT top_up_order_user_id_idempotency_key_key UNIQUE (user_id, idempotency_key);
ALTER TABLE ONLY public.transfer
    ADD CONSTRAINT transfer_pkey PRIMARY KEY (owner_id, entry_id, line);
ALTER TABLE ONLY public.viewer_month
    ADD CONSTRAINT viewer_month_pkey PRIMARY KEY (owner_id, month);
ALTER TABLE ONLY public.watermark
    ADD CONSTRAINT watermark_pkey PRIMARY KEY (follower, lane);
CREATE INDEX app_user_name ON public.app_user USING btree (lower(display_name), id);
CREATE INDEX batch_time ON public.batch USING brin (created_at);
CREATE INDEX chat_turn_spoken ON public.chat_turn USING btree (spoken_at);
CREATE INDEX coin_package_book ON public.coin_package USING btree (price_book_id, "position");
CREATE UNIQUE INDEX coin_package_coins ON public.coin_package USING btree (price_book_id, coins);
CREATE UNIQUE INDEX coin_package_product ON public.coin_package USING btree (price_book_id, product_id);
CREATE INDEX entrance_seen ON public.entrance USING brin (seen_at);
CREATE INDEX follow_follower ON public.follow USING btree (follower_id);
CREATE INDEX gift_batch ON ONLY public.gift USING btree (lane, batch_no);
CREATE INDEX gift_recipient ON ONLY public.gift USING btree (recipient_id, created_at);
CREATE INDEX gift_rest_lane_batch_no_idx ON public.gift_rest USING btree (lane, batch_no);
CREATE INDEX gift_rest_recipient_id_created_at_idx ON public.gift_rest USING btree (recipient_id, created_at);
CREATE INDEX gift_said ON ONLY public.gift USING btree (room_id, created_at) WHERE (gift_type_no > 1000000);
CREATE INDEX gift_rest_room_id_created_at_idx ON public.gift_rest USING btree (room_id, created_at) WHERE (gift_type_no > 1000000);
CREATE INDEX gift_room ON ONLY public.gift USING btree (room_id, seq);
CREATE INDEX gift_rest_room_id_seq_idx ON public.gift_rest USING btree (room_id, seq);
CREATE INDEX goal_open ON public.goal USING btree (room_id) WHERE (closed_at IS NULL);
CREATE INDEX login_user ON public.login USING btree (user_id);
CREATE INDEX lot_axis ON public.lot USING btree (owner_id, start);
CREATE INDEX lot_change_time ON public.lot_change USING brin (created_at);
CREATE INDEX lot_hold ON public.lot USING btree (hold_days);
CREATE INDEX lot_lapses ON public.lot USING btree (bonus_expires_at) WHERE ((bonus_expires_at IS NOT NULL) AND (lapsed_at IS NULL));
CREATE INDEX lot_order ON public.lot USING btree (owner_id, order_id);
CREATE INDEX maturity_due ON public.maturity USING btree (due_on);
CREATE INDEX message_state_due ON public.message_state USING btree (removed_at) WHERE ((removed_at IS NOT NULL) AND (erased_at IS NULL));
CREATE INDEX order_hold_open ON public.order_hold USING btree (created_at, order_id) WHERE (decision IS NULL);
CREATE INDEX overlay_decision_decided ON public.overlay_decision USING btree (decided_at);
CREATE INDEX overlay_token_overlay ON public.overlay_token USING btree (creator_id, overlay_id);
CREATE INDEX post_created ON public.post USING btree (created_at DESC);
CREATE INDEX post_creator ON public.post USING btree (creator_id, created_at DESC);
CREATE UNIQUE INDEX promotion_code ON public.promotion USING btree (lower(code));
CREATE INDEX promotion_use_promotion ON public.promotion_use USING btree (promotion_id);
CREATE INDEX provider_notification_open ON public.provider_notification USING btree (received_at) WHERE (processed_at IS NULL);
CREATE INDEX provider_transaction_order ON public.provider_transaction USING btree (order_id);
CREATE INDEX ranked_supporter_rank ON public.ranked_supporter USING btree (recipient_id, coins DESC, sender_id);
CREATE INDEX refund_id ON public.refund USING btree (id);
CREATE INDEX refund_order ON public.refund USING btree (order_id);
CREATE INDEX refund_trouble ON public.refund USING btree (id) WHERE (state = ANY (ARRAY['failed'::text, 'unsure'::text]));
CREATE INDEX refund_try ON public.refund USING btree (try_at) WHERE (try_at IS NOT NULL);
CREATE INDEX reversed_gift_batch ON public.reversed_gift USING btree (lane, batch_no);
CREATE INDEX reversed_gift_recipient ON public.reversed_gift USING btree (recipient_id, due_on);
CREATE INDEX reversed_gift_room ON public.reversed_gift USING btree (room_id);
CREATE INDEX room_ban_changed ON public.room_ban USING btree (changed_at);
CREATE INDEX room_event_seq ON ONLY public.room_event USING btree (room_id, seq);
CREATE INDEX room_event_rest_room_id_seq_idx ON public.room_event_rest USING btree (room_id, seq);
CREATE INDEX room_recipient ON public.room USING btree (recipient_id) WHERE open;
CREATE INDEX room_silence_due ON public.room_silence USING btree (silenced_at) WHERE (erased_seq < before_seq);
CREATE INDEX room_supporter_rank ON public.room_supporter USING btree (room_id, coins DESC, first_seq);
CREATE INDEX sandbox_payment_order ON public.sandbox_payment USING btree (order_id);
CREATE INDEX session_expiry ON public.session USING btree (expires_at);
CREATE INDEX streak_ended ON public.streak USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX streak_open ON public.streak USING btree (room_id) WHERE (ended_at IS NULL);
CREATE INDEX stream_creator ON public.stream USING btree (creator_id, started_at DESC);
CREATE INDEX stream_ends ON public.stream USING btree (ends_at) WHERE ((ends_at IS NOT NULL) AND (ended_at IS NULL));
CREATE INDEX stream_live ON public.stream USING btree (started_at DESC) WHERE (ended_at IS NULL);
CREATE INDEX top_up_order_address ON public.top_up_order USING btree (visitor_address, updated_at) WHERE (visitor_address IS NOT NULL);
CREATE INDEX top_up_order_device ON public.top_up_order USING btree (visitor_device, updated_at) WHERE (visitor_device IS NOT NULL);
CREATE INDEX top_up_order_id ON public.top_up_order USING btree (id);
CREATE INDEX top_up_order_open ON public.top_up_order USING btree (expires_at) WHERE (state = ANY (ARRAY['created'::text, 'pending'::text, 'paid'::text]));
CREATE INDEX top_up_order_paid_by ON public.top_up_order USING btree (created_at) WHERE (payer_fingerprint IS NOT NULL);
CREATE INDEX top_up_order_payer ON public.top_up_order USING btree (payer_fingerprint, updated_at) WHERE (payer_fingerprint IS NOT NULL);
CREATE INDEX top_up_order_poll ON public.top_up_order USING btree (poll_at) WHERE (poll_at IS NOT NULL);
CREATE INDEX top_up_order_visitor ON public.top_up_order USING btree (created_at) WHERE ((visitor_device IS NOT NULL) OR (visitor_address IS NOT NULL));
CREATE INDEX transfer_batch ON public.transfer USING btree (lane, batch_no);
ALTER INDEX public.gift_batch ATTACH PARTITION public.gift_rest_lane_batch_no_idx;
ALTER INDEX public.gift_pkey ATTACH PARTITION public.gift_rest_pkey;
ALTER INDEX public.gift_recipient ATTACH PARTITION public.gift_rest_recipient_id_created_at_idx;
ALTER INDEX public.gift_said ATTACH PARTITION public.gift_rest_room_id_created_at_idx;
ALTER INDEX public.gift_room ATTACH PARTITION public.gift_rest_room_id_seq_idx;
ALTER INDEX public.room_event_pkey ATTACH PARTITION public.room_event_rest_pkey;
ALTER INDEX public.room_event_seq ATTACH PARTITION public.room_event_rest_room_id_seq_idx;
ALTER TABLE ONLY public.coin_package
    ADD CONSTRAINT coin_package_price_book_id_fkey FOREIGN KEY (price_book_id) REFERENCES public.price_book(id);

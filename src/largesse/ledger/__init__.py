"""The journal: who holds which coins and diamonds, and every gift and transfer that made it so."""

from largesse.ledger.bars import Bar, Pair
from largesse.ledger.budgets import set_budget
from largesse.ledger.chain import gift_leaf
from largesse.ledger.check import check
from largesse.ledger.cli import ledger_app
from largesse.ledger.defaults import load_defaults
from largesse.ledger.errors import (
    AmountTooLarge,
    BudgetExceeded,
    CursorInvalid,
    GiftsNotEnabled,
    InsufficientCoins,
    LotNotFound,
    NotYetDue,
    OutcomeUnknown,
    ReversalAmountInvalid,
    RoomClosed,
    WalletFrozen,
    Withdrawn,
    WriterBusy,
)
from largesse.ledger.grants import grant_bonus
from largesse.ledger.id_times import created_within, id_bounds, id_from
from largesse.ledger.jobs import register_jobs
from largesse.ledger.lapse import Lapsed, lapse_due, lapse_owner
from largesse.ledger.lots import Span, Use, paid_by
from largesse.ledger.maturity import Matured, available_at, due_date, mature, mature_due
from largesse.ledger.model import (
    GIFT_COINS_MAX,
    BonusGrant,
    BonusPart,
    Code,
    Entry,
    GiftEntry,
    GiftRequest,
    RedemptionRate,
    Reversed,
    Share,
    TopUp,
    Transfer,
    WalletState,
    month_end,
)
from largesse.ledger.partitions import ensure_partitions, month_bounds
from largesse.ledger.posting import post
from largesse.ledger.proof.export import FolderNotEmpty, export
from largesse.ledger.proof.forgetting import ExportDamaged, forget_messages
from largesse.ledger.proof.verify import verify_dir
from largesse.ledger.queries.discounts import discounts_before
from largesse.ledger.queries.erasure import (
    WITHOUT_TEXTS,
    erase_messages,
    erase_said,
    messages_in_chain,
)
from largesse.ledger.queries.gifts import find_gift, find_received_gift
from largesse.ledger.queries.history import gifts_received, lots, wallet_history
from largesse.ledger.queries.lapse import bonus_expiring, has_bought
from largesse.ledger.queries.lots import find_purchase, gifts_from_lots, lots_between, lots_of_order
from largesse.ledger.queries.maturity import due_milli_diamonds
from largesse.ledger.queries.rates import current_redemption, current_share
from largesse.ledger.queries.reversals import reversed_of, reversed_of_gifts
from largesse.ledger.queries.rooms import (
    NewEvent,
    append_event,
    append_events,
    change_rules,
    close_room,
    events_after,
    events_at,
    find_event,
    last_seq,
    lock_room,
    open_room,
    recent_events,
    room_state,
    rooms_of,
    set_gifting,
)
from largesse.ledger.queries.said import dearest_said, gifts_at, gifts_said
from largesse.ledger.queries.standing import PurchaseStanding, purchase_standing
from largesse.ledger.queries.texts import erase_texts, erase_texts_of, texts_at
from largesse.ledger.queries.wallets import (
    balances,
    change_bars,
    diamonds_redeemed,
    lock_wallet,
    wallet_state,
    wallet_states,
)
from largesse.ledger.reversals import cancel_reversal, record_reversal
from largesse.ledger.rows import (
    Bracket,
    CheckReport,
    GiftRow,
    LotRow,
    Problem,
    RoomEventRow,
    RoomRow,
    Slice,
    WalletEvent,
)
from largesse.ledger.top_ups import credit_top_up
from largesse.ledger.value import LotPart, PricedLot, lot_parts, value_between
from largesse.ledger.waterfall import ReversalKind
from largesse.ledger.writer import GiftWriter

__all__ = [
    "GIFT_COINS_MAX",
    "WITHOUT_TEXTS",
    "AmountTooLarge",
    "Bar",
    "BonusGrant",
    "BonusPart",
    "Bracket",
    "BudgetExceeded",
    "CheckReport",
    "Code",
    "CursorInvalid",
    "Entry",
    "ExportDamaged",
    "FolderNotEmpty",
    "GiftEntry",
    "GiftRequest",
    "GiftRow",
    "GiftWriter",
    "GiftsNotEnabled",
    "InsufficientCoins",
    "Lapsed",
    "LotNotFound",
    "LotPart",
    "LotRow",
    "Matured",
    "NewEvent",
    "NotYetDue",
    "OutcomeUnknown",
    "Pair",
    "PricedLot",
    "Problem",
    "PurchaseStanding",
    "RedemptionRate",
    "ReversalAmountInvalid",
    "ReversalKind",
    "Reversed",
    "RoomClosed",
    "RoomEventRow",
    "RoomRow",
    "Share",
    "Slice",
    "Span",
    "TopUp",
    "Transfer",
    "Use",
    "WalletEvent",
    "WalletFrozen",
    "WalletState",
    "Withdrawn",
    "WriterBusy",
    "append_event",
    "append_events",
    "available_at",
    "balances",
    "bonus_expiring",
    "cancel_reversal",
    "change_bars",
    "change_rules",
    "check",
    "close_room",
    "created_within",
    "credit_top_up",
    "current_redemption",
    "current_share",
    "dearest_said",
    "diamonds_redeemed",
    "discounts_before",
    "due_date",
    "due_milli_diamonds",
    "ensure_partitions",
    "erase_messages",
    "erase_said",
    "erase_texts",
    "erase_texts_of",
    "events_after",
    "events_at",
    "export",
    "find_event",
    "find_gift",
    "find_purchase",
    "find_received_gift",
    "forget_messages",
    "gift_leaf",
    "gifts_at",
    "gifts_from_lots",
    "gifts_received",
    "gifts_said",
    "grant_bonus",
    "has_bought",
    "id_bounds",
    "id_from",
    "lapse_due",
    "lapse_owner",
    "last_seq",
    "ledger_app",
    "load_defaults",
    "lock_room",
    "lock_wallet",
    "lot_parts",
    "lots",
    "lots_between",
    "lots_of_order",
    "mature",
    "mature_due",
    "messages_in_chain",
    "month_bounds",
    "month_end",
    "open_room",
    "paid_by",
    "post",
    "purchase_standing",
    "recent_events",
    "record_reversal",
    "register_jobs",
    "reversed_of",
    "reversed_of_gifts",
    "room_state",
    "rooms_of",
    "set_budget",
    "set_gifting",
    "texts_at",
    "value_between",
    "verify_dir",
    "wallet_history",
    "wallet_state",
    "wallet_states",
]

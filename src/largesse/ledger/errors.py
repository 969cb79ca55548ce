"""Why the ledger refuses.

AppError
├── Forbidden      WalletFrozen
├── Conflict       InsufficientCoins, BudgetExceeded, RoomClosed, GiftsNotEnabled, NotYetDue
├── NotFound       LotNotFound
├── BadRequest     CursorInvalid
├── Unprocessable  AmountTooLarge, ReversalAmountInvalid
└── Unavailable    WriterBusy, Withdrawn, OutcomeUnknown
"""

from largesse.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    NotFound,
    Unavailable,
    Unprocessable,
)


class InsufficientCoins(Conflict):
    """There are not enough coins in the wallet."""

    code = "insufficient_coins"


class BudgetExceeded(Conflict):
    """This gift would go over your monthly budget."""

    code = "budget_exceeded"


class WalletFrozen(Forbidden):
    """This wallet is frozen until the coins it owes are paid back."""

    code = "wallet_frozen"


class RoomClosed(Conflict):
    """This room has ended."""

    code = "room_closed"


class GiftsNotEnabled(Conflict):
    """This creator does not take gifts here."""

    code = "gifts_not_enabled"


class NotYetDue(Conflict):
    """The diamonds of this date become available when it has ended."""

    code = "not_yet_due"


class LotNotFound(NotFound):
    """No coins were credited for this order."""

    code = "lot_not_found"


class CursorInvalid(BadRequest):
    """This cursor was not given out by this list."""

    code = "cursor_invalid"


class AmountTooLarge(Unprocessable):
    """This amount does not fit the account: it would hold too much, or less than nothing."""

    code = "amount_too_large"


class ReversalAmountInvalid(Unprocessable):
    """A refund or dispute takes back an amount above zero of something that was paid."""

    code = "reversal_amount_invalid"


class WriterBusy(Unavailable):
    """Too many gifts are waiting, or the server is stopping; nothing was sent, try again."""

    code = "busy"


class Withdrawn(Unavailable):
    """This was taken back before it was written; nothing was charged."""

    code = "withdrawn"


class OutcomeUnknown(Unavailable):
    """The database did not answer; send the same id again to learn what became of it."""

    code = "outcome_unknown"

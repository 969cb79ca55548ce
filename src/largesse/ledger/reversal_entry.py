"""The transfers of a reversal's entry. docs/money.md lists them; cancelling moves the same backwards."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from largesse.ledger.model import Code, Transfer
from largesse.ledger.moves import discount, moves, platform, recovery, repayment
from largesse.ledger.pieces import Axis
from largesse.ledger.queries.pieces import LotPiece
from largesse.ledger.queries.reversals import GiftChange
from largesse.ledger.value import value_between


@dataclass(frozen=True, slots=True)
class Effect:
    """What one fact about an order changes; negative amounts come back."""

    order: LotPiece
    amount_minor: int
    """Of the order's price."""
    amount_before_minor: int
    axis: Axis
    owed: int
    """Coins newly owed; below zero: no longer owed."""
    returned: int
    """Of those no longer owed: they had been paid back."""
    repaid: int
    """Paid back at once."""
    bonus: int
    gifts: Sequence[GiftChange]

    @property
    def discount_minor(self) -> int:
        """Of the order's discount, what falls on the amount."""
        before, gross_minor = self.amount_before_minor, max(self.order.gross_minor, 1)
        after = before + self.amount_minor
        return value_between(self.order.discount_minor, gross_minor, before, after)


def entry_transfers(effect: Effect) -> list[Transfer]:
    """Everything that moves."""
    return [*_coins(effect), *_diamonds(effect), *_money(effect)]


def _coins(effect: Effect) -> list[Transfer]:
    owner_id = effect.order.owner_id
    paid, bonus = (owner_id, Code.COINS_PAID), (owner_id, Code.COINS_BONUS)
    owed = (owner_id, Code.COINS_OWED)
    left = Counter[str]()
    for change in effect.axis.changes:
        left[change.change] += change.coins
    unused = left["removed"] - left["restored"]
    return [
        *moves("COIN", unused, paid, platform(Code.COINS_REFUNDED)),
        *repayment(owner_id, -effect.returned),
        *moves("COIN", effect.owed, platform(Code.COINS_RECEIVABLE), owed),
        *repayment(owner_id, effect.repaid),
        *moves("COIN", effect.bonus, bonus, platform(Code.BONUS_ISSUED)),
    ]


def _diamonds(effect: Effect) -> list[Transfer]:
    """What is reversed was pending; what is restored goes where the gift's other diamonds are."""
    amounts = Counter[tuple[UUID, Code]]()
    for change in effect.gifts:
        gift, milli = change.gift, change.coins * change.gift.milli_per_coin
        if change.state == "reversed":
            amounts[gift.recipient_id, Code.DIAMONDS_PENDING] += milli
        else:
            code = Code.DIAMONDS_PENDING if gift.pending else Code.DIAMONDS_AVAILABLE
            amounts[gift.recipient_id, code] -= milli
    return [
        transfer
        for leg, amount in sorted(amounts.items())
        for transfer in moves("MDIA", amount, leg, platform(Code.DIAMONDS_REVERSED))
    ]


def _money(effect: Effect) -> list[Transfer]:
    """The clearing account (debits are positive) pays; what neither tax nor unused coins give back is lost."""
    order, values = effect.order, effect.axis.values
    clearing, currency = platform(Code.PROVIDER_CLEARING), order.currency
    before = effect.amount_before_minor
    after = before + effect.amount_minor
    tax_minor = value_between(order.tax_minor, max(order.gross_minor, 1), before, after)
    unused = (
        values.get("removed", Counter())[currency] - values.get("restored", Counter())[currency]
    )
    loss_minor = effect.amount_minor - tax_minor - unused
    repaid = Counter(values.get("repaid", {}))
    repaid.subtract(values.get("returned", {}))
    return [
        *moves(currency, tax_minor, clearing, platform(Code.TAX_PAYABLE)),
        *moves(currency, unused, clearing, platform(Code.DEFERRED_REVENUE)),
        *moves(currency, loss_minor, clearing, platform(Code.CHARGEBACK_LOSS)),
        *discount(currency, -effect.discount_minor),
        *(
            transfer
            for each, amount_minor in sorted(repaid.items())
            for transfer in recovery(each, amount_minor)
        ),
    ]

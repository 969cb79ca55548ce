"""What promotions do to a quote: discounts change what is paid and its tax, extra coins come on top."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from largesse import promotions
from largesse.db import Connection, ReadConnection
from largesse.errors import IdempotencyConflict
from largesse.promotions import Award, Line, PromotionLine, Purchase
from largesse.services import Services
from largesse.topups import book_queries
from largesse.topups.pricing import charged_in_minor, fee_of, split_price
from largesse.topups.quotes import Quote, quote_of
from largesse.topups.rows import PriceBook
from largesse.topups.schemas import Choice
from largesse.topups.visitors import Visitor

_TRIES_MAX = 3
"""Looks at promotions for one order: another buyer may take the last of one between looking and reserving."""


@dataclass(frozen=True, slots=True)
class PromotedQuote:
    """The terms of an order, and the promotions that made them so."""

    quote: Quote
    lines: Sequence[Line] = ()


def promoted(quote: Quote, awards: Sequence[Award], book: PriceBook) -> PromotedQuote:
    """A quote with what promotions give. Discounts come off the shown price; tax and fee follow what is paid."""
    off_minor = 0
    lines: list[Line] = []
    price_minor = quote.gross_minor if book.tax_inclusive else quote.net_minor
    before = paid = split_price(price_minor, tax_bp=quote.tax_bp, tax_inclusive=book.tax_inclusive)
    for award in awards:
        off_minor += award.off_minor
        paid = split_price(
            price_minor - off_minor, tax_bp=quote.tax_bp, tax_inclusive=book.tax_inclusive
        )
        lines.append(
            Line(
                award,
                discount_minor=before.gross_minor - paid.gross_minor,
                discount_net_minor=before.net_minor - paid.net_minor,
            )
        )
        before = paid
    changed = replace(
        quote,
        coins_bonus=quote.coins_bonus + sum(award.coins for award in awards),
        net_minor=paid.net_minor,
        tax_minor=paid.tax_minor,
        gross_minor=paid.gross_minor,
        discount_minor=sum(line.discount_minor for line in lines),
        fee_minor=fee_of(paid.gross_minor, book.fee_bp),
    )
    return PromotedQuote(changed, lines)


async def promoted_quote(
    conn: ReadConnection,
    choice: Choice,
    *,
    user_id: UUID | None,
    channel: str,
    at: datetime,
) -> PromotedQuote:
    """The terms of a choice with everything that promotions give; raises what is wrong with its code."""
    quote = await quote_of(conn, choice, channel=channel, at=at)
    book = await book_queries.book(conn, quote.price_book_id, at)
    case = await promotions.case_of(conn, user_id, choice.country, channel)
    price_minor = quote.gross_minor if book.tax_inclusive else quote.net_minor
    purchase = Purchase(quote.coins, price_minor, quote.currency)
    awards = await promotions.awards_for(conn, case, purchase, code=choice.code, at=at)
    chargeable = [_chargeable(award, quote.currency) for award in awards]
    given = [award for award in chargeable if award.coins or award.off_minor]
    return promoted(quote, given, book) if given else PromotedQuote(quote)


def _chargeable(award: Award, currency: str) -> Award:
    """A discount that leaves a price which can be charged, rounded down."""
    return replace(award, off_minor=award.off_minor - award.off_minor % charged_in_minor(currency))


async def reserved_quote(
    conn: Connection, choice: Choice, *, user_id: UUID, order_id: UUID, channel: str, at: datetime
) -> Quote:
    """The terms of a new order, whose promotions are kept for it from now on."""
    for _ in range(_TRIES_MAX):
        found = await promoted_quote(conn, choice, user_id=user_id, channel=channel, at=at)
        if await promotions.reserve(
            conn, user_id, order_id, found.lines, currency=found.quote.currency, at=at
        ):
            if choice.code is not None:
                await promotions.keep_code(conn, user_id, order_id, choice.code)
            return found.quote
    raise promotions.PromotionUsedUp


async def count_code(
    services: Services, choice: Choice, user_id: UUID | None, visitor: Visitor
) -> None:
    """Count a request that has a code, by account or else by address: codes are not to be guessed."""
    if choice.code is not None:
        await promotions.count_code_try(services.db, str(user_id or visitor.address))


async def assert_same_code(
    conn: ReadConnection, user_id: UUID, order_id: UUID, choice: Choice
) -> None:
    """The same request again has the same code; raises IdempotencyConflict."""
    if await promotions.code_of_order(conn, user_id, order_id) != choice.code:
        raise IdempotencyConflict("This key was already used with another code.")


def line_views(lines: Sequence[Line]) -> list[PromotionLine]:
    """What is shown of the promotions of a quote."""
    return [
        PromotionLine(
            slug=line.award.promotion.slug,
            title=line.award.promotion.title,
            kind=line.award.promotion.kind,
            coins=line.award.coins,
            discount_minor=line.discount_minor,
            bonus_expires_days=line.award.promotion.bonus_expires_days,
        )
        for line in lines
    ]

"""Packages and quotes as the API shows them, with the comparison and the texts."""

from collections.abc import Sequence
from dataclasses import asdict

from babel import Locale

from largesse.db import ReadConnection
from largesse.identity import CountryClosed, User, check_spending, country_rule
from largesse.services import Services
from largesse.topups import book_queries as queries
from largesse.topups import schemas
from largesse.topups.billing import assert_country, billing_country
from largesse.topups.catalogue import custom_of, price_of, store_offers
from largesse.topups.errors import NoPriceBook
from largesse.topups.price_texts import Priced, locale_of, tag_of, texts_of
from largesse.topups.pricing import (
    Deal,
    Price,
    StoreOffer,
    best_value,
    micro_per_coin,
    saving_bp,
    store_total,
)
from largesse.topups.promoting import PromotedQuote, line_views, promoted_quote
from largesse.topups.rows import CoinPackage, PriceBook
from largesse.types import Money, now


async def list_packages(
    services: Services,
    country_code: str | None,
    channel: str,
    *,
    user: User | None = None,
    locale: Locale | None = None,
) -> schemas.PackageList:
    """What a country's buyers are offered by a channel at this moment; without a country, the user's own."""
    at = now()
    locale = locale or locale_of(None, None)
    async with services.db.read() as conn:
        code = country_code or await billing_country(conn, user)
        await _assert_open(conn, code)
        book = await queries.current_book(conn, code, channel, at)
        if book is None:
            raise NoPriceBook
        packages = await queries.packages_of(conn, book.id)
        offers = await store_offers(conn, book, at)
    prices = [price_of(book, package) for package in packages]
    best = best_value(
        [
            Deal(package.coins + package.coins_bonus, price.gross_minor)
            for package, price in zip(packages, prices, strict=True)
        ]
    )
    return schemas.PackageList(
        country=code,
        channel=channel,
        currency=book.currency,
        tax_name=book.tax_name,
        tax_bp=book.tax_bp,
        tax_inclusive=book.tax_inclusive,
        locale=tag_of(locale),
        custom=custom_of(book),
        items=[
            _package(book, package, offers, locale, best=place == best)
            for place, package in enumerate(packages)
        ],
        next_cursor=None,
    )


async def _assert_open(conn: ReadConnection, country_code: str) -> None:
    rule = await country_rule(conn, country_code)
    if not rule.open:
        raise CountryClosed(f"Coins are not sold in {rule.name} yet.", country=rule.code)


def _package(
    book: PriceBook,
    package: CoinPackage,
    offers: Sequence[StoreOffer],
    locale: Locale,
    *,
    best: bool,
) -> schemas.Package:
    price = price_of(book, package)
    compared = _Compared(package.coins, price, book.currency, offers)
    return schemas.Package(
        id=package.id,
        product_id=package.product_id,
        coins=package.coins,
        coins_bonus=package.coins_bonus,
        best_value=best,
        net=compared.money(price.net_minor),
        tax=compared.money(price.tax_minor),
        total=compared.money(price.gross_minor),
        micro_per_coin=compared.micro_per_coin,
        saving_bp=compared.saving_bp,
        app_store_total=compared.app_store_total,
        text=compared.text(locale),
    )


class _Compared:
    """A price per coin and against the app store."""

    def __init__(
        self, coins: int, price: Price, currency: str, offers: Sequence[StoreOffer]
    ) -> None:
        self._coins, self._price, self._currency = coins, price, currency
        total = store_total(coins, list(offers))
        self.app_store_total = None if total is None else self.money(total)
        self.saving_bp = None if total is None else saving_bp(price.gross_minor, total)
        self.micro_per_coin = micro_per_coin(price.gross_minor, coins, currency)

    def money(self, amount_minor: int) -> Money:
        return Money(amount_minor=amount_minor, currency=self._currency)

    def text(self, locale: Locale) -> schemas.PriceText:
        price = self._price
        priced = Priced(
            currency=self._currency,
            net_minor=price.net_minor,
            tax_minor=price.tax_minor,
            gross_minor=price.gross_minor,
            coins=self._coins,
            saving_bp=self.saving_bp,
        )
        return schemas.PriceText(**asdict(texts_of(priced, locale)))


async def show_quote(
    services: Services, user: User | None, request: schemas.QuoteRequest, *, locale: Locale
) -> schemas.Quote:
    """What something costs now; of a user, only what he could order."""
    at = now()
    async with services.db.read() as conn:
        await _assert_open(conn, request.country)
        if user is not None:
            check_spending(user, await country_rule(conn, request.country), at.date())
            await assert_country(conn, user, request.country)
        found = await promoted_quote(
            conn, request, user_id=user.id if user else None, channel=request.channel, at=at
        )
        book = await queries.current_book(conn, request.country, request.channel, at)
        assert book is not None, "it was quoted from"
        offers = await store_offers(conn, book, at)
    return _quote(found, request, offers, locale)


def _quote(
    found: PromotedQuote,
    request: schemas.QuoteRequest,
    offers: Sequence[StoreOffer],
    locale: Locale,
) -> schemas.Quote:
    quote = found.quote
    price = Price(net_minor=quote.net_minor, tax_minor=quote.tax_minor)
    compared = _Compared(quote.coins, price, quote.currency, offers)
    return schemas.Quote(
        package_id=quote.package_id,
        product_id=quote.product_id,
        country=request.country,
        channel=request.channel,
        coins=quote.coins,
        coins_bonus=quote.coins_bonus,
        list_price=compared.money(quote.gross_minor + quote.discount_minor),
        discount=compared.money(quote.discount_minor),
        net=compared.money(quote.net_minor),
        tax=compared.money(quote.tax_minor),
        tax_name=quote.tax_name,
        tax_bp=quote.tax_bp,
        total=compared.money(quote.gross_minor),
        micro_per_coin=compared.micro_per_coin,
        saving_bp=compared.saving_bp,
        app_store_total=compared.app_store_total,
        promotions=line_views(found.lines),
        locale=tag_of(locale),
        text=compared.text(locale),
    )

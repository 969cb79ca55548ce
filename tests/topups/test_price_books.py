"""Operators schedule and withdraw price books and tax rates, by API and command line; buyers keep what was agreed."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from largesse.errors import AppError
from largesse.identity import Role
from largesse.topups.catalogue import find_product
from largesse.topups.errors import NoPriceBook, PackageNotFound
from largesse.topups.offers import list_packages
from largesse.topups.placing import place_order
from largesse.topups.price_books import prices_app
from largesse.topups.price_books.schemas import BookDraft, BookState, TaxDraft
from largesse.topups.price_books.service import (
    list_books,
    list_rates,
    schedule_book,
    schedule_rate,
    withdraw_book,
    withdraw_rate,
)
from largesse.topups.providers import PaymentEventKind
from largesse.topups.schemas import OrderRequest
from largesse.types import PLATFORM_ID, living_by, now
from tests.fixtures_identity import MakeUser, SignedIn
from tests.topups.shop import Shop

Fields = dict[str, Any]


def book(*, days: float = 10, price_minor: int = 400, **change: Any) -> Fields:
    """A US web book with one package, as an operator writes it."""
    return {
        "country": "US",
        "channel": "web",
        "currency": "USD",
        "fee_bp": 290,
        "valid_from": (now() + timedelta(days=days)).isoformat(),
        "packages": [{"coins": 350, "coins_bonus": 10, "price_minor": price_minor}],
        **change,
    }


def draft(**fields: Any) -> BookDraft:
    return BookDraft.model_validate(book(**fields))


@contextmanager
def later(days: float) -> Iterator[None]:
    """The world some days ahead."""
    moment = now() + timedelta(days=days)
    with living_by(lambda: moment):
        yield


async def test_several_books_take_over_one_after_the_other(shop: Shop) -> None:
    db = shop.services.db
    for days, price_minor in ((20, 420), (10, 410)):
        await schedule_book(db, PLATFORM_ID, draft(days=days, price_minor=price_minor))
    for days, price_minor in ((0, 370), (9, 370), (11, 410), (19, 410), (21, 420)):
        with later(days):
            sold = await list_packages(shop.services, "US", "web")
        (package,) = [item for item in sold.items if item.coins == 350]
        assert package.total.amount_minor == price_minor, days


async def test_an_order_keeps_its_price_over_the_switch_and_old_packages_are_gone(
    shop: Shop,
) -> None:
    db = shop.services.db
    order = await shop.order(350)
    await schedule_book(db, PLATFORM_ID, draft(days=0.01, price_minor=999))
    old = await shop.package_id(700)
    with later(0.02):
        paid = await shop.paid(order)
        assert paid.amount_minor == 370
        told = shop.provider.notification_of(paid, PaymentEventKind.SUCCEEDED)
        assert await shop.tell(told) == "applied"
        request = OrderRequest(package_id=old, provider="sandbox", country="US")
        with pytest.raises(PackageNotFound):
            await place_order(shop.services, shop.buyer, request, key=None, origin="http://test")
    assert (await shop.wallet()).coins_paid == 350


async def test_a_tax_rate_changes_without_a_new_book(shop: Shop) -> None:
    db = shop.services.db
    before = await list_packages(shop.services, "DE", "web")
    rate = TaxDraft(
        country="DE", name="MwSt.", rate_bp=1600, inclusive=True, valid_from=now() + timedelta(1)
    )
    await schedule_rate(db, PLATFORM_ID, rate)
    assert await list_packages(shop.services, "DE", "web") == before
    with later(2):
        after = await list_packages(shop.services, "DE", "web")
    assert (before.tax_bp, after.tax_bp) == (1900, 1600)
    for old, new in zip(before.items, after.items, strict=True):
        assert (old.id, old.total) == (new.id, new.total)
        assert new.tax.amount_minor < old.tax.amount_minor
        assert new.net.amount_minor + new.tax.amount_minor == new.total.amount_minor
    states = [rate.state for rate in await list_rates(db) if rate.country == "DE"]
    assert states == [BookState.SCHEDULED, BookState.CURRENT]
    await withdraw_rate(db, PLATFORM_ID, "DE", rate.valid_from)
    with later(2):
        assert (await list_packages(shop.services, "DE", "web")).tax_bp == 1900


async def test_a_store_s_package_is_found_by_its_product(shop: Shop) -> None:
    async with shop.services.db.read() as conn:
        found = {
            country: await find_product(
                conn, "coins_330", country_code=country, channel="google_play", at=now()
            )
            for country in ("US", "JP")
        }
        with pytest.raises(PackageNotFound):
            await find_product(conn, "coins_331", country_code="US", channel="app_store", at=now())
        with pytest.raises(NoPriceBook):
            await find_product(conn, "coins_330", country_code="ZZ", channel="app_store", at=now())
        early = now() - timedelta(days=5000)
        with pytest.raises(NoPriceBook):
            await find_product(conn, "coins_330", country_code="US", channel="app_store", at=early)
    assert {offer.coins for offer in found.values()} == {330}
    assert found["US"].package_id != found["JP"].package_id


async def test_only_what_has_not_begun_can_be_withdrawn(shop: Shop) -> None:
    db = shop.services.db
    book_id = (await schedule_book(db, PLATFORM_ID, draft(days=1))).book.id
    with later(0.9999):  # in its last minute before
        with pytest.raises(AppError) as error:
            await withdraw_book(db, PLATFORM_ID, book_id)
        assert error.value.code == "price_book_fixed"
    await withdraw_book(db, PLATFORM_ID, book_id)
    with pytest.raises(AppError) as error:
        await withdraw_book(db, PLATFORM_ID, book_id)
    assert error.value.code == "price_book_not_found"
    with pytest.raises(AppError) as error:
        await withdraw_book(db, PLATFORM_ID, 1)
    assert error.value.code == "price_book_fixed"
    actions = await shop.column(
        "SELECT action FROM audit WHERE action LIKE 'price_book.%%' ORDER BY created_at"
    )
    assert actions == ["price_book.schedule", "price_book.withdraw"]


async def test_books_are_listed_by_pages_with_their_state(shop: Shop) -> None:
    db = shop.services.db
    await schedule_book(db, PLATFORM_ID, draft(days=1))
    await schedule_book(db, PLATFORM_ID, draft(days=2))
    with later(1.5):
        seen, cursor = [], None
        while True:
            page = await list_books(db, country="US", channel="web", limit=2, cursor=cursor)
            seen += [(one.state.value, one.packages[-1].coins) for one in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
    assert seen == [("scheduled", 350), ("current", 350), ("past", 17_500)]


@pytest.fixture
async def operator(users: MakeUser) -> SignedIn:
    return await users("Olga", roles={Role.OPERATOR})


async def test_the_operator_s_api(
    client: httpx.AsyncClient, operator: SignedIn, users: MakeUser
) -> None:
    headers = operator.headers
    address = "/v1/operator/price-books"
    wish = book(packages=[{"coins": 350, "price_minor": 40_000}])
    made = await client.post(address, json=wish, headers=headers)
    assert made.status_code == 201, made.text
    assert "are the digits right?" in made.json()["warnings"][0]
    again = await client.post(address, json=wish, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "price_book_exists")
    wrong = await client.post(address, json=book(days=-1), headers=headers)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "price_book_invalid")
    assert wrong.json()["errors"][0]["field"] == "valid_from"
    listed = await client.get(address, params={"country": "US"}, headers=headers)
    assert listed.json()["items"][0] == made.json()["book"]
    own = f"{address}/{made.json()['book']['id']}"
    assert (await client.delete(own, headers=headers)).status_code == 204
    assert (await client.delete(own, headers=headers)).status_code == 404
    viewer = await users("Vera")
    for method, path in (("GET", address), ("POST", address), ("DELETE", own)):
        answer = await client.request(method, path, headers=viewer.headers, json=wish)
        assert answer.status_code == 403


async def test_tax_rates_by_api(client: httpx.AsyncClient, operator: SignedIn) -> None:
    headers, address = operator.headers, "/v1/operator/tax-rates"
    moment = (now() + timedelta(days=3)).isoformat()
    wish = {"country": "US", "name": "Tax", "rate_bp": 5, "inclusive": False, "valid_from": moment}
    assert (await client.post(address, json=wish, headers=headers)).status_code == 201
    again = await client.post(address, json=wish, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "price_book_exists")
    unknown = await client.post(address, json={**wish, "country": "XX"}, headers=headers)
    assert (unknown.status_code, unknown.json()["code"]) == (422, "country_unknown")
    rates = (await client.get(address, headers=headers)).json()["items"]
    assert [rate["rate_bp"] for rate in rates if rate["country"] == "US"] == [5, 0]
    for status in (204, 409):
        gone = await client.delete(f"{address}/US", params={"valid_from": moment}, headers=headers)
        assert gone.status_code == status


@pytest.fixture
def prices(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Result]:
    """Runs `largesse prices ...`; a JSON value among the words becomes a file."""
    monkeypatch.setenv("DATABASE_URL", database_url)

    def run(*words: Any) -> Result:
        file = tmp_path / "prices.json"
        for word in words:
            if not isinstance(word, str):
                file.write_text(json.dumps(word))
        args = [word if isinstance(word, str) else str(file) for word in words]
        return CliRunner().invoke(prices_app, args)

    return run


def _books(prices: Callable[..., Result]) -> list[Fields]:
    listed = prices("list", "--country", "US", "--json")
    assert listed.exit_code == 0, listed.output
    found: list[Fields] = json.loads(listed.output)["books"]
    return found


def test_the_command_line_checks_schedules_lists_and_withdraws(
    prices: Callable[..., Result],
) -> None:
    rate = {
        "country": "US",
        "name": "Sales tax",
        "rate_bp": 100,
        "inclusive": False,
        "valid_from": (now() + timedelta(days=1)).isoformat(),
    }
    wish = {"tax_rates": [rate], "books": [book(currency="EUR"), book(days=20)]}
    before = _books(prices)
    checked = prices("check", wish)
    assert checked.exit_code == 0, checked.output
    assert "odd: EUR is not the country's currency (USD)." in checked.output
    assert _books(prices) == before
    assert prices("schedule", wish).exit_code == 0
    added = [one for one in _books(prices) if one["state"] == "scheduled"]
    assert [one["currency"] for one in added] == ["USD", "EUR"]
    gone = prices("withdraw", str(added[0]["id"]))
    assert gone.output == f"Book {added[0]['id']} is withdrawn.\n"
    assert [one["id"] for one in _books(prices)] == [added[1]["id"], *(b["id"] for b in before)]
    assert "scheduled" in prices("list").output


def test_a_file_is_stored_whole_or_not_at_all(prices: Callable[..., Result]) -> None:
    before = _books(prices)
    for books in ([book(), book(days=-1)], [book(), {**book(), "channel": "fax"}]):
        refused = prices("schedule", {"books": books})
        assert isinstance(refused.exception, AppError)
        assert refused.exception.code == "price_book_invalid"
    twice = book()
    refused = prices("schedule", {"books": [twice, twice]})
    assert isinstance(refused.exception, AppError)
    assert refused.exception.code == "price_book_exists"
    assert _books(prices) == before


def test_the_shipped_books_pass_their_own_rules(prices: Callable[..., Result]) -> None:
    """As if they were scheduled tomorrow."""
    folder = Path(__file__).parents[2] / "src" / "largesse" / "topups" / "data"
    shipped = json.loads((folder / "price_book.json").read_text())["books"]
    tomorrow = (now() + timedelta(days=1)).isoformat()
    books = []
    for raw in shipped:
        fields = {name: raw[name] for name in ("country", "channel", "currency", "fee_bp")}
        packages = [{n: v for n, v in one.items() if n != "id"} for one in raw["packages"]]
        custom = None
        if "custom_coins_min" in raw:
            custom = {f"coins_{n}": raw[f"custom_coins_{n}"] for n in ("min", "max", "step")}
        books.append({**fields, "valid_from": tomorrow, "packages": packages, "custom": custom})
    checked = prices("check", {"books": books})
    assert checked.exit_code == 0, checked.exception
    assert checked.output.count("would be scheduled.") == len(shipped) == 39

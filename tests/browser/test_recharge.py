"""The recharge page: any amount, codes, offers, limits, and prices that are never older than what is chosen."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from .conftest import DemoServer, VisitorMaker
from .people import Person, enter

pytestmark = pytest.mark.browser


def _shop(page: Page, buyer: Person) -> None:
    enter(page, buyer)
    page.goto("/recharge")
    expect(page.get_by_text("You pay")).to_be_visible()


def _amount(page: Page, coins: str) -> Locator:
    """Type an amount of one's own; the field."""
    page.locator("label", has=page.get_by_role("radio", name="Another amount")).click()
    field = page.get_by_label("How many coins")
    field.fill(coins)
    return field


def _apply(page: Page, code: str) -> None:
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name="Apply").click()


def _pay_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Continue to payment")


def test_an_amount_with_a_code_is_ordered_as_it_was_shown(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    buyer = Person.join(server.url, "Cora")
    page = visitor(refused=True)
    _shop(page, buyer)
    field = _amount(page, "1233")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(_pay_button(page)).to_have_attribute("aria-disabled", "true")
    field.fill("1,230")
    expect(field).not_to_have_attribute("aria-invalid", "true")

    page.get_by_role("button", name="Have a code?").click()
    _apply(page, "NOSUCHCODE")
    expect(page.get_by_text("There is no such code.")).to_be_visible()
    expect(page.get_by_label("Code", exact=True)).to_be_focused()
    _apply(page, "first20")
    expect(page.get_by_text("Your code counts.")).to_be_visible()
    expect(page.get_by_text("+246")).to_be_visible()
    expect(page.get_by_text("Lapses after 90 days if not given")).to_be_visible()
    _pay_button(page).click()
    page.wait_for_url("**/sandbox/checkout/**")
    (order,) = buyer.call("GET", "/orders")["items"]
    assert (order["coins"], order["coins_bonus"], order["package_id"]) == (1230, 246, None)


def test_a_discount_comes_off_the_list_price_with_its_tax(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    buyer = Person.join(server.url, "Dirk", country="DE")
    page = visitor(width=1440)
    _shop(page, buyer)
    page.get_by_role("button", name="Enter the code of 10 % off").click()
    _apply(page, "WELCOME10")
    expect(page.get_by_text("List price, with tax")).to_be_visible()
    body = {"coins": 350, "country": "DE", "code": "WELCOME10"}
    quote = buyer.call("POST", "/quotes", body)
    tax = page.locator("dl div", has=page.get_by_text(re.compile(r"19\s?%")))
    expect(tax).to_contain_text(f"{quote['tax']['amount_minor'] / 100:.2f}")
    total = page.locator("dl div", has=page.get_by_text("You pay"))
    expect(total).to_contain_text(f"{quote['total']['amount_minor'] / 100:.2f}")
    page.get_by_role("button", name="Remove the code").click()
    expect(page.get_by_text("List price, with tax")).to_be_hidden()


def test_free_coins_are_claimed_once(server: DemoServer, visitor: VisitorMaker) -> None:
    buyer = Person.join(server.url, "Clea")
    page = visitor()
    _shop(page, buyer)
    page.get_by_role("button", name="Claim 5 free coins a day").dblclick()
    expect(page.get_by_text("5 coins are in your wallet")).to_be_visible()
    expect(page.get_by_text("Claimed")).to_be_visible()
    assert buyer.coins() == 5
    page.reload()
    expect(page.get_by_text("Claimed")).to_be_visible()
    expect(page.get_by_role("button", name="Claim 5 free coins a day")).to_have_count(0)


def test_more_than_the_limit_is_told_before_anything_is_tried(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    buyer = Person.join(server.url, "Lila")
    page = visitor()
    _shop(page, buyer)
    field = _amount(page, "20010")
    expect(page.get_by_text("You can buy 20,000 more coins now")).to_be_visible()
    expect(_pay_button(page)).to_have_attribute("aria-disabled", "true")
    field.fill("700")
    expect(_pay_button(page)).not_to_have_attribute("aria-disabled", "true")


def _pay_by_card(buyer: Person) -> None:
    checkout = buyer.order(70)["checkout_url"].rsplit("/", 1)[1]
    card = {"card_number": "4242424242424242", "expiry": "12/40", "cvc": "123", "holder": "Nina"}
    assert buyer.call("POST", f"/sandbox/checkouts/{checkout}/pay", card)["state"] == "succeeded"


def test_the_prices_of_another_country_lead_to_the_right_ones(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    buyer = Person.join(server.url, "Nina", country="DE")
    _pay_by_card(buyer)  # in the US
    page = visitor(refused=True)
    _shop(page, buyer)
    country = page.get_by_label("Country of your payment method")
    expect(country).to_have_value("US")
    country.select_option("DE")
    expect(page.get_by_text("Your payments come from United States")).to_be_visible()
    expect(_pay_button(page)).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="Show prices for United States").click()
    expect(country).to_have_value("US")
    expect(_pay_button(page)).not_to_have_attribute("aria-disabled", "true")


def _bonus(operator: Person) -> Any:
    """A bonus that applies by itself, in a country that no other test buys in."""
    start = datetime.now(UTC)
    body = {
        "slug": f"bonus-{uuid.uuid4().hex[:8]}",
        "title": "A fifth on top",
        "description": "For a short while.",
        "kind": "bonus",
        "bp": 2000,
        "countries": ["KR"],
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=5)).isoformat(),
    }
    return operator.call("POST", "/operator/promotions", body)


def test_an_offer_that_ends_meanwhile_stops_the_order_until_its_buyer_agrees(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    operator = Person.known(server.url, "operator@demo.test")
    bonus = _bonus(operator)
    buyer = Person.join(server.url, "Mira", country="KR")
    page = visitor(width=1440)
    _shop(page, buyer)
    expect(page.get_by_text(re.compile("Ends in [45] hr"))).to_be_visible()
    expect(page.get_by_text("+70")).to_be_visible()
    operator.call("POST", f"/operator/promotions/{bonus['slug']}/end")
    _pay_button(page).click()
    expect(page.get_by_role("alert").filter(has_text="The price has changed")).to_be_visible()
    expect(page).to_have_url(re.compile("/recharge$"))
    page.get_by_role("button", name="Choose again").click()
    expect(page.get_by_text("+70")).to_have_count(0)
    _pay_button(page).click()
    page.wait_for_url("**/sandbox/checkout/**")
    assert {each["coins_bonus"] for each in buyer.call("GET", "/orders")["items"]} == {0}


def _lose_the_answer(route: Route) -> None:
    """The server does what it was asked, and nobody hears of it."""
    assert route.fetch().ok
    route.abort()


def test_an_answer_that_is_lost_charges_nothing_and_the_second_try_is_the_same_order(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    buyer = Person.join(server.url, "Pia")
    page = visitor()
    _shop(page, buyer)
    page.route("**/v1/orders", _lose_the_answer, times=1)
    with page.expect_console_message(lambda message: "ERR_FAILED" in message.text):
        _pay_button(page).click()
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    errors = visitor.visitors[-1].errors
    assert errors == ["Failed to load resource: net::ERR_FAILED"]
    errors.clear()
    _pay_button(page).click()
    page.wait_for_url("**/sandbox/checkout/**")
    assert len(buyer.call("GET", "/orders")["items"]) == 1

"""Paying with every kind of card, and what the order page says afterwards."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import DemoServer, VisitorMaker
from .people import Person, enter

pytestmark = pytest.mark.browser

SUCCESS = "4242 4242 4242 4242"
DECLINE = "4000 0000 0000 0002"


def _to_checkout(page: Page, coins: int = 350) -> None:
    page.goto("/recharge")
    page.locator("label", has=page.get_by_role("radio", name=re.compile(rf"^{coins}\b"))).click()
    page.get_by_role("button", name="Continue to payment").click()
    page.wait_for_url("**/sandbox/checkout/**")


def _card(page: Page, number: str) -> None:
    page.get_by_role("button", name=number).click()
    expect(page.get_by_label("Card number")).to_have_value(number)


def test_a_declined_card_is_changed_for_another_on_the_same_order(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    buyer = Person.join(server.url, "Dora")
    page = visitor()
    enter(page, buyer)
    _to_checkout(page)
    _card(page, DECLINE)
    page.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page.get_by_text("The card was declined.")).to_be_visible()
    assert buyer.coins() == 0

    _card(page, SUCCESS)
    page.get_by_role("button", name=re.compile("^Pay")).click()
    page.wait_for_url("**/orders/**")
    expect(page.get_by_role("heading", name="The coins are in your wallet")).to_be_visible()
    steps = page.get_by_role("list", name="Steps of this order")
    expect(steps).to_contain_text("The card was declined")
    assert [each["state"] for each in buyer.call("GET", "/orders")["items"]] == ["credited"]
    assert buyer.coins() == 350


def test_a_double_click_on_pay_charges_once(server: DemoServer, visitor: VisitorMaker) -> None:
    buyer = Person.join(server.url, "Duo")
    page = visitor()
    enter(page, buyer)
    page.goto("/recharge")
    page.get_by_role("button", name="Continue to payment").dblclick()
    page.wait_for_url("**/sandbox/checkout/**")
    _card(page, SUCCESS)
    page.get_by_role("button", name=re.compile("^Pay")).dblclick()
    page.wait_for_url("**/orders/**")
    expect(page.get_by_role("heading", name="The coins are in your wallet")).to_be_visible()
    orders = buyer.call("GET", "/orders")["items"]
    assert len(orders) == 1
    assert buyer.coins() == orders[0]["coins"] + orders[0]["coins_bonus"]


def test_a_payment_page_that_is_left_leads_to_the_order(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    buyer = Person.join(server.url, "Quinn")
    page = visitor()
    enter(page, buyer)
    _to_checkout(page, 70)
    page.get_by_role("button", name="Cancel and go back").click()
    page.wait_for_url("**/orders/**")
    expect(page.get_by_role("heading", name="The payment did not go through")).to_be_visible()
    expect(page.get_by_text("Nothing was charged")).to_be_visible()
    page.get_by_role("link", name="Start again").click()
    page.wait_for_url("**/recharge")
    assert buyer.coins() == 0


def test_a_wrong_card_is_told_field_by_field(server: DemoServer, visitor: VisitorMaker) -> None:
    buyer = Person.join(server.url, "Wren")
    page = visitor(refused=True)
    enter(page, buyer)
    _to_checkout(page)
    number = page.get_by_label("Card number")
    number.fill("5555 5555 5555 4444")
    page.get_by_label("Expiry").fill("0120")
    page.get_by_label("CVC").fill("123")
    page.get_by_label("Name on card").fill("Wren")
    page.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page.get_by_label("Expiry")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("This card has expired")).to_be_visible()
    expect(page.get_by_label("Expiry")).to_be_focused()
    page.get_by_label("Expiry").fill("1240")
    page.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page.get_by_text("Not one of the test cards")).to_be_visible()
    expect(number).to_be_focused()
    assert buyer.coins() == 0


@pytest.mark.parametrize(
    ("outcomes", "title"),
    [
        (["succeed"], "The coins are in your wallet"),
        (["succeed_late"], "The coins are in your wallet"),
        (["succeed_twice"], "The coins are in your wallet"),
        (["decline"], "The payment did not go through"),
        (["succeed", "refund"], "The payment was given back"),
        (["succeed", "dispute"], "The payment is disputed"),
        ([], "Waiting for the payment"),
    ],
    ids=lambda each: "+".join(each) or "open" if isinstance(each, list) else "",
)
def test_the_order_page_explains(
    server: DemoServer, visitor: VisitorMaker, outcomes: list[str], title: str
) -> None:
    buyer = Person.join(server.url, "Otto")
    order = buyer.order(350)
    for outcome in outcomes:
        buyer.settle(order["id"], outcome)
    page = visitor()
    enter(page, buyer)
    page.goto(f"/orders/{order['id']}")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page).to_have_title(f"{title} · Order · Largesse")


def test_an_order_of_somebody_else_is_no_order(server: DemoServer, visitor: VisitorMaker) -> None:
    order = Person.join(server.url, "Mine").order(350)
    page = visitor(refused=True)
    enter(page, Person.join(server.url, "Yours"))
    for address in (order["id"], "nonsense"):
        page.goto(f"/orders/{address}")
        expect(page.get_by_role("heading", name="There is no such order")).to_be_visible()

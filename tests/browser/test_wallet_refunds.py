"""Refunds as buyers meet them: asked for, on their way, failed or not offered; and what else takes coins back."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import DemoServer, VisitorMaker
from .people import Person, enter, live_room
from .refunding import (
    ASK,
    CONFIRM,
    redo_refund,
    refund_card,
    refuse_refunds,
    undo_refund,
)

pytestmark = pytest.mark.browser

KEEP = "Keep them"


def _ask(page: Page) -> None:
    page.get_by_role("button", name=ASK).click()
    page.get_by_role("dialog").get_by_role("button", name=CONFIRM).click()


def _dollars(amount: dict[str, int]) -> str:
    return f"${amount['amount_minor'] / 100:.2f}"


def test_unused_coins_are_given_back_from_the_order_to_the_wallet(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    buyer = Person.join(server.url, "Rune")
    order = buyer.top_up(350)
    buyer.give(live_room(server.url, "Ines Okafor"), "rose", 5)
    offer = buyer.call("GET", f"/orders/{order['id']}/refund")
    back = _dollars(offer["amount"])
    page = visitor()
    enter(page, buyer)
    page.goto(f"/orders/{order['id']}")
    expect(refund_card(page)).to_contain_text(f"345 coins for {back}")

    page.get_by_role("button", name=ASK).click()
    dialog = page.get_by_role("dialog")
    for text in ("345 coins", back, "Sandbox", "cannot be called off"):
        expect(dialog).to_contain_text(text)
    dialog.get_by_role("button", name=KEEP).click()
    expect(dialog).to_be_hidden()
    assert buyer.coins() == 345

    _ask(page)
    expect(refund_card(page)).to_contain_text("Paid back")
    expect(refund_card(page)).to_contain_text("The other coins of this purchase were given away.")
    expect(page.get_by_role("button", name=ASK)).to_be_hidden()
    steps = page.get_by_role("list", name="Steps of this order")
    expect(steps).to_contain_text("The refund was paid out to you")
    assert buyer.coins() == 0
    refunds = buyer.call("GET", f"/orders/{order['id']}/refunds")["items"]
    assert [(each["state"], each["amount"]) for each in refunds] == [("done", offer["amount"])]

    page.goto("/wallet#orders")
    expect(page.get_by_role("row").filter(has_text="Partly given back")).to_be_visible()
    page.get_by_role("tab", name="History").click()
    row = page.get_by_role("row").filter(has_text="goes back to you")
    expect(row).to_contain_text("-345")
    page.goto("/wallet/lots")
    expect(page.get_by_text("Partly given back")).to_be_visible()
    page.get_by_role("img", name="Of 350 coins: 5 spent, 0 left, 345 taken back").click()
    expect(refund_card(page)).to_contain_text("Paid back")


def test_a_whole_purchase_is_given_back_from_its_lot_and_followed(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    buyer = Person.join(server.url, "Pia")
    order = buyer.top_up(70)
    page = visitor(width=1440, height=900)
    enter(page, buyer)
    page.goto(f"/wallet/lots/{order['id']}")
    _ask(page)
    expect(refund_card(page)).to_contain_text("Paid back")
    bar = page.get_by_role("img", name="Of 70 coins: 0 spent, 0 left, 70 taken back")
    expect(bar).to_be_visible()

    (asked,) = buyer.call("GET", f"/orders/{order['id']}/refunds")["items"]
    undo_refund(server, asked["id"])
    page.goto("/wallet#orders")
    page.get_by_role("row").filter(has_text="Refunding").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Your money is on its way back")).to_be_visible()
    expect(refund_card(page)).to_contain_text("Sandbox is paying the money back")
    expect(refund_card(page).get_by_role("status")).to_have_text("On its way")
    redo_refund(server, asked["id"])
    expect(refund_card(page).get_by_role("status")).to_have_text("Paid back")
    expect(page.get_by_role("heading", name="The payment was given back")).to_be_visible()


def test_a_refund_that_fails_brings_the_coins_back_and_may_be_asked_again(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    buyer = Person.join(server.url, "Finn")
    order = buyer.top_up(70)
    refuse_refunds(server, order["id"])
    page = visitor()
    enter(page, buyer)
    page.goto(f"/orders/{order['id']}")
    _ask(page)
    expect(refund_card(page).get_by_role("status")).to_have_text("Failed")
    expect(refund_card(page)).to_contain_text("The coins are in your wallet again")
    expect(page.get_by_role("button", name=ASK)).to_be_visible()
    assert buyer.coins() == 70
    page.goto(f"/wallet/lots/{order['id']}")
    expect(page.get_by_text("The refund did not go through")).to_be_visible()
    page.goto("/wallet#orders")
    expect(page.get_by_role("row").filter(has_text="A refund failed")).to_be_visible()


def test_what_changes_under_the_dialog_is_said_before_anything_moves(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    buyer = Person.join(server.url, "Ulla")
    order = buyer.top_up(70)
    room = live_room(server.url, "Ines Okafor")
    page = visitor(refused=True)
    enter(page, buyer)
    page.goto(f"/orders/{order['id']}")
    page.get_by_role("button", name=ASK).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("70 coins")
    buyer.give(room, "rose", 10)
    dialog.get_by_role("button", name=CONFIRM).click()
    expect(dialog.get_by_role("alert")).to_contain_text("Nothing was given back")
    expect(dialog).to_contain_text("60 coins")
    assert buyer.coins() == 60

    buyer.give(room, "rose", 60)
    dialog.get_by_role("button", name=CONFIRM).click()
    expect(dialog).to_be_hidden()
    expect(refund_card(page)).to_contain_text("were given away")
    assert buyer.call("GET", f"/orders/{order['id']}/refunds")["items"] == []


@pytest.mark.usefixtures("disputes_are_owed")
def test_a_purchase_that_gives_nothing_back_says_why(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    buyer = Person.join(server.url, "Wanda")
    room = live_room(server.url, "Ines Okafor")
    few = buyer.top_up(70)
    buyer.give(room, "rose", 65)
    page = visitor()
    enter(page, buyer)
    page.goto(f"/orders/{few['id']}")
    expect(refund_card(page)).to_contain_text("Too few coins of this purchase are left")

    lost = buyer.top_up(350)
    buyer.give(room, "rose", 100)
    for order, outcome, text in (
        (lost, "dispute", "Your bank is looking into this payment"),
        (few, None, re.compile(r"Your wallet owes \d+ coins?")),
    ):
        if outcome:
            buyer.settle(order["id"], outcome)
        page.goto(f"/orders/{order['id']}")
        expect(refund_card(page)).to_contain_text(text)
        expect(page.get_by_role("button", name=ASK)).to_be_hidden()

    unpaid = Person.join(server.url, "Una")
    other = visitor()
    enter(other, unpaid)
    other.goto(f"/orders/{unpaid.order(70)['id']}")
    expect(other.get_by_role("button", name="Where are my coins?")).to_be_visible()
    expect(refund_card(other)).to_be_hidden()


@pytest.mark.usefixtures("disputes_are_owed")
def test_what_is_owed_is_said_with_what_pays_it_back(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    buyer = Person.join(server.url, "Otto")
    order = buyer.top_up(70)
    buyer.give(live_room(server.url, "Ines Okafor"), "rose", 70)
    buyer.settle(order["id"], "dispute")
    page = visitor()
    enter(page, buyer)
    page.goto("/wallet")
    main = page.get_by_role("main")
    expect(main.get_by_text("left 70 coins owed")).to_be_visible()
    expect(main.get_by_role("link", name="Top up")).to_have_attribute("href", "/recharge")
    row = page.get_by_role("row").filter(has_text="Disputed payment")
    expect(row).to_contain_text("taken by your bank")
    page.get_by_role("link", name="See the disputed order").click()
    page.wait_for_url(f"**/orders/{order['id']}")
    page.goto(f"/wallet/lots/{order['id']}")
    expect(page.get_by_text("what was left is owed")).to_be_visible()

    buyer.top_up(350)
    page.goto("/wallet")
    expect(page.get_by_text("280 coins").first).to_be_visible()
    expect(page.get_by_text("owed")).to_have_count(0)

"""Who cannot pay or give is told so clearly, and nothing is charged."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import DemoServer, VisitorMaker
from .people import Person, enter, live_room

pytestmark = pytest.mark.browser


def open_gifts(page: Page) -> None:
    page.get_by_role("button", name="Send a gift").first.click()


def choose_gift(page: Page, shelf: str, gift: str) -> None:
    page.get_by_role("tab", name=shelf).click()
    page.locator("label", has=page.get_by_role("radio", name=re.compile(f"^{gift}"))).click()


def test_a_minor_neither_buys_nor_gives(server: DemoServer, visitor: VisitorMaker) -> None:
    minor = Person.join(server.url, "Kim", birth_date="2012-05-05")
    page = visitor()
    enter(page, minor)
    page.goto("/recharge")
    expect(page.get_by_text("Coins are for adults").first).to_be_visible()
    expect(page.get_by_text("an age of 18 or more")).to_be_visible()
    pay = page.get_by_role("button", name="Continue to payment")
    expect(pay).to_have_attribute("aria-disabled", "true")
    pay.click(force=True)
    expect(page).to_have_url(re.compile("/recharge$"))

    page.goto(f"/live/{live_room(server.url, 'Ines Okafor')}")
    open_gifts(page)
    choose_gift(page, "Small", "Rose")
    page.get_by_role("button", name=re.compile(r"(S|s)end Rose")).click()
    expect(
        page.get_by_text(re.compile("Coins are for adults|Gifts are for adults"))
    ).to_be_visible()
    assert minor.call("GET", "/orders")["items"] == []


def test_a_gift_beyond_the_budget_leads_to_the_budget(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    viewer = Person.join(server.url, "Bea")
    viewer.top_up(350)
    viewer.call("PUT", "/wallet/budget", {"monthly_coins": 3})
    page = visitor()
    enter(page, viewer)
    page.goto(f"/live/{live_room(server.url, 'Ines Okafor')}")
    open_gifts(page)
    choose_gift(page, "Small", "Finger Heart")
    page.get_by_role("button", name=re.compile("^Send Finger Heart")).click()
    expect(page.get_by_text("That is over your budget")).to_be_visible()
    expect(page.get_by_text("Nothing was charged.")).to_be_visible()
    assert viewer.coins() == 350

    page.get_by_role("link", name="See budget").click()
    page.wait_for_url("**/wallet#budget")
    page.get_by_role("button", name="Change", exact=True).click()
    sheet = page.get_by_role("dialog", name="Monthly budget")
    sheet.get_by_label("Coins a month").fill("not a number")
    expect(sheet.get_by_text("A whole number, 0 or more.")).to_be_visible()
    sheet.get_by_label("Coins a month").fill("100")
    sheet.get_by_role("button", name="Raise in 24 hours").click()
    expect(page.get_by_text("100 coins from")).to_be_visible()
    expect(page.get_by_role("button", name="Change", exact=True)).to_be_focused()


@pytest.mark.usefixtures("disputes_are_owed")
def test_a_wallet_on_hold_says_what_is_owed_and_the_next_top_up_pays_it(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    viewer = Person.join(server.url, "Holly")
    order = viewer.top_up(350)
    viewer.give(live_room(server.url, "Ines Okafor"), "rose", 99)
    viewer.settle(order["id"], "dispute")
    page = visitor()
    enter(page, viewer)
    page.goto("/wallet")
    expect(page.get_by_text("left 99 coins owed")).to_be_visible()
    page.get_by_role("link", name="See the disputed order").click()
    page.wait_for_url(f"**/orders/{order['id']}")
    viewer.top_up(350)
    page.goto("/wallet")
    expect(page.get_by_text("251").first).to_be_visible()
    expect(page.get_by_text("Your wallet is on hold")).to_have_count(0)

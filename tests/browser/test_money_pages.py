"""From buying coins to what became of them: receipts of gifts, lots, statements."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from .conftest import DemoServer, VisitorMaker
from .people import Person, enter, live_room

pytestmark = pytest.mark.browser

INES = "Ines Okafor"


def _month() -> str:
    return f"{datetime.now(UTC):%Y-%m}"


def _figure(page: Page, label: str) -> str:
    """What stands beside a label."""
    line = page.locator("dl > div").filter(
        has=page.locator("dt", has_text=re.compile(rf"^{label}$"))
    )
    return line.locator("dd").first.inner_text()


def test_from_a_purchase_to_the_receipt_the_lot_and_the_statement(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    giver = Person.join(server.url, "Odile")
    order = giver.top_up(350)
    gift = giver.give(live_room(server.url, INES), "rose", 5)
    receipt = giver.call("GET", f"/gifts/{gift['id']}/receipt")
    page = visitor()
    enter(page, giver)

    page.goto("/wallet")
    page.get_by_role("link", name="Rose ×5").click()
    page.wait_for_url(f"**/gifts/{gift['id']}")
    expect(page.get_by_role("heading", name="Rose ×5")).to_be_visible()
    expect(page.get_by_text(f"From you to {INES}")).to_be_visible()
    chain = page.get_by_role("region", name="Paid in USD")
    expect(chain).to_contain_text("Kept by Sandbox.")
    for line in receipt["payment"]["chains"][0]["lines"]:
        amount_minor = line["amount"]["amount_minor"]
        sign = "-" if amount_minor < 0 else ""
        expect(chain).to_contain_text(f"{sign}${abs(amount_minor) / 100:.2f}")
    expect(chain).to_contain_text(f"share {receipt['share_id']}")

    page.get_by_role("link", name=re.compile("Purchase with Sandbox")).click()
    page.wait_for_url(f"**/wallet/lots/{order['id']}")
    expect(page.get_by_role("img", name="Of 350 coins: 5 spent, 345 left")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Rose ×5")).to_contain_text("5 coins")
    page.get_by_role("link", name="Back").click()
    page.wait_for_url("**/wallet/lots")
    expect(page.get_by_role("link").filter(has_text="350 coins")).to_have_attribute(
        "href", f"/wallet/lots/{order['id']}"
    )

    page.get_by_role("link", name="Back").click()
    page.get_by_role("link", name="Statements").click()
    expect(page).to_have_url(re.compile("/wallet/statements"))
    rows = page.get_by_role("row")
    expect(rows.filter(has_text="Top-up")).to_contain_text("+350")
    expect(rows.filter(has_text="1 gift given")).to_contain_text("-5")
    expect(rows.filter(has_text="Now")).to_contain_text("345")
    statement = giver.call("GET", f"/wallet/statements/{_month()}")
    paid_minor = statement["entries"][0]["total"]["amount_minor"]
    assert _figure(page, "Paid").startswith(f"${paid_minor / 100:.2f}")


def test_a_gift_that_lost_its_payment_says_so_to_both(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    giver = Person.join(server.url, "Pavel")
    order = giver.top_up(70)
    gift = giver.give(live_room(server.url, INES), "rose", 10)
    giver.settle(order["id"], "dispute")
    creator = Person.known(server.url, "ines@demo.test")
    address = f"/gifts/{gift['id']}"
    receipt = creator.call("GET", f"{address}/receipt")
    assert receipt["reversed_milli_diamonds"] == receipt["milli_diamonds"]

    for person, title in ((giver, "What it became"), (creator, "What you earned")):
        page = visitor()
        enter(page, person)
        page.goto(address)
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        expect(page.get_by_text("diamonds of this gift were taken back")).to_be_visible()
        assert re.match(r"0\b", _figure(page, "Kept"))

    page = visitor()
    enter(page, giver)
    page.goto(f"/wallet/lots/{order['id']}")
    expect(page.get_by_text("60 coins taken back")).to_be_visible()


def test_a_won_dispute_brings_the_coins_back_to_their_lot(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    buyer = Person.join(server.url, "Rosa")
    order = buyer.top_up(70)
    buyer.settle(order["id"], "dispute_won")
    page = visitor()
    enter(page, buyer)
    page.goto(f"/wallet/lots/{order['id']}")
    expect(page.get_by_text("The payment stands again")).to_be_visible()
    expect(page.get_by_role("img", name="Of 70 coins: 0 spent, 70 left")).to_be_visible()


def test_a_creator_opens_receipts_and_statements_from_the_studio(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    giver = Person.join(server.url, "Tilda")
    giver.top_up(70)
    gift = giver.give(live_room(server.url, INES), "rose", 3)
    creator = Person.known(server.url, "ines@demo.test")
    page = visitor()
    enter(page, creator)
    page.goto("/studio")
    row = page.get_by_role("row").filter(has_text="Tilda")
    row.get_by_role("link", name="Rose ×3").click()
    page.wait_for_url(f"**/gifts/{gift['id']}")
    expect(page.get_by_role("heading", name="What you earned")).to_be_visible()
    expect(page.get_by_role("heading", name="Where your money went")).to_be_hidden()
    assert _figure(page, "Coins").startswith("3")

    page.get_by_role("link", name="Back").click()
    page.get_by_role("link", name="Statements").click()
    expect(page).to_have_url(re.compile("/studio/statements"))
    statement = creator.call("GET", f"/creator/statements/{_month()}")
    expect(page.get_by_role("heading", name="Day by day")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(len(statement["days"]) + 1)


def test_a_month_is_chosen_by_its_address(server: DemoServer, visitor: VisitorMaker) -> None:
    page = visitor()
    enter(page, Person.known(server.url, "ines@demo.test"))
    page.goto("/studio/statements?month=1999-01")
    month = page.get_by_label("Month", exact=True)
    expect(month).to_have_value(_month())
    expect(page.get_by_role("button", name="Month after")).to_be_disabled()
    expect(month.locator("option").nth(1)).to_be_attached()  # the months come with her account
    oldest = month.locator("option").last.get_attribute("value")
    assert oldest is not None
    month.select_option(oldest)
    expect(page).to_have_url(re.compile(rf"month={oldest}$"))
    expect(page.get_by_role("heading", level=2).first).to_be_visible()


def test_a_receipt_of_others_is_no_receipt(server: DemoServer, visitor: VisitorMaker) -> None:
    giver = Person.join(server.url, "Una")
    order = giver.top_up(70)
    gift = giver.give(live_room(server.url, INES), "rose", 1)
    page = visitor(refused=True)
    enter(page, Person.join(server.url, "Vic"))
    for address in (gift["id"], "nonsense"):
        page.goto(f"/gifts/{address}")
        expect(page.get_by_role("heading", name="There is no such receipt")).to_be_visible()
    page.goto(f"/wallet/lots/{order['id']}")
    expect(page.get_by_role("heading", name="There is no such lot")).to_be_visible()
    page.goto("/wallet/lots")
    expect(page.get_by_role("heading", name="No lots yet")).to_be_visible()
    page.goto("/wallet/statements")
    expect(page.get_by_role("heading", name="A quiet month")).to_be_visible()

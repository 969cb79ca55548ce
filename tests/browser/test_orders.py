"""The page of an order: it follows what happens, finds coins that did not come, and leads to a receipt on paper."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from .conftest import DemoServer, VisitorMaker
from .people import Person, enter
from .quality import SHIFT_MAX, obstacles, settle, shifts, watch_shifts

pytestmark = pytest.mark.browser

ASK = "Where are my coins?"


def _pay_silently(server: DemoServer, order_id: str) -> None:
    """The bank takes the money, and its notification never comes."""
    with server.books() as conn:
        done = conn.execute(
            "UPDATE sandbox_payment SET state = 'succeeded', transaction_id = %s WHERE order_id = %s",
            (f"sbx_{order_id}", order_id),
        )
        assert done.rowcount == 1


@contextmanager
def _held(server: DemoServer, order_id: str) -> Iterator[None]:
    """Held within the block; the books know of no payment, so that it must not stay so."""
    with server.books() as conn:
        found = conn.execute(
            "SELECT state, poll_at FROM top_up_order WHERE id = %s", (order_id,)
        ).fetchone()
        conn.execute(
            "UPDATE top_up_order SET state = 'paid', held = true, poll_at = NULL WHERE id = %s",
            (order_id,),
        )
    assert found is not None
    try:
        yield
    finally:
        with server.books() as conn:
            conn.execute(
                "UPDATE top_up_order SET state = %s, held = false, poll_at = %s WHERE id = %s",
                (*found, order_id),
            )


def _ask_often(server: DemoServer, order_id: str) -> None:
    """As if its buyer had asked so often that he must wait, however slowly a page opens meanwhile."""
    with server.books() as conn:
        done = conn.execute(
            "UPDATE rate_limit SET hits = 1000 WHERE bucket = %s", (f"order_check:{order_id}",)
        )
        assert done.rowcount == 1


def _open(page: Page, order_id: str) -> None:
    page.goto(f"/orders/{order_id}")
    expect(page.get_by_role("button", name=ASK)).to_be_visible()


def test_coins_that_did_not_come_are_found_and_added(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    buyer = Person.join(server.url, "Fay")
    order = buyer.order(350)
    page = visitor()
    enter(page, buyer)
    _open(page, order["id"])
    page.get_by_role("button", name=ASK).click()
    expect(page.get_by_text("has no finished payment for this order yet")).to_be_visible()
    expect(page.get_by_role("link", name="Go to the payment page")).to_have_attribute(
        "href", order["checkout_url"]
    )

    _pay_silently(server, order["id"])
    page.get_by_role("button", name=ASK).click()
    expect(page.get_by_text("Found it. Your coins have just been added.")).to_be_visible()
    expect(page.get_by_role("heading", name="The coins are in your wallet")).to_be_visible()
    expect(page.get_by_role("button", name=ASK)).to_be_hidden()
    assert buyer.coins() == 350


def test_asking_all_the_time_is_answered_kindly(server: DemoServer, visitor: VisitorMaker) -> None:
    buyer = Person.join(server.url, "Ida")
    order = buyer.order(70)
    page = visitor(refused=True)
    enter(page, buyer)
    buyer.call("POST", f"/orders/{order['id']}/check")
    _ask_often(server, order["id"])
    _open(page, order["id"])
    page.get_by_role("button", name=ASK).click()
    expect(
        page.get_by_text(re.compile(r"We have just looked.*Ask again in \d+ seconds?"))
    ).to_be_visible()


def test_the_page_follows_the_order_live(server: DemoServer, visitor: VisitorMaker) -> None:
    buyer = Person.join(server.url, "Liv")
    order = buyer.order(350)
    page = visitor()
    enter(page, buyer)
    _open(page, order["id"])
    expect(page.get_by_role("heading", name="Waiting for the payment")).to_be_visible()
    for outcome, title in (
        ("succeed", "The coins are in your wallet"),
        ("dispute", "The payment is disputed"),
    ):
        buyer.settle(order["id"], outcome)
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    steps = page.get_by_role("list", name="Steps of this order")
    expect(steps).to_contain_text("The payment was disputed")


def test_a_held_payment_is_told_as_such(server: DemoServer, visitor: VisitorMaker) -> None:
    buyer = Person.join(server.url, "Hal")
    order = buyer.order(70)
    with _held(server, order["id"]):
        page = visitor()
        enter(page, buyer)
        _open(page, order["id"])
        expect(page.get_by_role("heading", name="Paid, and being looked at")).to_be_visible()
        page.get_by_role("button", name=ASK).click()
        expect(page.get_by_text("you need not pay again").first).to_be_visible()
        page.goto("/wallet#orders")
        expect(page.get_by_role("row").filter(has_text="In review")).to_be_visible()


def test_a_purchase_leads_to_its_receipt_on_one_page(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    buyer = Person.join(server.url, "Paula")
    order = buyer.top_up(350)
    page = visitor()
    enter(page, buyer)
    page.goto("/wallet#orders")
    page.get_by_role("link", name=re.compile("^Receipt of")).click()
    page.wait_for_url(f"**/orders/{order['id']}/receipt")
    paper = page.get_by_role("article", name="Receipt")
    receipt = buyer.call("GET", f"/orders/{order['id']}/receipt?locale=en-US")
    for text in (
        *(order["id"], "Paula", "350 coins", "Largesse", "Sandbox (test cards)"),
        *(receipt[line]["text"] for line in ("net", "tax", "total")),
        *(receipt["date_text"], receipt["transaction_id"]),
    ):
        expect(paper).to_contain_text(text)
    expect(paper).not_to_contain_text("given back")

    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.get_by_role("navigation").first).to_be_hidden()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1
    page.emulate_media(media="screen")

    buyer.settle(order["id"], "refund_part")
    page.reload()
    expect(paper).to_contain_text("Partly given back")
    expect(paper).to_contain_text("Refunded")
    page.get_by_role("link", name="Back").click()
    page.wait_for_url(f"**/orders/{order['id']}")
    expect(page.get_by_role("link", name="Receipt to print")).to_have_attribute(
        "href", f"/orders/{order['id']}/receipt"
    )


def test_a_receipt_that_is_none_says_why(server: DemoServer, visitor: VisitorMaker) -> None:
    buyer = Person.join(server.url, "Nils")
    order = buyer.order(70)
    page = visitor(refused=True)
    enter(page, buyer)
    page.goto(f"/orders/{order['id']}/receipt")
    expect(page.get_by_role("heading", name="No receipt yet")).to_be_visible()
    page.get_by_role("link", name="See the order").click()
    page.wait_for_url(f"**/orders/{order['id']}")

    other = visitor(refused=True)
    enter(other, Person.join(server.url, "Noor"))
    for address in (order["id"], "nonsense"):
        other.goto(f"/orders/{address}/receipt")
        expect(other.get_by_role("heading", name="There is no such receipt")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_both_pages_are_calm_and_usable(
    server: DemoServer, visitor: VisitorMaker, width: int, scheme: str
) -> None:
    buyer = Person.join(server.url, "Cleo")
    lost, done = buyer.order(350), buyer.top_up(70)
    buyer.settle(done["id"], "refund_part")
    _pay_silently(server, lost["id"])
    page = visitor(width=width, scheme=scheme, still=True)
    enter(page, buyer)
    watch_shifts(page)
    found = []
    for address, ready in (
        (f"/orders/{done['id']}/receipt", "Paid after that"),
        (f"/orders/{done['id']}", "Receipt to print"),
        (f"/orders/{lost['id']}", ASK),
    ):
        page.goto(address)
        expect(page.get_by_text(ready).first).to_be_visible()
        settle(page)
        found += [str(each) for each in shifts(page) if each["value"] >= SHIFT_MAX]
        found += obstacles(page)
    page.get_by_role("button", name=ASK).click()
    expect(page.get_by_text("Found it.")).to_be_visible()
    settle(page)
    found += obstacles(page)
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

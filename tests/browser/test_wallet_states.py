"""The pages of refunds and lapsing coins in every state: calm, usable, and tried again when they fail."""

import uuid

import pytest
from playwright.sync_api import Route, expect

from tests.asking import ask

from .conftest import DemoServer, VisitorMaker
from .people import Person, enter, live_room
from .quality import SHIFT_MAX, obstacles, settle, shifts, watch_shifts
from .refunding import ASK, CONFIRM, refund_card

pytestmark = pytest.mark.browser


def test_bonus_coins_that_lapse_say_when(server: DemoServer, visitor: VisitorMaker) -> None:
    buyer = Person.join(server.url, "Bo")
    me = buyer.call("GET", "/me")
    operator = Person.known(server.url, "operator@demo.test")
    for coins, days in ((20, 1), (30, 30)):
        ask(
            "POST",
            f"{server.url}/v1/operator/grants",
            json={
                "user_id": me["id"],
                "coins": coins,
                "reason": "a try",
                "expires_days": days,
            },
            headers={**operator.headers, "Idempotency-Key": str(uuid.uuid4())},
        ).raise_for_status()
    page = visitor()
    enter(page, buyer)
    page.goto("/wallet")
    lapses = page.get_by_role("list", name="Bonus coins that lapse")
    expect(lapses.get_by_role("listitem")).to_have_count(2)
    expect(lapses.get_by_role("listitem").first).to_contain_text("20 coins bonus lapse")


def test_a_refund_that_cannot_be_fetched_can_be_tried_again(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    buyer = Person.join(server.url, "Tea")
    order = buyer.top_up(70)
    page = visitor(refused=True)
    enter(page, buyer)

    def busy(route: Route) -> None:
        route.fulfill(status=429, json={"code": "busy", "title": "Too much at once"})

    page.route("**/v1/orders/*/refund", busy)
    page.goto(f"/orders/{order['id']}")
    expect(refund_card(page).get_by_role("heading", name="Too much at once")).to_be_visible()
    page.unroute("**/v1/orders/*/refund")
    refund_card(page).get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name=ASK)).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_the_pages_are_calm_and_usable(
    server: DemoServer, visitor: VisitorMaker, width: int, scheme: str
) -> None:
    buyer = Person.join(server.url, "Cora")
    part = buyer.top_up(70)
    buyer.give(live_room(server.url, "Ines Okafor"), "rose", 5)
    open_, lost = buyer.top_up(350), buyer.top_up(70)
    buyer.settle(lost["id"], "dispute")
    buyer.call("POST", f"/orders/{part['id']}/refund", {"coins": 65})
    page = visitor(width=width, scheme=scheme, still=True)
    enter(page, buyer)
    watch_shifts(page)
    found: list[object] = []
    for address, ready in (
        ("/wallet#orders", "Partly given back"),
        ("/wallet/lots", "Disputed"),
        (f"/wallet/lots/{part['id']}", "Refunds of this purchase"),
        (f"/orders/{open_['id']}", ASK),
    ):
        page.goto("about:blank")
        page.goto(address)
        shown = page.get_by_text(ready).or_(page.get_by_label(ready))
        expect(shown.first).to_be_visible()
        settle(page)
        moved = shifts(page)
        if sum(each["value"] for each in moved) >= SHIFT_MAX:
            found += [(address, each) for each in moved]
        found += obstacles(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    page.get_by_role("button", name=ASK).click()
    expect(page.get_by_role("button", name=CONFIRM)).to_be_visible()
    settle(page)
    assert [*found, *obstacles(page)] == []

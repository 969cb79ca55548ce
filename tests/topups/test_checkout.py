"""The sandbox's hosted page."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.topups.till import Till, reasons

CARD = {
    "card_number": "4242 4242 4242 4242",
    "expiry": "12/99",
    "cvc": "123",
    "holder": "Vera Test",
}


async def _post(till: Till, checkout_id: str, action: str, body: Any = None) -> httpx.Response:
    """The page has no sign-in of ours: it is another company's."""
    return await till.client.post(f"/v1/sandbox/checkouts/{checkout_id}/{action}", json=body)


async def _pay(till: Till, checkout_id: str, **change: str) -> httpx.Response:
    return await _post(till, checkout_id, "pay", {**CARD, **change})


def _checkout_id(order: dict[str, Any]) -> str:
    return str(order["checkout_url"].rsplit("/", 1)[1])


async def test_the_page_shows_what_is_to_be_paid(till: Till) -> None:
    order = await till.order(350)
    page = (await till.client.get(f"/v1/sandbox/checkouts/{_checkout_id(order)}")).json()
    assert page["state"] == "open"
    assert page["amount"] == order["total"]
    assert page["description"] == "350 coins"
    assert page["order_id"] == order["id"]
    assert page["return_url"] == f"http://test/orders/{order['id']}"
    assert "4242424242424242" in [card["number"] for card in page["test_cards"]]


async def test_a_good_card_credits_and_paying_again_gives_the_same_answer(till: Till) -> None:
    order = await till.order()
    first = await _pay(till, _checkout_id(order))
    second = await _pay(till, _checkout_id(order), card_number="4000000000000002")
    assert first.json() == second.json()
    assert first.json()["state"] == "succeeded"
    assert (await till.show(order))["state"] == "credited"
    assert (await till.wallet())["coins_total"] == 350


async def test_a_declined_card_may_be_followed_by_a_good_one(till: Till) -> None:
    order = await till.order()
    declined = await _pay(till, _checkout_id(order), card_number="4000000000000002")
    assert (declined.status_code, declined.json()["state"]) == (200, "declined")
    assert (await till.show(order))["state"] == "failed"
    assert (await _pay(till, _checkout_id(order))).json()["state"] == "succeeded"
    assert (await till.show(order))["state"] == "credited"


async def test_the_late_card_credits_after_expiry(till: Till) -> None:
    order = await till.order()
    await _pay(till, _checkout_id(order), card_number="4000000000000341")
    after = await till.show(order)
    assert after["state"] == "credited"
    assert "paid_after_expiry" in reasons(after)


async def test_the_disputed_card_pays_and_takes_back(till: Till) -> None:
    order = await till.order()
    page = await _pay(till, _checkout_id(order), card_number="4000000000000259")
    assert page.json()["state"] == "disputed"
    assert (await till.show(order))["state"] == "disputed"
    assert (await till.wallet())["coins_total"] == 0


async def test_leaving_the_page_closes_it(till: Till) -> None:
    order = await till.order()
    left = await _post(till, _checkout_id(order), "cancel")
    assert (left.status_code, left.json()["state"]) == (200, "abandoned")
    assert (await till.show(order))["state"] == "failed"
    answer = await _pay(till, _checkout_id(order))
    assert (answer.status_code, answer.json()["code"]) == (409, "order_not_payable")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"card_number": "4242424242424241"}, "card_number"),
        ({"card_number": "4242"}, "card_number"),
        ({"card_number": "abcd efgh ijkl mnop"}, "card_number"),
        ({"card_number": "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢"}, "card_number"),
        ({"expiry": "10/26"}, "expiry"),
        ({"expiry": "13/30"}, "expiry"),
        ({"expiry": "soon"}, "expiry"),
        ({"cvc": "12"}, "cvc"),
        ({"cvc": "12345"}, "cvc"),
        ({"holder": "  "}, "holder"),
        ({"holder": "x" * 101}, "holder"),
    ],
)
async def test_a_mistyped_card_says_which_field(
    till: Till, change: dict[str, str], field: str
) -> None:
    order = await till.order()
    answer = await _pay(till, _checkout_id(order), **change)
    assert (answer.status_code, answer.json()["code"]) == (422, "card_invalid")
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert (await till.show(order))["state"] == "pending"


async def test_every_wrong_field_is_named_at_once(till: Till) -> None:
    answer = await _pay(
        till, _checkout_id(await till.order()), card_number="1", expiry="", cvc="", holder=""
    )
    fields = [error["field"] for error in answer.json()["errors"]]
    assert fields == ["card_number", "expiry", "cvc", "holder"]


async def test_only_test_cards_are_taken(till: Till) -> None:
    answer = await _pay(till, _checkout_id(await till.order()), card_number="5555555555554444")
    assert (answer.status_code, answer.json()["code"]) == (422, "card_unknown")


async def test_an_unknown_checkout_is_not_found(till: Till) -> None:
    for answer in (
        await till.client.get(f"/v1/sandbox/checkouts/{uuid4()}"),
        await _pay(till, str(uuid4())),
        await _post(till, str(uuid4()), "cancel"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "checkout_not_found")

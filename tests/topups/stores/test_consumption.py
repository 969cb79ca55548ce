"""What Apple learns about the use of a purchase: nothing without consent, else the share of the coins spent."""

from typing import Any

import httpx
import pytest

from largesse.topups.consumption.answers import ANSWER_TASK, answer_consumption, consumption_of
from largesse.topups.consumption.consent import set_consent
from largesse.topups.providers import Consumption, ProviderError
from largesse.topups.schemas import Order
from tests.fixtures_identity import MakeUser
from tests.topups.stores.phone import COINS, Phone

CONSENT = "/v1/me/consumption-consent"


async def _asked(phone: Phone, order: Order) -> dict[str, Any] | None:
    """Apple asks, and the job answers; what Apple learnt."""
    await phone.tell("CONSUMPTION_REQUEST", order.id)
    wanted = (await phone.jobs(ANSWER_TASK))[-1]
    assert wanted["order_id"] == str(order.id)
    await answer_consumption(phone.services, wanted["provider"], order.id, wanted["transaction_id"])
    told: dict[str, Any] | None = phone.store.control("consumption", order.id)
    return told


async def test_without_consent_nothing_is_sent(phone: Phone) -> None:
    order = await phone.credited()
    assert await _asked(phone, order) is None


async def test_a_consent_taken_back_holds(phone: Phone) -> None:
    order = await phone.credited()
    for consented in (True, False):
        await set_consent(phone.services, phone.buyer, consented=consented)
    assert await _asked(phone, order) is None


async def test_with_consent_the_share_spent_is_sent(phone: Phone) -> None:
    order = await phone.credited()
    await set_consent(phone.services, phone.buyer, consented=True)
    for spent, share in ((0, 0), (33, 10_000), (78, 33_630), (COINS - 111, 100_000)):
        if spent:
            await phone.spend(spent)
        assert await _asked(phone, order) == {
            "customerConsented": True,
            "sampleContentProvided": False,
            "deliveryStatus": "DELIVERED",
            "consumptionPercentage": share,
        }


async def test_the_first_coins_bought_are_the_first_spent(phone: Phone) -> None:
    first, second = await phone.credited(), await phone.credited()
    await set_consent(phone.services, phone.buyer, consented=True)
    await phone.spend(COINS + 33)
    for order, share in ((first, 100_000), (second, 10_000)):
        told = await _asked(phone, order)
        assert told is not None
        assert told["consumptionPercentage"] == share


async def test_a_second_payment_was_not_delivered(phone: Phone) -> None:
    order = await phone.credited()
    await set_consent(phone.services, phone.buyer, consented=True)
    phone.store.control("buy_again", order.id)
    told = await _asked(phone, order)
    assert told is not None
    assert (told["deliveryStatus"], told["consumptionPercentage"]) == ("UNDELIVERED_OTHER", 0)


async def test_another_order_than_the_transactions_is_not_answered(phone: Phone) -> None:
    first, second = await phone.credited(), await phone.credited()
    await set_consent(phone.services, phone.buyer, consented=True)
    name = phone.store.control("buy", first.id)
    assert not await answer_consumption(phone.services, "app_store", second.id, name)
    assert not await answer_consumption(phone.services, "app_store", first.id, "1")
    assert phone.store.control("consumption", first.id) is None


async def test_an_answer_that_fails_is_tried_again_by_the_job(phone: Phone) -> None:
    order = await phone.credited()
    await set_consent(phone.services, phone.buyer, consented=True)
    name = phone.store.control("buy", order.id)
    phone.store.trouble(status=500)
    with pytest.raises(ProviderError):
        await answer_consumption(phone.services, "app_store", order.id, name)
    assert await answer_consumption(phone.services, "app_store", order.id, name)
    assert phone.store.control("consumption", order.id) is not None


@pytest.mark.parametrize(
    ("bought", "spent", "used_bp"),
    [(330, 0, 0), (330, 1, 30), (3, 1, 3_333), (3, 2, 6_666), (7, 7, 10_000), (10**12, 1, 0)],
)
def test_no_more_is_claimed_than_was_used(bought: int, spent: int, used_bp: int) -> None:
    assert consumption_of(bought, spent) == Consumption(delivered=True, used_bp=used_bp)


async def test_consent_over_http(http: httpx.AsyncClient, users: MakeUser) -> None:
    headers = (await users("Vera")).headers
    assert (await http.get(CONSENT)).status_code == 401
    assert (await http.put(CONSENT, json={"consented": True})).status_code == 401
    assert (await http.get(CONSENT, headers=headers)).json() == {
        "consented": False,
        "changed_at": None,
    }
    given = (await http.put(CONSENT, json={"consented": True}, headers=headers)).json()
    again = (await http.put(CONSENT, json={"consented": True}, headers=headers)).json()
    assert given["consented"]
    assert given == again == (await http.get(CONSENT, headers=headers)).json()
    taken = (await http.put(CONSENT, json={"consented": False}, headers=headers)).json()
    assert not taken["consented"]
    assert taken["changed_at"] > given["changed_at"]
    others = (await users("Olga")).headers
    assert (await http.get(CONSENT, headers=others)).json()["changed_at"] is None
    for body in ({}, {"consented": None}, {"consented": 1}, {"consented": "yes"}):
        assert (await http.put(CONSENT, json=body, headers=headers)).status_code == 422

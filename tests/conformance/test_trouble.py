"""A provider that is down, slow or refuses: nothing is lost, guessed or done twice."""

from contextlib import suppress

import pytest

from largesse.topups.app_purchases import hand_in
from largesse.topups.errors import BadSignature, ProviderUnreachable
from largesse.topups.providers import PaymentReference, ProviderError
from largesse.types import new_id
from tests.conformance.abilities import Ability, needs
from tests.conformance.behaviours import behaviour
from tests.conformance.harness import store_of, told_facts
from tests.conformance.harnesses.trouble import Trouble
from tests.conformance.till import SUCCEEDED, Till


@behaviour("provider down at checkout")
@needs(Ability.TROUBLE, Ability.PAGE)
async def test_down_at_checkout(till: Till) -> None:
    await _checkout_survives(till, Trouble.DOWN)


@behaviour("slow")
@needs(Ability.TROUBLE, Ability.PAGE)
async def test_slow_at_checkout(till: Till) -> None:
    await _checkout_survives(till, Trouble.SLOW)


@behaviour("500")
@needs(Ability.TROUBLE, Ability.PAGE)
async def test_an_error_at_checkout(till: Till) -> None:
    await _checkout_survives(till, Trouble.ERROR)


@behaviour("429")
@needs(Ability.TROUBLE, Ability.PAGE)
async def test_too_many_at_checkout(till: Till) -> None:
    await _checkout_survives(till, Trouble.TOO_MANY)


@behaviour("provider down at look-up")
@needs(Ability.TROUBLE)
async def test_down_at_look_up(till: Till) -> None:
    await _look_up_survives(till, Trouble.DOWN)


@behaviour("slow")
@needs(Ability.TROUBLE)
async def test_slow_at_look_up(till: Till) -> None:
    await _look_up_survives(till, Trouble.SLOW)


@behaviour("500")
@needs(Ability.TROUBLE)
async def test_an_error_at_look_up(till: Till) -> None:
    await _look_up_survives(till, Trouble.ERROR)


@behaviour("429")
@needs(Ability.TROUBLE)
async def test_too_many_at_look_up(till: Till) -> None:
    await _look_up_survives(till, Trouble.TOO_MANY)


@behaviour("provider down at look-up")
@needs(Ability.TROUBLE, Ability.APPS)
async def test_a_proof_handed_in_while_the_store_is_down(till: Till) -> None:
    """One that has to be asked about is refused for now; one that says it all credits at once."""
    order = await till.paid()
    proof = await store_of(till.harness)[0].proof(order.id)
    name = till.harness.provider.name
    with till.broken(Trouble.DOWN), suppress(ProviderUnreachable):
        await hand_in(till.services, till.buyer, name, proof)
        await till.assert_credited(order)
    assert (await till.stands(order)) in (("pending", 0), ("credited", till.package_coins))
    await hand_in(till.services, till.buyer, name, proof)
    await till.assert_credited(order)


async def _checkout_survives(till: Till, how: Trouble) -> None:
    key = str(new_id())
    with till.broken(how), pytest.raises(ProviderUnreachable):
        await till.order(key)
    order = await till.order(key)
    assert (order.state, order.checkout_url is None) == ("pending", False)
    async with till.services.db.read() as conn:
        cursor = await conn.execute("SELECT id FROM top_up_order")
        assert await cursor.fetchall() == [(order.id,)]
    await till.harness.happen(order.id, SUCCEEDED)
    await till.tell(order, SUCCEEDED)
    await till.assert_credited(order)


async def _look_up_survives(till: Till, how: Trouble) -> None:
    """Told and asked about while the provider fails, then again when it is well."""
    order = await till.paid()
    raw = await till.harness.notify(order.id, SUCCEEDED)
    paid = (await told_facts(till.harness.provider, raw))[-1]
    with till.broken(how):
        with pytest.raises(ProviderError):
            await till.provider.look_up(
                PaymentReference(order.id, transaction_id=paid.transaction_id)
            )
        await till.ask()
        assert await till.stands(order) == ("pending", 0)
        with suppress(ProviderError, BadSignature):  # it is sent again, or swept up
            await till.receive(raw)
        assert await till.stands(order) in (("pending", 0), ("credited", till.package_coins))
    await till.receive(raw)
    await till.ask()
    await till.assert_credited(order)

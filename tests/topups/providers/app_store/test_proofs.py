"""What an app hands in: only what Apple signed, for this app, in this environment, for an order."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from largesse.topups.providers import AppPurchase, PurchaseNotBound, SignatureError
from largesse.topups.providers.app_store import app_store_provider
from tests.topups.providers.app_store.conftest import Shop, said

CHAINS = (
    "foreign", "foreign_with_root", "ended", "unmarked_leaf", "unmarked_middle", "short", "none",
    "hmac",
)  # fmt: skip


async def test_a_proof_is_taken_however_old(shop: Shop) -> None:
    order_id = shop.bought()
    events = await shop.provider.verify_purchase(shop.proof(order_id, age_s=90 * 86_400))
    assert said(events) == [("succeeded", 499)]


@pytest.mark.parametrize("chain", CHAINS)
async def test_other_signers_are_refused(shop: Shop, chain: str) -> None:
    proof = shop.proof(shop.bought(), chain=chain)
    with pytest.raises(SignatureError):
        await shop.provider.verify_purchase(proof)


@pytest.mark.parametrize(
    "change",
    [
        {"environment": "Sandbox"},
        {"environment": "Xcode"},
        {"environment": "LocalTesting"},
        {"environment": None},
        {"bundleId": "com.example.other"},
        {"bundleId": None},
        {"price": "4990"},
        {"price": None},
    ],
)
async def test_other_apps_and_environments_are_refused(shop: Shop, change: dict[str, Any]) -> None:
    proof = shop.proof(shop.bought(), change=change)
    with pytest.raises(SignatureError):
        await shop.provider.verify_purchase(proof)


async def test_production_is_refused_where_the_sandbox_is_set(shop: Shop) -> None:
    sandbox = app_store_provider(shop.settings.model_copy(update={"environment": "Sandbox"}))
    order_id = shop.bought()
    with pytest.raises(SignatureError):
        await sandbox.verify_purchase(shop.proof(order_id))
    proof = shop.proof(order_id, change={"environment": "Sandbox"})
    assert said(await sandbox.verify_purchase(proof)) == [("succeeded", 499)]


async def test_a_purchase_without_our_token_is_not_bound(shop: Shop) -> None:
    with pytest.raises(PurchaseNotBound):
        await shop.provider.verify_purchase(shop.proof(shop.bought(appAccountToken=None)))


async def test_a_product_that_the_app_names_has_to_be_the_signed_one(shop: Shop) -> None:
    proof = shop.proof(shop.bought())
    assert await shop.provider.verify_purchase(replace(proof, product_id="coins_330"))
    with pytest.raises(SignatureError):
        await shop.provider.verify_purchase(replace(proof, product_id="coins_6607"))


async def test_a_changed_proof_is_refused(shop: Shop) -> None:
    mine, others = shop.proof(shop.bought()).token, shop.proof(shop.bought()).token
    head, _, signature = mine.split(".")
    mixed = f"{head}.{others.split('.')[1]}.{signature}"
    for token in (
        mixed,
        f"{head}.{mine.split('.')[1]}.",
        mine + "A",
        head,
        "",
        "..",
        "a.b.c",
        "{}",
    ):
        with pytest.raises(SignatureError):
            await shop.provider.verify_purchase(AppPurchase(token))


async def test_a_refunded_purchase_says_both(shop: Shop) -> None:
    order_id = shop.bought()
    shop.control("refund", order_id, percentage=40_000)
    events = await shop.provider.verify_purchase(shop.proof(order_id))
    assert said(events) == [("succeeded", 499), ("refunded", 200)]


@pytest.mark.parametrize("folder", ["missing", "empty"])
async def test_without_root_certificates_nothing_is_believed(
    shop: Shop, tmp_path: Path, folder: str
) -> None:
    (tmp_path / "empty").mkdir()
    changed = shop.settings.model_copy(update={"root_certificates": tmp_path / folder})
    with pytest.raises(SignatureError):
        await app_store_provider(changed).verify_purchase(shop.proof(shop.bought()))

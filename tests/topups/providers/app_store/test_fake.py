"""The fake, driven by Apple's own library: what it signs, serves and refuses."""

import json
from collections.abc import Callable

import pytest
from appstoreserverlibrary.api_client import APIException, AppStoreServerAPIClient
from appstoreserverlibrary.models.ConsumptionRequest import ConsumptionRequest
from appstoreserverlibrary.models.DeliveryStatus import DeliveryStatus
from appstoreserverlibrary.models.Environment import Environment
from appstoreserverlibrary.models.NotificationTypeV2 import NotificationTypeV2
from appstoreserverlibrary.signed_data_verifier import SignedDataVerifier, VerificationException
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.conformance.harnesses.app_store import AppStoreBackend
from tests.fakes.app_store.books import APP_APPLE_ID, BUNDLE_ID
from tests.fakes.app_store.process import ISSUER_ID, KEY_ID
from tests.topups.providers.app_store.conftest import Shop


@pytest.fixture
def official(running: AppStoreBackend) -> AppStoreServerAPIClient:
    return _client(running, running.running.private_key)


def _client(running: AppStoreBackend, private_key: str) -> AppStoreServerAPIClient:
    client = AppStoreServerAPIClient(
        private_key.encode(), KEY_ID, ISSUER_ID, BUNDLE_ID, Environment.PRODUCTION
    )
    client._base_url = running.running.fake.url
    return client


@pytest.fixture
def verifier(running: AppStoreBackend) -> SignedDataVerifier:
    roots = [path.read_bytes() for path in running.running.roots.iterdir()]
    return SignedDataVerifier(roots, False, Environment.PRODUCTION, BUNDLE_ID, APP_APPLE_ID)


def test_a_transaction_is_served_and_signed(
    shop: Shop, official: AppStoreServerAPIClient, verifier: SignedDataVerifier
) -> None:
    order_id = shop.bought()
    got = official.get_transaction_info(shop.transaction_id(order_id))
    assert got.signedTransactionInfo is not None
    transaction = verifier.verify_and_decode_signed_transaction(got.signedTransactionInfo)
    assert (transaction.appAccountToken, transaction.price) == (str(order_id), 4990)
    with pytest.raises(VerificationException):
        verifier.verify_and_decode_signed_transaction(shop.proof(order_id, chain="foreign").token)


def test_a_notification_is_signed(shop: Shop, verifier: SignedDataVerifier) -> None:
    raw = shop.told("REFUND", shop.bought())
    told = verifier.verify_and_decode_notification(json.loads(raw.body)["signedPayload"])
    assert told.notificationType is NotificationTypeV2.REFUND


def _consumption(**change: object) -> ConsumptionRequest:
    request = ConsumptionRequest(
        customerConsented=True,
        sampleContentProvided=False,
        deliveryStatus=DeliveryStatus.DELIVERED,
        consumptionPercentage=50_000,
    )
    for name, value in change.items():
        setattr(request, name, value)
    return request


def test_consumption_is_taken(shop: Shop, official: AppStoreServerAPIClient) -> None:
    order_id = shop.bought()
    official.send_consumption_information(shop.transaction_id(order_id), _consumption())
    assert shop.control("consumption", order_id)["consumptionPercentage"] == 50_000


@pytest.mark.parametrize(
    "change",
    [
        {"customerConsented": False},
        {"consumptionPercentage": 100_001},
        {"consumptionPercentage": -1},
        {"deliveryStatus": DeliveryStatus.UNDELIVERED_OTHER},
    ],
)
def test_wrong_consumption_is_refused(
    shop: Shop, official: AppStoreServerAPIClient, change: dict[str, object]
) -> None:
    name = shop.transaction_id(shop.bought())
    assert (
        _refusal(lambda: official.send_consumption_information(name, _consumption(**change))) == 400
    )


def test_unknown_and_impossible_transactions_are_refused(
    official: AppStoreServerAPIClient,
) -> None:
    assert _refusal(lambda: official.get_transaction_info("2000000000009999")) == 404
    assert _refusal(lambda: official.get_transaction_info("GPA.1")) == 400


def test_another_key_is_refused(shop: Shop, running: AppStoreBackend) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    name = shop.transaction_id(shop.bought())
    assert _refusal(lambda: _client(running, pem).get_transaction_info(name)) == 401


def _refusal(call: Callable[[], object]) -> int:
    with pytest.raises(APIException) as refused:
        call()
    return refused.value.http_status_code

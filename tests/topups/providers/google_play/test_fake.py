"""Google's own library gets along with the fake, and the fake refuses what Google would refuse."""

import time

import google.auth.exceptions
import google.auth.transport.requests
import google.oauth2.id_token
import google.oauth2.service_account
import httpx
import pytest

from tests.fakes.google_play.process import AUDIENCE, PACKAGE, PUSHER
from tests.topups.providers.google_play.conftest import Shop

SCOPE = "https://www.googleapis.com/auth/androidpublisher"


def _session(shop: Shop, scope: str = SCOPE) -> google.auth.transport.requests.AuthorizedSession:
    credentials = google.oauth2.service_account.Credentials.from_service_account_file(  # type: ignore[no-untyped-call]
        str(shop.running.credentials), scopes=[scope]
    )
    return google.auth.transport.requests.AuthorizedSession(credentials)  # type: ignore[no-untyped-call]


def _app(shop: Shop) -> str:
    return f"{shop.fake.url}/androidpublisher/v3/applications/{PACKAGE}"


def test_the_official_library_gets_access(shop: Shop) -> None:
    order_id, token = shop.paid()
    got = _session(shop).get(f"{_app(shop)}/purchases/productsv2/tokens/{token}")
    assert got.status_code == 200
    assert got.json()["obfuscatedExternalProfileId"] == str(order_id)
    name = got.json()["orderId"]
    order = _session(shop).get(f"{_app(shop)}/orders/{name}").json()
    assert order["total"] == {"currencyCode": "USD", "units": "3", "nanos": 700_000_000}


def test_the_official_library_gets_no_access_for_something_else(shop: Shop) -> None:
    with pytest.raises(google.auth.exceptions.RefreshError):
        _session(shop, "https://www.googleapis.com/auth/cloud-platform").get(_app(shop))


def test_the_official_library_believes_the_tokens_that_are_pushed(shop: Shop) -> None:
    request = google.auth.transport.requests.Request()
    certificates = f"{shop.fake.url}/oauth2/v1/certs"
    for push, good in (({}, True), ({"key": "foreign"}, False)):
        raw = shop.pushed({"packageName": PACKAGE}, **push)
        token = raw.headers["authorization"].removeprefix("Bearer ")
        if good:
            claims = google.oauth2.id_token.verify_token(token, request, AUDIENCE, certificates)
            assert (claims["email"], claims["email_verified"]) == (PUSHER, True)
            assert claims["iss"] == "https://accounts.google.com"
            assert claims["exp"] > time.time()
        else:
            with pytest.raises(ValueError, match="signature"):
                google.oauth2.id_token.verify_token(token, request, AUDIENCE, certificates)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("purchases/productsv2/tokens/unknown", 404),
        ("orders/GPA.0000-0000-0000-00000", 404),
        ("purchases/voidedpurchases?startTime=0&endTime=1&type=0&maxResults=1", 400),
    ],
)
def test_what_google_would_refuse_is_refused(shop: Shop, path: str, status: int) -> None:
    assert _session(shop).get(f"{_app(shop)}/{path}").status_code == status
    other = _app(shop).replace(PACKAGE, "com.example.other")
    assert _session(shop).get(f"{other}/{path}").status_code == 403
    assert httpx.get(f"{_app(shop)}/{path}").status_code == 401


def test_only_what_is_owned_is_consumed(shop: Shop) -> None:
    _, token = shop.paid()
    session, folder = _session(shop), f"{_app(shop)}/purchases/products"
    assert session.post(f"{folder}/coins_70/tokens/{token}:consume").status_code == 400
    assert session.post(f"{folder}/coins_350/tokens/{token}:consume").status_code == 200
    assert session.post(f"{folder}/coins_350/tokens/{token}:consume").status_code == 400
    _, pending = shop.bought()
    assert session.post(f"{folder}/coins_350/tokens/{pending}:consume").status_code == 400

"""Who may notify us, and when."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from largesse.topups.providers import SignatureError
from largesse.topups.providers.stripe.signature import AGE_MAX_S, verify

BODY = b'{"id":"evt_1"}'
AT = datetime(2026, 5, 1, 12, 0, 0, tzinfo=UTC)
SENT_AT = int(AT.timestamp())


def v1(secret: str, sent_at: int = SENT_AT, body: bytes = BODY) -> str:
    return hmac.new(secret.encode(), b"%d." % sent_at + body, hashlib.sha256).hexdigest()


NEW, OLD = v1("whsec_new"), v1("whsec_old")


@pytest.mark.parametrize(
    ("secrets", "header"),
    [
        (["whsec_new"], f"t={SENT_AT},v1={NEW}"),
        (["whsec_new"], f"t={SENT_AT},v1={OLD},v1={NEW}"),
        (["whsec_old", "whsec_new"], f"t={SENT_AT},v1={NEW}"),
        (["whsec_new"], f"t={SENT_AT}, v1={NEW}, v0={'0' * 64}"),
        (["whsec_new"], f"v0=1,v1={NEW},t={SENT_AT}"),
    ],
)
def test_a_signature_by_one_of_the_secrets_is_taken(secrets: list[str], header: str) -> None:
    verify(secrets, header, BODY, AT)
    with pytest.raises(SignatureError):
        verify(secrets, header, BODY + b" ", AT)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "t=,v1=",
        f"t={SENT_AT}",
        f"v1={NEW}",
        f"t={SENT_AT},v0={NEW}",
        f"t={SENT_AT},v1={OLD}",
        f"t={SENT_AT},v1={NEW[:-1]}",
        f"t={SENT_AT},v1={NEW.upper()}",
        f"t={SENT_AT + 1},v1={NEW}",
        f"t={SENT_AT},t={SENT_AT},v1={NEW}",
        f"t=٣,v1={NEW}",
        f"t=-{SENT_AT},v1={NEW}",
    ],
)
def test_other_headers_are_refused(header: str | None) -> None:
    with pytest.raises(SignatureError):
        verify(["whsec_new"], header, BODY, AT)


@pytest.mark.parametrize("off_s", [-AGE_MAX_S, 0, AGE_MAX_S])
def test_age_counts_from_when_it_came_in(off_s: int) -> None:
    header = f"t={SENT_AT},v1={NEW}"
    verify(["whsec_new"], header, BODY, AT + timedelta(seconds=off_s))
    beyond = AT + timedelta(seconds=off_s + (1 if off_s >= 0 else -1) * (AGE_MAX_S + 1))
    with pytest.raises(SignatureError):
        verify(["whsec_new"], header, BODY, beyond)

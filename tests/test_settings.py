"""Settings from the environment: what does not fit together is refused before anything starts; no secret is shown."""

import os
import subprocess
import sys

import pytest

from largesse.payment_settings import ProviderSettings
from largesse.settings import SettingsInvalid, read_settings

SECRET = "sk_live_do_not_show"
WHOLE = {
    "stripe": {"SECRET_KEY": SECRET, "WEBHOOK_SECRET": "whsec_1"},
    "paypal": {
        "CLIENT_ID": "client",
        "CLIENT_SECRET": SECRET,
        "WEBHOOK_ID": "hook",
        "CERTIFICATES": "/etc/paypal",
    },
    "app_store": {
        "BUNDLE_ID": "org.example.tv",
        "APP_APPLE_ID": "42",
        "ENVIRONMENT": "Production",
        "ROOT_CERTIFICATES": "/etc/apple",
        "ISSUER_ID": "issuer",
        "KEY_ID": "key",
        "PRIVATE_KEY": SECRET,
    },
    "google_play": {
        "PACKAGE_NAME": "org.example.tv",
        "CREDENTIALS": "/etc/google.json",
        "PUSH_AUDIENCE": "https://example.org",
        "PUSH_SERVICE_ACCOUNT": "push@example.org",
    },
}


def set_all(monkeypatch: pytest.MonkeyPatch, name: str, **change: str | None) -> None:
    for key, value in {**WHOLE[name], **change}.items():
        full = f"LARGESSE_{name.upper()}_{key}"
        if value is None:
            monkeypatch.delenv(full, raising=False)
        else:
            monkeypatch.setenv(full, value)


def provider_settings(name: str) -> ProviderSettings:
    found: ProviderSettings = getattr(read_settings(), name)
    return found


@pytest.mark.parametrize("name", WHOLE)
def test_a_provider_is_off_until_it_is_configured(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert not provider_settings(name).on
    assert read_settings().providers_off == tuple(WHOLE)
    set_all(monkeypatch, name)
    assert provider_settings(name).on
    assert read_settings().providers_off == tuple(each for each in WHOLE if each != name)


@pytest.mark.parametrize(("name", "left_out"), [(n, key) for n in WHOLE for key in WHOLE[n]])
def test_half_configured_is_refused_by_the_name_of_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, name: str, left_out: str
) -> None:
    set_all(monkeypatch, name, **{left_out: None})
    with pytest.raises(SettingsInvalid) as refused:
        read_settings()
    assert f"LARGESSE_{name.upper()}_{left_out} missing" in str(refused.value)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("blank", ["", "  "])
@pytest.mark.parametrize(("name", "left_blank"), [(n, key) for n in WHOLE for key in WHOLE[n]])
def test_what_is_set_to_nothing_is_missing(
    monkeypatch: pytest.MonkeyPatch, name: str, left_blank: str, blank: str
) -> None:
    set_all(monkeypatch, name, **{left_blank: blank})
    with pytest.raises(SettingsInvalid, match=f"LARGESSE_{name.upper()}_{left_blank} missing"):
        read_settings()
    set_all(monkeypatch, name, **dict.fromkeys(WHOLE[name], blank))
    assert not provider_settings(name).on


def test_digests_are_not_keyed_by_something_short(monkeypatch: pytest.MonkeyPatch) -> None:
    for short in ("", "secret"):
        monkeypatch.setenv("LARGESSE_DIGEST_SECRET", short)
        with pytest.raises(SettingsInvalid, match="digest_secret"):
            read_settings()
    monkeypatch.setenv("LARGESSE_DIGEST_SECRET", "0123456789abcdef")
    assert read_settings().digest_key == b"0123456789abcdef"


@pytest.mark.parametrize(
    "address",
    [
        "http://api.example.org",
        "ftp://127.0.0.1:1",
        "example.org",
        "http://127.0.0.1:80@api.example.org",
        "http://localhost:x@api.example.org",
        "https://127.0.0.1:80@api.example.org",
        "https://",
        "http://127.0.0.1:port",
        "http://[",
    ],
)
def test_secrets_go_only_to_https_or_this_machine(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    set_all(monkeypatch, "stripe", API_BASE=address)
    with pytest.raises(SettingsInvalid, match="https"):
        read_settings()
    set_all(monkeypatch, "stripe", API_BASE="http://127.0.0.1:8099/")
    assert provider_settings("stripe").api_base == "http://127.0.0.1:8099"


def test_stripe_keeps_no_page_open_for_longer_than_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LARGESSE_ORDER_EXPIRY_S", "90000")
    assert read_settings().order_expiry_s == 90_000
    set_all(monkeypatch, "stripe")
    with pytest.raises(SettingsInvalid, match="at most 82800 with Stripe"):
        read_settings()


@pytest.mark.parametrize("environment", ["Xcode", "LocalTesting", "production"])
def test_environments_that_skip_signatures_are_not_offered(
    monkeypatch: pytest.MonkeyPatch, environment: str
) -> None:
    set_all(monkeypatch, "app_store", ENVIRONMENT=environment)
    with pytest.raises(SettingsInvalid):
        read_settings()


def test_the_command_says_it_in_one_sentence() -> None:
    environment = {**os.environ, "LARGESSE_STRIPE_SECRET_KEY": SECRET}
    run = subprocess.run(
        [sys.executable, "-m", "largesse.cli", "ledger", "check"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    said = run.stdout + run.stderr
    assert run.returncode == 1
    assert "LARGESSE_STRIPE_WEBHOOK_SECRET missing" in said
    assert SECRET not in said
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("bus", "kind", "servers"),
    [
        (None, "local", []),
        ("local", "local", []),
        ("postgres", "postgres", []),
        ("nats://one:4222", "nats", ["nats://one:4222"]),
        (
            "nats://u:p@one:4222, tls://two:4223,",
            "nats",
            ["nats://u:p@one:4222", "tls://two:4223"],
        ),
    ],
)
def test_a_bus_is_named_by_a_word_or_by_addresses(
    monkeypatch: pytest.MonkeyPatch, bus: str | None, kind: str, servers: list[str]
) -> None:
    if bus is not None:
        monkeypatch.setenv("LARGESSE_BUS", bus)
    settings = read_settings()
    assert (settings.bus_kind, settings.nats_servers) == (kind, servers)
    assert settings.shares_rooms == (kind != "local")
    assert "u:p" not in repr(settings)


@pytest.mark.parametrize(
    "bus",
    [
        "",
        "rabbit",
        "http://one:4222",
        "nats://:4222",
        "nats://one:port",
        "nats://a,redis://b",
        "nats://user:12/34@one:4222",
        "nats://user:12#34@one",
        "nats://user:12?34@one",
    ],
)
def test_a_bus_that_is_none_is_refused_without_repeating_it(
    monkeypatch: pytest.MonkeyPatch, bus: str
) -> None:
    monkeypatch.setenv("LARGESSE_BUS", bus)
    with pytest.raises(SettingsInvalid, match="bus") as refused:
        read_settings()
    assert not bus or bus not in str(refused.value)


@pytest.mark.parametrize("name", ["a.b", "a b", "*", ">", "", "x" * 41])
def test_a_bus_name_is_one_word(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("LARGESSE_BUS_NAME", name)
    with pytest.raises(SettingsInvalid, match="bus_name"):
        read_settings()

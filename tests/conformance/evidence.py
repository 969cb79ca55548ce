"""What the suite's word on a provider is worth."""

from enum import StrEnum


class Evidence(StrEnum):
    """Strongest first. Whether the provider's own library was used, on either side, makes no difference here."""

    CAPTURE = "provider-signed capture"
    SCHEMA = "provider schema"
    THIRD_PARTY_FAKE = "third-party fake"
    OWN_FAKE = "own fake"
    UNTESTED = "untested"


MEANINGS = {
    Evidence.CAPTURE: "bytes that the provider itself signed and sent are what the test uses",
    Evidence.SCHEMA: "what the test uses is checked against a schema that the provider publishes",
    Evidence.THIRD_PARTY_FAKE: "a pretend provider that others wrote (as stripe-mock) answers",
    Evidence.OWN_FAKE: "a pretend provider that we wrote after the provider's documentation answers and signs",
    Evidence.UNTESTED: "no test",
}

EVIDENCE = {
    "app_store": Evidence.OWN_FAKE,
    "google_play": Evidence.OWN_FAKE,
    "paypal": Evidence.OWN_FAKE,
    "sandbox": Evidence.OWN_FAKE,
    "stripe": Evidence.OWN_FAKE,
}
"""Of every test of a provider. Whoever brings captures or schemas into some of them parts this by behaviour."""

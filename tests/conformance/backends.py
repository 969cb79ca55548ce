"""The providers that the suite runs against. A new one plugs in here."""

from largesse.topups.providers import PaymentEventKind
from tests.conformance.abilities import Ability, Entry, Need
from tests.conformance.harnesses.app_store import app_store_backend
from tests.conformance.harnesses.google_play import google_play_backend
from tests.conformance.harnesses.paypal import paypal_backend
from tests.conformance.harnesses.sandbox import sandbox_backend
from tests.conformance.harnesses.stripe import stripe_backend

_WEB: dict[Need, str] = {
    Ability.APPS: "purchases start on its page; no product and no proof is handed in"
}
_NOTHING_WITHOUT_MONEY = "the app learns it from the store; nothing reaches us before money moved"
_STORE: dict[Need, str] = {
    Ability.PAGE: "purchases start in the app",
    Ability.OUR_PRICE: "the store sets the price per storefront",
    Ability.ASKED_BY_ORDER: "it is asked by its own name of a purchase",
    PaymentEventKind.DECLINED: _NOTHING_WITHOUT_MONEY,
    PaymentEventKind.ABANDONED: _NOTHING_WITHOUT_MONEY,
}
_APPLE_DECIDES = "buyers ask Apple, which decides; merchants cannot refund"
_APPLE_BEARS = "Apple settles disputes with the card's bank itself; it tells of refunds only"

BACKENDS: dict[str, Entry] = {
    "app_store": Entry(
        app_store_backend,
        {
            **_STORE,
            Ability.REFUNDS: _APPLE_DECIDES,
            Ability.PARTIAL_REFUNDS: _APPLE_DECIDES,
            PaymentEventKind.DISPUTED: _APPLE_BEARS,
            PaymentEventKind.DISPUTE_WON: _APPLE_BEARS,
        },
    ),
    "google_play": Entry(
        google_play_backend,
        {
            **_STORE,
            Ability.PARTIAL_REFUNDS: "Google lets developers refund a whole order only",
            PaymentEventKind.ABANDONED: "what was never charged has no amount",
            PaymentEventKind.REFUND_FAILED: "it tells of a refund when it is done, and of none that failed",
            PaymentEventKind.DISPUTE_WON: "Google answers the buyer's bank itself and tells of what it lost",
        },
    ),
    "paypal": Entry(paypal_backend, _WEB),
    "sandbox": Entry(
        sandbox_backend,
        {
            **_WEB,
            Ability.INQUIRIES: "its disputes move money at once",
            Ability.TROUBLE: "it lives in our own process and database, and fails only when we do",
        },
    ),
    "stripe": Entry(stripe_backend, _WEB),
}

"""Which payment providers are switched on."""

import importlib

from largesse.services import Services
from largesse.settings import Settings
from largesse.topups.errors import ProviderNotFound, ProviderUnavailable
from largesse.topups.providers import AppStoreProvider, PaymentProvider
from largesse.topups.providers.sandbox import sandbox_provider


def import_providers(settings: Settings) -> None:
    """While a process starts: whoever paid first would hold it up for half a second, with everybody in its rooms."""
    for name in ("stripe", "paypal", "app_store", "google_play"):
        if name not in settings.providers_off:
            importlib.import_module(f"largesse.topups.providers.{name}")


def enabled_providers(services: Services) -> dict[str, PaymentProvider]:
    """The providers this server works with, by name.

    Each is imported when it is on: the providers' libraries are a fifth of what starting a process costs.
    """
    providers: list[PaymentProvider] = []
    if services.settings.demo:
        providers.append(sandbox_provider(services))
    if services.settings.stripe.on:
        from largesse.topups.providers.stripe import stripe_provider

        providers.append(stripe_provider(services.settings.stripe))
    if services.settings.paypal.on:
        from largesse.topups.providers.paypal import paypal_provider

        providers.append(paypal_provider(services.settings.paypal))
    if services.settings.app_store.on:
        from largesse.topups.providers.app_store import app_store_provider

        providers.append(app_store_provider(services.settings.app_store))
    if services.settings.google_play.on:
        from largesse.topups.providers.google_play import google_play_provider

        providers.append(google_play_provider(services.settings.google_play))
    return {provider.name: provider for provider in providers}


def notified_provider(services: Services, name: str) -> PaymentProvider:
    """The provider a notification is for."""
    provider = enabled_providers(services).get(name)
    if provider is None:
        raise ProviderNotFound
    return provider


def store_provider(services: Services, name: str) -> AppStoreProvider:
    """The store that apps buy at."""
    provider = notified_provider(services, name)
    if not isinstance(provider, AppStoreProvider):
        raise ProviderNotFound
    return provider


def paying_provider(services: Services, name: str, country: str) -> PaymentProvider:
    """The provider a buyer of a country chose to pay with."""
    provider = enabled_providers(services).get(name)
    if provider is None or not provider.methods(country):
        raise ProviderUnavailable
    return provider

"""The App Store: purchases in apps on Apple's devices."""

from largesse.topups.providers.app_store.provider import AppStore, app_store_provider

__all__ = ["AppStore", "app_store_provider"]

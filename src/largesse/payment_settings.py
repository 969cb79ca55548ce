"""Settings of the payment providers, each read from the environment. One without settings is off; a half-configured one
is refused at start.
"""

from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_LOCAL = frozenset({"127.0.0.1", "localhost"})


def may_have_secrets(address: str) -> bool:
    """Whether secrets may be sent to an address: https, or this machine. One that names a user (`http://localhost:1@…`)
    leads elsewhere than it looks."""
    try:
        parts = urlsplit(address)
        known = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
        return known and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return False


def _checked_base(value: str | None) -> str | None:
    if value is not None and not may_have_secrets(value):
        raise ValueError("must be an https address (or this machine, for a fake)")
    return None if value is None else value.rstrip("/")


class ProviderSettings(BaseSettings):
    """What all providers' settings have in common."""

    api_base: str | None = None
    """Another address of the provider's API: its test environment, or a fake on this machine."""

    @field_validator("*", mode="before")
    @classmethod
    def _blank_is_missing(cls, value: Any) -> Any:
        """A variable that is set to nothing, as compose files do, is as good as none."""
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("api_base")
    @classmethod
    def _api_base_is_safe(cls, value: str | None) -> str | None:
        return _checked_base(value)

    @model_validator(mode="after")
    def _all_or_none(self) -> Self:
        missing = [name for name in self.needed() if getattr(self, name) is None]
        if missing and len(missing) < len(self.needed()):
            prefix = self.model_config["env_prefix"]
            names = ", ".join(f"{prefix}{name.upper()}" for name in missing)
            raise ValueError(f"half configured: {names} missing")
        return self

    @classmethod
    def needed(cls) -> tuple[str, ...]:
        """The fields without which the provider cannot work."""
        raise AssertionError("each provider names its own")

    @property
    def on(self) -> bool:
        """Whether the provider is configured."""
        return all(getattr(self, name) is not None for name in self.needed())


class StripeSettings(ProviderSettings):
    """LARGESSE_STRIPE_*."""

    model_config = SettingsConfigDict(
        env_prefix="LARGESSE_STRIPE_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    secret_key: SecretStr | None = None
    webhook_secret: SecretStr | None = None
    """whsec_...; several, separated by commas, while one is replaced by another."""

    @classmethod
    def needed(cls) -> tuple[str, ...]:
        return ("secret_key", "webhook_secret")


class PayPalSettings(ProviderSettings):
    """LARGESSE_PAYPAL_*."""

    model_config = SettingsConfigDict(
        env_prefix="LARGESSE_PAYPAL_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    client_id: str | None = None
    client_secret: SecretStr | None = None
    webhook_id: str | None = None
    certificates: Path | None = None
    """A folder of PayPal's signing certificates, each under the last part of its address."""

    @classmethod
    def needed(cls) -> tuple[str, ...]:
        return ("client_id", "client_secret", "webhook_id", "certificates")


class AppStoreSettings(ProviderSettings):
    """LARGESSE_APP_STORE_*."""

    model_config = SettingsConfigDict(
        env_prefix="LARGESSE_APP_STORE_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    bundle_id: str | None = None
    app_apple_id: int | None = None
    environment: Literal["Production", "Sandbox"] | None = None
    """Xcode and LocalTesting skip the check of signatures: they are not offered."""
    root_certificates: Path | None = None
    """A folder of Apple's root certificates, DER."""
    issuer_id: str | None = None
    key_id: str | None = None
    private_key: SecretStr | None = None
    """The in-app purchase key, PEM."""

    @classmethod
    def needed(cls) -> tuple[str, ...]:
        return (
            "bundle_id", "app_apple_id", "environment", "root_certificates", "issuer_id", "key_id",
            "private_key",
        )  # fmt: skip


class GooglePlaySettings(ProviderSettings):
    """LARGESSE_GOOGLE_PLAY_*."""

    model_config = SettingsConfigDict(
        env_prefix="LARGESSE_GOOGLE_PLAY_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    package_name: str | None = None
    credentials: Path | None = None
    """The service account's key file, JSON."""
    push_audience: str | None = None
    """What Pub/Sub puts into its tokens as audience."""
    push_service_account: str | None = None
    """The e-mail address of the service account that pushes."""

    @classmethod
    def needed(cls) -> tuple[str, ...]:
        return ("package_name", "credentials", "push_audience", "push_service_account")

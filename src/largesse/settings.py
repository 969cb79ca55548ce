"""Settings: one frozen value, read from the environment, checked at start."""

import contextlib
import os
import secrets
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from largesse.bus_access import AccessUnreadable, BusAccess, is_nats_address
from largesse.errors import AppError
from largesse.media_hosts import MediaHost
from largesse.payment_settings import (
    AppStoreSettings,
    GooglePlaySettings,
    PayPalSettings,
    StripeSettings,
)

STRIPE_ORDER_EXPIRY_MAX_S = 82_800
"""Stripe keeps a page open for a day at most, and ours close up to 40 minutes after their order expired."""

_KEY_BYTES = 32


def _data_dir_default() -> Path:
    return Path.cwd() / ".largesse"


class SettingsInvalid(AppError):
    """The environment holds settings that do not fit together."""

    code = "settings_invalid"


def read_settings(**given: object) -> "Settings":
    """The settings of this process. Raises SettingsInvalid, which repeats no value: it could be a secret."""
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False, include_input=False)
        places = (".".join(map(str, place["loc"])) or "settings" for place in wrong)
        words = (one["msg"].removeprefix("Value error, ") for one in wrong)
        told = "; ".join(f"{at}: {said}" for at, said in zip(places, words, strict=True))
        raise SettingsInvalid(told) from None


def kept_key(path: Path) -> bytes:
    """The key in a file, made when it is not there; of two that make it at once both get the first's."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # readable by its owner alone
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(_KEY_BYTES).encode())
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)
    return path.read_bytes()


class SellerSettings(BaseSettings):
    """LARGESSE_SELLER_*: who sells the coins, as receipts name them."""

    model_config = SettingsConfigDict(env_prefix="LARGESSE_SELLER_", frozen=True, extra="ignore")

    name: str = Field(default="Largesse", min_length=1, max_length=200)
    address: str = Field(default="", max_length=500)
    """Lines separated by `|`."""
    tax_id: str = Field(default="", max_length=100)
    """With its kind, e.g. "VAT ID DE123456789"."""

    @property
    def address_lines(self) -> list[str]:
        """The address line by line."""
        return [line.strip() for line in self.address.split("|") if line.strip()]


def _addresses(value: SecretStr) -> list[str]:
    return [each.strip() for each in value.get_secret_value().split(",") if each.strip()]


def _is_postgres_address(address: str) -> bool:
    """Of a password with an unquoted sign the rest would be taken for the server or the database, and shown."""
    try:
        parts = conninfo_to_dict(address)
    except psycopg.ProgrammingError:
        return False
    ports = str(parts.get("port") or "").split(",")
    named = f"{parts.get('host') or ''}{parts.get('dbname') or ''}"
    return "@" not in named and all(not port or port.isdecimal() for port in ports)


class Settings(BaseSettings):
    """Everything an operator can set. Environment names are the field names, upper case, after `LARGESSE_`."""

    model_config = SettingsConfigDict(env_prefix="LARGESSE_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    data_dir: Path = Field(default_factory=_data_dir_default)
    database_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_URL")
    """Any PostgreSQL 16-18. Absent: the embedded server in `data_dir`."""
    workers: int = Field(default=1, ge=1, le=64)
    """Processes of `largesse serve`; each accepts connections and writes a lane of its own."""
    bus: SecretStr | None = None
    """How rooms hear of what other processes commit: `local`, `postgres`, or the addresses of NATS servers
    (`nats://user:password@host:4222,...`). Absent: `postgres` with several workers, else `local`."""
    bus_name: str = Field(default="main", pattern=r"^[A-Za-z0-9_-]{1,40}$")
    """Keeps installations apart that share NATS servers: each has a name of its own."""
    bus_ca: Path | None = None
    """A file with the certificates of who signs those of the NATS servers. Absent: who the system trusts."""
    bus_cert: Path | None = None
    """A file with the certificate that NATS servers ask for, and its chain."""
    bus_key: Path | None = None
    """A file with its key, without a password. Absent: it stands in the file of the certificate."""
    bus_creds: Path | None = None
    """A file with the JWT and the seed of a NATS user (`.creds`)."""
    demo: bool = False
    """Demo users, demo data and the sandbox payment provider."""
    demo_password: SecretStr | None = None
    sandbox_secret: SecretStr = Field(default_factory=lambda: SecretStr(secrets.token_hex(32)))
    """Signs the sandbox provider's notifications; made for this start unless set."""
    public_url: str | None = None
    """Where browsers reach the app, e.g. https://gifts.example.org. Absent: http://host:port."""
    session_days: int = Field(default=30, ge=1, le=365)
    pool_size_max: int = Field(default=10, ge=2, le=200)
    batch_size_max: int = Field(default=512, ge=1, le=4096)
    frame_interval_ms: int = Field(default=50, ge=0, le=1000)
    order_expiry_s: int = Field(default=1800, ge=1)
    head_key: SecretStr | None = None
    """Signs heads of the journal (`largesse ledger keygen`)."""
    digest_secret: SecretStr | None = Field(default=None, min_length=16)
    """Keys the digests of addresses, devices and cards. Absent: made once and kept in `data_dir`; several machines
    on one database must be given the same one."""
    stripe: StripeSettings = Field(default_factory=StripeSettings)
    paypal: PayPalSettings = Field(default_factory=PayPalSettings)
    app_store: AppStoreSettings = Field(default_factory=AppStoreSettings)
    google_play: GooglePlaySettings = Field(default_factory=GooglePlaySettings)
    seller: SellerSettings = Field(default_factory=SellerSettings)
    media_hosts: Annotated[tuple[MediaHost, ...], NoDecode] = ()
    """Hosts, besides this one, that pictures of streams may come from, separated by commas: media.example.org,
    *.example.org, or on one's own machine http://localhost:8888."""
    trust_proxy: bool = False
    """Take the client's address from X-Forwarded-For: only behind a proxy that sets it."""

    @field_validator("data_dir", "bus_ca", "bus_cert", "bus_key", "bus_creds")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return None if value is None else value.expanduser().absolute()

    @field_validator("database_url")
    @classmethod
    def _names_a_database(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _is_postgres_address(value.get_secret_value()):
            raise ValueError(
                "postgresql://user:password@host:port/name, with %40 for @ and %2F for / in a password"
            )
        return value

    @field_validator("media_hosts", mode="before")
    @classmethod
    def _hosts(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(MediaHost.parse(part) for part in value.split(",") if part.strip())

    @field_validator("bus")
    @classmethod
    def _known_bus(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and value.get_secret_value() not in ("local", "postgres"):
            addresses = _addresses(value)
            if not addresses or not all(map(is_nats_address, addresses)):
                raise ValueError("local, postgres, or nats://host:port with commas between")
        return value

    @model_validator(mode="after")
    def _bus_can_be_entered(self) -> Self:
        try:
            self.bus_access.check()
        except AccessUnreadable as error:
            raise ValueError(str(error)) from None
        if self.bus_creds and any(urlsplit(each).username for each in self.nats_servers):
            raise ValueError(
                "with LARGESSE_BUS_CREDS the addresses of LARGESSE_BUS hold no user or token"
            )
        return self

    @model_validator(mode="after")
    def _workers_hear_each_other(self) -> Self:
        if self.workers > 1 and self.bus_kind == "local":
            raise ValueError(
                "several workers need a bus: set LARGESSE_BUS to postgres, or unset it"
            )
        return self

    @model_validator(mode="after")
    def _pages_close_in_time(self) -> Self:
        if self.stripe.on and self.order_expiry_s > STRIPE_ORDER_EXPIRY_MAX_S:
            raise ValueError(
                f"LARGESSE_ORDER_EXPIRY_S is at most {STRIPE_ORDER_EXPIRY_MAX_S} with Stripe"
            )
        return self

    @property
    def shares_rooms(self) -> bool:
        """Other processes serve this database too: rooms tell each other what was committed."""
        return self.bus_kind != "local"

    @property
    def bus_kind(self) -> Literal["local", "postgres", "nats"]:
        """How rooms hear of what other processes commit."""
        if self.bus is None:
            return "postgres" if self.workers > 1 else "local"
        match self.bus.get_secret_value():
            case "local":
                return "local"
            case "postgres":
                return "postgres"
        return "nats"

    @property
    def nats_servers(self) -> list[str]:
        """Their addresses, with credentials; empty with another bus."""
        return _addresses(self.bus) if self.bus and self.bus_kind == "nats" else []

    @property
    def bus_access(self) -> BusAccess:
        """Which NATS servers are trusted, and what they are shown."""
        return BusAccess(self.bus_ca, self.bus_cert, self.bus_key, self.bus_creds)

    @property
    def providers_off(self) -> tuple[str, ...]:
        """Payment providers that have no settings."""
        providers = {
            "stripe": self.stripe,
            "paypal": self.paypal,
            "app_store": self.app_store,
            "google_play": self.google_play,
        }
        return tuple(name for name, settings in providers.items() if not settings.on)

    @cached_property
    def base_url(self) -> str:
        """Public address without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def secure_cookies(self) -> bool:
        """Cookies are marked Secure when browsers come by https."""
        return self.base_url.startswith("https://")

    @cached_property
    def digest_key(self) -> bytes:
        """The key of digests of personal values: the set one, or the one that this data folder keeps."""
        if self.digest_secret is not None:
            return self.digest_secret.get_secret_value().encode()
        return kept_key(self.data_dir / "digest.key")

    @cached_property
    def demo_password_text(self) -> str:
        """The demo users' password: the set one, or one made for this start."""
        if self.demo_password is not None:
            return self.demo_password.get_secret_value()
        return secrets.token_urlsafe(9)

"""What LARGESSE_BUS names: addresses of NATS servers, whom to trust there, and what to show them."""

import base64
import binascii
import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_JWT = re.compile(r"BEGIN NATS USER JWT-+\s+(\S+)\s")
_SEED = re.compile(r"BEGIN USER NKEY SEED-+\s+(\S+)\s")
_SEED_BYTES = 36
_SEED_PREFIX, _USER_PREFIX = 18 << 3, 20 << 3
"""Of the two first bytes of a key's text: that it is a seed, and of a user."""


class AccessUnreadable(OSError):
    """A file that the bus needs cannot be used."""


@dataclass(frozen=True, slots=True)
class BusAccess:
    """Files, read anew for each connection: those that were renewed meanwhile hold from the next one on."""

    authorities: Path | None = None
    """Who signed the servers' certificates; else those whom the system trusts."""
    certificate: Path | None = None
    """Ours, with the chain that leads to its authority."""
    key: Path | None = None
    """Of our certificate, unless it stands in the same file. Without a password: nobody is there to be asked."""
    creds: Path | None = None
    """A user's JWT and seed, as `nsc generate creds` writes them."""

    def load_into(self, context: ssl.SSLContext) -> None:
        """The certificates. Raises AccessUnreadable."""
        try:
            if self.authorities is None:
                context.load_default_certs()
            else:
                context.load_verify_locations(cafile=self.authorities)
        except OSError:
            raise AccessUnreadable("LARGESSE_BUS_CA: no certificates can be read there") from None
        if self.certificate is None:
            return
        try:
            context.load_cert_chain(self.certificate, self.key, password=lambda: b"")
        except OSError:
            raise AccessUnreadable(
                "LARGESSE_BUS_CERT, LARGESSE_BUS_KEY: no certificate and key without a password can be read there"
            ) from None

    def jwt(self) -> bytes:
        """Who we are, as our account says. Raises AccessUnreadable."""
        return self._in_creds(_JWT).encode()

    def sign(self, nonce: str) -> bytes:
        """A server's challenge, in base64: only who has the seed can. Raises AccessUnreadable."""
        # Takes a while to load, and few need it.
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        key = Ed25519PrivateKey.from_private_bytes(_raw_seed(self._in_creds(_SEED)))
        return base64.b64encode(key.sign(nonce.encode()))

    def check(self) -> None:
        """Raises AccessUnreadable now rather than when a server is there."""
        if self.authorities is not None or self.certificate is not None:
            self.load_into(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        if self.key is not None and self.certificate is None:
            raise AccessUnreadable("LARGESSE_BUS_KEY needs LARGESSE_BUS_CERT")
        if self.creds is not None:
            self.jwt()
            self.sign("")

    def _in_creds(self, what: re.Pattern[str]) -> str:
        assert self.creds is not None, "asked for only with credentials"
        try:
            found = what.search(self.creds.read_text("ascii"))
        except (OSError, ValueError):
            found = None
        if found is None:
            raise _unreadable_creds()
        return found[1]


NOTHING_SHOWN = BusAccess()
"""Nor anybody trusted but whom the system trusts."""


def is_nats_address(address: str) -> bool:
    """With nothing behind the port: the rest of a password with an unquoted sign would stand there, and what is before
    it would be taken for the server, and logged."""
    try:
        parts = urlsplit(address)
        if parts.path.strip("/") or parts.query or parts.fragment:
            return False
        return parts.scheme in ("nats", "tls") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _raw_seed(text: str) -> bytes:
    """The 32 bytes of a user's seed: base32 of two bytes that say what it is, the seed, and a checksum."""
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error:
        raise _unreadable_creds() from None
    if len(raw) != _SEED_BYTES or binascii.crc_hqx(raw[:-2], 0) != int.from_bytes(
        raw[-2:], "little"
    ):
        raise _unreadable_creds()
    if (raw[0] & 0xF8, (raw[0] & 0x07) << 5 | raw[1] >> 3) != (_SEED_PREFIX, _USER_PREFIX):
        raise _unreadable_creds()
    return raw[2:-2]


def _unreadable_creds() -> AccessUnreadable:
    return AccessUnreadable("LARGESSE_BUS_CREDS: no JWT and seed of a user can be read there")

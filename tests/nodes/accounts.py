"""An operator with one account and its users, as `nsc` makes them, for servers of a test."""

import base64
import binascii
import json
import time
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_OPERATOR, _ACCOUNT, _USER, _SEED = 14 << 3, 0, 20 << 3, 18 << 3


class Key:
    """A signing key of one of the kinds, and its public name."""

    def __init__(self, kind: int) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.name = _text(bytes([kind]) + self._key.public_key().public_bytes_raw())
        first = bytes([_SEED | kind >> 5, (kind & 31) << 3])
        self.seed = _text(first + self._key.private_bytes_raw())

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data)


class Accounts:
    """The operator, and whom his servers let in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        operator, self._account = Key(_OPERATOR), Key(_ACCOUNT)
        limits = dict.fromkeys(("subs", "data", "payload", "conn", "imports", "exports"), -1)
        operator_jwt = _jwt(operator, operator.name, {"type": "operator"})
        account_jwt = _jwt(operator, self._account.name, {"type": "account", "limits": limits})
        self.server_file = folder / "accounts.conf"
        self.server_file.write_text(
            f"operator: {operator_jwt}\nresolver: MEMORY\n"
            f"resolver_preload: {{ {self._account.name}: {account_jwt} }}\n"
        )

    def creds(self, name: str, *, subject: str, account: Key | None = None) -> Path:
        """The file of a new user who may use one subject; of a strange account he is not let in."""
        user = Key(_USER)
        allowed = {"allow": [subject]}
        claims = {"type": "user", "subs": -1, "data": -1, "payload": -1, "pub": allowed, "sub": allowed}  # fmt: skip
        file = self._folder / f"{name}.creds"
        file.write_text(
            "-----BEGIN NATS USER JWT-----\n"
            f"{_jwt(account or self._account, user.name, claims)}\n"
            "------END NATS USER JWT------\n\n"
            "************************* IMPORTANT *************************\n\n"
            "-----BEGIN USER NKEY SEED-----\n"
            f"{user.seed}\n"
            "------END USER NKEY SEED------\n"
        )
        return file

    @staticmethod
    def stranger() -> Key:
        """An account that the operator does not know."""
        return Key(_ACCOUNT)


def _jwt(issuer: Key, subject: str, claims: dict[str, Any]) -> str:
    header = {"typ": "JWT", "alg": "ed25519-nkey"}
    body = {
        "jti": subject,
        "iat": int(time.time()),
        "iss": issuer.name,
        "name": "tests",
        "sub": subject,
        "nats": {**claims, "version": 2},
    }
    signed = ".".join(_part(json.dumps(each).encode()) for each in (header, body))
    return f"{signed}.{_part(issuer.sign(signed.encode()))}"


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _text(data: bytes) -> str:
    checked = data + binascii.crc_hqx(data, 0).to_bytes(2, "little")
    return base64.b32encode(checked).decode().rstrip("=")

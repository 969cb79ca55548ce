"""Apple's signatures, checked by Apple's library: the chain of certificates up to a root in our folder, Apple's marks
in them, the app, and the environment.

Certificates are not asked about online (OCSP): that is a call to Apple within every notification, and Apple's roots and
marks already decide who may sign. They have to be valid at the time of signing, not now.
"""

import base64
import binascii
import json
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from appstoreserverlibrary.models.Environment import Environment
from appstoreserverlibrary.signed_data_verifier import SignedDataVerifier, VerificationException

from largesse.topups.providers import SignatureError
from largesse.topups.providers.calling import mapping

ENVIRONMENTS = {"Production": Environment.PRODUCTION, "Sandbox": Environment.SANDBOX}
"""Those whose data is signed."""
_T = TypeVar("_T")


def payload_of(signed: str) -> dict[str, Any]:
    """What a JWS says, unchecked. Raises ValueError or TypeError."""
    parts = signed.split(".")
    if len(parts) != 3:
        raise ValueError("not a JWS")
    body = parts[1]
    try:
        return mapping(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))
    except (binascii.Error, RecursionError) as error:
        raise ValueError("not a JWS") from error


class Verifier:
    """Checks what Apple signed for one app in one environment."""

    def __init__(self, roots: Path, bundle_id: str, app_apple_id: int, environment: str) -> None:
        self._roots = roots
        self._bundle_id = bundle_id
        self._app_apple_id = app_apple_id
        self._environment = ENVIRONMENTS[environment]

    def transaction(self, signed: str) -> dict[str, Any]:
        """The payload of a signed transaction. Raises SignatureError."""
        return _checked(signed, self._library.verify_and_decode_signed_transaction)

    def notification(self, signed: str) -> dict[str, Any]:
        """The payload of a signed notification. Raises SignatureError."""
        return _checked(signed, self._library.verify_and_decode_notification)

    @cached_property
    def _library(self) -> SignedDataVerifier:
        return SignedDataVerifier(
            _read_roots(self._roots),
            enable_online_checks=False,
            environment=self._environment,
            bundle_id=self._bundle_id,
            app_apple_id=self._app_apple_id,
        )


def _checked(signed: str, check: Callable[[str], object]) -> dict[str, Any]:
    try:
        check(signed)
        return payload_of(signed)
    except VerificationException as error:
        raise SignatureError(f"not Apple's for this app: {error.status.name}") from error
    except SignatureError:
        raise
    except Exception as error:  # the library lets through whatever reading a strange payload raises
        raise SignatureError(f"cannot be read: {type(error).__name__}") from error


def _read_roots(folder: Path) -> list[bytes]:
    """The certificates of a folder, DER."""
    try:
        found = [path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()]
    except OSError as error:
        raise SignatureError("the folder of root certificates cannot be read") from error
    if not found:
        raise SignatureError("the folder of root certificates is empty")
    return found

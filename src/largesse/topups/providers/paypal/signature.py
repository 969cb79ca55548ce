"""Who sent a notification: checked with certificates on this machine, never with one that its sender points to.

PayPal signs `<transmission id>|<transmission time>|<webhook id>|<CRC32 of the raw body, decimal>` with RSA and SHA-256
(its page on integrating webhooks). A CRC32 can be met by another body, so the signature vouches for the sender, the
webhook (and with it for app and environment) and the time, but for nothing that the body says.
"""

import base64
import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from largesse.topups.providers import RawNotification, SignatureError

TRANSMISSION_ID = "paypal-transmission-id"
TRANSMISSION_TIME = "paypal-transmission-time"
TRANSMISSION_SIG = "paypal-transmission-sig"
CERT_URL = "paypal-cert-url"
AUTH_ALGO = "paypal-auth-algo"
HEADERS = frozenset({TRANSMISSION_ID, TRANSMISSION_TIME, TRANSMISSION_SIG, CERT_URL, AUTH_ALGO})

AGE_MAX = timedelta(days=3, hours=1)
"""PayPal is said to repeat a notification up to 25 times in three days (not verified); an hour for slow ways."""
AHEAD_MAX = timedelta(minutes=5)
"""How far PayPal's clock may be ahead of ours."""
_NAME = re.compile(r"[A-Za-z0-9._-]{1,200}", re.ASCII)
_HEADER = re.compile(r"[!-{}~]{1,2000}", re.ASCII)  # no blanks, and no `|` that could shift fields


@dataclass(frozen=True, slots=True)
class _Chain:
    """A signing certificate, and what its file holds besides."""

    leaf: x509.Certificate
    others: list[x509.Certificate]


def verify(certificates: Path, webhook_id: str, raw: RawNotification) -> None:
    """Raise SignatureError unless PayPal sent this to our webhook within its time for repeating.

    `certificates`: a folder with PayPal's signing certificates (PEM), each under the last part of its address, and the
    certificates of the authorities above them.
    """
    fields = {name: raw.headers.get(name, "") for name in HEADERS}
    if not all(_HEADER.fullmatch(value) for value in fields.values()):
        raise SignatureError("a header of the signature is missing or malformed")
    if fields[AUTH_ALGO] != "SHA256withRSA":
        raise SignatureError("another kind of signature than PayPal's")
    _check_age(fields[TRANSMISSION_TIME], raw.received_at)
    leaf = _trusted_leaf(certificates, fields[CERT_URL], raw.received_at)
    crc32 = zlib.crc32(raw.body)
    signed = f"{fields[TRANSMISSION_ID]}|{fields[TRANSMISSION_TIME]}|{webhook_id}|{crc32}"
    _check_signature(leaf, fields[TRANSMISSION_SIG], signed.encode())


def _check_age(sent: str, received_at: datetime) -> None:
    try:
        sent_at = datetime.fromisoformat(sent)
    except ValueError as error:
        raise SignatureError("no time of sending") from error
    if sent_at.tzinfo is None:
        sent_at = sent_at.replace(tzinfo=UTC)
    if not -AHEAD_MAX <= received_at - sent_at <= AGE_MAX:
        raise SignatureError("the notification is too old, or from the future")


def _check_signature(leaf: x509.Certificate, signature: str, signed: bytes) -> None:
    key = leaf.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise SignatureError("the certificate is not for this kind of signature")
    try:
        key.verify(base64.b64decode(signature, validate=True), signed, padding.PKCS1v15(), SHA256())
    except (ValueError, InvalidSignature) as error:
        raise SignatureError("the signature does not fit") from error


def _trusted_leaf(folder: Path, url: str, at: datetime) -> x509.Certificate:
    """The certificate a notification names, if it is on this machine, is PayPal's, and valid now."""
    chain = _named_chain(folder, url)
    try:
        names = chain.leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        own = [name for name in names.get_values_for_type(x509.DNSName) if _is_paypal(name)]
    except (x509.ExtensionNotFound, ValueError) as error:
        raise SignatureError("the certificate names nobody") from error
    if not own:
        raise SignatureError("the certificate is not PayPal's")
    authorities = _authorities(folder)
    roots = [one for one in authorities if one.subject == one.issuer]
    if not roots:
        raise SignatureError("there is no root certificate to check against")
    builder = PolicyBuilder().store(Store(roots)).time(at)
    try:
        verifier = builder.build_server_verifier(x509.DNSName(own[0]))
        verifier.verify(chain.leaf, [*chain.others, *authorities])
    except (VerificationError, ValueError) as error:
        raise SignatureError("the certificate is not valid") from error
    return chain.leaf


def _named_chain(folder: Path, url: str) -> _Chain:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise SignatureError("the certificate has no address") from error
    name = parts.path.rpartition("/")[2]
    if parts.scheme != "https" or not _is_paypal(parts.hostname or ""):
        raise SignatureError("the certificate's address is not PayPal's")
    if not _NAME.fullmatch(name) or set(name) == {"."}:
        raise SignatureError("the certificate has no name")
    try:
        leaf, *others = x509.load_pem_x509_certificates((folder / name).read_bytes())
    except (OSError, ValueError) as error:
        raise SignatureError(f"no usable certificate {name} in the folder") from error
    return _Chain(leaf, others)


def _authorities(folder: Path) -> list[x509.Certificate]:
    """Every certificate in the folder that may sign others."""
    found = []
    for path in sorted(folder.iterdir()):
        try:
            found += x509.load_pem_x509_certificates(path.read_bytes())
        except (OSError, ValueError):
            continue  # a note of the operator, say
    return [one for one in found if _may_sign(one)]


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except (x509.ExtensionNotFound, ValueError):
        return False
    return extension.value.ca


def _is_paypal(name: str) -> bool:
    return name == "paypal.com" or name.endswith(".paypal.com")

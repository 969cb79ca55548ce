"""Signs as the App Store does, with certificates made at start; also with ones that must not be trusted."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

_YEAR = timedelta(days=365)
_LEAF_OID = "1.2.840.113635.100.6.11.1"
_INTERMEDIATE_OID = "1.2.840.113635.100.6.2.1"
_USES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
    "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


@dataclass(frozen=True)
class Holder:
    """A key with its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def _certify(name: str, above: Holder | None, oid: str | None, until: datetime) -> Holder:
    """A certificate signed by the one above it, or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    authority = oid != _LEAF_OID and not name.startswith("leaf")
    used = ("key_cert_sign", "crl_sign") if authority else ("digital_signature",)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuing = above.key if above else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above.certificate.subject if above else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(until - 5 * _YEAR)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**{use: use in used for use in _USES}), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing.public_key()), critical=False
        )
    )
    if oid is not None:
        mark = x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), b"\x05\x00")
        builder = builder.add_extension(mark, critical=False)
    return Holder(key, builder.sign(issuing, hashes.SHA256()))


class Signer:
    """Writes the root certificate that an operator would fetch, and signs."""

    def __init__(self, folder: Path) -> None:
        now = datetime.now(UTC)
        later, ended = now + 2 * _YEAR, now - 30 * timedelta(days=1)
        root = _certify("root", None, None, later)
        middle = _certify("middle", root, _INTERMEDIATE_OID, later)
        plain = _certify("plain middle", root, None, later)
        other_root = _certify("other root", None, None, later)
        other = _certify("other middle", other_root, _INTERMEDIATE_OID, later)
        self._chains = {
            "good": (_certify("leaf", middle, _LEAF_OID, later), middle, root),
            "ended": (_certify("leaf ended", middle, _LEAF_OID, ended), middle, root),
            "unmarked_leaf": (_certify("leaf unmarked", middle, None, later), middle, root),
            "unmarked_middle": (_certify("leaf", plain, _LEAF_OID, later), plain, root),
            "foreign": (_certify("leaf", other, _LEAF_OID, later), other, other_root),
            "foreign_with_root": (_certify("leaf", other, _LEAF_OID, later), other, root),
        }
        (folder / "root.cer").write_bytes(root.der())

    def sign(self, payload: dict[str, Any], chain: str = "good") -> str:
        """A JWS; `short` leaves the root out, `none` has no certificates, `hmac` is not signed by a key pair."""
        if chain == "hmac":
            return jwt.encode(payload, "a secret that everybody may know", algorithm="HS256")
        holders = self._chains.get(chain, self._chains["good"])
        listed = {"short": holders[:2], "none": ()}.get(chain, holders)
        certificates = [base64.b64encode(holder.der()).decode() for holder in listed]
        return jwt.encode(payload, holders[0].key, algorithm="ES256", headers={"x5c": certificates})

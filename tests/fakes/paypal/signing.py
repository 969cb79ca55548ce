"""Signs notifications as PayPal does, with certificates made at start; also with ones that must not be trusted."""

import base64
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOST = "messageverificationcerts.paypal.com"
_FOLDER = "https://api.paypal.com/v1/notifications/certs"
_YEAR = timedelta(days=365)
_USES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
    "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(*allowed: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{use: use in allowed for use in _USES})


@dataclass
class Authority:
    """A certificate authority."""

    name: str
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def make_authority(name: str) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 3 * _YEAR)
        .not_valid_after(now + 3 * _YEAR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return Authority(name, key, builder.sign(key, hashes.SHA256()))


def make_leaf(
    authority: Authority, key: rsa.RSAPrivateKey, host: str, until: datetime
) -> x509.Certificate:
    above = authority.key.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(host))
        .issuer_name(_name(authority.name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(until - _YEAR)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above), critical=False)
    )
    return builder.sign(authority.key, hashes.SHA256())


class Signer:
    """Writes the folder that an operator would fill, and signs."""

    def __init__(self, folder: Path, webhook_id: str) -> None:
        self._webhook_id = webhook_id
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        known, foreign = make_authority("Pretend Root"), make_authority("Pretend Other Root")
        now = datetime.now(UTC)
        self._write(folder / "root.pem", known.certificate)
        for name, authority, host, until in (
            ("CERT-good", known, HOST, now + _YEAR / 2),
            ("CERT-ended", known, HOST, now - timedelta(days=1)),
            ("CERT-host", known, "www.example.com", now + _YEAR / 2),
            ("CERT-lookalike", known, "notpaypal.com", now + _YEAR / 2),
            ("CERT-foreign", foreign, HOST, now + _YEAR / 2),
        ):
            self._write(folder / name, make_leaf(authority, self._key, host, until))

    def _write(self, path: Path, certificate: x509.Certificate) -> None:
        path.write_bytes(certificate.public_bytes(Encoding.PEM))

    def headers(
        self,
        body: bytes,
        *,
        age_s: float = 0.0,
        certificate: str = "CERT-good",
        webhook_id: str | None = None,
    ) -> dict[str, str]:
        """The headers of a delivery whose first attempt was `age_s` ago."""
        sent = datetime.now(UTC) - timedelta(seconds=age_s)
        name, at = str(uuid4()), sent.strftime("%Y-%m-%dT%H:%M:%SZ")
        signed = f"{name}|{at}|{webhook_id or self._webhook_id}|{zlib.crc32(body)}"
        signature = self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return {
            "paypal-auth-algo": "SHA256withRSA",
            "paypal-cert-url": f"{_FOLDER}/{certificate}",
            "paypal-transmission-id": name,
            "paypal-transmission-sig": base64.b64encode(signature).decode(),
            "paypal-transmission-time": at,
        }

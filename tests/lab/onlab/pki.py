# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the certificates of pkitable.py, and reads them back."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import ipaddress
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Union

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID, ObjectIdentifier

from onlab import der as writer
from onlab.pkitable import BY_PATH, ROWS, VERSION, Row

MASA_URL = ObjectIdentifier("1.3.6.1.5.5.7.1.32")  # RFC 8995 2.3.2
FOREVER = datetime(9999, 12, 31, 23, 59, 59)  # RFC 5280 4.1.2.5
DAY = timedelta(days=1)

HASH_OF_ROOT_KEY = ObjectIdentifier("1.3.6.1.4.1.51483.2.1")  # RFC 8649 3
CURVES = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}

PrivateKey = Union[ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey]


@dataclass(frozen=True)
class Identity:
    """A certificate with its private key and the intermediates below its root."""

    cert: x509.Certificate
    key: PrivateKey
    chain: tuple  # intermediates, issuer first, without the root

    @property
    def certs(self) -> tuple:
        return (self.cert, *self.chain)


def make_key(kind: str) -> PrivateKey:
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(CURVES[kind])


def _subject(row: Row) -> x509.Name:
    parts = [(NameOID.ORGANIZATION_NAME, row.organization), (NameOID.COMMON_NAME, row.cn)]
    if row.serial:
        parts.append((NameOID.SERIAL_NUMBER, row.serial))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _ia5(text: str) -> bytes:
    return bytes([0x16, len(text)]) + text.encode("ascii")


class Maker:
    """Makes the rows in order; an issuer stands above what it issues."""

    def __init__(self, seed_date: datetime):
        self.seed_date = seed_date
        self.made: dict[str, Identity] = {}

    def make(self, row: Row) -> Identity:
        key = self.made[row.key[1:]].key if row.key.startswith("=") else make_key(row.key)
        parent = self.made[row.issuer] if row.issuer else None
        signer = parent.key if parent else key
        starts = self.seed_date + row.starts * DAY
        builder = (
            x509.CertificateBuilder()
            .subject_name(_subject(row))
            .issuer_name(parent.cert.subject if parent else _subject(row))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(starts)
            .not_valid_after(FOREVER if row.days is None else starts + row.days * DAY)
        )
        for extension, critical in self._extensions(row, key, parent):
            builder = builder.add_extension(extension, critical)
        cert = builder.sign(signer, hashes.SHA256())
        chain = parent.certs if row.issuer and BY_PATH[row.issuer].issuer else ()
        identity = Identity(cert, key, tuple(chain))
        self.made[row.path] = identity
        return identity

    def _extensions(self, row: Row, key: PrivateKey, parent: Identity | None) -> Iterable:
        """RFC 5280 4.2, CAs with room for one more; RFC 8995's own IDevIDs have none of these."""
        if row.masa_url:
            yield x509.UnrecognizedExtension(MASA_URL, _ia5(row.masa_url)), False
        if row.bare:
            return
        if row.ca:
            yield x509.BasicConstraints(True, None if row.issuer is None else 0), True
        yield _key_usage(row), True
        model = self.made[row.ski_of].cert if row.ski_of else None
        yield _key_identifier(model.public_key() if model else key.public_key()), False
        if parent:
            yield _authority(parent.cert), False
        if row.eku:
            yield x509.ExtendedKeyUsage(row.eku), False
        if row.announces:
            value = _hash_of_root_key(self.made[row.announces].cert)
            yield x509.UnrecognizedExtension(HASH_OF_ROOT_KEY, value), False
        if row.names:
            yield x509.SubjectAlternativeName(map(_general_name, row.names)), False


def _key_identifier(public_key) -> x509.SubjectKeyIdentifier:
    return x509.SubjectKeyIdentifier.from_public_key(public_key)


def _authority(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    ski = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ski)


def _key_usage(row: Row) -> x509.KeyUsage:
    uses = ("key_cert_sign", "crl_sign") if row.ca else row.uses
    return x509.KeyUsage(
        **{name: name in uses for name in (
            "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
            "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
        )}
    )  # fmt: skip


def _hash_of_root_key(next_root: x509.Certificate) -> bytes:
    """RFC 8649 3: HashedRootKey ::= SEQUENCE { hashAlg AlgorithmIdentifier,
    hashValue OCTET STRING }, over the SubjectPublicKeyInfo of the root to come."""
    digest = hashlib.sha256(spki(next_root)).digest()
    return writer.seq(writer.seq(writer.oid("2.16.840.1.101.3.4.2.1")), writer.octets(digest))


def pem(cert: x509.Certificate) -> bytes:
    return cert.public_bytes(serialization.Encoding.PEM)


def der(cert: x509.Certificate) -> bytes:
    return cert.public_bytes(serialization.Encoding.DER)


def spki(cert: x509.Certificate) -> bytes:
    """The SubjectPublicKeyInfo, which key pins are made of."""
    return cert.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _key_pem(key: PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _mismatched_key_pem(public: ec.EllipticCurvePublicKey) -> bytes:
    """An ECPrivateKey whose public half is somebody else's.

    OpenSSL compares public halves only when it pairs key and certificate, so a TLS server will
    present the certificate and then sign with the wrong key: what a thief of certificates does.
    """
    encoding = serialization.Encoding.X962
    point = serialization.PublicFormat.UncompressedPoint
    own = make_key("p256")
    good = own.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    bent = good.replace(
        own.public_key().public_bytes(encoding, point), public.public_bytes(encoding, point)
    )
    body = base64.encodebytes(bent).decode()
    return f"-----BEGIN EC PRIVATE KEY-----\n{body}-----END EC PRIVATE KEY-----\n".encode()


def _write(base: Path, row: Row, identity: Identity, stray: bytes) -> None:
    base.parent.mkdir(parents=True, exist_ok=True)
    certs = b"".join(map(pem, identity.certs)) + stray * row.copies
    base.with_name(base.name + ".pem").write_bytes(certs)
    public = identity.key.public_key()
    key = _mismatched_key_pem(public) if row.foreign_key else _key_pem(identity.key)
    key_file = base.with_name(base.name + ".key")
    with open(os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(key)


def _make_all(directory: Path, seed_date: datetime) -> None:
    maker = Maker(seed_date)
    for row in ROWS:
        maker.make(row)
    stray = pem(maker.made["other/root"].cert)
    for row in ROWS:
        _write(directory / row.path, row, maker.made[row.path], stray)


def ensure(directory: Path, seed_date: datetime | None = None) -> bool:
    """Makes the PKI unless it is there already.  True if it was made."""
    directory.mkdir(parents=True, exist_ok=True)
    marker = directory / "pki.json"
    with open(directory / ".pki-lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if marker.exists() and json.loads(marker.read_text()).get("version") == VERSION:
            return False
        date = (seed_date or utc_now()).replace(microsecond=0)
        _make_all(directory, date)
        marker.write_text(json.dumps({"version": VERSION, "date": f"{date.isoformat()}Z"}) + "\n")
    return True


def utc_now() -> datetime:
    """Without a zone, as certificates have it."""
    return datetime.now(timezone.utc).replace(tzinfo=None)


def validity(cert: x509.Certificate) -> tuple[datetime, datetime]:
    """First and last moment; cryptography 42 has other names for them, and warns of the old."""
    if hasattr(cert, "not_valid_after_utc"):
        first, last = cert.not_valid_before_utc, cert.not_valid_after_utc
        return first.replace(tzinfo=None), last.replace(tzinfo=None)
    return cert.not_valid_before, cert.not_valid_after


def read_certs(path: Path) -> list:
    """All certificates of a PEM file, in file order."""
    blocks = path.read_bytes().split(b"-----END CERTIFICATE-----")
    end = b"-----END CERTIFICATE-----\n"
    return [x509.load_pem_x509_certificate(block + end) for block in blocks[:-1]]


def load(directory: Path, name: str) -> Identity:
    """Reads DIR/NAME.pem and DIR/NAME.key."""
    cert, *chain = read_certs(directory / f"{name}.pem")
    key = serialization.load_pem_private_key((directory / f"{name}.key").read_bytes(), None)
    return Identity(cert, key, tuple(chain))


def subject_serial(cert: x509.Certificate) -> str | None:
    """The device's serial number: X520SerialNumber of the subject, RFC 8995 2.3.1."""
    found = cert.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    return str(found[0].value) if len(found) == 1 else None


def extended_usages(cert: x509.Certificate) -> list:
    try:
        return list(cert.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return []


def share(base: Path, directory: Path) -> None:
    """The PKI of one directory in another as well: nobody writes to what is there."""
    for entry in base.iterdir():
        (directory / entry.name).symlink_to(entry)

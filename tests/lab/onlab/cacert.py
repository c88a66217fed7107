# SPDX-License-Identifier: GPL-2.0-or-later
"""X.509 as the lab's CA needs it: reading, building, and a path to an anchor."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable

from cryptography.hazmat.primitives import serialization

from onlab import cmpcrypto, der
from onlab.cmpoids import (
    AT_SERIAL_NUMBER, CE_AUTHORITY_KEY_ID, CE_BASIC_CONSTRAINTS, CE_EXT_KEY_USAGE, CE_KEY_USAGE,
    CE_SUBJECT_KEY_ID,
)  # fmt: skip

KU_DIGITAL_SIGNATURE, KU_KEY_ENCIPHERMENT, KU_KEY_CERT_SIGN = 0, 2, 5
Extensions = dict[str, tuple[bool, bytes]]


def read_extensions(sequence: bytes) -> Extensions:
    """Extensions ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE {
    extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }"""
    found: Extensions = {}
    fields = der.Der(sequence).enter(der.SEQUENCE)
    while fields:
        one = fields.enter(der.SEQUENCE)
        name, critical = one.oid(), False
        if one.at(der.BOOLEAN):
            critical = one.boolean()
            if not critical:
                raise der.DerError("a DEFAULT value is encoded")
        if name in found:
            raise der.DerError(f"extension {name} twice")
        found[name] = (critical, one.get(der.OCTET_STRING))
        one.end()
    return found


def write_extensions(extensions: Extensions) -> bytes:
    return der.seq(
        *(
            der.seq(der.oid(name), der.boolean(True) if critical else b"", der.octets(value))
            for name, (critical, value) in extensions.items()
        )
    )


def read_name(name: bytes) -> list[tuple[str, str]]:
    """The attributes of a Name in order, as (type, text)."""
    found = []
    rdns = der.Der(name).enter(der.SEQUENCE)
    while rdns:
        attributes = rdns.enter(der.SET)
        while attributes:
            one = attributes.enter(der.SEQUENCE)
            kind = one.oid()
            raw = one.element()
            found.append((kind, der.Der(raw).get(raw[0]).decode("utf-8", "replace")))
    return found


def write_name(*attributes: tuple[str, str]) -> bytes:
    """A Name of single-valued RDNs; RFC 5280 A.1: X520SerialNumber ::= PrintableString."""
    return der.seq(
        *(
            der.set_of(
                der.seq(
                    der.oid(kind),
                    der.tlv(der.PRINTABLE if kind == AT_SERIAL_NUMBER else der.UTF8, text.encode()),
                )
            )
            for kind, text in attributes
        )
    )


class Certificate:
    """Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }

    TBSCertificate ::= SEQUENCE { version [0] DEFAULT v1, serialNumber, signature, issuer,
       validity, subject, subjectPublicKeyInfo, issuerUniqueID [1], subjectUniqueID [2],
       extensions [3] }
    """

    def __init__(self, raw: bytes) -> None:
        der.check(raw)
        self.raw = raw
        outer = der.Der(raw)
        fields = outer.enter(der.SEQUENCE)
        outer.end()
        self.tbs = fields.element(der.SEQUENCE)
        self.algorithm = fields.element(der.SEQUENCE)
        self.signature = fields.bits()
        fields.end()

        tbs = der.Der(self.tbs).enter(der.SEQUENCE)
        if tbs.at(der.context(0)):
            tbs.element()
        self.serial = tbs.integer()
        if tbs.element(der.SEQUENCE) != self.algorithm:
            raise der.DerError("certificate names two signature algorithms")
        self.issuer = tbs.element(der.SEQUENCE)
        validity = tbs.enter(der.SEQUENCE)
        self.not_before, self.not_after = validity.time(), validity.time()
        self.subject = tbs.element(der.SEQUENCE)
        self.spki = tbs.element(der.SEQUENCE)
        self.extensions: Extensions = {}
        while tbs and not tbs.at(der.context(3)):
            tbs.element()
        if tbs:
            self.extensions = read_extensions(tbs.get(der.context(3)))
            tbs.end()

    def value(self, name: str) -> bytes | None:
        return self.extensions[name][1] if name in self.extensions else None

    def key_usage(self) -> set[int] | None:
        value = self.value(CE_KEY_USAGE)
        return None if value is None else der.Der(value).named_bits()

    def is_ca(self) -> bool:
        value = self.value(CE_BASIC_CONSTRAINTS)
        if value is None:
            return False
        fields = der.Der(value).enter(der.SEQUENCE)
        usage = self.key_usage()
        return (
            fields.at(der.BOOLEAN)
            and fields.boolean()
            and (usage is None or KU_KEY_CERT_SIGN in usage)
        )

    def key_id(self) -> bytes | None:
        value = self.value(CE_SUBJECT_KEY_ID)
        return None if value is None else der.Der(value).get(der.OCTET_STRING)

    def extended_usages(self) -> set[str]:
        value, found = self.value(CE_EXT_KEY_USAGE), set()
        fields = der.Der(b"" if value is None else value)
        fields = fields.enter(der.SEQUENCE) if fields else fields
        while fields:
            found.add(fields.oid())
        return found

    def self_signed(self) -> bool:
        return self.subject == self.issuer and self.issued_by(self)

    def issued_by(self, issuer: Certificate) -> bool:
        if self.issuer != issuer.subject:
            return False
        try:
            cmpcrypto.verify(self.algorithm, issuer.spki, self.signature, self.tbs)
        except cmpcrypto.BadSignature:
            return False
        return True

    @property
    def names(self) -> list[tuple[str, str]]:
        return read_name(self.subject)

    @property
    def label(self) -> str:
        return f"{self.serial:x}"

    def valid_at(self, moment: datetime) -> bool:
        return self.not_before <= moment <= self.not_after


def now() -> datetime:
    return datetime.now(timezone.utc).replace(microsecond=0)


def find_path(
    leaf: Certificate, pool: list[Certificate], anchors: list[Certificate], depth: int = 6
) -> list[Certificate] | None:
    """The certificates from leaf up to just below an anchor, or None.

    RFC 5280 6.1 for a lab with two tiers: names, signatures, validity, CA bit; no policies or
    constraints, which its PKIs do not have.
    """
    if not leaf.valid_at(now()):
        return None
    if any(leaf.issued_by(anchor) for anchor in anchors):
        return [leaf]
    if depth == 0:
        return None
    for issuer in pool:
        if issuer.is_ca() and issuer.subject != issuer.issuer and leaf.issued_by(issuer):
            path = find_path(issuer, pool, anchors, depth - 1)
            if path:
                return [leaf, *path]
    return None


def key_id_of(spki: bytes) -> bytes:
    """RFC 5280 4.2.1.2 (1): SHA-1 over the bits of the public key."""
    fields = der.Der(spki).enter(der.SEQUENCE)
    fields.element(der.SEQUENCE)
    return hashlib.sha1(fields.bits()[0]).digest()


def spki_of(key: Any) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def usage_extension(*bits: int) -> tuple[bool, bytes]:
    return True, der.named_bits(*bits)


def extended_usage_extension(*usages: str) -> tuple[bool, bytes]:
    return False, der.seq(*(der.oid(usage) for usage in usages))


@dataclass
class CertificateSpec:
    """A certificate to be; every field may be bent before build()."""

    serial: int
    issuer: bytes
    subject: bytes
    not_before: datetime
    not_after: datetime
    spki: bytes
    extensions: Extensions
    key: Any  # the issuer's
    mangle: list[Callable[[bytes], bytes]] = field(default_factory=list)

    def build(self) -> bytes:
        algorithm = cmpcrypto.default_algorithm(self.key)
        tbs = der.seq(
            der.explicit(0, der.integer(2)),
            der.integer(self.serial),
            algorithm,
            self.issuer,
            der.seq(der.certificate_time(self.not_before), der.certificate_time(self.not_after)),
            self.subject,
            self.spki,
            der.explicit(3, write_extensions(self.extensions)),
        )
        raw = der.seq(tbs, algorithm, der.bits(cmpcrypto.sign(self.key, tbs)))
        for bend in self.mangle:
            raw = bend(raw)
        return raw


def standard_extensions(spki: bytes, issuer: Certificate) -> Extensions:
    """What every end entity certificate here carries, whoever asks for it."""
    issuer_id = issuer.key_id() or key_id_of(issuer.spki)
    return {
        CE_BASIC_CONSTRAINTS: (True, der.seq()),
        CE_SUBJECT_KEY_ID: (False, der.octets(key_id_of(spki))),
        CE_AUTHORITY_KEY_ID: (False, der.seq(der.tlv(0x80, issuer_id))),
    }


# ---- files


def pem(*certificates: bytes) -> str:
    blocks = []
    for raw in certificates:
        text = base64.b64encode(raw).decode()
        lines = [text[at : at + 64] for at in range(0, len(text), 64)]
        blocks += ["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----"]
    return "\n".join([*blocks, ""])


def read_pem(path: Path) -> list[Certificate]:
    blocks = re.findall(
        r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", path.read_text(), re.S
    )
    return [Certificate(base64.b64decode(block)) for block in blocks]


@dataclass
class Credential:
    """A private key, its certificate, and the chain above it without the root."""

    key: Any
    certificate: Certificate
    chain: list[Certificate]

    @classmethod
    def load(cls, stem: Path) -> Credential:
        certificate = stem.with_suffix(".pem").resolve()
        return _load(certificate, certificate.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _load(path: Path, changed: int) -> Credential:
    """A lab's PKI is read by one CA after the other."""
    certificates = read_pem(path)
    key = serialization.load_pem_private_key(path.with_suffix(".key").read_bytes(), None)
    return Credential(key, certificates[0], certificates[1:])

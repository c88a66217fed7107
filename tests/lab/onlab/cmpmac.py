# SPDX-License-Identifier: GPL-2.0-or-later
"""RFC 9481 6.1's message authentication codes: PBMAC1 and PasswordBasedMac, both ways."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

from onlab import der
from onlab.cacert import write_name
from onlab.cmpoids import (
    AT_COMMON_NAME, AT_SERIAL_NUMBER, HMAC_SHA1, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512,
    HMAC_SHA1_CRMF, PASSWORD_BASED_MAC, PBKDF2, PBMAC1, SHA1, SHA256, SHA384, SHA512,
)  # fmt: skip

OWFS = {SHA1: "sha1", SHA256: "sha256", SHA384: "sha384", SHA512: "sha512"}
HMACS = {
    HMAC_SHA1: "sha1", HMAC_SHA1_CRMF: "sha1", HMAC_SHA256: "sha256", HMAC_SHA384: "sha384",
    HMAC_SHA512: "sha512",
}  # fmt: skip
OWF_OIDS = {name: oid for oid, name in OWFS.items()}
HMAC_OIDS = {"sha1": HMAC_SHA1, "sha256": HMAC_SHA256, "sha384": HMAC_SHA384,
             "sha512": HMAC_SHA512}  # fmt: skip
SALT_MIN, SALT_MAX = 8, 64
COUNT_MIN, COUNT_MAX = 100, 100_000  # RFC 9045 4.1: at least 100; the rest is work
KEY_MIN, KEY_MAX = 16, 512


class BadMac(Exception):
    """Parameters that are not to be worked with, or a MAC that is wrong."""

    def __init__(self, text: str, fail: str = "badAlg") -> None:
        super().__init__(text)
        self.fail = fail


@dataclass(frozen=True)
class Mac:
    """One way of making MACs: scheme, its parameters, and what they are said to be."""

    scheme: str  # "pbmac1" or "pbm"
    salt: bytes
    count: int = 10_000
    kdf: str = "sha256"  # PBKDF2's prf, or PasswordBasedMac's one-way function
    hmac: str = "sha256"
    key_length: int | None = 32  # octets; PBMAC1 alone says it

    def encode(self) -> bytes:
        return self._pbmac1() if self.scheme == "pbmac1" else self._pbm()

    def _pbm(self) -> bytes:
        """RFC 4210 5.1.3.1: PBMParameter ::= SEQUENCE { salt OCTET STRING,
        owf AlgorithmIdentifier, iterationCount INTEGER, mac AlgorithmIdentifier }"""
        return der.seq(
            der.oid(PASSWORD_BASED_MAC),
            der.seq(
                der.octets(self.salt), der.seq(der.oid(OWF_OIDS.get(self.kdf, self.kdf))),
                der.integer(self.count), _hmac(self.hmac),
            ),
        )  # fmt: skip

    def _pbmac1(self) -> bytes:
        """RFC 8018 A.5: PBMAC1-params ::= SEQUENCE { keyDerivationFunc AlgorithmIdentifier,
        messageAuthScheme AlgorithmIdentifier }

        A.2: PBKDF2-params ::= SEQUENCE { salt CHOICE { specified OCTET STRING, ... },
        iterationCount INTEGER, keyLength INTEGER OPTIONAL, prf DEFAULT HMAC-SHA1 }
        """
        length = b"" if self.key_length is None else der.integer(self.key_length)
        prf = b"" if self.kdf == "sha1" else _hmac(self.kdf)
        parameters = der.seq(der.octets(self.salt), der.integer(self.count), length, prf)
        return der.seq(
            der.oid(PBMAC1),
            der.seq(der.seq(der.oid(PBKDF2), parameters), _hmac(self.hmac)),
        )

    def tag(self, secret: bytes, data: bytes) -> bytes:
        return hmac.new(_key(self, secret), data, self.hmac).digest()

    def check(self, secret: bytes, data: bytes, tag: bytes) -> None:
        if not hmac.compare_digest(self.tag(secret, data), tag):
            raise BadMac("the MAC is wrong", "badMessageCheck")


def _hmac(name: str) -> bytes:
    """RFC 9481 6.2.1: parameters SHOULD be NULL."""
    return der.seq(der.oid(HMAC_OIDS.get(name, name)), der.null())


@lru_cache(maxsize=256)
def _key(mac: Mac, secret: bytes) -> bytes:
    if mac.scheme == "pbmac1":
        return hashlib.pbkdf2_hmac(mac.kdf, secret, mac.salt, mac.count, mac.key_length)
    key = secret + mac.salt
    for _ in range(mac.count):
        key = hashlib.new(mac.kdf, key).digest()
    return key


# ---- reading


def is_mac(algorithm: bytes) -> bool:
    return der.Der(algorithm).enter(der.SEQUENCE).oid() in (PASSWORD_BASED_MAC, PBMAC1)


def read(algorithm: bytes) -> Mac:
    """What a requester's protectionAlg asks for, bounded."""
    fields = der.Der(algorithm).enter(der.SEQUENCE)
    scheme = fields.oid()
    parameters = fields.enter(der.SEQUENCE)
    fields.end()
    found = _read_pbmac1(parameters) if scheme == PBMAC1 else _read_pbm(parameters)
    parameters.end()
    for what, value, least, most in (
        ("a salt", len(found.salt), SALT_MIN, SALT_MAX),
        ("an iteration count", found.count, COUNT_MIN, COUNT_MAX),
        ("a key length", found.key_length or 0, KEY_MIN, KEY_MAX),
    ):
        if not least <= value <= most:
            raise BadMac(f"{what} of {value}, taken are {least} to {most}")
    return found


def _read_pbm(fields: der.Der) -> Mac:
    salt = fields.get(der.OCTET_STRING)
    owf = _algorithm(fields, OWFS)
    count = fields.integer()
    return Mac("pbm", salt, count, owf, _algorithm(fields, HMACS))


def _read_pbmac1(fields: der.Der) -> Mac:
    derivation = fields.enter(der.SEQUENCE)
    if derivation.oid() != PBKDF2:
        raise BadMac("PBMAC1 without PBKDF2")
    inner = derivation.enter(der.SEQUENCE)
    derivation.end()
    salt, count = inner.get(der.OCTET_STRING), inner.integer()
    length = inner.integer() if inner.at(der.INTEGER) else None
    if length is None:
        raise BadMac("PBKDF2 without keyLength")  # RFC 9481 6.1.2 leaves nothing to guess from
    prf = _algorithm(inner, HMACS) if inner else "sha1"
    inner.end()
    return Mac("pbmac1", salt, count, prf, _algorithm(fields, HMACS), length)


def _algorithm(fields: der.Der, known: dict[str, str]) -> str:
    """The AlgorithmIdentifier's meaning; parameters are NULL or absent."""
    one = fields.enter(der.SEQUENCE)
    name = one.oid()
    if one:
        one.get(der.NULL)
    one.end()
    if name not in known:
        raise BadMac(f"algorithm {name}")
    return known[name]


# ---- who


@dataclass(frozen=True)
class SharedSecret:
    """A requester known by a secret alone: what Certificate is to one that signs."""

    reference: str
    value: bytes

    @property
    def subject(self) -> bytes:
        """RFC 9483 4.1.5: the reference is the sender's commonName."""
        return write_name((AT_COMMON_NAME, self.reference))

    @property
    def names(self) -> list[tuple[str, str]]:
        """What it may be called: the lab's references are serial numbers of devices."""
        return [(AT_COMMON_NAME, self.reference), (AT_SERIAL_NUMBER, self.reference)]

    @property
    def raw(self) -> bytes:
        return self.reference.encode()

    @property
    def label(self) -> str:
        return f"reference {self.reference}"

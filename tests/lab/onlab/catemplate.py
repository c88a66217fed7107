# SPDX-License-Identifier: GPL-2.0-or-later
"""Certificate request templates (RFC 9483 4.3.3): the ones on offer, and who kept to them."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import rsa

from onlab import cmpcrypto, crmf, der
from onlab.cacert import Extensions, read_name, write_extensions, write_name
from onlab.cmpoids import (
    AT_COMMON_NAME, AT_ORGANIZATION, AT_ORGANIZATIONAL_UNIT, AT_SERIAL_NUMBER,
    CE_EXT_KEY_USAGE, CE_KEY_USAGE, CE_SUBJECT_ALT_NAME, EC_PUBLIC_KEY, ED25519, KP_CLIENT_AUTH,
    KP_SERVER_AUTH, REG_CTRL_ALG_ID, REG_CTRL_RSA_KEY_LEN, SECP256R1, SECP384R1, SECP521R1,
)  # fmt: skip

P256 = ("alg", der.seq(der.oid(EC_PUBLIC_KEY), der.oid(SECP256R1)))
P384 = ("alg", der.seq(der.oid(EC_PUBLIC_KEY), der.oid(SECP384R1)))
P521 = ("alg", der.seq(der.oid(EC_PUBLIC_KEY), der.oid(SECP521R1)))
EDWARDS = ("alg", der.seq(der.oid(ED25519)))
DIGITAL_SIGNATURE = (True, der.named_bits(0))
TLS_USAGES = (False, der.seq(der.oid(KP_SERVER_AUTH), der.oid(KP_CLIENT_AUTH)))


def rsa_bits(count: int) -> tuple[str, bytes]:
    return ("rsa", der.integer(count))


def dns(name: str) -> bytes:
    return der.tlv(0x82, name.encode())


def address(octets: bytes) -> bytes:
    return der.tlv(0x87, octets)


@dataclass(frozen=True)
class Offer:
    """CertReqTemplateContent ::= SEQUENCE { certTemplate CertTemplate, keySpec Controls OPTIONAL }

    None in `subject` leaves the field out; an empty value is for the device to fill in.
    """

    text: str
    subject: tuple[tuple[str, str], ...] | None = ()
    extensions: tuple[tuple[str, tuple[bool, bytes]], ...] = ()
    keys: tuple[tuple[str, bytes], ...] = ()
    any_issuer: bool = False  # issuer as NULL-DN
    inserted: bytes = b""  # raw fields before issuer, for faults

    def template(self) -> bytes:
        issuer = der.explicit(3, der.seq()) if self.any_issuer else b""
        subject = b"" if self.subject is None else der.explicit(5, write_name(*self.subject))
        extensions = b""
        if self.extensions:
            raw = write_extensions(dict(self.extensions))
            extensions = der.tlv(0xA9, der.Der(raw).get(der.SEQUENCE))
        return der.seq(self.inserted, issuer, subject, extensions)

    def encode(self) -> bytes:
        controls = [
            der.seq(der.oid(REG_CTRL_RSA_KEY_LEN if kind == "rsa" else REG_CTRL_ALG_ID), value)
            for kind, value in self.keys
        ]
        return der.seq(self.template(), der.seq(*controls) if controls else b"")


def _identity(*more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return ((AT_ORGANIZATION, "Example Domain"), *more, (AT_SERIAL_NUMBER, ""))


_EXTENSIONS = ((CE_KEY_USAGE, DIGITAL_SIGNATURE), (CE_EXT_KEY_USAGE, TLS_USAGES))

OFFERS: dict[str, Offer] = {
    "basic": Offer("O fixed, serialNumber to fill in, digitalSignature, TLS usages, P-256",
                   _identity(), _EXTENSIONS, (P256,)),
    "appendix-a": Offer(
        "the example of RFC 9483, appendix A",
        ((AT_COMMON_NAME, ""), (AT_ORGANIZATIONAL_UNIT, "myDept"),
         (AT_ORGANIZATIONAL_UNIT, "myGroup")),
        ((CE_SUBJECT_ALT_NAME, (False, der.seq(dns("www.myServer.com"), address(b"")))),
         (CE_KEY_USAGE, (True, der.named_bits(0, 4))),
         (CE_EXT_KEY_USAGE, (False, der.seq()))),
        (P256, rsa_bits(2048)), any_issuer=True),
    "p384": Offer("like basic, P-384", _identity(), _EXTENSIONS, (P384,)),
    "p521": Offer("like basic, P-521", _identity(), _EXTENSIONS, (P521,)),
    "rsa2048": Offer("like basic, RSA 2048", _identity(), _EXTENSIONS, (rsa_bits(2048),)),
    "rsa3072": Offer("like basic, RSA 3072", _identity(), _EXTENSIONS, (rsa_bits(3072),)),
    "ed25519": Offer("like basic, Ed25519", _identity(), _EXTENSIONS, (EDWARDS,)),
    "choice": Offer("any of Ed25519, P-521, P-384, P-256", _identity(), _EXTENSIONS,
                    (EDWARDS, P521, P384, P256)),
    "null-dn": Offer("subject as NULL-DN: all of it to fill in", (), (), (P256,)),
    "fixed": Offer("a subject with nothing to fill in but the serialNumber, no keySpec",
                   _identity((AT_ORGANIZATIONAL_UNIT, "Routers"), (AT_COMMON_NAME, "edge"))),
    "san": Offer("SAN with dNSName and iPAddress to fill in and one fixed dNSName", _identity(),
                 ((CE_SUBJECT_ALT_NAME,
                   (False, der.seq(dns("edge.example"), dns(""), address(b"")))),), (P256,)),
    "empty-extensions": Offer("keyUsage, extKeyUsage and SAN with empty extnValue", _identity(),
                              ((CE_KEY_USAGE, (True, b"")), (CE_EXT_KEY_USAGE, (False, b"")),
                               (CE_SUBJECT_ALT_NAME, (False, b""))), (P256,)),
    "unknown-empty": Offer("an attribute and an extension nobody knows, both empty",
                           _identity(("1.3.6.1.4.1.55555.1", "")),
                           (("1.3.6.1.4.1.55555.2", (False, b"")), *_EXTENSIONS), (P256,)),
    "key-only": Offer("an empty certTemplate, keySpec P-256", None, (), (P256,)),
}  # fmt: skip


# ---- conformity of a request


def deviation(offer: Offer, wanted: crmf.Template, update: bool) -> str | None:
    """What in the request does not follow the template, or None.

    An update keeps its names and extensions whatever the template wishes, RFC 9483 4.1.3.
    """
    wrong = _key_deviation(offer, wanted.spki or b"")
    if update or wrong:
        return wrong
    return _name_deviation(offer, wanted.subject or der.seq()) or _extensions_deviation(
        dict(offer.extensions), wanted.extensions
    )


def _key_deviation(offer: Offer, spki: bytes) -> str | None:
    key = cmpcrypto.load_public(spki)
    if isinstance(key, rsa.RSAPublicKey):
        mine = rsa_bits(key.key_size)
    else:
        mine = ("alg", der.Der(spki).enter(der.SEQUENCE).element(der.SEQUENCE))
    return "key is of no kind the template lists" if offer.keys and mine not in offer.keys else None


def _name_deviation(offer: Offer, subject: bytes) -> str | None:
    if offer.subject is None:
        return None
    wanted = read_name(subject)
    if not offer.subject:
        return None if wanted else "subject not filled in"
    given = list(offer.subject)
    for kind, text in wanted:
        while given and given[0][0] != kind and not given[0][1]:
            given.pop(0)  # an empty value may be left out
        if not given or given[0][0] != kind:
            return f"attribute {kind} is not in the template"
        value = given.pop(0)[1]
        if value and value != text:
            return f"attribute {kind} has another value than the template"
        if not text:
            return f"attribute {kind} left empty"
    return "an attribute with a value is missing" if any(text for _, text in given) else None


def _extensions_deviation(given: Extensions, wanted: Extensions) -> str | None:
    for name, (critical, value) in wanted.items():
        if name not in given:
            return f"extension {name} is not in the template"
        if critical != given[name][0]:
            return f"extension {name} has another criticality than the template"
        if not _fits(name, given[name][1], value):
            return f"extension {name} has another value than the template"
    for name, (_, value) in given.items():
        if name not in wanted and value and value != der.seq():
            return f"extension {name} is missing"
    return None


def _fits(name: str, given: bytes, value: bytes) -> bool:
    if given in (b"", der.seq()):
        return value not in (b"", der.seq())
    if name != CE_SUBJECT_ALT_NAME:
        return value == given
    parts, offered = der.elements(value), der.elements(given)
    fixed = [part for part in offered if len(part) > 2]
    blank = [part[0] for part in offered if len(part) == 2]
    for part in parts:
        if part in fixed:
            fixed.remove(part)
        elif part[0] in blank and len(part) > 2:
            blank.remove(part[0])
        else:
            return False
    return not fixed

# SPDX-License-Identifier: GPL-2.0-or-later
"""What may stand in a certificate of the domain: RFC 9483 5.1.1's "applicable PKI policy"."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from onlab import cmpcrypto, der
from onlab.cacert import read_name
from onlab.cacheck import Requester
from onlab.cmpmsg import Refused
from onlab.cmpoids import (
    AT_COMMON_NAME, AT_SERIAL_NUMBER, CE_BASIC_CONSTRAINTS, CE_EXT_KEY_USAGE, CE_KEY_USAGE,
    CE_SUBJECT_ALT_NAME,
)  # fmt: skip
from onlab.crmf import Template

REQUESTABLE = (CE_SUBJECT_ALT_NAME, CE_KEY_USAGE, CE_EXT_KEY_USAGE)
KU_SIGNS_FOR_OTHERS = {5, 6}  # keyCertSign, cRLSign
GENERAL_NAMES = {0xA0, 0x81, 0x82, 0xA3, 0xA4, 0xA5, 0x86, 0x87, 0x88}  # RFC 5280 4.2.1.6


def same_device(template: Template, client: Requester) -> bool:
    """The lab's policy: the device's serial number somewhere in the names, or its commonName.

    The latter since a template may leave room for nothing else, as RFC 9483 appendix A does.
    """
    if template.subject == client.subject:
        return True
    mine, wanted = client.names, read_name(template.subject or der.seq())
    alternative = template.extensions.get(CE_SUBJECT_ALT_NAME, (False, b""))[1]
    for kind, text in mine:
        if kind == AT_COMMON_NAME and (kind, text) in wanted:
            return True
        if kind == AT_SERIAL_NUMBER and text in [value for _, value in wanted]:
            return True
        if kind == AT_SERIAL_NUMBER and text.encode() in alternative:
            return True
    return False


def check_template(template: Template) -> None:
    """The CA signs nothing it has not understood, and no placeholder left empty."""
    unknown = set(template.extensions) - {*REQUESTABLE, CE_BASIC_CONSTRAINTS}
    if unknown:
        raise Refused("badCertTemplate", f"extensions {sorted(unknown)} are not issued here")
    _check_key(template.spki or b"")
    _check_subject(template)
    for name, check in (
        (CE_BASIC_CONSTRAINTS, _check_constraints),
        (CE_KEY_USAGE, _check_usage),
        (CE_EXT_KEY_USAGE, _check_extended_usage),
        (CE_SUBJECT_ALT_NAME, _check_alternative_name),
    ):
        if name in template.extensions:
            check(template.extensions[name][1])


def _check_key(spki: bytes) -> None:
    """RFC 9481 7: nothing under 112 bits of strength."""
    key = cmpcrypto.load_public(spki)
    size = 2048 if isinstance(key, rsa.RSAPublicKey) else 256
    if isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)) and key.key_size < size:
        raise Refused("badCertTemplate", f"a key of {key.key_size} bits")


def _check_subject(template: Template) -> None:
    """RFC 9483 4.1.1: the identity stands in the subject, the SAN, or both."""
    if template.subject == der.seq():
        if CE_SUBJECT_ALT_NAME not in template.extensions:
            raise Refused("badCertTemplate", "NULL-DN subject and no subjectAltName")
    elif not all(text for _, text in read_name(template.subject or b"")):
        raise Refused("badCertTemplate", "an attribute of the subject is empty")


def _check_constraints(value: bytes) -> None:
    if value != der.seq():
        raise Refused("badCertTemplate", "a CA certificate is not to be had")


def _check_usage(value: bytes) -> None:
    usage = der.Der(value).named_bits()
    if not usage or usage & KU_SIGNS_FOR_OTHERS:
        raise Refused("badCertTemplate", f"keyUsage {sorted(usage)} is not for end entities")


def _check_extended_usage(value: bytes) -> None:
    usages = der.Der(value).enter(der.SEQUENCE)
    usages.oid()
    while usages:
        usages.oid()


def _check_alternative_name(value: bytes) -> None:
    names = der.Der(value).enter(der.SEQUENCE)
    if not names:
        raise Refused("badCertTemplate", "subjectAltName is empty")
    while names:
        tag, name = names.tag() or 0, names.element()
        if tag not in GENERAL_NAMES or len(name) == 2 or tag == 0x87 and len(name) not in (6, 18):
            raise Refused("badCertTemplate", f"subjectAltName holds {name.hex()}")

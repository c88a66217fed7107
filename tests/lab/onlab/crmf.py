# SPDX-License-Identifier: GPL-2.0-or-later
"""What a device asks for: CRMF (RFC 4211) or PKCS#10 (RFC 2986), read into one shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from onlab import cmpcrypto, der
from onlab.cacert import Extensions, read_extensions
from onlab.cmpmsg import Refused
from onlab.cmpoids import (
    CE_REASON_CODE, EXTENSION_REQUEST, REG_CTRL_OLD_CERT_ID, REG_CTRL_RSA_KEY_LEN,
)  # fmt: skip


@dataclass
class Template:
    """CertTemplate ::= SEQUENCE {   -- IMPLICIT TAGS, all OPTIONAL
    version [0], serialNumber [1], signingAlg [2], issuer [3] Name, validity [4],
    subject [5] Name, publicKey [6], issuerUID [7], subjectUID [8], extensions [9] }

    issuer and subject are EXPLICIT after all, since Name is a CHOICE.
    """

    version: int | None = None
    serial: int | None = None
    signing_algorithm: bytes | None = None
    issuer: bytes | None = None
    not_after: datetime | None = None
    subject: bytes | None = None
    spki: bytes | None = None
    extensions: Extensions = field(default_factory=dict)
    unique_ids: bool = False


def read_template(raw: bytes) -> Template:
    fields, found = der.Der(raw).enter(der.SEQUENCE), Template()
    if fields.at(0x80):
        found.version = fields.integer(0x80)
    if fields.at(0x81):
        found.serial = fields.integer(0x81)
    if fields.at(0xA2):
        found.signing_algorithm = fields.get(0xA2)
    if fields.at(0xA3):
        found.issuer = _one(fields.enter(0xA3))
    if fields.at(0xA4):
        found.not_after = _not_after(fields.enter(0xA4))
    if fields.at(0xA5):
        found.subject = _one(fields.enter(0xA5))
    if fields.at(0xA6):
        found.spki = der.seq(fields.get(0xA6))
    for tag in (0x87, 0x88):
        if fields.at(tag):
            found.unique_ids = bool(fields.element())
    if fields.at(0xA9):
        found.extensions = read_extensions(der.seq(fields.get(0xA9)))
    fields.end()
    return found


def _one(cursor: der.Der) -> bytes:
    raw = cursor.element(der.SEQUENCE)
    cursor.end()
    return raw


def _not_after(validity: der.Der) -> datetime | None:
    """OptionalValidity ::= SEQUENCE { notBefore [0] Time OPTIONAL, notAfter [1] Time OPTIONAL }"""
    found = None
    if validity.at(0xA0):
        validity.enter(0xA0).time()
    if validity.at(0xA1):
        found = validity.enter(0xA1).time()
    validity.end()
    return found


@dataclass
class Request:
    """One wanted certificate, proof of possession already verified."""

    template: Template
    cert_req_id: int  # to be answered with
    old: tuple[bytes, int] | None = None  # oldCertId: issuer, serialNumber
    central: bool = False  # the CA shall make the key, RFC 9483 4.1.6
    key_kind: bytes | None = None  # of the key wanted: AlgorithmIdentifier
    rsa_bits: int = 2048  # regCtrl-rsaKeyLen


def read_request(kind: str, body: bytes) -> Request:
    """RFC 9483 4.1.1 and, for p10cr, 4.1.4; `body` is what PKIBody's tag holds."""
    request = _read_pkcs10(body) if kind == "p10cr" else _read_crmf(body)
    template = request.template
    if template.version not in (None, 2):
        raise Refused("badCertTemplate", f"version is {template.version}, not 2 (v3)")
    if template.serial is not None or template.signing_algorithm or template.unique_ids:
        raise Refused("badCertTemplate", "template holds fields that are the CA's to choose")
    if template.subject is None:
        raise Refused("badCertTemplate", "template without subject")
    return request


def _read_crmf(body: bytes) -> Request:
    """CertReqMessages ::= SEQUENCE SIZE (1..MAX) OF CertReqMsg

    CertReqMsg  ::= SEQUENCE { certReq CertRequest, popo ProofOfPossession OPTIONAL,
                               regInfo SEQUENCE OF AttributeTypeAndValue OPTIONAL }
    CertRequest ::= SEQUENCE { certReqId INTEGER, certTemplate CertTemplate,
                               controls Controls OPTIONAL }
    """
    outer = der.Der(body)
    messages = outer.enter(der.SEQUENCE)
    outer.end()
    message = messages.enter(der.SEQUENCE)
    if messages:
        raise Refused("badRequest", "more than one CertReqMsg")
    raw = message.element(der.SEQUENCE)
    fields = der.Der(raw).enter(der.SEQUENCE)
    cert_req_id = fields.integer()
    if cert_req_id != 0:
        raise Refused("badRequest", f"certReqId is {cert_req_id}, not 0")
    template = read_template(fields.element(der.SEQUENCE))
    old, bits = _read_controls(fields.enter(der.SEQUENCE)) if fields else (None, 2048)
    fields.end()
    if template.spki is None:
        kind, empty = None, True
    else:
        kind, empty = _empty_key(template.spki)
    if empty:
        if message:
            raise Refused("badPOP", "proof of possession of a key that is still to be made")
        return Request(template, 0, old, True, kind, bits)
    _prove_possession(message, raw, template.spki)
    return Request(template, 0, old)


def _empty_key(spki: bytes) -> tuple[bytes, bool]:
    """The kind of key; and whether its bits are none, which asks for central key generation."""
    fields = der.Der(spki).enter(der.SEQUENCE)
    kind = fields.element(der.SEQUENCE)
    return kind, not fields.bits()[0]


def _read_controls(controls: der.Der) -> tuple[tuple[bytes, int] | None, int]:
    """CertId ::= SEQUENCE { issuer GeneralName, serialNumber INTEGER }; RsaKeyLenCtrl ::= INTEGER"""
    found, bits = None, 2048
    while controls:
        control = controls.enter(der.SEQUENCE)
        kind = control.oid()
        if kind == REG_CTRL_OLD_CERT_ID:
            cert_id = control.enter(der.SEQUENCE)
            found = (_one(cert_id.enter(0xA4)), cert_id.integer())
            cert_id.end()
        elif kind == REG_CTRL_RSA_KEY_LEN:
            bits = control.integer()
        else:
            control.element()
        control.end()
    return found, bits


def _prove_possession(message: der.Der, cert_request: bytes, spki: bytes) -> None:
    """POPOSigningKey ::= SEQUENCE { poposkInput [0] OPTIONAL, algorithmIdentifier, signature }

    RFC 9483 4.1.1: poposkInput is prohibited, the signature is over DER(CertRequest).
    """
    if not message.at(0xA1):
        raise Refused("badPOP", "proof of possession is not a signature")
    popo = message.enter(0xA1)
    if popo.at(0xA0):
        raise Refused("badPOP", "poposkInput present")
    algorithm = popo.element(der.SEQUENCE)
    signature = popo.bits()
    popo.end()
    if message:
        message.element(der.SEQUENCE)  # regInfo
    message.end()
    _verify_possession(algorithm, spki, signature, cert_request)


def _verify_possession(
    algorithm: bytes, spki: bytes, signature: tuple[bytes, int], data: bytes
) -> None:
    try:
        cmpcrypto.verify(algorithm, spki, signature, data)
    except cmpcrypto.BadSignature as bad:
        raise Refused("badPOP", f"proof of possession: {bad}") from None


def _read_pkcs10(body: bytes) -> Request:
    """CertificationRequest ::= SEQUENCE { certificationRequestInfo, signatureAlgorithm, signature }

    CertificationRequestInfo ::= SEQUENCE { version INTEGER (0), subject Name,
       subjectPKInfo SubjectPublicKeyInfo, attributes [0] IMPLICIT SET OF Attribute }
    """
    outer = der.Der(body)
    request = outer.enter(der.SEQUENCE)
    outer.end()
    info = request.element(der.SEQUENCE)
    algorithm = request.element(der.SEQUENCE)
    signature = request.bits()
    request.end()
    fields, template = der.Der(info).enter(der.SEQUENCE), Template()
    if fields.integer() != 0:
        raise Refused("badCertTemplate", "PKCS#10 version is not 0")
    template.subject = fields.element(der.SEQUENCE)
    template.spki = fields.element(der.SEQUENCE)
    attributes = fields.enter(0xA0)
    while attributes:
        attribute = attributes.enter(der.SEQUENCE)
        if attribute.oid() == EXTENSION_REQUEST:
            template.extensions = read_extensions(attribute.enter(der.SET).element(der.SEQUENCE))
    fields.end()
    _verify_possession(algorithm, template.spki, signature, info)
    return Request(template, -1)  # RFC 9483 4.1.4: a p10cr has no certReqId


CRL_REASONS = (
    "unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded",
    "cessationOfOperation", "certificateHold", "", "removeFromCRL", "privilegeWithdrawn",
    "aACompromise",
)  # fmt: skip


def read_revocation(body: bytes) -> tuple[bytes, int, int]:
    """RevReqContent ::= SEQUENCE OF RevDetails

    RevDetails ::= SEQUENCE { certDetails CertTemplate, crlEntryDetails Extensions OPTIONAL }

    RFC 9483 4.2: one element; serialNumber, issuer and exactly one reasonCode are required.
    Returns issuer, serialNumber and the CRLReason (RFC 5280 5.3.1).
    """
    outer = der.Der(body)
    all_details = outer.enter(der.SEQUENCE)
    outer.end()
    details = all_details.enter(der.SEQUENCE)
    if all_details:
        raise Refused("badRequest", "more than one RevDetails")
    template = read_template(details.element(der.SEQUENCE))
    extensions = read_extensions(details.element(der.SEQUENCE)) if details else {}
    details.end()
    if template.serial is None or template.issuer is None:
        raise Refused("badRequest", "certDetails without serialNumber or issuer")
    if list(extensions) != [CE_REASON_CODE]:
        raise Refused("badRequest", "crlEntryDetails is not one reasonCode")
    value = der.Der(extensions[CE_REASON_CODE][1])
    reason = value.integer(der.ENUMERATED)
    value.end()
    if not 0 <= reason < len(CRL_REASONS) or CRL_REASONS[reason] in ("", "removeFromCRL"):
        raise Refused("badRequest", f"CRLReason {reason} is for no complete CRL")
    return template.issuer, template.serial, reason

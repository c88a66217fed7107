# SPDX-License-Identifier: GPL-2.0-or-later
"""PKIMessage: strict reading of requests, bendable writing of answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from onlab import cmpcrypto, der
from onlab.cacert import Certificate, Credential
from onlab.cmpmac import Mac, SharedSecret
from onlab.cmpoids import BODY_NAMES, FAIL_INFO

NULL_DN = der.explicit(4, der.seq())  # GeneralName, directoryName


class Refused(Exception):
    """A request the CA will not serve, with the PKIFailureInfo bit that says why."""

    def __init__(self, fail: str, text: str) -> None:
        super().__init__(text)
        self.fail = fail


@dataclass
class Message:
    """PKIMessage ::= SEQUENCE { header, body, protection [0] OPTIONAL, extraCerts [1] OPTIONAL }"""

    pvno: int = 0
    sender: bytes = b""  # GeneralName
    recipient: bytes = b""
    message_time: datetime | None = None
    protection_alg: bytes | None = None
    sender_kid: bytes | None = None
    transaction_id: bytes | None = None
    sender_nonce: bytes | None = None
    recip_nonce: bytes | None = None
    general_info: dict[str, bytes | None] = field(default_factory=dict)
    kind: str = ""  # name of the body
    body: bytes = b""  # what the body's tag holds
    protected: bytes = b""  # ProtectedPart, RFC 4210 5.1.3
    protection: tuple[bytes, int] | None = None
    extra_certs: list[bytes] = field(default_factory=list)

    def wants_key(self) -> bool:
        """Whether it asks for a key made by the CA: no proof of possession, RFC 9483 4.1.6."""
        if self.kind not in ("ir", "cr", "kur"):
            return False
        try:
            request = der.Der(self.body).enter(der.SEQUENCE).enter(der.SEQUENCE)
            request.element(der.SEQUENCE)
        except der.DerError:
            return False
        return not request


def read_message(raw: bytes) -> Message:
    der.check(raw)
    outer, message = der.Der(raw), Message()
    fields = outer.enter(der.SEQUENCE)
    header = fields.element(der.SEQUENCE)
    read_header(header, message)
    tag = fields.tag()
    if tag is None or tag & 0xE0 != 0xA0 or tag & 0x1F not in BODY_NAMES:
        raise der.DerError("body is none of PKIBody's")
    message.kind = BODY_NAMES[tag & 0x1F]
    body = fields.element()
    message.body = der.Der(body).get(tag)
    message.protected = der.seq(header, body)
    if fields.at(0xA0):
        message.protection = _one(fields, 0).bits()
    if fields.at(0xA1):
        certs = _one(fields, 1).enter(der.SEQUENCE)
        while certs:
            message.extra_certs.append(certs.element(der.SEQUENCE))
        if not message.extra_certs:
            raise der.DerError("extraCerts is there and empty")
    fields.end()
    return message


def _one(fields: der.Der, number: int) -> der.Der:
    """The inside of [number] EXPLICIT, which holds one element."""
    inner = fields.enter(der.context(number))
    probe = der.Der(inner.data)
    probe.element()
    probe.end()
    return inner


def read_header(raw: bytes, message: Message) -> None:
    """PKIHeader ::= SEQUENCE { pvno, sender GeneralName, recipient GeneralName,
    messageTime [0], protectionAlg [1], senderKID [2], recipKID [3], transactionID [4],
    senderNonce [5], recipNonce [6], freeText [7], generalInfo [8] }   -- EXPLICIT TAGS
    """
    fields = der.Der(raw).enter(der.SEQUENCE)
    message.pvno = fields.integer()
    message.sender, message.recipient = fields.element(), fields.element()
    if fields.at(0xA0):
        message.message_time = _one(fields, 0).time()
    if fields.at(0xA1):
        message.protection_alg = _one(fields, 1).element(der.SEQUENCE)
    for number, name in enumerate(
        ("sender_kid", "recip_kid", "transaction_id", "sender_nonce", "recip_nonce"), 2
    ):
        if fields.at(der.context(number)):
            setattr(message, name, _one(fields, number).get(der.OCTET_STRING))
    if fields.at(0xA7):
        _one(fields, 7)
    if fields.at(0xA8):
        message.general_info = _read_general_info(_one(fields, 8).enter(der.SEQUENCE))
    fields.end()


def _read_general_info(entries: der.Der) -> dict[str, bytes | None]:
    found: dict[str, bytes | None] = {}
    while entries:
        kind, value = read_info(entries)
        if kind in found:
            raise der.DerError(f"generalInfo {kind} twice")
        found[kind] = value
    if not found:
        raise der.DerError("generalInfo is there and empty")
    return found


def read_info(entries: der.Der) -> tuple[str, bytes | None]:
    """InfoTypeAndValue ::= SEQUENCE { infoType OBJECT IDENTIFIER, infoValue ANY OPTIONAL }"""
    entry = entries.enter(der.SEQUENCE)
    kind = entry.oid()
    value = entry.element() if entry else None
    entry.end()
    return kind, value


def write_info(kind: str, value: bytes | None = None) -> bytes:
    return der.seq(der.oid(kind), value or b"")


def read_fail_info(fields: der.Der) -> list[str]:
    bits = fields.named_bits() if fields.at(der.BIT_STRING) else set()
    return [FAIL_INFO[n] if n < len(FAIL_INFO) else str(n) for n in sorted(bits)]


@dataclass
class StatusInfo:
    """PKIStatusInfo ::= SEQUENCE { status PKIStatus, statusString PKIFreeText OPTIONAL,
    failInfo PKIFailureInfo OPTIONAL }"""

    status: int
    text: str | None = None
    fail: list[str] = field(default_factory=list)

    def encode(self) -> bytes:
        text = b"" if self.text is None else der.seq(der.utf8(self.text))
        bits = [FAIL_INFO.index(name) for name in self.fail]
        return der.seq(der.integer(self.status), text, der.named_bits(*bits) if bits else b"")


def read_status_info(fields: der.Der) -> StatusInfo:
    inner = fields.enter(der.SEQUENCE)
    found = StatusInfo(inner.integer())
    if inner.at(der.SEQUENCE):
        texts, parts = inner.enter(der.SEQUENCE), []
        while texts:
            parts.append(texts.utf8())
        found.text = " | ".join(parts)
    found.fail = read_fail_info(inner)
    inner.end()
    return found


# ---- the bodies of answers


@dataclass
class CertReply:
    """CertRepMessage ::= SEQUENCE { caPubs [1] SEQUENCE OF CMPCertificate OPTIONAL,
                                  response SEQUENCE OF CertResponse }

    CertResponse ::= SEQUENCE { certReqId, status PKIStatusInfo,
       certifiedKeyPair SEQUENCE { certOrEncCert [0] certificate, ... } OPTIONAL }
    """

    cert_req_id: int
    status: StatusInfo
    certificate: bytes | None = None
    ca_pubs: list[bytes] = field(default_factory=list)
    copies: int = 1
    choice: int = 0  # of CertOrEncCert
    key_pair_rest: bytes = b""  # privateKey, publicationInfo

    def encode(self) -> bytes:
        pair = b""
        if self.certificate is not None:
            pair = der.seq(der.explicit(self.choice, self.certificate), self.key_pair_rest)
        one = der.seq(der.integer(self.cert_req_id), self.status.encode(), pair)
        pubs = der.explicit(1, der.seq(*self.ca_pubs)) if self.ca_pubs else b""
        return der.seq(pubs, der.seq(one * self.copies))


@dataclass
class ErrorReply:
    """ErrorMsgContent ::= SEQUENCE { pKIStatusInfo, errorCode INTEGER OPTIONAL,
    errorDetails PKIFreeText OPTIONAL }"""

    status: StatusInfo
    code: int | None = None
    details: str | None = None

    def encode(self) -> bytes:
        code = b"" if self.code is None else der.integer(self.code)
        details = b"" if self.details is None else der.seq(der.utf8(self.details))
        return der.seq(self.status.encode(), code, details)


@dataclass
class PollReply:
    """PollRepContent ::= SEQUENCE OF SEQUENCE { certReqId, checkAfter INTEGER,
    reason PKIFreeText OPTIONAL }"""

    cert_req_id: int
    check_after: int
    reason: str | None = "still waiting for the operator"

    def encode(self) -> bytes:
        reason = b"" if self.reason is None else der.seq(der.utf8(self.reason))
        return der.seq(
            der.seq(der.integer(self.cert_req_id), der.integer(self.check_after), reason)
        )


@dataclass
class InfoReply:
    """GenRepContent ::= SEQUENCE OF InfoTypeAndValue"""

    kind: str
    value: bytes | None
    copies: int = 1

    def encode(self) -> bytes:
        return der.seq(write_info(self.kind, self.value) * self.copies)


@dataclass
class RevocationReply:
    """RevRepContent ::= SEQUENCE { status SEQUENCE SIZE (1..MAX) OF PKIStatusInfo, ... }"""

    status: StatusInfo

    def encode(self) -> bytes:
        return der.seq(der.seq(self.status.encode()))


@dataclass
class RawReply:
    """A body given as its bytes: pkiConf is NULL."""

    content: bytes = b"\x05\x00"

    def encode(self) -> bytes:
        return self.content


# ---- the answer as a whole


@dataclass
class Draft:
    """An answer before it is encoded: whatever stands here, a fault can bend."""

    place: str  # which answer of the operation this is: WHERE of a fault
    tag: int
    reply: Any
    issued_chain: list[Certificate] = field(default_factory=list)
    signer: Credential | None = None
    secret: SharedSecret | None = None
    mac: Mac | None = None
    sender: bytes = b""
    recipient: bytes = b""
    pvno: int = 2
    message_time: bytes | None = None  # encoded
    sender_kid: bytes | None = None
    transaction_id: bytes | None = None
    sender_nonce: bytes | None = None
    recip_nonce: bytes | None = None
    free_text: str | None = None
    general_info: list[bytes] = field(default_factory=list)
    protection_alg: bytes | None = None
    protect: Callable[[bytes], bytes] | None = None
    extra_certs: list[bytes] = field(default_factory=list)
    after_signing: list[Callable[[bytes, bytes], tuple[bytes, bytes]]] = field(
        default_factory=list
    )
    wire: list[Callable[[bytes], bytes]] = field(default_factory=list)
    status: int = 200
    content_type: str = "application/pkixcmp"

    def sign_as(self, signer: Credential) -> None:
        """Everything that follows from who protects the message, RFC 9483 3.1 and 3.3."""
        self.signer = signer
        self.sender = der.explicit(4, signer.certificate.subject)
        self.sender_kid = signer.certificate.key_id()
        self.protection_alg = cmpcrypto.default_algorithm(signer.key)
        self.protect = lambda part: cmpcrypto.sign(signer.key, part)
        self.extra_certs = [signer.certificate.raw]  # also if self-signed
        self.add_certs([*signer.chain, *self.issued_chain])

    def mac_as(self, secret: SharedSecret, mac: Mac) -> None:
        """RFC 9483 4.1.5: names and key identifier are the reference, certificates are none."""
        self.signer, self.secret, self.mac = None, secret, mac
        self.sender = der.explicit(4, secret.subject)
        self.sender_kid = secret.reference.encode()
        self.protection_alg = mac.encode()
        self.protect = lambda part: mac.tag(secret.value, part)
        self.extra_certs = []
        self.add_certs(self.issued_chain)

    def add_certs(self, certificates: list[Certificate]) -> None:
        """RFC 9483 3.3: no duplicates needed, self-signed certificates better left out."""
        for certificate in certificates:
            if certificate.raw not in self.extra_certs and not certificate.self_signed():
                self.extra_certs.append(certificate.raw)

    def header(self) -> bytes:
        octets = [
            der.optional(number, None if value is None else der.octets(value))
            for number, value in (
                (2, self.sender_kid),
                (4, self.transaction_id),
                (5, self.sender_nonce),
                (6, self.recip_nonce),
            )
        ]
        return der.seq(
            der.integer(self.pvno),
            self.sender,
            self.recipient,
            der.optional(0, self.message_time),
            der.optional(1, self.protection_alg),
            *octets,
            b"" if self.free_text is None else der.explicit(7, der.seq(der.utf8(self.free_text))),
            der.explicit(8, der.seq(*self.general_info)) if self.general_info else b"",
        )

    def encode(self) -> bytes:
        header, body = self.header(), der.explicit(self.tag, self.reply.encode())
        protection = b""
        if self.protect:
            protection = der.explicit(0, der.bits(self.protect(der.seq(header, body))))
        for tamper in self.after_signing:
            header, body = tamper(header, body)
        certs = der.explicit(1, der.seq(*self.extra_certs)) if self.extra_certs else b""
        raw = der.seq(header, body, protection, certs)
        for bend in self.wire:
            raw = bend(raw)
        return raw


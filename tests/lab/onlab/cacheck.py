# SPDX-License-Identifier: GPL-2.0-or-later
"""Is this request to be served?  RFC 9483 3.5, step by step, as a receiver must."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from onlab import cmpcrypto, cmpmac, der
from onlab.cacert import KU_DIGITAL_SIGNATURE, Certificate, find_path, now
from onlab.cmpmac import Mac, SharedSecret
from onlab.cmpmsg import Message, Refused
from onlab.cmpoids import (
    ANSWERS, IT_CERT_PROFILE, IT_CERT_REQ_TEMPLATE, IT_CONFIRM_WAIT_TIME, IT_IMPLICIT_CONFIRM,
)  # fmt: skip

OPENERS = {"ir", "cr", "kur", "p10cr", "rr", "genm"}
FOLLOWERS = {"certConf", "pollReq"}
LOCAL_PKI_ONLY = {"cr", "kur", "rr"}  # RFC 9483 4.1.2, 4.1.3, 4.2
BY_SIGNATURE_ONLY = {"kur", "rr"}  # they prove possession of a certificate, RFC 9483 4.1.3, 4.2

Requester = Certificate | SharedSecret


@dataclass
class Transaction:
    """What the CA remembers between the messages of one operation."""

    opener: Message
    path: str
    client: Requester
    state: str = "open"  # then polling, confirm, confirmed, done
    nonces: list[bytes] = field(default_factory=list)  # sent by us, oldest first
    last_kind: str = ""  # of the last request served
    answered: Any = None  # what the last request was answered with
    delayed: Message | None = None  # the request whose answer is late
    pending: Any = None  # makes the late answer
    by_error: bool = False  # `waiting` came in an error message
    polls_left: int = 0
    poll_after: datetime | None = None
    certificate: bytes | None = None
    cert_req_id: int = 0
    confirm_until: datetime | None = None
    mac: Mac | None = None  # what answers are protected with, if not signed


def check_syntax(message: Message) -> None:
    """The checks without which the protocol is dysfunctional, and the header's own rules."""
    if message.pvno not in (2, 3):
        raise Refused("unsupportedVersion", f"pvno is {message.pvno}, not 2 or 3")
    if message.transaction_id is None:
        raise Refused("badDataFormat", "no transactionID")
    if message.kind not in OPENERS | FOLLOWERS:
        raise Refused("badRequest", f"{message.kind} is not served here")
    if message.sender_nonce is None or len(message.sender_nonce) < 16:
        raise Refused("badSenderNonce", "senderNonce is missing or under 16 octets")
    for name in (message.sender, message.recipient):
        if name[:1] != b"\xa4":
            raise Refused("badDataFormat", "sender or recipient is not a directoryName")
    _check_general_info(message)


def check_version(message: Message, transaction: Transaction | None) -> None:
    """RFC 9483 3.1, pvno: 3 where EnvelopedData is expected or hashAlg used, 2 elsewhere.

    Whether certConf has hashAlg is seen when it is read.
    """
    expected = 3 if (transaction.opener if transaction else message).wants_key() else 2
    if message.pvno != expected and message.kind != "certConf":
        raise Refused("unsupportedVersion", f"pvno is {message.pvno}, here it must be {expected}")


def _check_general_info(message: Message) -> None:
    """RFC 9483 3.1, generalInfo: where each entry may stand, and what it must hold."""
    info, kind = message.general_info, message.kind
    if IT_IMPLICIT_CONFIRM in info:
        if kind not in ANSWERS:
            raise Refused("badRequest", f"implicitConfirm in {kind}")
        if info[IT_IMPLICIT_CONFIRM] != der.null():
            raise Refused("badDataFormat", "implicitConfirm is not NULL")
    if IT_CONFIRM_WAIT_TIME in info:
        raise Refused("badRequest", f"confirmWaitTime in {kind}")
    if IT_CERT_PROFILE in info and kind not in {*ANSWERS, "genm"}:
        raise Refused("badRequest", f"certProfile in {kind}")


def profile_of(message: Message) -> str | None:
    """CertProfileValue ::= SEQUENCE SIZE (1..MAX) OF UTF8String; the profile wants exactly one."""
    value = message.general_info.get(IT_CERT_PROFILE)
    if IT_CERT_PROFILE not in message.general_info:
        return None
    names = der.Der(value or b"").enter(der.SEQUENCE)
    name = names.utf8()
    names.end()
    return name


def check_place(message: Message, path: str, transaction: Transaction | None) -> None:
    """Is it this message's turn, on this endpoint, with these nonces?"""
    if message.kind in OPENERS:
        if transaction:
            raise Refused("transactionIdInUse", "this transactionID was used before")
        if len(message.transaction_id or b"") != 16:
            raise Refused("badDataFormat", "transactionID is not 128 bits")
        if message.recip_nonce is not None:
            raise Refused("badRecipientNonce", "recipNonce in the first message")
        return
    if transaction is None:
        raise Refused("badRequest", f"{message.kind} in an unknown transaction")
    if path != transaction.path:
        raise Refused("badRequest", f"{message.kind} sent to another endpoint than the first")
    # RFC 9483 6: after a lost answer the same request comes again and knows one nonce less.
    known = transaction.nonces[-2 if message.kind == transaction.last_kind else -1 :]
    if message.recip_nonce not in known:
        raise Refused("badRecipientNonce", "recipNonce is not our last senderNonce")


def check_time(message: Message, window: int) -> None:
    if message.message_time and abs(message.message_time - now()) > timedelta(seconds=window):
        raise Refused("badTime", f"messageTime {message.message_time} is not {now()}")


@dataclass
class Trust:
    """Whose requests are heard: the manufacturer's devices, and our own PKI's."""

    manufacturers: list[Certificate]
    domain: list[Certificate]
    intermediates: list[Certificate]
    revoked: Container[int]  # serial numbers
    secret: SharedSecret | None = None
    any_sender: bool = False  # under MAC

    def protector(self, message: Message, transaction: Transaction | None) -> Requester:
        """Who protects the message, once the protection is verified."""
        if message.protection is None or message.protection_alg is None:
            raise Refused("badMessageCheck", "no protection")
        by_mac = cmpmac.is_mac(message.protection_alg)
        if transaction and by_mac != isinstance(transaction.client, SharedSecret):
            raise Refused("wrongIntegrity", "another kind of protection than before")
        return self._by_mac(message) if by_mac else self._by_signature(message, transaction)

    def _by_mac(self, message: Message) -> SharedSecret:
        """RFC 9483 4.1.5."""
        if self.secret is None or message.kind in BY_SIGNATURE_ONLY:
            raise Refused("wrongIntegrity", "MAC where a signature is due")
        if message.sender_kid != self.secret.reference.encode():
            raise Refused("badMessageCheck", "senderKID is no reference known here")
        if not self.any_sender and message.sender != der.explicit(4, self.secret.subject):
            raise Refused("badMessageCheck", "sender is not the reference as commonName")
        value, unused = message.protection or (b"", 0)
        try:
            mac = cmpmac.read(message.protection_alg or b"")
            mac.check(self.secret.value, message.protected, value + b"\0" * unused)
        except cmpmac.BadMac as bad:
            raise Refused(bad.fail, f"protection: {bad}") from None
        return self.secret

    def _by_signature(self, message: Message, transaction: Transaction | None) -> Certificate:
        certificate = self._protection_certificate(message, transaction)
        try:
            cmpcrypto.verify(
                message.protection_alg, certificate.spki, message.protection, message.protected
            )
        except cmpcrypto.BadSignature as bad:
            raise Refused(bad.fail, f"protection: {bad}") from None
        self._check_identity(message, certificate)
        if transaction is None:
            self._check_chain(message, certificate)
        elif certificate.raw != transaction.client.raw:
            raise Refused("badMessageCheck", "credentials changed within the operation")
        return certificate

    def _protection_certificate(
        self, message: Message, transaction: Transaction | None
    ) -> Certificate:
        """RFC 9483 3.3: the first of extraCerts; may be left out once the CA knows it."""
        if message.extra_certs:
            return Certificate(message.extra_certs[0])
        if transaction is None:
            raise Refused("badMessageCheck", "no extraCerts in the first message")
        return transaction.client

    def _check_identity(self, message: Message, certificate: Certificate) -> None:
        if message.sender != der.explicit(4, certificate.subject):
            raise Refused("badMessageCheck", "sender is not the protection certificate's subject")
        if message.sender_kid != certificate.key_id():
            raise Refused("badMessageCheck", "senderKID is not the SubjectKeyIdentifier")
        usage = certificate.key_usage()
        if usage is not None and KU_DIGITAL_SIGNATURE not in usage:
            raise Refused("signerNotTrusted", "keyUsage lacks digitalSignature")

    def _check_chain(self, message: Message, certificate: Certificate) -> None:
        anchors = list(self.domain)
        if message.kind not in LOCAL_PKI_ONLY:
            anchors += self.manufacturers
        pool = [Certificate(raw) for raw in message.extra_certs[1:9]]
        if not find_path(certificate, pool, anchors):
            fail = "notAuthorized" if message.kind in LOCAL_PKI_ONLY else "signerNotTrusted"
            raise Refused(fail, "no path from the protection certificate to an anchor")
        if certificate.serial in self.revoked and find_path(
            certificate, self.intermediates, self.domain
        ):
            raise Refused("signerNotTrusted", "the protection certificate is revoked")


def profile_needs_template(message: Message, info_type: str) -> None:
    """RFC 9483 3.1: in a genm, certProfile belongs to certReqTemplate alone."""
    if IT_CERT_PROFILE in message.general_info and info_type != IT_CERT_REQ_TEMPLATE:
        raise Refused("badRequest", "certProfile in a genm that asks for no template")

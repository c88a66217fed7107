# SPDX-License-Identifier: GPL-2.0-or-later
"""A CMP end entity for judging the CA: every field of its requests can be wrong on purpose."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from onlab import cmpcrypto, cmpmac, der
from onlab.cacert import (
    Certificate, Credential, Extensions, now, spki_of, write_extensions, write_name,
)  # fmt: skip
from onlab.cmpmac import Mac, SharedSecret
from onlab.cmpmsg import (
    NULL_DN, Draft, Message, RawReply, StatusInfo, read_info, read_message, read_status_info,
    write_info,
)  # fmt: skip
from onlab.cmpoids import (
    AT_ORGANIZATION, AT_SERIAL_NUMBER, BODIES, CE_REASON_CODE, IT_CA_CERTS, IT_IMPLICIT_CONFIRM,
)  # fmt: skip

Bend = Callable[[Draft], None]
SUBJECT = write_name((AT_ORGANIZATION, "Example Domain"), (AT_SERIAL_NUMBER, "SN-0001"))


def cert_template(
    key: Any, subject: bytes = SUBJECT, extensions: Extensions | None = None
) -> bytes:
    spki = der.tlv(0xA6, der.Der(spki_of(key)).get(der.SEQUENCE))
    more = b""
    if extensions:
        more = der.tlv(0xA9, der.Der(write_extensions(extensions)).get(der.SEQUENCE))
    return der.seq(der.explicit(5, subject), spki, more)


def cert_req_messages(
    key: Any, template: bytes, cert_req_id: int = 0, signer: Any = None, controls: bytes = b""
) -> bytes:
    request = der.seq(der.integer(cert_req_id), template, controls)
    signer = signer or key
    algorithm = cmpcrypto.default_algorithm(signer)
    popo = der.tlv(0xA1, algorithm, der.bits(cmpcrypto.sign(signer, request)))
    return der.seq(der.seq(request, popo))


class Client:
    """One operation: remembers the transaction's ids and nonces as an end entity must."""

    def __init__(
        self, credential: Credential | SharedSecret, ca: Any, path: str = "/.well-known/cmp",
        scheme: str = "pbmac1",
    ) -> None:  # fmt: skip
        self.credential, self.ca, self.path = credential, ca, path
        self.transaction_id = os.urandom(16)
        self.received: bytes | None = None  # last senderNonce of the CA's
        self.sent = b""
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.mac = Mac(scheme, os.urandom(16))

    def build(self, kind: str, body: bytes, info: tuple[bytes, ...] = (), *bends: Bend) -> bytes:
        draft = Draft("request", BODIES[kind], RawReply(body))
        if isinstance(self.credential, SharedSecret):
            draft.mac_as(self.credential, self.mac)
        else:
            draft.sign_as(self.credential)
        draft.recipient = NULL_DN
        draft.transaction_id = self.transaction_id
        draft.sender_nonce = self.sent = os.urandom(16)
        draft.recip_nonce = self.received
        draft.message_time = der.time(now())
        draft.general_info = list(info)
        for bend in bends:
            bend(draft)
        return draft.encode()

    def post(self, raw: bytes) -> Message:
        status, media_type, answer = self.ca.handle(self.path, raw)
        if (status, media_type) != (200, "application/pkixcmp"):
            raise AssertionError(f"HTTP {status}, {media_type}")
        message = read_message(answer)
        self.received = message.sender_nonce
        return message

    def ask(
        self, kind: str, body: bytes, info: tuple[bytes, ...] = (), *bends: Bend
    ) -> Message:
        return self.post(self.build(kind, body, info, *bends))

    # ---- requests as they should be

    def ir_body(self) -> bytes:
        return cert_req_messages(self.key, cert_template(self.key))

    def central_body(self, kind: bytes | None = None, popo: bytes = b"") -> bytes:
        """Asks the CA for the key: none of ours, and no proof of its possession."""
        spki = b"" if kind is None else der.tlv(0xA6, kind, der.bits(b""))
        template = der.seq(der.explicit(5, SUBJECT), spki)
        return der.seq(der.seq(der.seq(der.integer(0), template), popo))

    def pkcs10_body(self) -> bytes:
        """CertificationRequest; attributes are not OPTIONAL, so an empty [0] it is."""
        info = der.seq(der.integer(0), SUBJECT, spki_of(self.key), der.explicit(0))
        algorithm = cmpcrypto.default_algorithm(self.key)
        return der.seq(info, algorithm, der.bits(cmpcrypto.sign(self.key, info)))

    def revocation_body(self, reason: int | None = 0, old: Certificate | None = None) -> bytes:
        """RFC 9483 4.2, for the certificate that signs."""
        old = old or self.credential.certificate
        details = der.seq(der.integer(old.serial, 0x81), der.explicit(3, old.issuer))
        extensions = b"" if reason is None else write_extensions(
            {CE_REASON_CODE: (False, der.integer(reason, der.ENUMERATED))}
        )  # fmt: skip
        return der.seq(der.seq(details, extensions))

    def body_of(self, kind: str) -> bytes:
        """The request of each kind, as it should be."""
        if kind == "p10cr":
            return self.pkcs10_body()
        if kind == "rr":
            return self.revocation_body()
        if kind == "genm":
            return der.seq(write_info(IT_CA_CERTS))
        return self.ir_body()

    def enrol(self, implicit: bool = True, *bends: Bend) -> Message:
        info = (write_info(IT_IMPLICIT_CONFIRM, der.null()),) if implicit else ()
        return self.ask("ir", self.ir_body(), info, *bends)

    def poll(self, cert_req_id: int = 0, *bends: Bend) -> Message:
        return self.ask("pollReq", der.seq(der.seq(der.integer(cert_req_id))), (), *bends)

    def confirm(
        self, certificate: bytes, status: StatusInfo | None = None, cert_req_id: int = 0,
        *bends: Bend,
    ) -> Message:  # fmt: skip
        digest = cmpcrypto.certificate_hash(Certificate(certificate).algorithm, certificate)
        info = status.encode() if status else b""
        body = der.seq(der.seq(der.octets(digest), der.integer(cert_req_id), info))
        return self.ask("certConf", body, (), *bends)

    def inform(
        self, kind: str, info: tuple[bytes, ...] = (), *bends: Bend, value: bytes | None = None
    ) -> Message:
        return self.ask("genm", der.seq(write_info(kind, value)), info, *bends)


# ---- reading answers


def check_mac(message: Message, secret: SharedSecret) -> Mac:
    """Raises unless the answer is protected by the secret."""
    mac = cmpmac.read(message.protection_alg or b"")
    mac.check(secret.value, message.protected, (message.protection or (b"", 0))[0])
    return mac


def status_of(message: Message) -> StatusInfo:
    """The status of an ip, cp, kup, rp or error."""
    fields = der.Der(message.body).enter(der.SEQUENCE)
    if message.kind == "error":
        return read_status_info(fields)
    if message.kind == "rp":
        return read_status_info(fields.enter(der.SEQUENCE))
    if fields.at(der.context(1)):
        fields.element()
    response = fields.enter(der.SEQUENCE).enter(der.SEQUENCE)
    response.integer()
    return read_status_info(response)


def certificate_of(message: Message) -> bytes | None:
    fields = der.Der(message.body).enter(der.SEQUENCE)
    if fields.at(der.context(1)):
        fields.element()
    response = fields.enter(der.SEQUENCE).enter(der.SEQUENCE)
    response.integer()
    response.element()
    return response.enter(der.SEQUENCE).get(der.context(0)) if response else None


def private_key_of(message: Message) -> bytes | None:
    """The EnvelopedData that came with the certificate, as a SEQUENCE."""
    fields = der.Der(message.body).enter(der.SEQUENCE)
    if fields.at(der.context(1)):
        fields.element()
    response = fields.enter(der.SEQUENCE).enter(der.SEQUENCE)
    response.integer()
    response.element()
    pair = response.enter(der.SEQUENCE)
    pair.element()
    return der.seq(pair.enter(der.context(0)).get(0xA0)) if pair else None


def info_of(message: Message) -> tuple[str, bytes | None]:
    return read_info(der.Der(message.body).enter(der.SEQUENCE))

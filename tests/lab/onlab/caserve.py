# SPDX-License-Identifier: GPL-2.0-or-later
"""The operations themselves: a certificate, its confirmation, polling, revocation."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from onlab import cakeygen, catemplate, cmpcrypto, crmf, der
from onlab.caanswer import Answer, Maker, reject
from onlab.cacert import Certificate, CertificateSpec, now, spki_of
from onlab.cacheck import Transaction, profile_of
from onlab.cainform import Information
from onlab.cakeygen import Delivery
from onlab.cmpmac import SharedSecret
from onlab.cmpmsg import (
    CertReply, ErrorReply, Message, PollReply, RawReply, Refused, RevocationReply, StatusInfo,
    read_status_info, write_info,
)  # fmt: skip
from onlab.cmpoids import (
    ACCEPTED, ANSWERS, IT_CONFIRM_WAIT_TIME, IT_IMPLICIT_CONFIRM, REJECTION, RSA_ENCRYPTION,
    WAITING,
)  # fmt: skip
from onlab.envelope import Envelope

if TYPE_CHECKING:
    from onlab.ca import CA


class Operations:
    def __init__(self, ca: CA) -> None:
        self.ca = ca
        self.information = Information(ca)

    def place(self, message: Message) -> str:
        """Which answer a request is about to get."""
        if message.kind == "genm":
            return self.information.place(message)
        return {"rr": "rp", "certConf": "pkiconf", "pollReq": "pollrep"}.get(message.kind, "ip")

    def serve(self, transaction: Transaction, message: Message, label: str | None) -> Answer:
        if message.kind == "pollReq":
            return self._poll(transaction, message)
        if message.kind == "certConf":
            maker = self._confirm(transaction, message)
        elif message.kind == "genm":
            maker = self.information.answer(message, label)
        elif message.kind == "rr":
            maker = self._revoke(transaction, message)
        else:
            maker = self._enrol(transaction, message)
        if transaction.state != "refused" and self._delays(message.kind):
            return self._delay(transaction, message, maker)
        return maker()

    # ---- certificates

    def _enrol(self, transaction: Transaction, message: Message) -> Maker:
        """RFC 9483 5.1.1; what is wrong with the body is said in the body, 3.6.2."""
        try:
            return self._accept_request(transaction, message)
        except der.DerError as broken:
            refusal = Refused("badDataFormat", f"{message.kind}: {broken}")
        except Refused as caught:
            refusal = caught
        transaction.state = "refused"
        cert_req_id = self.ca.options["p10-id"] if message.kind == "p10cr" else 0
        return lambda: reject(message.kind, cert_req_id, refusal)

    def _accept_request(self, transaction: Transaction, message: Message) -> Maker:
        offer = self.information.offer(profile_of(message))
        request = crmf.read_request(message.kind, message.body)
        key = self._make_key(transaction, message, request, offer) if request.central else None
        self.ca.issuer.authorize(message.kind, request, transaction.client)
        if offer and self.ca.options["template-check"] == "on":
            wrong = catemplate.deviation(offer, request.template, message.kind == "kur")
            if wrong:
                raise Refused("badCertTemplate", wrong)
        transaction.cert_req_id = request.cert_req_id
        if message.kind == "p10cr":
            transaction.cert_req_id = self.ca.options["p10-id"]
        spec = self.ca.issuer.prepare(message.kind, request, transaction.client)
        return lambda: self._issue(transaction, message, spec, key)

    def _make_key(
        self, transaction: Transaction, message: Message, request: crmf.Request,
        offer: catemplate.Offer | None,
    ) -> Delivery:  # fmt: skip
        """RFC 9483 4.1.6: of the kind asked for, else of the template's, and for who can read it."""
        form = self.ca.options["keygen"]
        if form == "off":
            raise Refused("badCertTemplate", "no publicKey, and keys are not made here")
        if message.pvno != 3:
            raise Refused("unsupportedVersion", "central key generation needs pvno 3")
        wanted, bits = request.key_kind, request.rsa_bits
        for kind, value in offer.keys[:1] if offer and not wanted else ():
            wanted = value if kind == "alg" else der.seq(der.oid(RSA_ENCRYPTION), der.null())
            bits = bits if kind == "alg" else der.Der(value).integer()
        form = cakeygen.choose_form(form, transaction.client)
        key = cakeygen.make_key(wanted, bits)
        request.template.spki = spki_of(key)
        envelope = Envelope(form, transaction.client, b"")
        shape = self.ca.options["keygen-shape"] == "field"
        return Delivery(key, self.ca.credential("domain/kga"), envelope, field_shape=shape)

    def _issue(
        self, transaction: Transaction, message: Message, spec: CertificateSpec,
        delivery: Delivery | None,
    ) -> Answer:  # fmt: skip
        for bent in self.ca.faults.spend("certificate", "ip"):
            bent.bend(spec, self.ca)
        raw = spec.build()
        transaction.certificate = raw
        where = self.ca.issuer.record(spec.serial, raw)
        serial = f"{spec.serial:040x}"
        self.ca.events.emit(
            "issued",
            transactionID=(message.transaction_id or b"").hex(),
            serial=serial,
            file=str(where),
            sha256=hashlib.sha256(raw).hexdigest(),
        )
        reply = CertReply(transaction.cert_req_id, StatusInfo(ACCEPTED), raw)
        if delivery:
            for bent in self.ca.faults.spend("delivery", "ip"):
                bent.bend(delivery, self.ca)
            reply.key_pair_rest = delivery.encode()
        by_mac = isinstance(transaction.client, SharedSecret)
        wanted = self.ca.options["capubs"] == "on" or self.ca.options["capubs"] == "mac" and by_mac
        if wanted and message.kind in ("ir", "p10cr"):
            reply.ca_pubs = [self.ca.issuer.root.raw]
        facts = {"serial": serial, "keygen": delivery.envelope.form if delivery else None}
        answer = Answer(ANSWERS[message.kind], "ip", reply, raw, facts=facts)
        self._settle_confirmation(transaction, message, answer)
        return answer

    def _settle_confirmation(
        self, transaction: Transaction, message: Message, answer: Answer
    ) -> None:
        """RFC 9483 4.1.1: grant what was asked for, or say how long certConf is waited for."""
        asked = IT_IMPLICIT_CONFIRM in message.general_info
        granted = asked and self.ca.options["confirm"] == "implicit"
        answer.facts.update(implicitConfirmAsked=asked, implicitConfirm=granted)
        if granted:
            answer.general_info.append(write_info(IT_IMPLICIT_CONFIRM, der.null()))
            transaction.state = "done"
            return
        until = now() + timedelta(seconds=self.ca.options["confirm-time"])
        answer.general_info.append(write_info(IT_CONFIRM_WAIT_TIME, der.time(until)))
        answer.needs_time = True
        transaction.state, transaction.confirm_until = "confirm", until

    # ---- confirmation

    def _confirm(self, transaction: Transaction, message: Message) -> Maker:
        """CertStatus ::= SEQUENCE { certHash OCTET STRING, certReqId INTEGER,
        statusInfo PKIStatusInfo OPTIONAL, hashAlg [0] AlgorithmIdentifier OPTIONAL }"""
        if transaction.state == "confirmed":
            raise Refused("certConfirmed", "confirmed before")
        if transaction.state != "confirm" or transaction.certificate is None:
            raise Refused("badRequest", "no certificate waits for confirmation")
        outer = der.Der(message.body)
        statuses = outer.enter(der.SEQUENCE)
        outer.end()
        fields = statuses.enter(der.SEQUENCE)
        if statuses:
            raise Refused("badRequest", "more than one CertStatus")
        cert_hash, cert_req_id = fields.get(der.OCTET_STRING), fields.integer()
        status = StatusInfo(ACCEPTED)
        if fields.at(der.SEQUENCE):
            status = read_status_info(fields)
        _check_hash(transaction, message, fields, cert_hash, self.ca.options)
        self._check_confirmation(transaction, cert_req_id, status)
        return lambda: self._conclude(transaction, message, status, cert_req_id)

    def _check_confirmation(
        self, transaction: Transaction, cert_req_id: int, status: StatusInfo
    ) -> None:
        # RFC 9483 4.1.1 by the letter says 0 even after a p10cr; both are met in the field.
        if cert_req_id not in (0, transaction.cert_req_id):
            raise Refused("badCertId", f"certReqId is {cert_req_id}")
        if status.status not in (ACCEPTED, REJECTION):
            raise Refused("badRequest", f"certConf with status {status.status}")
        if status.status == ACCEPTED and status.fail:
            raise Refused("badRequest", "certConf accepts and has failInfo")
        if transaction.confirm_until and now() > transaction.confirm_until:
            raise Refused("badRequest", "certConf came after confirmWaitTime")

    def _conclude(
        self, transaction: Transaction, message: Message, status: StatusInfo, cert_req_id: int
    ) -> Answer:
        serial = Certificate(transaction.certificate or b"").serial
        common = {
            "transactionID": (message.transaction_id or b"").hex(),
            "serial": f"{serial:040x}",
        }
        transaction.state = "confirmed"
        if status.status == ACCEPTED:
            self.ca.events.emit("confirmed", **common)
        else:
            self.ca.issuer.revoke(serial)
            self.ca.events.emit(
                "rejected_by_client", clientFailInfo=status.fail, text=status.text, **common
            )
        facts = {"serial": common["serial"], "certReqId": cert_req_id}
        return Answer("pkiconf", "pkiconf", RawReply(), facts=facts)

    # ---- delayed delivery

    def _delays(self, kind: str) -> bool:
        if not self.ca.options["wait"]:
            return False
        group = {"certConf": "certconf", "genm": "genm", "rr": "rr"}.get(kind, "certificate")
        return self.ca.options["wait-on"] in (group, "all")

    def _delay(self, transaction: Transaction, message: Message, maker: Maker) -> Answer:
        """RFC 9483 4.4: in the body that has a status of its own, else in an error message."""
        transaction.state, transaction.delayed, transaction.pending = "polling", message, maker
        transaction.polls_left = self.ca.options["wait"]
        transaction.poll_after = None
        return self.waiting(transaction)

    def waiting(self, transaction: Transaction) -> Answer:
        kind = transaction.delayed.kind if transaction.delayed else ""
        status = StatusInfo(WAITING, "somebody has to approve this")
        in_body = kind in ANSWERS and self.ca.options["wait-by"] == "body"
        transaction.by_error = not in_body
        if not in_body:
            return Answer("error", "waiting", ErrorReply(status))
        return Answer(ANSWERS[kind], "waiting", CertReply(transaction.cert_req_id, status))

    def _poll(self, transaction: Transaction, message: Message) -> Answer:
        """PollReqContent ::= SEQUENCE OF SEQUENCE { certReqId INTEGER }"""
        if transaction.state != "polling":
            raise Refused("badRequest", "nothing to poll for")
        outer = der.Der(message.body)
        requests = outer.enter(der.SEQUENCE)
        outer.end()
        fields = requests.enter(der.SEQUENCE)
        cert_req_id = fields.integer()
        fields.end()
        requests.end()
        # RFC 9483 4.4: 0 for a CertResponse, else -1; after a p10cr its cp said -1.
        allowed = (-1,) if transaction.by_error else (0, transaction.cert_req_id)
        if cert_req_id not in allowed:
            raise Refused("badCertId", f"pollReq with certReqId {cert_req_id}")
        early = transaction.poll_after is not None and now() < transaction.poll_after
        transaction.polls_left -= 1
        if transaction.polls_left > 0:
            wait = self.ca.options["check-after"]
            transaction.poll_after = now() + timedelta(seconds=wait)
            told = self.ca.options["poll-id"]
            reply = PollReply(cert_req_id if told == "echo" else int(told), wait)
            return Answer("pollRep", "pollrep", reply,
                          facts={"early": early, "certReqId": cert_req_id})  # fmt: skip
        answer = transaction.pending()
        answer.late = True
        answer.facts.update(early=early, certReqId=cert_req_id)
        return answer

    # ---- revocation

    def _revoke(self, transaction: Transaction, message: Message) -> Maker:
        """RFC 9483 4.2: signed with the certificate that is to be revoked."""
        client = transaction.client
        try:
            *named, reason = crmf.read_revocation(message.body)
            if named != [client.issuer, client.serial]:
                raise Refused("badCertId", "not the certificate that signs the request")
        except der.DerError as broken:
            refusal = Refused("badDataFormat", f"rr: {broken}")
        except Refused as caught:
            refusal = caught
        else:
            return lambda: self._strike(client.serial, reason)
        transaction.state = "refused"
        status = StatusInfo(REJECTION, str(refusal), [refusal.fail])
        return lambda: Answer("rp", "rp", RevocationReply(status), refusal=refusal)

    def _strike(self, serial: int, reason: int) -> Answer:
        self.ca.issuer.revoke(serial, reason)
        facts = {"serial": f"{serial:040x}", "reason": crmf.CRL_REASONS[reason]}
        self.ca.events.emit("revoked", **facts)
        return Answer("rp", "rp", RevocationReply(StatusInfo(ACCEPTED)), facts=facts)


def _check_hash(
    transaction: Transaction, message: Message, fields: der.Der, cert_hash: bytes,
    options: dict[str, Any],
) -> None:  # fmt: skip
    certificate = transaction.certificate or b""
    algorithm, wanted = Certificate(certificate).algorithm, options["hash-alg"]
    if wanted == ("refused" if fields else "demanded"):
        raise Refused("badDataFormat", f"hashAlg is {wanted} here")
    expected = 3 if fields or transaction.opener.wants_key() else 2
    if message.pvno != expected and options["pvno"] == "strict":
        raise Refused("unsupportedVersion", f"pvno is {message.pvno}, not {expected}")
    if fields:
        if message.pvno != 3:
            raise Refused("badRequest", "hashAlg needs pvno 3")  # RFC 9483 4.1.1
        named = fields.enter(der.context(0)).enter(der.SEQUENCE).oid()
        if named not in cmpcrypto.SHA2:
            raise Refused("badAlg", f"hashAlg {named}")
        expected = hashlib.new(cmpcrypto.SHA2[named]().name, certificate).digest()
    else:
        expected = cmpcrypto.certificate_hash(algorithm, certificate)
    fields.end()
    if cert_hash != expected:
        raise Refused("badCertId", "certHash is not the issued certificate's")

# SPDX-License-Identifier: GPL-2.0-or-later
"""A certification authority that speaks RFC 9483's Lightweight CMP Profile, and issues for real.

What it demands of requests is in cacheck.py, what it issues in caissue.py, how it misbehaves in
cafaults.py.  Here is the order of things.
"""

from __future__ import annotations

import os
import re
import threading
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from onlab import cacheck, cafaults, cahttp, caoptions, cmpmac, der
from onlab.caanswer import Answer, error
from onlab.cacert import Credential, now, read_pem
from onlab.cacheck import FOLLOWERS, Requester, Transaction, Trust
from onlab.caissue import Issuer
from onlab.caserve import Operations
from onlab.cmpmac import Mac, SharedSecret
from onlab.cmpmsg import NULL_DN, Draft, Message, Refused, read_message
from onlab.cmpoids import BODIES, LABELS
from onlab.events import Events

SIGNERS = {"ra": "domain/ra", "ca": "domain/ca-signer", "registrar": "domain/registrar-p256"}
ENDPOINT = re.compile(r"/\.well-known/cmp(/p/[A-Za-z0-9._~-]+)?(/(?P<label>[a-z0-9]+))?")

add_arguments = caoptions.add_arguments


@dataclass
class Exchange:
    """One request and what became of it, for the log."""

    path: str
    message: Message = field(default_factory=Message)
    transaction: Transaction | None = None
    client: Requester | None = None
    refusal: Refused | None = None


class CA:
    """`faults` are names out of cafaults.FAULTS, each NAME[@WHERE][:TIMES]."""

    def __init__(
        self, directory: Path, faults: Iterable[str] = (), options: Mapping[str, Any] | None = None
    ) -> None:
        self.directory = directory
        self.faults = cafaults.Switches.parse(faults)
        self.options = caoptions.settle(options or {}, self.faults.options())
        self.events = Events(directory, "ca")
        self.issuer = Issuer(
            directory, self.options["validity"], self.options["subject"] == "any",
            self.options["cdp"] == "on",
        )  # fmt: skip
        self.trust = Trust(
            manufacturers=read_pem(directory / "manufacturer" / "root.pem")[:1],
            domain=[self.issuer.root],
            intermediates=self.issuer.chain,
            revoked=self.issuer.revoked,
            secret=self._shared_secret(),
            any_sender=self.options["mac-sender"] == "any",
        )
        self.transactions: dict[bytes, Transaction] = {}
        self.operations = Operations(self)
        self._credentials: dict[str, Credential] = {}
        self._lock = threading.Lock()
        for place in ("ip", "waiting"):
            self.signer(place)  # complains about a missing file now

    def _shared_secret(self) -> SharedSecret | None:
        value = self.options["secret"].encode()
        return SharedSecret(self.options["reference"], value) if value else None

    def serve(self, port: int = 0) -> None:
        cahttp.serve(self, port)

    def handle(self, path: str, body: bytes) -> tuple[int, str, bytes]:
        endpoint = ENDPOINT.fullmatch(path)
        label = endpoint and endpoint["label"]
        if not endpoint or label and label not in LABELS:
            self.events.line(f"404 {path}")
            return 404, "text/plain", b"no such CMP endpoint\n"
        with self._lock:
            try:
                return self._exchange(Exchange(path), label, body)
            except Exception:
                self.events.emit("crash", path=path, trace=traceback.format_exc())
                raise

    def _exchange(self, exchange: Exchange, label: str | None, body: bytes) -> tuple:
        try:
            exchange.message = read_message(body)
            answer = self._serve(exchange, label)
        except Refused as refusal:
            exchange.refusal = refusal
            answer = error(refusal)
        except der.DerError as broken:
            exchange.refusal = Refused("badDataFormat", str(broken))
            answer = error(exchange.refusal)
        draft = self._draft(answer, exchange)
        for bent in self.faults.spend("draft", answer.place):
            bent.bend(draft, self)
        raw = draft.encode()
        self._remember(exchange, draft)
        self._log(exchange, answer, draft, raw)
        return draft.status, draft.content_type, raw

    def _serve(self, exchange: Exchange, label: str | None) -> Answer:
        message = exchange.message
        exchange.transaction = self.transactions.get(message.transaction_id or b"")
        transaction = exchange.transaction
        cacheck.check_syntax(message)
        if self.options["pvno"] == "strict":
            cacheck.check_version(message, transaction)
        cacheck.check_place(message, exchange.path, transaction)
        if message.kind not in FOLLOWERS and label and LABELS[label] != message.kind:
            raise Refused("badRequest", f"{message.kind} at {label}")
        client = self.trust.protector(message, transaction)
        cacheck.check_time(message, self.options["time-window"])
        exchange.client = client
        for bent in self.faults.spend("serve", self.operations.place(message)):
            bent.bend(message, self)
        if transaction is None:
            transaction = Transaction(message, exchange.path, client, mac=self._mac(message))
            self.transactions[message.transaction_id or b""] = transaction
            exchange.transaction = transaction
        return self.operations.serve(transaction, message, label)

    def _draft(self, answer: Answer, exchange: Exchange) -> Draft:
        """RFC 9483 5.1: sender becomes recipient, senderNonce recipNonce, transactionID stays."""
        message, transaction = exchange.message, exchange.transaction
        draft = Draft(answer.place, BODIES[answer.kind], answer.reply)
        draft.issued_chain = self.issuer.chain if answer.certificate else []
        self._protect(draft, exchange)
        if self.options["signer-certs"] == "first" and answer.place in ("pollrep", "pkiconf"):
            draft.extra_certs = []
        if transaction and transaction.opener.wants_key():
            draft.pvno = 3
        draft.recipient = message.sender or NULL_DN
        draft.transaction_id = message.transaction_id
        draft.sender_nonce = os.urandom(16)
        draft.recip_nonce = message.sender_nonce
        if answer.late and transaction and transaction.delayed:
            if self.options["final-nonce"] == "original":
                draft.recip_nonce = transaction.delayed.sender_nonce
        if self.options["message-time"] == "on" or answer.needs_time:
            draft.message_time = der.time(now())
        draft.general_info = list(answer.general_info)
        return draft

    def _protect(self, draft: Draft, exchange: Exchange) -> None:
        """RFC 9483 3.2: as the request was, once it is known to be whose it says it is."""
        if isinstance(exchange.client, SharedSecret):
            mac = exchange.transaction.mac if exchange.transaction else None
            draft.mac_as(exchange.client, mac or self._mac(exchange.message))
        else:
            draft.sign_as(self.signer(draft.place))

    def _mac(self, message: Message) -> Mac | None:
        """Ours, if the request has one: parameters stay through an operation, RFC 9483 4.1.5."""
        if not cmpmac.is_mac(message.protection_alg or b""):
            return None
        scheme = self.options["mac-answer"]
        return Mac(cmpmac.read(message.protection_alg).scheme if scheme == "same" else scheme,
                   os.urandom(16))  # fmt: skip

    def _remember(self, exchange: Exchange, draft: Draft) -> None:
        """An unauthenticated request must not move the nonces of somebody else's operation."""
        transaction = exchange.transaction
        if transaction and exchange.client:
            transaction.nonces.append(draft.sender_nonce or b"")
            transaction.last_kind = exchange.message.kind

    def signer(self, place: str) -> Credential:
        name = self.options["signer"]
        if name == "alternate":
            name = "ca" if place in ("ip", "pkiconf") else "ra"
        return self.credential(SIGNERS.get(name, name))

    def credential(self, stem: str) -> Credential:
        if stem not in self._credentials:
            self._credentials[stem] = Credential.load(self.directory / stem)
        return self._credentials[stem]

    def _log(self, exchange: Exchange, answer: Answer, draft: Draft, raw: bytes) -> None:
        message, refusal = exchange.message, exchange.refusal or answer.refusal
        fields: dict[str, Any] = {
            "path": exchange.path,
            "transactionID": (message.transaction_id or b"").hex(),
            "senderNonce": (message.sender_nonce or b"").hex(),
            "pvno": message.pvno,
            "messageTime": message.message_time is not None,
            "extraCerts": len(message.extra_certs),
            "answer": answer.kind,
            "place": answer.place,
            "status": draft.status,
            "size": len(raw),
            **answer.facts,
        }
        if exchange.client:
            fields["client"] = exchange.client.label
            fields["protection"] = draft.mac.scheme if draft.mac else "signature"
            fields["certProfile"] = _profile(message)
        if refusal:
            fields.update(failInfo=refusal.fail, reason=str(refusal))
        what = message.kind or "garbage"
        self.events.emit(what, **fields)
        outcome = f"refused, {refusal.fail}: {refusal}" if refusal else answer.place
        self.events.line(f"{what} {exchange.path} -> {answer.kind} ({outcome})")


def _profile(message: Message) -> str | None:
    try:
        return cacheck.profile_of(message)
    except der.DerError:
        return None

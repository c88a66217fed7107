# SPDX-License-Identifier: GPL-2.0-or-later
"""Misbehaviour in the bodies: refusals, answers of the wrong shape, polling, confirmation, genp."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from onlab import catemplate, der
from onlab.cacert import now
from onlab.cafault import POLICY, RETRIES, TAKES, declare, fault
from onlab.cafaulthead import HOSTILE, role_signer
from onlab.cmpmsg import (
    CertReply, Draft, ErrorReply, InfoReply, Message, PollReply, RawReply, Refused, StatusInfo,
    write_info,
)  # fmt: skip
from onlab.cmpoids import (
    ACCEPTED, BODIES, CE_SUBJECT_ALT_NAME, FAIL_INFO, GRANTED_WITH_MODS, IT_CA_CERTS,
    IT_CERT_REQ_TEMPLATE, IT_CONFIRM_WAIT_TIME, IT_IMPLICIT_CONFIRM, REJECTION,
    REVOCATION_WARNING, WAITING,
)  # fmt: skip

if TYPE_CHECKING:
    from onlab.ca import CA


def become(draft: Draft, kind: str, reply: object) -> None:
    draft.tag, draft.reply = BODIES[kind], reply


# ---- refusals

RETRIED = {"transactionIdInUse", "systemUnavail", "systemFailure"}  # RFC 9483 3.6.4


def _refuse(name: str):
    def bend(message: Message, ca: CA) -> None:
        raise Refused(name, f"refused for the test's sake: {name}")

    return bend


for _name in FAIL_INFO:
    declare(
        f"cmp-error-{_name}",
        f"a protected error with failInfo {_name}",
        _refuse(_name),
        RETRIES if _name in RETRIED else "ends",
        stage="serve",
    )


def _unprotected(name: str):
    def bend(draft: Draft, ca: CA) -> None:
        become(draft, "error", ErrorReply(StatusInfo(REJECTION, "no key at hand", [name])))
        draft.protect = draft.protection_alg = None
        draft.extra_certs = []

    return bend


declare("cmp-unprotected-error", "an error without protection, failInfo badRequest",
        _unprotected("badRequest"))  # fmt: skip
declare("cmp-unprotected-unavail", "an error without protection, failInfo systemUnavail",
        _unprotected("systemUnavail"), RETRIES)  # fmt: skip


@fault("cmp-unprotected-waiting", "an error without protection says `waiting`: not to be polled")
def _(draft: Draft, ca: CA) -> None:
    become(draft, "error", ErrorReply(StatusInfo(WAITING, "come again")))
    draft.protect = draft.protection_alg = None


@fault("cmp-error-bare", "a protected error with neither failInfo nor text")
def _(draft: Draft, ca: CA) -> None:
    become(draft, "error", ErrorReply(StatusInfo(REJECTION)))


@fault("cmp-error-hostile", "a protected error with terminal escapes in every text")
def _(draft: Draft, ca: CA) -> None:
    status = StatusInfo(REJECTION, HOSTILE, ["badRequest", "systemFailure"])
    become(draft, "error", ErrorReply(status, -(2**63), HOSTILE))


@fault("cmp-error-accepted", "an error whose status is accepted")
def _(draft: Draft, ca: CA) -> None:
    become(draft, "error", ErrorReply(StatusInfo(ACCEPTED)))


@fault("cmp-rejection", "rejection in the body, with a statusString full of control characters")
def _(draft: Draft, ca: CA) -> None:
    draft.reply = CertReply(0, StatusInfo(REJECTION, HOSTILE, ["badCertTemplate"]))
    draft.general_info = []


@fault("cmp-rejection-with-certificate", "status rejection, and a certificate nevertheless")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.status = StatusInfo(REJECTION, "no", ["badCertTemplate"])


# ---- the wrong body


@fault("cmp-body-cp", "cp answers ir (ip answers anything else)")
def _(draft: Draft, ca: CA) -> None:
    draft.tag = BODIES["ip" if draft.tag == BODIES["cp"] else "cp"]


@fault("cmp-body-genp", "a genp instead of what is due; an ip where a genp is")
def _(draft: Draft, ca: CA) -> None:
    if draft.tag == BODIES["genp"]:
        become(draft, "ip", CertReply(0, StatusInfo(REJECTION)))
    else:
        become(draft, "genp", InfoReply(IT_CA_CERTS, None))


@fault("cmp-body-pkiconf", "pkiConf instead of the certificate")
def _(draft: Draft, ca: CA) -> None:
    become(draft, "pkiconf", RawReply())


@fault("cmp-body-pollrep", "a pollRep nobody asked for")
def _(draft: Draft, ca: CA) -> None:
    become(draft, "pollRep", PollReply(0, 1))


@fault("cmp-body-request", "our own request's body comes back")
def _(draft: Draft, ca: CA) -> None:
    message = ca.transactions[draft.transaction_id or b""].opener
    become(draft, message.kind, RawReply(message.body))


@fault("cmp-body-unknown", "body [29], which is none of PKIBody's")
def _(draft: Draft, ca: CA) -> None:
    draft.tag = 29


# ---- CertRepMessage of the wrong shape


@fault("cmp-status-no-certificate", "accepted, but no certificate")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.certificate = None


@fault("cmp-status-mods", "grantedWithMods, though nothing was modified", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.reply.status = StatusInfo(GRANTED_WITH_MODS, "as good as asked")


@fault("cmp-status-fail-info", "accepted, with a failInfo that has no place there", POLICY)
def _(draft: Draft, ca: CA) -> None:
    draft.reply.status = StatusInfo(ACCEPTED, None, ["badAlg"])


@fault("cmp-status-warning", "status revocationWarning, with the certificate")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.status = StatusInfo(REVOCATION_WARNING)


@fault("cmp-status-unknown", "status 7, with the certificate")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.status = StatusInfo(7)


@fault("cmp-status-negative", "status -1, with the certificate")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.status = StatusInfo(-1)


@fault("cmp-status-bignum", "a status of 2^64, which is 0 to who counts in 64 bits")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.status = StatusInfo(2**64)


@fault("cmp-responses-two", "two CertResponses for one request")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.copies = 2


@fault("cmp-responses-none", "no CertResponse at all")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.copies = 0


@fault("cmp-cert-req-id-1", "certReqId is 1")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.cert_req_id = 1


@fault("cmp-cert-encrypted", "the certificate under the tag of an encrypted one")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.choice = 1


@fault("cmp-private-key", "a private key nobody asked for, in no known packing")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.key_pair_rest = der.explicit(0, der.seq(der.bits(os.urandom(32))))


@fault("cmp-capubs-other", "caPubs holds the root of an unrelated PKI", POLICY)
def _(draft: Draft, ca: CA) -> None:
    draft.reply.ca_pubs = [ca.credential("other/root").certificate.raw]


@fault("cmp-capubs-clone", "caPubs holds a root of the domain's name with another key", POLICY)
def _(draft: Draft, ca: CA) -> None:
    draft.reply.ca_pubs = [ca.credential("domain/clone-root").certificate.raw]


@fault("cmp-capubs-ee", "caPubs holds an end entity's certificate", POLICY)
def _(draft: Draft, ca: CA) -> None:
    draft.reply.ca_pubs = [ca.credential("domain/norole").certificate.raw]


@fault("cmp-chain-missing", "extraCerts lack the new certificate's chain", POLICY)
def _(draft: Draft, ca: CA) -> None:
    """POLICY, since the chain may be known from caCerts; the signer's own chain is complete."""
    chain = [certificate.raw for certificate in draft.issued_chain]
    draft.sign_as(role_signer(ca, "domain/root"))
    draft.extra_certs = [raw for raw in draft.extra_certs if raw not in chain]


# ---- confirmation


@fault("cmp-implicit-unasked", "implicitConfirm granted to who did not ask", POLICY)
def _(draft: Draft, ca: CA) -> None:
    """Counts only where it was asked for: who did not ask sends certConf all the same."""
    draft.general_info = [write_info(IT_IMPLICIT_CONFIRM, der.null())]


@fault("cmp-implicit-and-wait", "implicitConfirm together with confirmWaitTime", POLICY)
def _(draft: Draft, ca: CA) -> None:
    draft.general_info = [
        write_info(IT_IMPLICIT_CONFIRM, der.null()),
        write_info(IT_CONFIRM_WAIT_TIME, der.time(now())),
    ]


@fault("cmp-pkiconf-missing", "no pkiConf: HTTP 503 to every certConf", POLICY, place="pkiconf",
       confirm="explicit")  # fmt: skip
def _(draft: Draft, ca: CA) -> None:
    draft.status, draft.content_type = 503, "text/plain"
    draft.wire.append(lambda raw: b"")


@fault("cmp-pkiconf-garbage", "pkiConf holds an INTEGER", place="pkiconf", confirm="explicit")
def _(draft: Draft, ca: CA) -> None:
    draft.reply = RawReply(der.integer(0))


@fault("cmp-pkiconf-error", "certConf is answered by a protected error, badCertId",
       place="pkiconf", confirm="explicit")  # fmt: skip
def _(draft: Draft, ca: CA) -> None:
    become(draft, "error", ErrorReply(StatusInfo(REJECTION, "too late", ["badCertId"])))


@fault("cmp-pkiconf-ip", "certConf is answered by the certificate once more", place="pkiconf",
       confirm="explicit")  # fmt: skip
def _(draft: Draft, ca: CA) -> None:
    certificate = ca.transactions[draft.transaction_id or b""].certificate
    become(draft, "ip", CertReply(0, StatusInfo(ACCEPTED), certificate))


# ---- polling


@fault("cmp-poll-for-ever", "every pollReq is answered by pollRep", wait=1 << 30)
def _(draft: Draft, ca: CA) -> None:
    """The wait is all of it."""


@fault("cmp-wait-for-ever", "every pollReq is answered by `waiting` once more", place="pollrep",
       wait=1 << 30)  # fmt: skip
def _(draft: Draft, ca: CA) -> None:
    transaction = ca.transactions[draft.transaction_id or b""]
    answer = ca.operations.waiting(transaction)
    become(draft, answer.kind, answer.reply)


def _check_after(seconds: int):
    def bend(draft: Draft, ca: CA) -> None:
        draft.reply.check_after = seconds

    return bend


for _name, _seconds, _text, _verdict in (
    ("huge", 2**31 - 1, "68 years", POLICY),
    ("bignum", 2**130, "more seconds than any clock counts", POLICY),
    ("negative", -1, "minus one second", POLICY),
    ("zero", 0, "no time at all", TAKES),
):
    declare(f"cmp-check-after-{_name}", f"checkAfter is {_text}", _check_after(_seconds),
            _verdict, place="pollrep", wait=2)  # fmt: skip


@fault("cmp-poll-rep-id", "pollRep for certReqId 5", place="pollrep", wait=2)
def _(draft: Draft, ca: CA) -> None:
    draft.reply.cert_req_id = 5


@fault("cmp-poll-rep-hostile", "pollRep's reason is full of control characters", TAKES,
       place="pollrep", wait=2)  # fmt: skip
def _(draft: Draft, ca: CA) -> None:
    draft.reply.reason = HOSTILE


@fault("cmp-waiting-fail-info", "`waiting` with a failInfo that has no place there", POLICY,
       place="waiting", wait=2)  # fmt: skip
def _(draft: Draft, ca: CA) -> None:
    draft.reply.status.fail = ["badRequest"]


# ---- general responses


@fault("cmp-info-type", "genp of another type than asked for", place="cacerts")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.kind = "1.3.6.1.5.5.7.4.23"


@fault("cmp-info-two", "genp with two InfoTypeAndValues", place="cacerts")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.copies = 2


@fault("cmp-cacerts-garbage", "caCerts holds a SEQUENCE that is no certificate", POLICY,
       place="cacerts")  # fmt: skip
def _(draft: Draft, ca: CA) -> None:
    draft.reply.value = der.seq(der.seq(der.utf8("no certificate")))


@fault("cmp-cacerts-empty", "caCerts is an empty SEQUENCE, against SIZE (1..MAX)", place="cacerts")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.value = der.seq()


@fault("cmp-cacerts-1000", "caCerts holds a thousand certificates", POLICY, place="cacerts")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.value = der.seq(ca.issuer.ca.certificate.raw * 1000)


@fault("cmp-cacerts-other", "caCerts holds the root of an unrelated PKI: no anchor for that",
       TAKES, place="cacerts")  # fmt: skip
def _(draft: Draft, ca: CA) -> None:
    draft.reply.value = der.seq(
        ca.issuer.ca.certificate.raw, ca.credential("other/root").certificate.raw
    )


def _template(name: str, text: str, verdict: str, **changes) -> None:
    offer = replace(catemplate.OFFERS["basic"], **changes)

    def bend(draft: Draft, ca: CA) -> None:
        draft.reply = InfoReply(IT_CERT_REQ_TEMPLATE, offer.encode())

    declare(f"cmp-template-{name}", text, bend, verdict, place="template")


_X448 = ("alg", der.seq(der.oid("1.3.101.111")))
_KEY = der.tlv(0xA6, catemplate.P256[1], der.bits(b"\x04" + bytes(64)))
_SAN = ((CE_SUBJECT_ALT_NAME, (False, b"\x30\x7f")),)
_template("unsupported-key", "keySpec lists nothing a signing device can make", "ends",
          keys=(_X448, catemplate.rsa_bits(512), ("alg", der.seq(der.oid("1.2.3.4")))))  # fmt: skip
_template("unsupported-first", "keySpec lists two unknown kinds before P-256", TAKES,
          keys=(_X448, ("alg", der.seq(der.oid("1.2.3.4"))), catemplate.P256))  # fmt: skip
_template("keys-1000", "keySpec with a thousand unknown kinds before P-256", POLICY,
          keys=(_X448,) * 1000 + (catemplate.P256,))  # fmt: skip
_template("rsa-negative", "keySpec asks for RSA of -2048 bits", "ends",
          keys=(catemplate.rsa_bits(-2048),))  # fmt: skip
_template("rsa-huge", "keySpec asks for RSA of 2^31 bits", "ends",
          keys=(catemplate.rsa_bits(2**31),))  # fmt: skip
_template("public-key", "the template holds a publicKey", "ends", inserted=_KEY)
_template("serial", "the template holds a serialNumber", "ends",
          inserted=der.tlv(0x81, b"\x01"))  # fmt: skip
_template("bad-san", "the template's SAN is truncated DER", "ends", extensions=_SAN)
_template("huge-name", "the template's subject has a value of 60 kB", POLICY,
          subject=(("2.5.4.3", "A" * 60000),))  # fmt: skip
_template("names-500", "the template's subject has five hundred attributes", POLICY,
          subject=(("2.5.4.11", "unit"),) * 500)  # fmt: skip


@fault("cmp-template-malformed", "the template is a SEQUENCE of something else", place="template")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.value = der.seq(der.integer(1), der.utf8("template"))


@fault("cmp-template-trailing", "octets behind keySpec", place="template")
def _(draft: Draft, ca: CA) -> None:
    offer = der.Der(catemplate.OFFERS["basic"].encode()).get(der.SEQUENCE)
    draft.reply.value = der.seq(offer, der.null())



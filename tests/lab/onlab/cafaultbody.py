# SPDX-License-Identifier: GPL-2.0-or-later
"""Misbehaviour in the bodies: refusals, answers of the wrong shape, polling, confirmation."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from onlab import der
from onlab.cacert import now
from onlab.cafault import (
    ANY_SCENE, ENDS, POLICY, RETRIES, TAKES, TOOL_SCENE, declare, fault,
)  # fmt: skip
from onlab.cafaulthead import HOSTILE
from onlab.cafaultsigner import role_signer
from onlab.cmpmsg import (
    CertReply, Draft, ErrorReply, InfoReply, Message, PollReply, RawReply, Refused, StatusInfo,
    write_info,
)  # fmt: skip
from onlab.cmpoids import (
    ACCEPTED, BODIES, FAIL_INFO, GRANTED_WITH_MODS, IT_CA_CERTS, IT_CONFIRM_WAIT_TIME,
    IT_IMPLICIT_CONFIRM, REJECTION, REVOCATION_WARNING, WAITING,
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
        RETRIES if _name in RETRIED else ENDS,
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


def _reject(name: str):
    def bend(draft: Draft, ca: CA) -> None:
        draft.reply = CertReply(0, StatusInfo(REJECTION, f"rejected: {name}", [name]))
        draft.general_info = []

    return bend


for _name in FAIL_INFO:
    # To the onboarding agent one refusal is like another, but for those.
    declare(f"cmp-rejection-{_name}", f"rejection in the body, failInfo {_name}", _reject(_name),
            RETRIES if _name in RETRIED else ENDS,
            scene=ANY_SCENE if _name in RETRIED else TOOL_SCENE)  # fmt: skip


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


@fault("cmp-poll-for-ever", "every pollReq is answered by pollRep", place="pollrep", wait=1 << 30)
def _(draft: Draft, ca: CA) -> None:
    """The wait is all of it."""


@fault("cmp-wait-for-ever", "every pollReq is answered by `waiting` once more", place="pollrep",
       wait=1 << 30)  # fmt: skip
def _(draft: Draft, ca: CA) -> None:
    transaction = ca.transactions[draft.transaction_id or b""]
    answer = ca.operations.waiting(transaction)
    become(draft, answer.kind, answer.reply)


@fault("cmp-wait-again", "the first pollReq is answered by `waiting` once more", TAKES,
       place="pollrep", wait=2)  # fmt: skip
def _(draft: Draft, ca: CA) -> None:
    if draft.tag == BODIES["pollRep"]:
        answer = ca.operations.waiting(ca.transactions[draft.transaction_id or b""])
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

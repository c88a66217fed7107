# SPDX-License-Identifier: GPL-2.0-or-later
"""Misbehaviour in revocation: lists that prove nothing, answers to rr that say nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from onlab import cmpcrypto, der
from onlab.cacert import now
from onlab.cacrl import CrlSpec, distribution_point_name, issuing_point, long_list
from onlab.cafault import CRL_SCENE, ENDS, POLICY, REVOKE_SCENE, TAKES, declare, fault
from onlab.cafaultbody import become
from onlab.cafaulthead import HOSTILE, flip
from onlab.cmpmsg import Draft, ErrorReply, InfoReply, RawReply, StatusInfo
from onlab.cmpoids import (
    ACCEPTED, CE_DELTA_CRL_INDICATOR, CE_ISSUING_DISTRIBUTION_POINT, GRANTED_WITH_MODS,
    IT_CA_CERTS, REJECTION, WAITING,
)  # fmt: skip

if TYPE_CHECKING:
    from onlab.ca import CA

DAY = timedelta(days=1)


def crl_fault(name: str, text: str, verdict: str = ENDS):
    return fault(f"cmp-crl-{name}", text, verdict, place="crls", scene=CRL_SCENE)


def good(ca: CA) -> CrlSpec:
    return ca.operations.information.lists.spec_of(ca.issuer.ca)


def send(draft: Draft, spec: CrlSpec) -> None:
    draft.reply.value = der.seq(spec.build())


@crl_fault("stranger", "the list bears the issuer's name, another key has signed it")
def _(draft: Draft, ca: CA) -> None:
    spec = good(ca)
    spec.key = ca.credential("other/root").key
    send(draft, spec)


@crl_fault("other-issuer", "an authentic list of the root, though the issuing CA's was asked for")
def _(draft: Draft, ca: CA) -> None:
    lists = ca.operations.information.lists
    send(draft, lists.spec_of(lists.root))


@crl_fault("other-pki", "an authentic list of an unrelated PKI")
def _(draft: Draft, ca: CA) -> None:
    send(draft, ca.operations.information.lists.spec_of(ca.credential("other/root")))


@crl_fault("by-ra", "the list is signed by the RA, which may sign messages and no lists")
def _(draft: Draft, ca: CA) -> None:
    signer = ca.credential("domain/ra")
    spec = ca.operations.information.lists.spec_of(signer)
    send(draft, spec)


@crl_fault("bad-signature", "one bit of the list's signature is wrong")
def _(draft: Draft, ca: CA) -> None:
    spec = good(ca)
    spec.mangle.append(flip)
    send(draft, spec)


@crl_fault("older", "the list is a month older than the one held", POLICY)
def _(draft: Draft, ca: CA) -> None:
    """POLICY, since only who holds a newer one can tell."""
    spec = good(ca)
    spec.this_update = now() - 30 * DAY
    send(draft, spec)


@crl_fault("expired", "the list's nextUpdate was yesterday")
def _(draft: Draft, ca: CA) -> None:
    spec = good(ca)
    spec.this_update, spec.next_update = now() - 30 * DAY, now() - DAY
    send(draft, spec)


@crl_fault("future", "the list's thisUpdate is tomorrow")
def _(draft: Draft, ca: CA) -> None:
    spec = good(ca)
    spec.this_update = now() + DAY
    send(draft, spec)


@crl_fault("no-next-update", "the list has no nextUpdate, against RFC 5280 5.1.2.5", POLICY)
def _(draft: Draft, ca: CA) -> None:
    spec = good(ca)
    spec.next_update = None
    send(draft, spec)


@crl_fault("version-1", "the list is of version 1 and has extensions")
def _(draft: Draft, ca: CA) -> None:
    spec = good(ca)
    spec.version = None
    send(draft, spec)


@crl_fault("critical", "the list has a critical extension nobody knows")
def _(draft: Draft, ca: CA) -> None:
    spec = good(ca)
    spec.extensions["1.3.6.1.4.1.55555.4"] = (True, der.null())
    send(draft, spec)


@crl_fault("delta", "the list is a delta, which says nothing by itself")
def _(draft: Draft, ca: CA) -> None:
    spec = good(ca)
    spec.extensions[CE_DELTA_CRL_INDICATOR] = (True, der.integer(1))
    send(draft, spec)


def _scope(name: str, text: str, verdict: str, *fields: bytes, point: bytes = b"") -> None:
    """What the list says that it is for, RFC 5280 5.2.5."""

    def bend(draft: Draft, ca: CA) -> None:
        spec = good(ca)
        spec.extensions[CE_ISSUING_DISTRIBUTION_POINT] = issuing_point(point, *fields)
        send(draft, spec)

    declare(f"cmp-crl-{name}", text, bend, verdict, place="crls", scene=CRL_SCENE)


_scope("attributes-only", "the list is for attribute certificates", ENDS, der.tlv(0x85, b"\xff"))
_scope("users-only", "the list is for end entities' certificates", POLICY, der.tlv(0x81, b"\xff"))
_scope("cas-only", "the list is for CAs' certificates", POLICY, der.tlv(0x82, b"\xff"))
_scope("some-reasons", "the list is for some reasons only", ENDS, der.tlv(0x83, b"\x01\x60"))
_scope("indirect", "the list tells of other issuers' certificates, too", ENDS,
       der.tlv(0x84, b"\xff"))  # fmt: skip
_scope("other-point", "the list is of a distribution point that nobody asked for", ENDS,
       point=distribution_point_name("http://crl.example/another.crl"))  # fmt: skip
_scope("scope-empty", "an issuingDistributionPoint that says nothing", TAKES)
_scope("scope-default", "an issuingDistributionPoint with DEFAULT values: BER, not DER", TAKES,
       der.tlv(0x81, b"\xff"), der.tlv(0x82, b"\0"))  # fmt: skip


@crl_fault("two", "two lists, against RFC 9483 4.3.4")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.value = der.seq(good(ca).build() * 2)


@crl_fault("none", "an empty SEQUENCE, against SIZE (1..MAX)")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.value = der.seq()


@crl_fault("garbage", "a SEQUENCE that is no list")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.value = der.seq(der.seq(der.utf8("no list")))


@crl_fault("trailing", "octets behind the list")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.value = der.seq(good(ca).build(), der.null())


@crl_fault("certificate", "a certificate where a list is due")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.value = der.seq(ca.issuer.ca.certificate.raw)


@crl_fault("long", "a list of two thousand certificates", POLICY)
def _(draft: Draft, ca: CA) -> None:
    spec = good(ca)
    spec.revoked = [(2**150 + n, now() - DAY, n % 6) for n in range(2000)]
    send(draft, spec)


@crl_fault("5mb", "a list of five megabytes: 130,000 certificates", TAKES)
def _(draft: Draft, ca: CA) -> None:
    spec = good(ca)
    spec.filler = long_list(5 << 20)
    send(draft, spec)


@crl_fault("33mb", "a list of 33 megabytes: more than anybody has to take")
def _(draft: Draft, ca: CA) -> None:
    spec = good(ca)
    spec.filler = long_list(33 << 20)
    send(draft, spec)


@crl_fault("5mb-bad-signature", "a list of five megabytes, one bit of its signature is wrong")
def _(draft: Draft, ca: CA) -> None:
    spec = good(ca)
    spec.filler = long_list(5 << 20)
    spec.mangle.append(lambda raw: flip(raw, len(raw) - 5))
    send(draft, spec)


@crl_fault("5mb-cut", "a list of five megabytes, whose last entry is longer than the list")
def _(draft: Draft, ca: CA) -> None:
    spec = good(ca)
    spec.filler = long_list(5 << 20) + der.tlv(0x30, b"")[:1] + bytes([0x7F])
    send(draft, spec)


@crl_fault("entry-empty", "revokedCertificates is there and empty, against RFC 5280 5.1.2.6",
           POLICY)  # fmt: skip
def _(draft: Draft, ca: CA) -> None:
    """An implementation may say nobody where nobody should be said."""
    spec, moment = good(ca), now() - DAY
    spec.revoked = [(1, moment, 0)]
    entry = der.seq(der.seq(der.integer(1), der.certificate_time(moment)))
    signed = der.Der(spec.build()).enter(der.SEQUENCE)
    tbs = der.Der(signed.element(der.SEQUENCE)).get(der.SEQUENCE)
    spec.revoked = []
    empty = der.seq(tbs.replace(entry, der.seq()))
    draft.reply.value = der.seq(resigned(empty, spec))


def resigned(tbs: bytes, spec: CrlSpec) -> bytes:
    """The list around a tbsCertList that no writer would make."""
    algorithm = cmpcrypto.default_algorithm(spec.key)
    return der.seq(tbs, algorithm, der.bits(cmpcrypto.sign(spec.key, tbs)))


@crl_fault("type", "a genp of another type than crls")
def _(draft: Draft, ca: CA) -> None:
    draft.reply = InfoReply(IT_CA_CERTS, draft.reply.value)


# ---- answers to rr


def rp_fault(name: str, text: str, verdict: str = ENDS):
    return fault(f"cmp-rp-{name}", text, verdict, place="rp", scene=REVOKE_SCENE)


@rp_fault("rejection", "the revocation is rejected, in words full of control characters")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.status = StatusInfo(REJECTION, HOSTILE, ["badCertId"])


@rp_fault("mods", "the revocation is granted with modifications", POLICY)
def _(draft: Draft, ca: CA) -> None:
    draft.reply.status = StatusInfo(GRANTED_WITH_MODS)


@rp_fault("waiting", "`waiting` in an rp, where RFC 9483 4.4 wants an error message")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.status = StatusInfo(WAITING)


@rp_fault("unknown", "status 7")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.status = StatusInfo(7)


@rp_fault("two", "two PKIStatusInfos for one RevDetails")
def _(draft: Draft, ca: CA) -> None:
    draft.reply = RawReply(der.seq(der.seq(StatusInfo(ACCEPTED).encode() * 2)))


@rp_fault("none", "no PKIStatusInfo")
def _(draft: Draft, ca: CA) -> None:
    draft.reply = RawReply(der.seq(der.seq()))


@rp_fault("garbage", "rp holds an INTEGER")
def _(draft: Draft, ca: CA) -> None:
    draft.reply = RawReply(der.integer(0))


@rp_fault("error", "a protected error, certRevoked")
def _(draft: Draft, ca: CA) -> None:
    become(draft, "error", ErrorReply(StatusInfo(REJECTION, "long ago", ["certRevoked"])))


@rp_fault("rev-certs", "revCerts names what was revoked", TAKES)
def _(draft: Draft, ca: CA) -> None:
    """RevRepContent ::= SEQUENCE { status SEQUENCE OF PKIStatusInfo,
    revCerts [0] SEQUENCE OF CertId OPTIONAL, crls [1] SEQUENCE OF CertificateList OPTIONAL }"""
    name = der.explicit(4, ca.issuer.ca.certificate.subject)
    cert_id = der.seq(name, der.integer(max(ca.issuer.revoked)))
    status = der.seq(StatusInfo(ACCEPTED).encode())
    draft.reply = RawReply(der.seq(status, der.explicit(0, der.seq(cert_id))))


@rp_fault("crls", "a CRL comes along with the answer", TAKES)
def _(draft: Draft, ca: CA) -> None:
    status = der.seq(StatusInfo(ACCEPTED).encode())
    crls = der.explicit(1, der.seq(good(ca).build()))
    draft.reply = RawReply(der.seq(status, crls))


@rp_fault("kup", "a kup answers an rr")
def _(draft: Draft, ca: CA) -> None:
    draft.tag = 8

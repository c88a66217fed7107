# SPDX-License-Identifier: GPL-2.0-or-later
"""Misbehaviour in general responses: CA certificates and certificate request templates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from onlab import catemplate, der
from onlab.bundles import other_cas
from onlab.cafault import ENDS, POLICY, TAKES, declare, fault
from onlab.cmpmsg import Draft, InfoReply
from onlab.cmpoids import CE_SUBJECT_ALT_NAME, IT_CERT_REQ_TEMPLATE, IT_CRLS

if TYPE_CHECKING:
    from onlab.ca import CA


@fault("cmp-info-type", "genp of another type than asked for", place="cacerts")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.kind = IT_CRLS


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


@fault("cmp-cacerts-100", "caCerts holds a hundred other CAs besides", TAKES, place="cacerts")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.value = der.seq(*other_cas(98), ca.issuer.ca.certificate.raw, ca.issuer.root.raw)


@fault("cmp-cacerts-other", "caCerts holds the root of an unrelated PKI: no anchor for that",
       TAKES, place="cacerts")  # fmt: skip
def _(draft: Draft, ca: CA) -> None:
    draft.reply.value = der.seq(
        ca.issuer.ca.certificate.raw, ca.credential("other/root").certificate.raw
    )


def _template(name: str, text: str, verdict: str, **changes: Any) -> None:
    offer = replace(catemplate.OFFERS["basic"], **changes)

    def bend(draft: Draft, ca: CA) -> None:
        draft.reply = InfoReply(IT_CERT_REQ_TEMPLATE, offer.encode())

    declare(f"cmp-template-{name}", text, bend, verdict, place="template")


_X448 = ("alg", der.seq(der.oid("1.3.101.111")))
_KEY = der.tlv(0xA6, catemplate.P256[1], der.bits(b"\x04" + bytes(64)))
_SAN = ((CE_SUBJECT_ALT_NAME, (False, b"\x30\x7f")),)
_template("unsupported-key", "keySpec lists nothing a signing device can make", ENDS,
          keys=(_X448, catemplate.rsa_bits(512), ("alg", der.seq(der.oid("1.2.3.4")))))  # fmt: skip
_template("unsupported-first", "keySpec lists two unknown kinds before P-256", TAKES,
          keys=(_X448, ("alg", der.seq(der.oid("1.2.3.4"))), catemplate.P256))  # fmt: skip
_template("keys-1000", "keySpec with a thousand unknown kinds before P-256", POLICY,
          keys=(_X448,) * 1000 + (catemplate.P256,))  # fmt: skip
_template("rsa-negative", "keySpec asks for RSA of -2048 bits", ENDS,
          keys=(catemplate.rsa_bits(-2048),))  # fmt: skip
_template("rsa-huge", "keySpec asks for RSA of 2^31 bits", ENDS,
          keys=(catemplate.rsa_bits(2**31),))  # fmt: skip
_template("public-key", "the template holds a publicKey", POLICY, inserted=_KEY)
_template("serial", "the template holds a serialNumber", POLICY,
          inserted=der.tlv(0x81, b"\x01"))  # fmt: skip
_template("bad-san", "the template's SAN is truncated DER", ENDS, extensions=_SAN)
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



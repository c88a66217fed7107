# SPDX-License-Identifier: GPL-2.0-or-later
"""Support messages (RFC 9483 4.3): CA certificates, root updates, templates, CRLs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from onlab import cacheck, cacrl, caroot, catemplate, der
from onlab.caanswer import Answer, Maker
from onlab.cmpmsg import InfoReply, Message, Refused, read_info
from onlab.cmpoids import (
    IT_CA_CERTS, IT_CERT_REQ_TEMPLATE, IT_CRL_STATUS_LIST, IT_CRLS, IT_CURRENT_CRL,
    IT_ROOT_CA_CERT, IT_ROOT_CA_KEY_UPDATE,
)  # fmt: skip

if TYPE_CHECKING:
    from onlab.ca import CA


PLACES = {
    IT_CA_CERTS: "cacerts", IT_ROOT_CA_CERT: "rootupdate", IT_CERT_REQ_TEMPLATE: "template",
    IT_CRL_STATUS_LIST: "crls", IT_CURRENT_CRL: "crls",
}  # fmt: skip
LABEL_OF = {
    IT_CA_CERTS: "getcacerts", IT_ROOT_CA_CERT: "getrootupdate",
    IT_CERT_REQ_TEMPLATE: "getcertreqtemplate", IT_CRL_STATUS_LIST: "getcrls",
}  # fmt: skip
WITH_VALUE = {IT_ROOT_CA_CERT, IT_CRL_STATUS_LIST}


class Information:
    def __init__(self, ca: CA) -> None:
        self.ca = ca
        self.roots = caroot.Roots(ca)
        self.lists = cacrl.Lists(ca)
        self.further: list[bytes] = []  # CA certificates, besides the domain's
        self.profiles = dict(
            entry.partition("=")[::2] for entry in ca.options["profiles"].split(",") if entry
        )

    def place(self, message: Message) -> str:
        return PLACES.get(_read_genm(message)[0], "cacerts")

    def answer(self, message: Message, label: str | None) -> Maker:
        kind, value = _read_genm(message)
        if kind not in PLACES or label and LABEL_OF.get(kind) != label:
            raise Refused("badRequest", f"{kind} is not to be had at this endpoint")
        if value is not None and kind not in WITH_VALUE:
            raise Refused("badRequest", f"{kind} with a value in the request")
        cacheck.profile_needs_template(message, kind)
        content = self._content(kind, value, message)
        answer_kind = {IT_ROOT_CA_CERT: IT_ROOT_CA_KEY_UPDATE, IT_CRL_STATUS_LIST: IT_CRLS}
        reply = InfoReply(answer_kind.get(kind, kind), content)
        return lambda: Answer("genp", PLACES[kind], reply)

    def _content(self, kind: str, value: bytes | None, message: Message) -> bytes | None:
        """The infoValue of the answer; None: there is nothing."""
        if kind == IT_CA_CERTS:
            return self._ca_certs()
        if kind == IT_ROOT_CA_CERT:
            update = self.roots.update_of(value)
            return update.encode() if update else None
        if kind == IT_CRL_STATUS_LIST:
            spec = self.lists.asked(value)
            return der.seq(spec.build()) if spec else None
        if kind == IT_CURRENT_CRL:
            return self.lists.spec_of(self.ca.issuer.ca).build()
        offer = self.offer(cacheck.profile_of(message))
        return offer.encode() if offer else None

    def _ca_certs(self) -> bytes | None:
        issuer = self.ca.issuer
        sub, root = issuer.ca.certificate.raw, issuer.root.raw
        given = {"sub": [sub], "root": [root], "both": [sub, root], "none": []}
        chosen = given[self.ca.options["cacerts"]] + self.further
        return der.seq(*chosen) if chosen else None

    def offer(self, profile: str | None) -> catemplate.Offer | None:
        """The template of a certificate profile, or of who names none; None: no wishes."""
        name = self.ca.options["template"]
        if profile is not None:
            if profile not in self.profiles and profile not in catemplate.OFFERS:
                raise Refused("badRequest", f"no certificate profile is called {profile!r}")
            name = self.profiles.get(profile, profile) or name
        return catemplate.OFFERS.get(name)


def _read_genm(message: Message) -> tuple[str, bytes | None]:
    """GenMsgContent ::= SEQUENCE OF InfoTypeAndValue; RFC 9483 4.3 wants exactly one."""
    outer = der.Der(message.body)
    entries = outer.enter(der.SEQUENCE)
    outer.end()
    found = read_info(entries)
    if entries:
        raise Refused("badRequest", "genm with more than one InfoTypeAndValue")
    return found

# SPDX-License-Identifier: GPL-2.0-or-later
"""Support messages (RFC 9483 4.3): CA certificates and certificate request templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from onlab import cacheck, catemplate, der
from onlab.caanswer import Answer, Maker
from onlab.cmpmsg import InfoReply, Message, Refused, read_info
from onlab.cmpoids import IT_CA_CERTS, IT_CERT_REQ_TEMPLATE

if TYPE_CHECKING:
    from onlab.ca import CA


class Information:
    def __init__(self, ca: CA) -> None:
        self.ca = ca
        self.profiles = dict(
            entry.partition("=")[::2] for entry in ca.options["profiles"].split(",") if entry
        )

    def place(self, message: Message) -> str:
        return "template" if _read_genm(message)[0] == IT_CERT_REQ_TEMPLATE else "cacerts"

    def answer(self, message: Message, label: str | None) -> Maker:
        kind, value = _read_genm(message)
        wanted = {"getcacerts": IT_CA_CERTS, "getcertreqtemplate": IT_CERT_REQ_TEMPLATE}
        if kind not in wanted.values() or label and wanted[label] != kind:
            raise Refused("badRequest", f"{kind} is not to be had at this endpoint")
        if value is not None:
            raise Refused("badRequest", f"{kind} with a value in the request")
        cacheck.profile_needs_template(message, kind)
        if kind == IT_CA_CERTS:
            return lambda: Answer("genp", "cacerts", InfoReply(kind, self._ca_certs()))
        offer = self.offer(cacheck.profile_of(message))
        content = offer.encode() if offer else None
        return lambda: Answer("genp", "template", InfoReply(kind, content))

    def _ca_certs(self) -> bytes | None:
        issuer = self.ca.issuer
        sub, root = issuer.ca.certificate.raw, issuer.root.raw
        given = {"sub": [sub], "root": [root], "both": [sub, root], "none": []}
        chosen = given[self.ca.options["cacerts"]]
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

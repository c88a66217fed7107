# SPDX-License-Identifier: GPL-2.0-or-later
"""The manufacturer's service: checks a registrar's voucher-request and signs a voucher.

The checks are those of RFC 8995 5.5.1 to 5.5.6.  What a MASA must never do is in masafaults.py.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import ssl
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from onlab import cms, faults, masafaults, path, pki, pkitable, tlsd, voucher
from onlab.events import Events
from onlab.tlsd import Answer, Request
from onlab.voucher import Refusal

PINS = ("domain-root", "domain-sub", "registrar-ee", "pubk", "pubk-sha256", "several")
ASSERTIONS = ("verified", "logged", "proximity", "agent-proximity")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pin", choices=(*PINS, "registrar-selfsigned"), default="domain-root",
                        help="what vouchers pin (default: the domain's root CA)")  # fmt: skip
    parser.add_argument("--masa-signer", choices=("signer", "signer-direct"), default="signer",
                        help="voucher signer below an intermediate, or right below the anchor"
                        )  # fmt: skip
    parser.add_argument("--assertion", metavar="A",
                        help=f"instead of the MASA's own finding: {', '.join(ASSERTIONS)}, or "
                        "any other text")  # fmt: skip
    parser.add_argument("--nonceless", action="store_true",
                        help="vouchers with expires-on instead of a nonce")  # fmt: skip
    parser.add_argument("--econtent", choices=("brski", "data"), default="brski",
                        help="eContentType: id-ct-animaJSONVoucher, or id-data as in the field"
                        )  # fmt: skip


@dataclass
class Case:
    """One granted request: what the voucher will be about."""

    request: voucher.Request
    domain: list[x509.Certificate]  # the registrar's chain, end entity first
    idevid: x509.Certificate | None
    assertion: str
    directory: Path

    def identity(self, name: str) -> pki.Identity:
        return pki.load(self.directory, name)


def _same_key(pledge: voucher.Request, cert: x509.Certificate) -> bool:
    seen = pledge.binary("proximity-registrar-cert")
    if seen is None:
        return voucher.saw(pledge, cert)
    try:
        return pki.spki(x509.load_der_x509_certificate(seen)) == pki.spki(cert)
    except ValueError:
        return False


class MASA:
    def __init__(self, directory: Path, options: argparse.Namespace, events: Events) -> None:
        self.directory, self.options, self.events = directory, options, events
        self.faults = faults.Switches(options.fault)
        self.makers = pki.read_certs(directory / "manufacturer/root.pem")
        self.audit: dict[str, list[dict]] = {}

    def handle(self, request: Request) -> Answer:
        routes = {
            "/.well-known/brski/requestvoucher": self.request_voucher,
            "/.well-known/brski/requestauditlog": self.request_audit_log,
        }
        try:
            if request.method != "POST" or request.path not in routes:
                raise Refusal(404, f"nothing at {request.path}")
            if request.headers.get("content-type") != voucher.MEDIA_TYPE:
                raise Refusal(415, f"{voucher.MEDIA_TYPE} was expected")
            return routes[request.path](request)
        except Refusal as why:
            self.events.emit("refused", path=request.path, status=why.status, reason=str(why))
            return tlsd.plain_text(why.status, f"{why}\n")

    # ---- checks

    def examine(self, body: bytes) -> Case:
        request = voucher.read_request(body)
        domain = self._domain_chain(request)
        if set(request.leaves) & set(voucher.PROXIMITY):
            raise Refusal(400, "a registrar voucher-request has no proximity-registrar-cert")
        prior = request.binary("prior-signed-voucher-request")
        case = Case(request, domain, None, "logged", self.directory)
        if prior is not None:
            self._examine_prior(case, voucher.read_request(prior))
        return case

    def _domain_chain(self, request: voucher.Request) -> list[x509.Certificate]:
        """RFC 8995 5.5.2, 5.5.4: the farthest certificate is a temporary anchor."""
        signer = request.signed.signer_cert
        cmc_ra = pkitable.CMC_RA in pki.extended_usages(signer)
        if not cmc_ra and not masafaults.lenient(self.faults):
            raise Refusal(403, "the signer is no registrar: no id-kp-cmcRA")
        chain, others = [signer], list(request.signed.certs)
        while True:
            parents = [c for c in others if c not in chain and path.issued(chain[-1], c)]
            if not parents:
                return chain
            chain.append(parents[0])

    def _examine_prior(self, case: Case, pledge: voucher.Request) -> None:
        """RFC 8995 5.5.5, 5.5.6"""
        idevid = pledge.signed.signer_cert
        if not path.chains(idevid, pledge.signed.certs, self.makers):
            raise Refusal(404, "the prior request is not from one of our devices")
        if pki.subject_serial(idevid) != case.request.serial:
            raise Refusal(403, "serial-number is not that of the prior request's signer")
        if case.request.nonce != pledge.nonce:
            raise Refusal(403, "the nonces differ")
        # RFC 8995 5.5.5 compares keys, so that any certificate of the registrar will do.
        if any(_same_key(pledge, cert) for cert in case.domain):
            case.assertion = "proximity"
        elif not masafaults.lenient(self.faults):
            raise Refusal(403, "the pledge saw another registrar")
        case.idevid = idevid

    # ---- what is issued

    def _pins(self, case: Case) -> list[tuple[str, str]]:
        leaf, *above = case.domain
        spki = pki.spki(leaf)
        pins = {
            "domain-root": ("pinned-domain-cert", pki.der(case.domain[-1])),
            "domain-sub": ("pinned-domain-cert", pki.der((above or [leaf])[0])),
            "registrar-ee": ("pinned-domain-cert", pki.der(leaf)),
            "registrar-selfsigned": ("pinned-domain-cert", pki.der(leaf)),
            "pubk": ("pinned-domain-pubk", spki),
            "pubk-sha256": ("pinned-domain-pubk-sha256", hashlib.sha256(spki).digest()),
        }
        several = ("domain-root", "pubk", "pubk-sha256")
        chosen = several if self.options.pin == "several" else (self.options.pin,)
        return [(pins[name][0], voucher.b64(pins[name][1])) for name in chosen]

    def members(self, case: Case) -> list[tuple]:
        """RFC 8995 5.6; RFC 8366 5.3 lets nonce and expires-on exclude each other."""
        members = [
            ("created-on", voucher.moment()),
            ("assertion", self.options.assertion or case.assertion),
            ("serial-number", case.request.serial),
        ]
        if self.options.nonceless or case.request.nonce is None:
            members.append(("expires-on", voucher.moment(self._end(case))))
        else:
            members.append(("nonce", case.request.leaves["nonce"]))
        members.append(("domain-cert-revocation-checks", False))
        return members + self._pins(case)

    def _end(self, case: Case) -> datetime:
        """RFC 8995 5.6: before our own limit and the registrar certificate's end."""
        return min(pki.utc_now() + voucher.LIFETIME, pki.validity(case.domain[0])[1])

    def sign(self, case: Case, content: bytes) -> bytes:
        signer = pki.load(self.directory, f"masa/{self.options.masa_signer}")
        content_type = cms.ID_DATA if self.options.econtent == "data" else cms.JSON_VOUCHER
        message = cms.Message(content, (cms.Signer(signer),), signer.certs, content_type)
        message = self.faults.bend("message", message, case)
        return self.faults.bend("bytes", cms.write(message), message)

    def request_voucher(self, request: Request) -> Answer:
        case = self.examine(request.body)
        members = self.faults.bend("members", self.members(case), case)
        content = voucher.to_json(voucher.VOUCHER_ROOT, members)
        content = self.faults.bend("content", content, case)
        artifact = self.sign(case, content)
        self._log(case, dict(members))
        self.events.emit(
            "voucher", serial=case.request.serial, sha256=hashlib.sha256(artifact).hexdigest(),
            size=len(artifact), content=content[:8192].decode("latin-1"),
        )  # fmt: skip
        return self.faults.bend("answer", Answer(200, artifact, voucher.MEDIA_TYPE))

    # ---- audit log, RFC 8995 5.8

    def _log(self, case: Case, members: dict) -> None:
        pinned = case.domain[-1]
        ski = x509.SubjectKeyIdentifier.from_public_key(pinned.public_key()).digest
        self.audit.setdefault(case.request.serial, []).append(
            {
                "date": voucher.moment(),
                "domainID": voucher.b64(ski),
                "nonce": members.get("nonce"),
                "assertion": members.get("assertion"),
            }
        )

    def request_audit_log(self, request: Request) -> Answer:
        case = self.examine(request.body)
        log = {"version": 1, "events": self.audit.get(case.request.serial, [])}
        return Answer(200, json.dumps(log).encode(), "application/json")


def serve(directory: Path, options: argparse.Namespace, port: int = 0) -> tlsd.Server:
    """The MASA, listening and ready to run."""
    events = Events(directory, "masa")
    masa = MASA(directory, options, events)

    def doorway(peer, _sock) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(directory / "masa/tls.pem", directory / "masa/tls.key")
        peer.shown = "masa/tls"
        return context

    return tlsd.Server(tlsd.listen(port), masa.handle, events, doorway)

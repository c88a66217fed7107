# SPDX-License-Identifier: GPL-2.0-or-later
"""The issuing CA proper: who may have which certificate, and the books about it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from onlab import cacrl, capolicy
from onlab.cacert import (
    Certificate, CertificateSpec, Credential, Extensions, now, pem, read_pem,
    standard_extensions, usage_extension,
)  # fmt: skip
from onlab.cacheck import Requester
from onlab.cmpmsg import Refused
from onlab.cmpoids import CE_CRL_DISTRIBUTION_POINTS, CE_KEY_USAGE, CE_SUBJECT_ALT_NAME
from onlab.crmf import Request
from onlab.der import seq

BACKDATE = timedelta(minutes=5)  # devices' clocks are a little slow


@dataclass(frozen=True)
class Revocation:
    """An entry of the books, and of the CRL."""

    reason: int  # CRLReason, RFC 5280 5.3.1
    moment: datetime


class Issuer:
    """The domain's sub CA.  Certificates and revocations outlive the process, in DIR/ca."""

    def __init__(
        self, directory: Path, validity: int, any_subject: bool, crl_pointer: bool = False
    ) -> None:
        self.ca = Credential.load(directory / "domain" / "sub")
        self.root = read_pem(directory / "domain" / "root.pem")[0]
        self.validity = timedelta(seconds=validity)
        self.any_subject = any_subject
        self.crl_pointer = crl_pointer  # say in certificates where the CRL is
        self.books = directory / "ca"
        self.issued = self.books / "issued"
        self.issued.mkdir(parents=True, exist_ok=True)
        self.revocations = self.books / "revoked"
        self.revoked: dict[int, Revocation] = {}
        if self.revocations.exists():
            for line in self.revocations.read_text().splitlines():
                serial, reason, moment = line.split()
                self.revoked[int(serial, 16)] = Revocation(
                    int(reason), datetime.fromtimestamp(int(moment), timezone.utc)
                )

    @property
    def chain(self) -> list[Certificate]:
        return [self.ca.certificate]

    # ---- who may have what

    def authorize(self, kind: str, request: Request, client: Requester) -> None:
        """RFC 9483 5.1.1: the name asked for must be the requester's own."""
        if kind == "kur":
            self._authorize_update(request, client)
        elif not self.any_subject and not capolicy.same_device(request.template, client):
            raise Refused("notAuthorized", "the subject is not the requester's")
        capolicy.check_template(request.template)

    def _authorize_update(self, request: Request, client: Certificate) -> None:
        """RFC 9483 4.1.3: the certificate that signs is the one updated, names unchanged."""
        if request.old and request.old != (client.issuer, client.serial):
            raise Refused("badCertId", "oldCertId is not the protection certificate")
        if request.template.subject != client.subject:
            raise Refused("badCertTemplate", "subject is not the old certificate's")
        wanted = request.template.extensions.get(CE_SUBJECT_ALT_NAME)
        if wanted and wanted[1] != client.value(CE_SUBJECT_ALT_NAME):
            raise Refused("badCertTemplate", "subjectAltName is not the old certificate's")

    # ---- issuing

    def prepare(self, kind: str, request: Request, client: Requester) -> CertificateSpec:
        template = request.template
        ends = now() + self.validity
        return CertificateSpec(
            serial=int.from_bytes(os.urandom(20), "big") >> 1 | 1 << 152,
            issuer=self.ca.certificate.subject,
            subject=template.subject or seq(),
            not_before=now() - BACKDATE,
            not_after=min(ends, template.not_after or ends),
            spki=template.spki or b"",
            extensions=self._extensions(kind, request, client),
            key=self.ca.key,
        )

    def _extensions(self, kind: str, request: Request, client: Requester) -> Extensions:
        """What was asked for; an update that asks for names and key only keeps the rest."""
        template = request.template
        found = standard_extensions(template.spki or b"", self.ca.certificate)
        found[CE_KEY_USAGE] = usage_extension(0)
        if self.crl_pointer:
            found[CE_CRL_DISTRIBUTION_POINTS] = (False, cacrl.distribution_points(cacrl.SUB_URI))
        for name in capolicy.REQUESTABLE:
            if kind == "kur" and name in client.extensions:
                found[name] = client.extensions[name]
            if name in template.extensions:
                found[name] = template.extensions[name]
        if template.subject == seq() and CE_SUBJECT_ALT_NAME in found:
            found[CE_SUBJECT_ALT_NAME] = (True, found[CE_SUBJECT_ALT_NAME][1])  # RFC 5280 4.2.1.6
        return found

    def record(self, serial: int, raw: bytes) -> Path:
        path = self.issued / f"{serial:040x}.pem"
        path.write_text(pem(raw))
        return path

    def revoke(self, serial: int, reason: int = 0) -> None:
        moment = now()
        self.revoked[serial] = Revocation(reason, moment)
        with self.revocations.open("a") as books:
            books.write(f"{serial:x} {reason} {int(moment.timestamp())}\n")

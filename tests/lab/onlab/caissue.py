# SPDX-License-Identifier: GPL-2.0-or-later
"""The issuing CA proper: who may have which certificate, and the books about it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from onlab.cacert import (
    Certificate, CertificateSpec, Credential, Extensions, find_path, now, pem, read_name,
    read_pem, standard_extensions, usage_extension,
)  # fmt: skip
from onlab.cmpmsg import Refused
from onlab.cmpoids import (
    AT_SERIAL_NUMBER, CE_BASIC_CONSTRAINTS, CE_EXT_KEY_USAGE, CE_KEY_USAGE, CE_SUBJECT_ALT_NAME,
)  # fmt: skip
from onlab.crmf import Request
from onlab.der import seq

REQUESTABLE = (CE_SUBJECT_ALT_NAME, CE_KEY_USAGE, CE_EXT_KEY_USAGE)
BACKDATE = timedelta(minutes=5)  # devices' clocks are a little slow

Bend = Callable[[CertificateSpec], None]


class Issuer:
    """The domain's sub CA.  Certificates and revocations outlive the process, in DIR/ca."""

    def __init__(self, directory: Path, validity: int, any_subject: bool) -> None:
        self.ca = Credential.load(directory / "domain" / "sub")
        self.root = read_pem(directory / "domain" / "root.pem")[0]
        self.validity = timedelta(seconds=validity)
        self.any_subject = any_subject
        self.books = directory / "ca"
        self.issued = self.books / "issued"
        self.issued.mkdir(parents=True, exist_ok=True)
        self.revocations = self.books / "revoked"
        self.revoked: set[int] = set()
        if self.revocations.exists():
            self.revoked = {int(line, 16) for line in self.revocations.read_text().split()}

    @property
    def chain(self) -> list[Certificate]:
        return [self.ca.certificate]

    def is_ours(self, certificate: Certificate) -> bool:
        return bool(find_path(certificate, [self.ca.certificate], [self.root]))

    # ---- who may have what

    def authorize(self, kind: str, request: Request, client: Certificate) -> None:
        """RFC 9483 5.1.1: the name asked for must be the requester's own."""
        if kind == "kur":
            self._authorize_update(request, client)
        elif not self.any_subject and not _same_device(request, client):
            raise Refused("notAuthorized", "the subject is not the requester's")
        unknown = set(request.template.extensions) - {*REQUESTABLE, CE_BASIC_CONSTRAINTS}
        if unknown:
            raise Refused("badCertTemplate", f"extensions {sorted(unknown)} are not issued here")
        constraints = request.template.extensions.get(CE_BASIC_CONSTRAINTS, (True, seq()))
        if constraints[1] != seq():
            raise Refused("badCertTemplate", "a CA certificate is not to be had")
        if request.template.subject == seq():
            self._require_alternative_name(request)

    def _require_alternative_name(self, request: Request) -> None:
        """RFC 9483 4.1.1: the identity stands in the subject, the SAN, or both."""
        if CE_SUBJECT_ALT_NAME not in request.template.extensions:
            raise Refused("badCertTemplate", "NULL-DN subject and no subjectAltName")

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

    def prepare(self, kind: str, request: Request, client: Certificate) -> CertificateSpec:
        template = request.template
        ends = now() + self.validity
        return CertificateSpec(
            serial=int.from_bytes(os.urandom(20), "big") >> 1 | 1 << 150,
            issuer=self.ca.certificate.subject,
            subject=template.subject or seq(),
            not_before=now() - BACKDATE,
            not_after=min(ends, template.not_after or ends),
            spki=template.spki or b"",
            extensions=self._extensions(kind, request, client),
            key=self.ca.key,
        )

    def _extensions(self, kind: str, request: Request, client: Certificate) -> Extensions:
        """What was asked for; an update that asks for names and key only keeps the rest."""
        template = request.template
        found = standard_extensions(template.spki or b"", self.ca.certificate)
        found[CE_KEY_USAGE] = usage_extension(0)
        for name in REQUESTABLE:
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

    def revoke(self, serial: int) -> None:
        self.revoked.add(serial)
        with self.revocations.open("a") as books:
            books.write(f"{serial:x}\n")


def _same_device(request: Request, client: Certificate) -> bool:
    """The lab's policy: same subject, or the device's serial number somewhere in the names."""
    template = request.template
    if template.subject == client.subject:
        return True
    serials = [text for kind, text in read_name(client.subject) if kind == AT_SERIAL_NUMBER]
    names = [text for _, text in read_name(template.subject or seq())]
    alternative = template.extensions.get(CE_SUBJECT_ALT_NAME, (False, b""))[1]
    return any(serial in names or serial.encode() in alternative for serial in serials)

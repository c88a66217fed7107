# SPDX-License-Identifier: GPL-2.0-or-later
"""Root CA certificate updates (RFC 9483 4.3.2): the root to come, and its links to the old one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from onlab import der
from onlab.cacert import (
    KU_KEY_CERT_SIGN, Certificate, CertificateSpec, Credential, key_id_of, now, usage_extension,
)  # fmt: skip
from onlab.cmpoids import (
    CE_AUTHORITY_KEY_ID, CE_BASIC_CONSTRAINTS, CE_KEY_USAGE, CE_SUBJECT_KEY_ID,
)  # fmt: skip

if TYPE_CHECKING:
    from onlab.ca import CA

KU_CRL_SIGN = 6
DAY = timedelta(days=1)
OLD, NEXT = "domain/root", "domain/next-root"
HASH_OLD, HASH_NEXT = "domain/hash-root", "domain/hash-next"


@dataclass
class RootUpdate:
    """RootCaKeyUpdateContent ::= SEQUENCE { newWithNew CMPCertificate,
    newWithOld [0] CMPCertificate OPTIONAL, oldWithNew [1] CMPCertificate OPTIONAL }"""

    new_with_new: bytes
    new_with_old: bytes | None = None
    old_with_new: bytes | None = None

    def encode(self) -> bytes:
        return der.seq(
            self.new_with_new,
            der.optional(0, self.new_with_old),
            der.optional(1, self.old_with_new),
        )


def root_spec(of: Credential, by: Credential, **bends: Any) -> CertificateSpec:
    """A CA certificate with the name and key of one, signed by the other (or the same)."""
    spki = of.certificate.spki
    spec = CertificateSpec(
        serial=int.from_bytes(os.urandom(16), "big") | 1,
        issuer=by.certificate.subject,
        subject=of.certificate.subject,
        not_before=now() - DAY,
        not_after=now() + 3650 * DAY,
        spki=spki,
        extensions={
            CE_BASIC_CONSTRAINTS: (True, der.seq(der.boolean(True))),
            CE_KEY_USAGE: usage_extension(KU_KEY_CERT_SIGN, KU_CRL_SIGN),
            CE_SUBJECT_KEY_ID: (False, der.octets(key_id_of(spki))),
            CE_AUTHORITY_KEY_ID: (False, der.seq(der.tlv(0x80, key_id_of(by.certificate.spki)))),
        },
        key=by.key,
    )
    spec.extensions.update(bends.pop("extensions", {}))
    for name, value in bends.items():
        setattr(spec, name, value)
    return spec


class Roots:
    """What has come to take the place of which root."""

    def __init__(self, ca: CA) -> None:
        self.ca = ca

    def update_of(self, value: bytes | None) -> RootUpdate | None:
        """`value` is the old root as the requester knows it; without it, the domain's is meant."""
        wanted = self.ca.credential(OLD).certificate if value is None else Certificate(value)
        choice = self.ca.options["root-update"]
        if choice == "off":
            return None
        if wanted.raw == self.ca.credential(HASH_OLD).certificate.raw:
            return RootUpdate(self.ca.credential(HASH_NEXT).certificate.raw)
        old, new = self.ca.credential(OLD), self.ca.credential(NEXT)
        if wanted.raw != old.certificate.raw:
            return None
        links = self.links(new, old)
        if choice == "short":
            links.old_with_new = None
        return links

    def links(self, new: Credential, old: Credential) -> RootUpdate:
        return RootUpdate(
            new.certificate.raw, root_spec(new, old).build(), root_spec(old, new).build()
        )

# SPDX-License-Identifier: GPL-2.0-or-later
"""Certificate revocation lists (RFC 5280 5): what the domain's CAs say of what they issued."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from onlab import cmpcrypto, der
from onlab.cacert import Credential, Extensions, key_id_of, now, write_extensions
from onlab.cmpmsg import Refused
from onlab.cmpoids import (
    CE_AUTHORITY_KEY_ID, CE_CRL_NUMBER, CE_ISSUING_DISTRIBUTION_POINT, CE_REASON_CODE,
)  # fmt: skip

if TYPE_CHECKING:
    from onlab.ca import CA

SUB_URI = "http://crl.example/ldevid-ca.crl"
ROOT_URI = "http://crl.example/domain-root.crl"
BACKDATE = timedelta(minutes=5)  # devices' clocks are a little slow
VALIDITY = timedelta(days=7)


def distribution_point_name(uri: str) -> bytes:
    """DistributionPointName ::= CHOICE { fullName [0] GeneralNames, ... }, IMPLICIT TAGS"""
    return der.explicit(0, der.tlv(0x86, uri.encode()))


def distribution_points(uri: str) -> bytes:
    """CRLDistributionPoints ::= SEQUENCE OF DistributionPoint

    DistributionPoint ::= SEQUENCE { distributionPoint [0] DistributionPointName OPTIONAL, ... }
    """
    return der.seq(der.seq(der.explicit(0, distribution_point_name(uri))))


def issuing_point(name: bytes = b"", *others: bytes) -> tuple[bool, bytes]:
    """IssuingDistributionPoint ::= SEQUENCE { distributionPoint [0] DistributionPointName,
    onlyContainsUserCerts [1], onlyContainsCACerts [2], onlySomeReasons [3], indirectCRL [4],
    onlyContainsAttributeCerts [5] }   -- IMPLICIT TAGS, RFC 5280 5.2.5; critical"""
    return True, der.seq(der.explicit(0, name) if name else b"", *others)


@dataclass
class CrlSpec:
    """A CRL to be; every field may be bent before build()."""

    issuer: bytes
    this_update: datetime
    next_update: datetime | None
    key: Any
    revoked: list[tuple[int, datetime, int]] = field(default_factory=list)  # serial, when, reason
    extensions: Extensions = field(default_factory=dict)
    version: int | None = 1
    mangle: list[Callable[[bytes], bytes]] = field(default_factory=list)
    filler: bytes = b""  # further entries, encoded: what makes a list long

    def _entries(self) -> bytes:
        if not self.revoked and not self.filler:
            return b""
        return der.seq(*map(_entry, self.revoked), self.filler)

    def build(self) -> bytes:
        """TBSCertList ::= SEQUENCE { version INTEGER OPTIONAL, signature AlgorithmIdentifier,
        issuer Name, thisUpdate Time, nextUpdate Time OPTIONAL,
        revokedCertificates SEQUENCE OF SEQUENCE { userCertificate CertificateSerialNumber,
           revocationDate Time, crlEntryExtensions Extensions OPTIONAL } OPTIONAL,
        crlExtensions [0] EXPLICIT Extensions OPTIONAL }"""
        algorithm = cmpcrypto.default_algorithm(self.key)
        next_update = self.next_update
        tbs = der.seq(
            b"" if self.version is None else der.integer(self.version),
            algorithm,
            self.issuer,
            der.certificate_time(self.this_update),
            b"" if next_update is None else der.certificate_time(next_update),
            self._entries(),
            der.explicit(0, write_extensions(self.extensions)) if self.extensions else b"",
        )
        raw = der.seq(tbs, algorithm, der.bits(cmpcrypto.sign(self.key, tbs)))
        for bend in self.mangle:
            raw = bend(raw)
        return raw


def _entry(one: tuple[int, datetime, int]) -> bytes:
    serial, moment, reason = one
    # RFC 5280 5.3.1: unspecified is said by leaving the extension out.
    extensions = b"" if reason == 0 else write_extensions(
        {CE_REASON_CODE: (False, der.integer(reason, der.ENUMERATED))}
    )  # fmt: skip
    return der.seq(der.integer(serial), der.certificate_time(moment), extensions)


def long_list(octets: int) -> bytes:
    """Entries of that many octets in all, but for a few: numbers of 160 bits that nobody has."""
    entry = der.seq(der.integer(2**158), der.certificate_time(now()))
    at = entry.index((2**158).to_bytes(20, "big"))
    head, tail = entry[:at], entry[at + 20 :]
    return b"".join(
        head + (2**158 + 7 * n).to_bytes(20, "big") + tail for n in range(octets // len(entry))
    )


class Lists:
    """The CRLs of the domain: the sub CA's tells what was revoked, the root's is empty.

    thisUpdate moves when something is revoked, and only then, by a second at least, so that it
    can be told what is newer.
    """

    def __init__(self, ca: CA) -> None:
        self.ca = ca
        self.root = Credential.load(ca.directory / "domain" / "root")
        self.began = now() - BACKDATE
        self.filler = b""  # of every list: see long_list()

    def spec_of(self, signer: Credential) -> CrlSpec:
        revoked = {} if signer is self.root else self.ca.issuer.revoked
        entries = [(serial, found.moment, found.reason) for serial, found in revoked.items()]
        this_update = self.began
        for _, moment, _ in entries:
            this_update = max(this_update + timedelta(seconds=1), moment - BACKDATE)
        key_id = signer.certificate.key_id() or key_id_of(signer.certificate.spki)
        spec = CrlSpec(
            issuer=signer.certificate.subject,
            this_update=this_update,
            next_update=now() + VALIDITY,
            key=signer.key,
            revoked=entries,
            filler=self.filler,
            extensions={
                CE_AUTHORITY_KEY_ID: (False, der.seq(der.tlv(0x80, key_id))),
                CE_CRL_NUMBER: (False, der.integer(len(entries) + 1)),
            },
        )
        if self.ca.options["crl-point"] == "on":
            name = distribution_point_name(ROOT_URI if signer is self.root else SUB_URI)
            spec.extensions[CE_ISSUING_DISTRIBUTION_POINT] = issuing_point(name)
        return spec

    def asked(self, value: bytes | None) -> CrlSpec | None:
        """The list that a genm means, if it is newer than the one held (RFC 9483 4.3.4)."""
        signer, held = self._find(value or b"")
        if signer is None or self.ca.options["crl"] == "off":
            return None
        spec = self.spec_of(signer)
        return None if held and spec.this_update <= held else spec

    def _find(self, value: bytes) -> tuple[Credential | None, datetime | None]:
        """CRLStatusListValue ::= SEQUENCE SIZE (1..MAX) OF CRLStatus

        CRLStatus ::= SEQUENCE { source CRLSource, thisUpdate Time OPTIONAL }
        CRLSource ::= CHOICE { dpn [0] DistributionPointName, issuer [1] GeneralNames }
        """
        outer = der.Der(value)
        statuses = outer.enter(der.SEQUENCE)
        outer.end()
        status = statuses.enter(der.SEQUENCE)
        if statuses:
            raise Refused("badRequest", "more than one CRLStatus")
        source = status.element()
        held = status.time() if status else None
        status.end()
        return self._sources().get(source), held

    def _sources(self) -> dict[bytes, Credential]:
        found = {}
        for signer, uri in ((self.ca.issuer.ca, SUB_URI), (self.root, ROOT_URI)):
            found[der.explicit(0, distribution_point_name(uri))] = signer
            name = der.explicit(4, signer.certificate.subject)
            found[der.explicit(1, der.seq(name))] = signer
        return found

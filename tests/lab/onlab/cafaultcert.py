# SPDX-License-Identifier: GPL-2.0-or-later
"""Certificates no device should take, each signed in good faith by the CA itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec

from onlab import der
from onlab.cacert import (
    KU_KEY_CERT_SIGN, KU_KEY_ENCIPHERMENT, CertificateSpec, extended_usage_extension, key_id_of,
    now, spki_of, standard_extensions, usage_extension, write_name,
)  # fmt: skip
from onlab.cafault import ENDS, POLICY, REJECTS, TAKES, fault
from onlab.cafaulthead import flip
from onlab.catemplate import dns
from onlab.cmpoids import (
    AT_COMMON_NAME, AT_SERIAL_NUMBER, CE_BASIC_CONSTRAINTS, CE_EXT_KEY_USAGE, CE_KEY_USAGE,
    CE_SUBJECT_ALT_NAME, CE_SUBJECT_KEY_ID,
)  # fmt: skip

if TYPE_CHECKING:
    from onlab.ca import CA

DAY = timedelta(days=1)
KP_CODE_SIGNING = "1.3.6.1.5.5.7.3.3"


def bad_certificate(name: str, text: str, verdict: str = REJECTS, **options: Any):
    return fault(f"cmp-cert-{name}", text, verdict, stage="certificate", **options)


@bad_certificate("wrong-key", "the certificate holds another public key")
def _(spec: CertificateSpec, ca: CA) -> None:
    spec.spki = spki_of(ec.generate_private_key(ec.SECP256R1()))
    spec.extensions[CE_SUBJECT_KEY_ID] = (False, der.octets(key_id_of(spec.spki)))


@bad_certificate("wrong-subject", "the certificate names another device")
def _(spec: CertificateSpec, ca: CA) -> None:
    spec.subject = write_name((AT_COMMON_NAME, "Router"), (AT_SERIAL_NUMBER, "SN-9999"))


@bad_certificate("no-subject", "the certificate's subject is empty")
def _(spec: CertificateSpec, ca: CA) -> None:
    spec.subject = der.seq()


@bad_certificate("wrong-san", "the certificate's subjectAltName is another's", template="san")
def _(spec: CertificateSpec, ca: CA) -> None:
    spec.extensions[CE_SUBJECT_ALT_NAME] = (False, der.seq(dns("another.example")))


@bad_certificate("no-san", "the certificate lacks the subjectAltName asked for", template="san")
def _(spec: CertificateSpec, ca: CA) -> None:
    spec.extensions.pop(CE_SUBJECT_ALT_NAME, None)


@bad_certificate("wrong-eku", "the certificate is for code signing only, asked for was TLS",
                 template="basic")  # fmt: skip
def _(spec: CertificateSpec, ca: CA) -> None:
    spec.extensions[CE_EXT_KEY_USAGE] = extended_usage_extension(KP_CODE_SIGNING)


@bad_certificate("wrong-key-usage", "the certificate's keyUsage is keyEncipherment only")
def _(spec: CertificateSpec, ca: CA) -> None:
    spec.extensions[CE_KEY_USAGE] = usage_extension(KU_KEY_ENCIPHERMENT)


@bad_certificate("expired", "the certificate ended yesterday")
def _(spec: CertificateSpec, ca: CA) -> None:
    spec.not_before, spec.not_after = now() - 30 * DAY, now() - DAY


@bad_certificate("not-yet-valid", "the certificate starts tomorrow")
def _(spec: CertificateSpec, ca: CA) -> None:
    spec.not_before = now() + DAY


@bad_certificate("backwards", "the certificate ends before it starts")
def _(spec: CertificateSpec, ca: CA) -> None:
    spec.not_before, spec.not_after = spec.not_after, spec.not_before


@bad_certificate("forever", "the certificate has no well-defined end, 99991231235959Z", TAKES)
def _(spec: CertificateSpec, ca: CA) -> None:
    spec.not_after = spec.not_after.replace(9999, 12, 31, 23, 59, 59)


@bad_certificate("ca", "the certificate is a CA's")
def _(spec: CertificateSpec, ca: CA) -> None:
    spec.extensions[CE_BASIC_CONSTRAINTS] = (True, der.seq(der.boolean(True)))
    spec.extensions[CE_KEY_USAGE] = usage_extension(0, KU_KEY_CERT_SIGN)


@bad_certificate("other-pki", "the certificate was issued by an unrelated PKI")
def _(spec: CertificateSpec, ca: CA) -> None:
    other = ca.credential("other/root")
    spec.key, spec.issuer = other.key, other.certificate.subject
    spec.extensions.update(standard_extensions(spec.spki, other.certificate))


@bad_certificate("cloned-issuer", "the issuer has the root's name and identifiers, not its key")
def _(spec: CertificateSpec, ca: CA) -> None:
    clone = ca.credential("domain/clone-root")
    spec.key, spec.issuer = clone.key, clone.certificate.subject
    spec.extensions.update(standard_extensions(spec.spki, clone.certificate))


@bad_certificate("bad-signature", "one bit of the certificate's signature is wrong")
def _(spec: CertificateSpec, ca: CA) -> None:
    spec.mangle.append(flip)


@bad_certificate("critical", "the certificate has a critical extension nobody knows")
def _(spec: CertificateSpec, ca: CA) -> None:
    spec.extensions["1.3.6.1.4.1.55555.4"] = (True, der.null())


@bad_certificate("unknown-extension", "the certificate has one more extension, not critical", TAKES)
def _(spec: CertificateSpec, ca: CA) -> None:
    spec.extensions["1.3.6.1.4.1.55555.5"] = (False, der.null())


@bad_certificate("huge", "the certificate has an extension of 60 kB", POLICY)
def _(spec: CertificateSpec, ca: CA) -> None:
    spec.extensions["1.3.6.1.4.1.55555.6"] = (False, der.octets(bytes(60000)))


@bad_certificate("garbage", "a SEQUENCE that is no certificate", ENDS)
def _(spec: CertificateSpec, ca: CA) -> None:
    spec.mangle.append(lambda raw: der.seq(der.utf8("no certificate")))

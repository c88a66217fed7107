# SPDX-License-Identifier: GPL-2.0-or-later
"""Misbehaviour in who signs, and in the certificates sent along to prove it."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from onlab import cmpcrypto, der
from onlab.cacert import (
    KU_DIGITAL_SIGNATURE, KU_KEY_ENCIPHERMENT, Certificate, CertificateSpec, Credential,
    extended_usage_extension, now, spki_of, standard_extensions, usage_extension, write_name,
)  # fmt: skip
from onlab.cafault import POLICY, TAKES, fault
from onlab.cafaulthead import flip
from onlab.cmpmsg import Draft
from onlab.cmpoids import (
    AT_COMMON_NAME, AT_ORGANIZATION, CE_EXT_KEY_USAGE, CE_KEY_USAGE, ECDSA_SHA1, KP_CMC_RA,
    KP_SERVER_AUTH,
)  # fmt: skip

if TYPE_CHECKING:
    from onlab.ca import CA

DAY = timedelta(days=1)


def role_signer(ca: CA, issuer: str = "domain/sub", **bends: Any) -> Credential:
    """An RA like domain/ra, but for what is bent: each differs in one property alone."""
    above = ca.credential(issuer)
    key = ec.generate_private_key(ec.SECP256R1())
    spec = role_spec(key, above)
    spec.extensions.update(bends.pop("extensions", {}))
    for name, value in bends.items():
        setattr(spec, name, value)
    chain = [] if above.certificate.self_signed() else [above.certificate, *above.chain]
    return Credential(key, Certificate(spec.build()), chain)


def role_spec(key: Any, above: Credential) -> CertificateSpec:
    spki = spki_of(key)
    return CertificateSpec(
        serial=int.from_bytes(os.urandom(16), "big") | 1,
        issuer=above.certificate.subject,
        subject=write_name((AT_ORGANIZATION, "Example Domain"), (AT_COMMON_NAME, "RA 2")),
        not_before=now() - DAY,
        not_after=now() + 30 * DAY,
        spki=spki,
        extensions={
            **standard_extensions(spki, above.certificate),
            CE_KEY_USAGE: usage_extension(KU_DIGITAL_SIGNATURE),
            CE_EXT_KEY_USAGE: extended_usage_extension(KP_CMC_RA),
        },
        key=above.key,
    )


@fault("cmp-protection-sha1", "signed with ECDSA and SHA-1")
def _(draft: Draft, ca: CA) -> None:
    signer = role_signer(ca)
    draft.sign_as(signer)
    draft.protection_alg = der.seq(der.oid(ECDSA_SHA1))
    draft.protect = lambda part: signer.key.sign(part, ec.ECDSA(hashes.SHA1()))


@fault("cmp-signer-untrusted", "the RA belongs to another PKI")
def _(draft: Draft, ca: CA) -> None:
    draft.sign_as(role_signer(ca, "other/root"))


@fault("cmp-signer-cloned-root", "the RA's root has the domain root's names and another key")
def _(draft: Draft, ca: CA) -> None:
    draft.sign_as(role_signer(ca, "domain/clone-root"))
    draft.extra_certs.append(ca.credential("domain/clone-root").certificate.raw)


@fault("cmp-signer-selfsigned", "the RA is its own root, shown in extraCerts")
def _(draft: Draft, ca: CA) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    spec = role_spec(key, ca.credential("domain/ra"))
    spec.key, spec.issuer = key, spec.subject
    signer = Credential(key, Certificate(spec.build()), [])
    draft.sign_as(signer)


@fault("cmp-signer-norole", "an ordinary certificate of the domain signs, without CMC usage")
def _(draft: Draft, ca: CA) -> None:
    draft.sign_as(ca.credential("domain/norole"))


@fault("cmp-signer-device", "another device of the domain signs, with TLS usages only")
def _(draft: Draft, ca: CA) -> None:
    usages = {CE_EXT_KEY_USAGE: extended_usage_extension(KP_SERVER_AUTH)}
    draft.sign_as(role_signer(ca, extensions=usages))


@fault("cmp-signer-expired", "the RA's certificate has expired")
def _(draft: Draft, ca: CA) -> None:
    draft.sign_as(role_signer(ca, not_before=now() - 30 * DAY, not_after=now() - DAY))


@fault("cmp-signer-future", "the RA's certificate is not valid yet")
def _(draft: Draft, ca: CA) -> None:
    draft.sign_as(role_signer(ca, not_before=now() + DAY))


@fault("cmp-signer-key-usage", "the RA's keyUsage lacks digitalSignature")
def _(draft: Draft, ca: CA) -> None:
    usage = {CE_KEY_USAGE: usage_extension(KU_KEY_ENCIPHERMENT)}
    draft.sign_as(role_signer(ca, extensions=usage))


@fault("cmp-signer-critical", "the RA's certificate has a critical extension nobody knows")
def _(draft: Draft, ca: CA) -> None:
    unknown = {"1.3.6.1.4.1.55555.4": (True, der.null())}
    draft.sign_as(role_signer(ca, extensions=unknown))


@fault("cmp-signer-below-ee", "the RA was issued by an end entity")
def _(draft: Draft, ca: CA) -> None:
    draft.sign_as(role_signer(ca, "domain/ra"))


@fault("cmp-signer-other-key", "the RA's certificate is shown, another key signs")
def _(draft: Draft, ca: CA) -> None:
    thief = ec.generate_private_key(ec.SECP256R1())
    draft.protection_alg = cmpcrypto.default_algorithm(thief)
    draft.protect = lambda part: cmpcrypto.sign(thief, part)


@fault("cmp-signer-bad-certificate", "the RA's own certificate has a wrong signature")
def _(draft: Draft, ca: CA) -> None:
    draft.sign_as(role_signer(ca, mangle=[flip]))


# ---- extraCerts


@fault("cmp-extra-certs-missing", "no extraCerts in the first answer: nothing to verify with")
def _(draft: Draft, ca: CA) -> None:
    draft.extra_certs = []


@fault("cmp-extra-certs-empty", "extraCerts is there and empty, against SIZE (1..MAX)")
def _(draft: Draft, ca: CA) -> None:
    draft.extra_certs = [b""]


@fault("cmp-extra-certs-reversed", "extraCerts in an unusual order", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.extra_certs.reverse()


@fault("cmp-extra-certs-50", "fifty strangers behind the useful extraCerts", POLICY)
def _(draft: Draft, ca: CA) -> None:
    draft.extra_certs += [ca.credential("other/ee").certificate.raw] * 50


@fault("cmp-extra-certs-root", "the domain's root among the extraCerts", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.extra_certs.append(ca.issuer.root.raw)


@fault("cmp-extra-certs-garbage", "a SEQUENCE that is no certificate among the extraCerts", POLICY)
def _(draft: Draft, ca: CA) -> None:
    draft.extra_certs.append(der.seq(der.utf8("no certificate")))

# SPDX-License-Identifier: GPL-2.0-or-later
"""Misbehaviour in header and protection: what RFC 9483 3.5 makes every receiver check."""

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
from onlab.cmpmsg import NULL_DN, Draft, write_info
from onlab.cmpoids import (
    AT_COMMON_NAME, AT_ORGANIZATION, CE_EXT_KEY_USAGE, CE_KEY_USAGE, ECDSA_SHA1, KP_CMC_RA,
    KP_SERVER_AUTH,
)  # fmt: skip

if TYPE_CHECKING:
    from onlab.ca import CA

DAY = timedelta(days=1)
HOSTILE = "no\r\n\x1b[2J\x1b]0;owned\x07 onramp: enrolled ok\x00\u202e" + "A" * 4000


def flip(raw: bytes, at: int = -1) -> bytes:
    """The bytes with one bit changed."""
    bent = bytearray(raw)
    bent[at] ^= 1
    return bytes(bent)


# ---- header


@fault("cmp-pvno-1", "pvno is 1 (cmp1999)")
def _(draft: Draft, ca: CA) -> None:
    draft.pvno = 1


@fault("cmp-pvno-4", "pvno is 4, of no standard")
def _(draft: Draft, ca: CA) -> None:
    draft.pvno = 4


@fault("cmp-pvno-3", "pvno is 3, which a receiver accepts", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.pvno = 3


@fault("cmp-transaction-id-missing", "no transactionID")
def _(draft: Draft, ca: CA) -> None:
    draft.transaction_id = None


@fault("cmp-transaction-id-wrong", "the transactionID of some other operation")
def _(draft: Draft, ca: CA) -> None:
    draft.transaction_id = os.urandom(16)


@fault("cmp-transaction-id-prefix", "the first half of our transactionID")
def _(draft: Draft, ca: CA) -> None:
    draft.transaction_id = (draft.transaction_id or b"")[:8]


@fault("cmp-sender-nonce-missing", "no senderNonce")
def _(draft: Draft, ca: CA) -> None:
    draft.sender_nonce = None


@fault("cmp-sender-nonce-short", "a senderNonce of 15 octets")
def _(draft: Draft, ca: CA) -> None:
    draft.sender_nonce = os.urandom(15)


@fault("cmp-sender-nonce-huge", "a senderNonce of 60 kB, to be echoed", POLICY)
def _(draft: Draft, ca: CA) -> None:
    draft.sender_nonce = os.urandom(60000)


@fault("cmp-recip-nonce-missing", "no recipNonce")
def _(draft: Draft, ca: CA) -> None:
    draft.recip_nonce = None


@fault("cmp-recip-nonce-wrong", "a recipNonce that answers nobody")
def _(draft: Draft, ca: CA) -> None:
    draft.recip_nonce = os.urandom(16)


@fault("cmp-recip-nonce-stale", "pkiConf answers the first request's nonce", place="pkiconf")
def _(draft: Draft, ca: CA) -> None:
    transaction = ca.transactions[draft.transaction_id or b""]
    draft.recip_nonce = transaction.opener.sender_nonce


@fault("cmp-sender-wrong", "the sender is not the signer's subject")
def _(draft: Draft, ca: CA) -> None:
    draft.sender = der.explicit(4, write_name((AT_COMMON_NAME, "somebody else")))


@fault("cmp-sender-null", "the sender is the NULL-DN")
def _(draft: Draft, ca: CA) -> None:
    draft.sender = NULL_DN


@fault("cmp-sender-kid-wrong", "senderKID names another key than the one that signs")
def _(draft: Draft, ca: CA) -> None:
    draft.sender_kid = os.urandom(20)


@fault("cmp-sender-kid-missing", "no senderKID, which a receiver can do without", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.sender_kid = None


@fault("cmp-recipient-wrong", "the recipient is somebody else, as behind a relay", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.recipient = der.explicit(4, write_name((AT_ORGANIZATION, "Elsewhere")))


@fault("cmp-recipient-null", "the recipient is the NULL-DN", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.recipient = NULL_DN


@fault("cmp-message-time-past", "messageTime a day ago; wrong to who knows the time")
def _(draft: Draft, ca: CA) -> None:
    draft.message_time = der.time(now() - DAY)


@fault("cmp-message-time-future", "messageTime a day ahead; wrong to who knows the time")
def _(draft: Draft, ca: CA) -> None:
    draft.message_time = der.time(now() + DAY)


@fault("cmp-message-time-garbage", "messageTime in the 13th month")
def _(draft: Draft, ca: CA) -> None:
    draft.message_time = der.tlv(der.TIME, b"20261332250000Z")


@fault("cmp-message-time-missing", "no messageTime", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.message_time = None


@fault("cmp-free-text", "freeText with terminal escapes and 4 kB of noise", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.free_text = HOSTILE


@fault("cmp-general-info-unknown", "generalInfo with an entry nobody knows", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.general_info.append(write_info("1.3.6.1.4.1.55555.9", der.utf8("?")))


@fault("cmp-general-info-1000", "generalInfo with a thousand entries", POLICY)
def _(draft: Draft, ca: CA) -> None:
    draft.general_info += [
        write_info(f"1.3.6.1.4.1.55555.{n}", der.null()) for n in range(1000)
    ]


# ---- protection


@fault("cmp-protection-missing", "neither protection nor protectionAlg")
def _(draft: Draft, ca: CA) -> None:
    draft.protect = draft.protection_alg = None


@fault("cmp-protection-alg-missing", "protection without protectionAlg")
def _(draft: Draft, ca: CA) -> None:
    draft.protection_alg = None


@fault("cmp-protection-only-alg", "protectionAlg without protection")
def _(draft: Draft, ca: CA) -> None:
    draft.protect = None


@fault("cmp-protection-bad", "one bit of the signature is wrong")
def _(draft: Draft, ca: CA) -> None:
    sign = draft.protect
    draft.protect = lambda part: flip(sign(part)) if sign else b""


@fault("cmp-protection-empty", "the protection is an empty BIT STRING")
def _(draft: Draft, ca: CA) -> None:
    draft.protect = lambda part: b""


@fault("cmp-protection-header", "the header was changed after signing")
def _(draft: Draft, ca: CA) -> None:
    draft.message_time = der.time(now())
    mark = draft.message_time
    draft.after_signing.append(
        lambda header, body: (header.replace(mark, der.time(now() - timedelta(seconds=3))), body)
    )


@fault("cmp-protection-body", "the body was changed after signing")
def _(draft: Draft, ca: CA) -> None:
    draft.after_signing.append(lambda header, body: (header, flip(body)))


@fault("cmp-protection-alg-mismatch", "protectionAlg says RSA, the signer's key is not")
def _(draft: Draft, ca: CA) -> None:
    draft.protection_alg = der.seq(der.oid("1.2.840.113549.1.1.11"), der.null())


@fault("cmp-protection-alg-unknown", "protectionAlg is of no registry")
def _(draft: Draft, ca: CA) -> None:
    draft.protection_alg = der.seq(der.oid("1.3.6.1.4.1.55555.3"))


@fault("cmp-protection-sha1", "signed with ECDSA and SHA-1")
def _(draft: Draft, ca: CA) -> None:
    signer = role_signer(ca)
    draft.sign_as(signer)
    draft.protection_alg = der.seq(der.oid(ECDSA_SHA1))
    draft.protect = lambda part: signer.key.sign(part, ec.ECDSA(hashes.SHA1()))


@fault("cmp-protection-mac", "a MAC under some secret where a signature is due")
def _(draft: Draft, ca: CA) -> None:
    draft.protection_alg, draft.protect = cmpcrypto.password_mac(b"secret", os.urandom(16), 1000)


@fault("cmp-protection-mac-slow", "a MAC that asks for 2^31 iterations before it can be judged")
def _(draft: Draft, ca: CA) -> None:
    cheap, draft.protect = cmpcrypto.password_mac(b"secret", os.urandom(16), 1000)
    draft.protection_alg = der.seq(
        *_elements(cheap)[:1], der.seq(*_replace_count(_elements(_elements(cheap)[1])))
    )


def _elements(sequence: bytes) -> list[bytes]:
    fields, found = der.Der(sequence).enter(der.SEQUENCE), []
    while fields:
        found.append(fields.element())
    return found


def _replace_count(parameters: list[bytes]) -> list[bytes]:
    return [*parameters[:2], der.integer(2**31 - 1), *parameters[3:]]


# ---- who signs


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
    draft.extra_certs.insert(0, signer.certificate.raw)


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

# SPDX-License-Identifier: GPL-2.0-or-later
"""Misbehaviour in central key generation: keys that come from nobody, for nobody, or not at all."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec

from onlab import ber, der
from onlab.cacert import (
    Certificate, Credential, extended_usage_extension, now, usage_extension,
)  # fmt: skip
from onlab.cafault import ENDS, KEY_SCENE, POLICY, TAKES, fault
from onlab.cafaulthead import flip
from onlab.cafaultsigner import role_signer, role_spec
from onlab.cakeygen import Delivery
from onlab.cmpmac import SharedSecret
from onlab.cmpmsg import Draft
from onlab.cmpoids import CE_EXT_KEY_USAGE, CE_KEY_USAGE, KP_CM_KGA
from onlab.envelope import ID_DATA

if TYPE_CHECKING:
    from onlab.ca import CA

DAY = timedelta(days=1)
SLOW = 2**31 - 1


def key_fault(name: str, text: str, verdict: str = ENDS, stage: str = "delivery"):
    return fault(f"cmp-key-{name}", text, verdict, stage=stage, scene=KEY_SCENE, keygen="on")


def authority(ca: CA, issuer: str = "domain/sub", **bends: Any) -> Credential:
    """A KGA like domain/kga, but for what is bent."""
    extensions = {CE_EXT_KEY_USAGE: extended_usage_extension(KP_CM_KGA)}
    extensions.update(bends.pop("extensions", {}))
    return role_signer(ca, issuer, extensions=extensions, **bends)


# ---- who signs


@key_fault("kga-ra", "the RA signs for the key, which may do so for messages alone", POLICY)
def _(delivery: Delivery, ca: CA) -> None:
    """POLICY, since under MAC the secret vouches for whoever signs (RFC 9483 4.1.6)."""
    delivery.kga = ca.credential("domain/ra")


@key_fault("kga-norole", "an ordinary certificate of the domain signs for the key", POLICY)
def _(delivery: Delivery, ca: CA) -> None:
    delivery.kga = ca.credential("domain/norole")


@key_fault("kga-stranger", "a KGA of another PKI signs for the key", POLICY)
def _(delivery: Delivery, ca: CA) -> None:
    delivery.kga = ca.credential("other/kga")


@key_fault("kga-clone", "the KGA's root has the domain root's name and another key", POLICY)
def _(delivery: Delivery, ca: CA) -> None:
    delivery.kga = authority(ca, "domain/clone-root")


@key_fault("kga-expired", "the KGA's certificate has expired", POLICY)
def _(delivery: Delivery, ca: CA) -> None:
    delivery.kga = authority(ca, not_before=now() - 30 * DAY, not_after=now() - DAY)


@key_fault("kga-key-usage", "the KGA's keyUsage lacks digitalSignature", POLICY)
def _(delivery: Delivery, ca: CA) -> None:
    delivery.kga = authority(ca, extensions={CE_KEY_USAGE: usage_extension(2)})


@key_fault("kga-below-ee", "the KGA was issued by an end entity", POLICY)
def _(delivery: Delivery, ca: CA) -> None:
    delivery.kga = authority(ca, "domain/ra")


@key_fault("kga-selfsigned", "the KGA is its own root", POLICY)
def _(delivery: Delivery, ca: CA) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    spec = role_spec(key, ca.credential("domain/ra"))
    spec.key, spec.issuer = key, spec.subject
    spec.extensions[CE_EXT_KEY_USAGE] = extended_usage_extension(KP_CM_KGA)
    delivery.kga = Credential(key, Certificate(spec.build()), [])


@key_fault("no-certificates", "the SignedData holds no certificates", POLICY)
def _(delivery: Delivery, ca: CA) -> None:
    delivery.certificates = []


# ---- the signature


@key_fault("bad-signature", "one bit of the KGA's signature is wrong")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.bend_signature.append(flip)


@key_fault("wrong-digest", "the messageDigest is of something else")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.wrong_digest = True


@key_fault("no-attributes", "no signed attributes, against RFC 5652 5.3")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.signed_attributes = False


@key_fault("two-signers", "two SignerInfos")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.signers = 2


@key_fault("no-signers", "no SignerInfo")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.signers = 0


@key_fault("unsigned", "the key package is sealed, but not signed")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.unsigned = True


@key_fault("unsigned-data", "the key package is sealed as id-data, but not signed")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.unsigned, delivery.envelope.content_type = True, ID_DATA


# ---- the key


@key_fault("other", "another key than the certificate's")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.key = ec.generate_private_key(ec.SECP256R1())


@key_fault("other-kind", "a key of another curve than the certificate's")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.key = ec.generate_private_key(ec.SECP384R1())


@key_fault("other-said-right", "another private key, with the certificate's public one beside it")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.key, delivery.public = ec.generate_private_key(ec.SECP256R1()), delivery.key


@key_fault("public-other", "the right private key, with another public one beside it")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.public = ec.generate_private_key(ec.SECP256R1())


@key_fault("public-missing", "no publicKey beside the private one, against RFC 9483 4.1.6", TAKES)
def _(delivery: Delivery, ca: CA) -> None:
    delivery.with_public = False


@key_fault("two", "two keys in the package")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.keys.append(ec.generate_private_key(ec.SECP256R1()))


@key_fault("none", "no key in the package")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.bend_package.append(lambda raw: der.seq())


@key_fault("garbage", "a package that is no key")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.bend_package.append(lambda raw: der.seq(der.seq(der.utf8("no key"))))


@key_fault("trailing", "octets behind the key")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.bend_package.append(lambda raw: raw + b"\0")


@key_fault("package-type", "the eContentType is id-data", POLICY)
def _(delivery: Delivery, ca: CA) -> None:
    delivery.package_type = ID_DATA


# ---- BER in the envelope (RFC 5652 1)


@key_fault("ber-indefinite", "the SignedData has frames of indefinite length", TAKES)
def _(delivery: Delivery, ca: CA) -> None:
    delivery.bend_signed.append(ber.signed_data)


@key_fault("ber-pieces", "and its content comes in pieces", TAKES)
def _(delivery: Delivery, ca: CA) -> None:
    delivery.bend_signed.append(lambda raw: ber.signed_data(raw, pieces=True))


@key_fault("ber-long-lengths", "every length has four octets", TAKES)
def _(delivery: Delivery, ca: CA) -> None:
    delivery.bend_signed.append(ber.all_the_way)


@key_fault("ber-no-end", "the last end of contents is missing")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.bend_signed.append(lambda raw: ber.signed_data(raw)[:-2])


@key_fault("ber-trailing", "something follows behind the end of contents")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.bend_signed.append(lambda raw: ber.signed_data(raw) + der.null())


@key_fault("ber-deep", "10,000 elements of indefinite length in each other")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.bend_signed.append(lambda raw: b"\x30\x80" * 10000 + b"\0\0" * 10000)


@key_fault("ber-exchanged", "the content of BER is not the one that was signed")
def _(delivery: Delivery, ca: CA) -> None:
    # the last digit of the OneAsymmetricKey's version, whatever is around it
    delivery.bend_signed.append(
        lambda raw: ber.signed_data(raw.replace(b"\x02\x01\x01\x30", b"\x02\x01\x00\x30", 1)))


# ---- the envelope


@key_fault("recipient-other", "sealed for somebody else")
def _(delivery: Delivery, ca: CA) -> None:
    sealed = delivery.envelope
    if isinstance(sealed.recipient, SharedSecret):
        sealed.recipient = SharedSecret("SN-0002", b"another secret")
    else:
        names = {"ktri": "rsa-encipher", "kari": "p256-agree"}
        name = names[sealed.form.partition("-")[0]]
        other = ca.credential(f"device/idevid-{name}").certificate
        sealed.recipient = role_signer(ca).certificate if name == "p256-agree" else other
        sealed.named = other


@key_fault("key-corrupted", "one bit of the wrapped content-encryption key is wrong")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.bend_key.append(flip)


@key_fault("key-cut", "the wrapped content-encryption key lacks its last octet")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.bend_key.append(lambda raw: raw[:-1])


@key_fault("key-empty", "the wrapped content-encryption key is empty")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.bend_key.append(lambda raw: b"")


@key_fault("content-corrupted", "one bit in the ciphertext's first block is wrong")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.bend_content.append(lambda raw: flip(raw, 8))


@key_fault("content-padding", "the last block of the ciphertext is another one")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.bend_content.append(lambda raw: raw[:-16] + os.urandom(16))


@key_fault("content-cut", "the ciphertext is no multiple of the block")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.bend_content.append(lambda raw: raw[:-1])


@key_fault("content-empty", "the ciphertext is empty")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.bend_content.append(lambda raw: b"")


@key_fault("two-recipients", "two RecipientInfos")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.recipients = 2


@key_fault("no-recipients", "no RecipientInfo")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.recipients = 0


@key_fault("recipient-kind", "a RecipientInfo of a kind for which there is no use here (kekri)")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.bend_recipient.append(
        lambda raw: der.tlv(0xA2, der.integer(4), der.seq(der.octets(b"kek")),
                            der.seq(der.oid("2.16.840.1.101.3.4.1.45")), der.octets(bytes(40)))
    )  # fmt: skip


@key_fault("versions", "CMSVersions as RFC 5652 has them, not RFC 9483", TAKES)
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.version = 3 if delivery.envelope.form.startswith("pwri") else 0


@key_fault("type-other", "the content type is of no registry")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.content_type = "1.3.6.1.4.1.55555.9"


@key_fault("aes128", "AES of 128 bits for content and wrapping", TAKES)
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.key_size = 16


@key_fault("aes192", "AES of 192 bits for content and wrapping", TAKES)
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.key_size = 24


@key_fault("encrypted-value", "the key as an EncryptedValue, which RFC 9483 does not know")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.old_syntax = True


@key_fault("missing", "the certificate comes without the key", stage="draft")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.key_pair_rest = b""


@key_fault("pvno-2", "pvno is 2 although EnvelopedData is inside", POLICY, stage="draft")
def _(draft: Draft, ca: CA) -> None:
    draft.pvno = 2


# ---- of one technique each


def form_fault(name: str, text: str, verdict: str, form: str):
    return fault(f"cmp-key-{name}", text, verdict, stage="delivery", scene=KEY_SCENE, keygen=form)


@form_fault("pwri-slow", "PBKDF2 asks for 2^31 iterations before anything is proved", ENDS,
            "pwri-wrap")  # fmt: skip
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.claimed_count = SLOW


@form_fault("pwri-few", "PBKDF2 with one iteration", POLICY, "pwri-wrap")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.count = 1


@form_fault("pwri-salt-huge", "PBKDF2 with a salt of 60 kB", ENDS, "pwri-wrap")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.salt = bytes(60000)


@form_fault("kari-no-ukm", "no ukm, which RFC 9483 4.1.6.2 only recommends", TAKES, "kari")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.ukm = None


@form_fault("kari-sha384", "key derivation with SHA-384", TAKES, "kari")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.digest = "sha384"


@form_fault("kari-sha512", "key derivation with SHA-512", TAKES, "kari")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.digest = "sha512"


@form_fault("kari-point", "the originator's point is not on the curve", ENDS, "kari")
def _(delivery: Delivery, ca: CA) -> None:
    def bend(raw: bytes) -> bytes:
        at = raw.index(b"\x03\x42\x00\x04") + 4
        return raw[:at] + bytes([1] * 64) + raw[at + 64 :]

    delivery.envelope.bend_recipient.append(bend)


@form_fault("kari-by-serial", "the recipient is named by issuer and serial number", TAKES, "kari")
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.by_serial = True


@form_fault("ktri-by-serial", "the recipient is named by issuer and serial number", TAKES,
            "ktri-oaep")  # fmt: skip
def _(delivery: Delivery, ca: CA) -> None:
    delivery.envelope.by_serial = True

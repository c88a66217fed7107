# SPDX-License-Identifier: GPL-2.0-or-later
"""Central key generation (RFC 9483 4.1.6): the key, signed for by the KGA, sealed for the device."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from onlab import cmpcrypto, der, envelope
from onlab.cacert import Certificate, Credential, spki_of
from onlab.cmpmac import SharedSecret
from onlab.cmpmsg import Refused
from onlab.cmpoids import (
    EC_PUBLIC_KEY, ED25519, RSA_ENCRYPTION, SECP256R1, SECP384R1, SECP521R1,
)  # fmt: skip
from onlab.envelope import Envelope

ID_CT_KEY_PACKAGE = "2.16.840.1.101.2.1.2.78.5"
CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
DIGEST_OIDS = {"sha256": "2.16.840.1.101.3.4.2.1", "sha384": "2.16.840.1.101.3.4.2.2",
               "sha512": "2.16.840.1.101.3.4.2.3"}  # fmt: skip
KU_KEY_ENCIPHERMENT, KU_KEY_AGREEMENT = 2, 4
CURVES = {SECP256R1: ec.SECP256R1, SECP384R1: ec.SECP384R1, SECP521R1: ec.SECP521R1}
DEFAULT_KIND = der.seq(der.oid(EC_PUBLIC_KEY), der.oid(SECP256R1))


def make_key(wanted: bytes | None, rsa_bits: int = 2048) -> Any:
    """A key of the kind that an AlgorithmIdentifier names."""
    fields = der.Der(wanted or DEFAULT_KIND).enter(der.SEQUENCE)
    kind = fields.oid()
    if kind == RSA_ENCRYPTION:
        return rsa.generate_private_key(65537, rsa_bits)
    if kind == ED25519:
        return ed25519.Ed25519PrivateKey.generate()
    curve = fields.oid() if kind == EC_PUBLIC_KEY and fields else ""
    if curve not in CURVES:
        raise Refused("badCertTemplate", f"no key of kind {kind} {curve} is made here")
    return ec.generate_private_key(CURVES[curve]())


def choose_form(form: str, requester: Certificate | SharedSecret) -> str:
    """RFC 9483 4.1.6: by the kind of protection; "on" takes the first that fits."""
    if form == "on":
        form = next(name for name in ("ktri-oaep", "kari", "pwri-wrap")
                    if envelope.fits(name, requester))  # fmt: skip
    if not envelope.fits(form, requester):
        raise Refused("badRequest", f"{form} is not for this requester")
    if isinstance(requester, Certificate):
        needed = KU_KEY_ENCIPHERMENT if form.startswith("ktri") else KU_KEY_AGREEMENT
        usage = requester.key_usage()
        if usage is not None and needed not in usage:
            raise Refused("notAuthorized", f"the requester's keyUsage does not allow {form}")
    return form


@dataclass
class Delivery:
    """A private key on its way; every field may be bent before encode()."""

    key: Any
    kga: Credential
    envelope: Envelope
    field_shape: bool = False  # as servers in the field do: id-data, a bare PrivateKeyInfo
    keys: list[Any] = field(default_factory=list)  # more of them
    public: Any = None  # whose public key is said to belong to the private one
    with_public: bool = True
    package_type: str = ID_CT_KEY_PACKAGE
    signers: int = 1
    signed_attributes: bool = True
    wrong_digest: bool = False
    certificates: list[bytes] | None = None
    bend_package: list[Callable[[bytes], bytes]] = field(default_factory=list)
    bend_signature: list[Callable[[bytes], bytes]] = field(default_factory=list)
    bend_signed: list[Callable[[bytes], bytes]] = field(default_factory=list)
    unsigned: bool = False  # the package itself is sealed, without SignedData
    old_syntax: bool = False  # EncryptedValue instead of EnvelopedData

    def encode(self) -> bytes:
        """privateKey [0] EXPLICIT EncryptedKey of CertifiedKeyPair;
        EncryptedKey ::= CHOICE { encryptedValue EncryptedValue, envelopedData [0] EnvelopedData }
        """
        package = self.package()
        self.envelope.content = package if self.unsigned else self.signed(package)
        if self.field_shape:
            self.envelope.content_type = envelope.ID_DATA
        sealed = self.envelope.encode()
        if not self.old_syntax:
            sealed = b"\xa0" + sealed[1:]  # IMPLICIT
        return der.explicit(0, sealed)

    def package(self) -> bytes:
        """AsymmetricKeyPackage ::= SEQUENCE SIZE (1..MAX) OF OneAsymmetricKey, RFC 5958 2"""
        keys = [self._one(self.key, self.public)] + [self._one(key) for key in self.keys]
        package = keys[0] if self.field_shape else der.seq(*keys)
        for bend in self.bend_package:
            package = bend(package)
        return package

    def _one(self, key: Any, public: Any = None) -> bytes:
        """OneAsymmetricKey ::= SEQUENCE { version (v2 is 1), privateKeyAlgorithm, privateKey,
        attributes [0] OPTIONAL, publicKey [1] IMPLICIT BIT STRING OPTIONAL }"""
        raw = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        fields = der.Der(raw).enter(der.SEQUENCE)
        fields.integer()
        algorithm, private = fields.element(der.SEQUENCE), fields.element(der.OCTET_STRING)
        spki = der.Der(spki_of(public or key)).enter(der.SEQUENCE)
        spki.element(der.SEQUENCE)
        bits, _ = spki.bits()
        public_key = der.tlv(0x81, b"\0", bits) if self.with_public else b""
        return der.seq(der.integer(1 if self.with_public else 0), algorithm, private, public_key)

    def signed(self, package: bytes) -> bytes:
        """SignedData ::= SEQUENCE { version (3), digestAlgorithms, encapContentInfo,
        certificates [0], signerInfos }, without ContentInfo around it"""
        shown = self.certificates
        if shown is None:
            above = [one.raw for one in self.kga.chain if not one.self_signed()]
            shown = [self.kga.certificate.raw, *above]
        digest = self._digest()
        signed = der.seq(
            der.integer(3),
            der.set_of(der.seq(der.oid(DIGEST_OIDS[digest]))),
            der.seq(der.oid(self.package_type), der.explicit(0, der.octets(package))),
            # RFC 9483 4.1.6: the KGA's certificate first, whatever DER says of SET OF.
            der.explicit(0, *shown) if shown else b"",
            der.set_of(*[self._signer_info(package, digest)] * self.signers),
        )
        for bend in self.bend_signed:
            signed = bend(signed)
        return signed

    def _digest(self) -> str:
        size = getattr(getattr(self.kga.key, "curve", None), "key_size", 256)
        return {256: "sha256", 384: "sha384"}.get(size, "sha512")

    def _signer_info(self, package: bytes, digest: str) -> bytes:
        """SignerInfo ::= SEQUENCE { version (3), sid [0] SubjectKeyIdentifier, digestAlgorithm,
        signedAttrs [0], signatureAlgorithm, signature }"""
        attributes, to_sign = b"", package
        if self.signed_attributes:
            digested = package + b"?" * self.wrong_digest
            value = der.octets(hashlib.new(digest, digested).digest())
            to_sign = der.set_of(
                der.seq(der.oid(CONTENT_TYPE), der.set_of(der.oid(self.package_type))),
                der.seq(der.oid(MESSAGE_DIGEST), der.set_of(value)),
            )
            attributes = b"\xa0" + to_sign[1:]  # RFC 5652 5.4: signed as SET OF, sent IMPLICIT
        signature = cmpcrypto.sign(self.kga.key, to_sign)
        for bend in self.bend_signature:
            signature = bend(signature)
        return der.seq(
            der.integer(3),
            der.tlv(0x80, self.kga.certificate.key_id() or b""),
            der.seq(der.oid(DIGEST_OIDS[digest])),
            attributes,
            cmpcrypto.default_algorithm(self.kga.key),
            der.octets(signature),
        )

# SPDX-License-Identifier: GPL-2.0-or-later
"""CMS EnvelopedData (RFC 5652 6): a writer with one recipient, every field of which can be bent.

The three key management techniques of RFC 9483 4.1.6, by the algorithms of RFC 9481 4 and 5.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes, keywrap, padding as block_padding
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from onlab import cmpcrypto, der
from onlab.cacert import Certificate
from onlab.cmpmac import SharedSecret
from onlab.cmpoids import EC_PUBLIC_KEY, HMAC_SHA256, PBKDF2, RSA_ENCRYPTION

ID_DATA = "1.2.840.113549.1.7.1"
ID_SIGNED_DATA = "1.2.840.113549.1.7.2"
AES_CBC = {16: "2.16.840.1.101.3.4.1.2", 24: "2.16.840.1.101.3.4.1.22",
           32: "2.16.840.1.101.3.4.1.42"}  # fmt: skip
AES_WRAP = {16: "2.16.840.1.101.3.4.1.5", 24: "2.16.840.1.101.3.4.1.25",
            32: "2.16.840.1.101.3.4.1.45"}  # fmt: skip
RSAES_OAEP = "1.2.840.113549.1.1.7"
MGF1 = "1.2.840.113549.1.1.8"
SHA256 = "2.16.840.1.101.3.4.2.1"
PWRI_KEK = "1.2.840.113549.1.9.16.3.9"  # RFC 3211
ECDH = {  # RFC 5753 7.1.4, by hash: of dhSinglePass-stdDH and -cofactorDH
    "kari": {"sha256": "1.3.132.1.11.1", "sha384": "1.3.132.1.11.2", "sha512": "1.3.132.1.11.3"},
    "kari-cofactor": {"sha256": "1.3.132.1.14.1", "sha384": "1.3.132.1.14.2",
                      "sha512": "1.3.132.1.14.3"},
}  # fmt: skip
HASHES = {"sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}
FORMS = ("ktri-pkcs1", "ktri-oaep", "kari", "kari-cofactor", "pwri-wrap", "pwri-kek")


@dataclass
class Envelope:
    """What to put in, for whom and how; `form` is one of FORMS."""

    form: str
    recipient: Certificate | SharedSecret
    content: bytes
    content_type: str = ID_SIGNED_DATA
    key_size: int = 32  # of content encryption and of wrapping, RFC 9481 4.3
    digest: str = "sha256"
    count: int = 10_000  # of PBKDF2
    salt: bytes = field(default_factory=lambda: os.urandom(16))
    ukm: bytes | None = field(default_factory=lambda: os.urandom(16))
    named: Certificate | None = None  # who is named in rid instead
    by_serial: bool = False  # rid is issuerAndSerialNumber although there is a key identifier
    version: int | None = None
    claimed_count: int | None = None
    bend_recipient: list[Callable[[bytes], bytes]] = field(default_factory=list)
    bend_key: list[Callable[[bytes], bytes]] = field(default_factory=list)  # the wrapped one
    bend_content: list[Callable[[bytes], bytes]] = field(default_factory=list)  # the ciphertext
    recipients: int = 1

    def encode(self) -> bytes:
        """EnvelopedData ::= SEQUENCE { version, originatorInfo [0] OPTIONAL,
        recipientInfos SET OF RecipientInfo, encryptedContentInfo SEQUENCE { contentType,
        contentEncryptionAlgorithm, encryptedContent [0] IMPLICIT OCTET STRING OPTIONAL } }"""
        key, iv = os.urandom(self.key_size), os.urandom(16)
        encrypted = _bent(_aes_cbc(key, iv, _padded(self.content)), self.bend_content)
        algorithm = der.seq(der.oid(AES_CBC[self.key_size]), der.octets(iv))
        info = _bent(self._recipient_info(key), self.bend_recipient)
        version = self.version
        if version is None:  # RFC 9483 4.1.6
            version = 0 if self.form.startswith("pwri") else 2
        return der.seq(
            der.integer(version),
            der.set_of(*[info] * self.recipients),
            der.seq(der.oid(self.content_type), algorithm, der.tlv(0x80, encrypted)),
        )

    def _recipient_info(self, key: bytes) -> bytes:
        kind = self.form.partition("-")[0]
        return {"ktri": self._transport, "kari": self._agreement, "pwri": self._password}[kind](key)

    # ---- ktri

    def _transport(self, key: bytes) -> bytes:
        """KeyTransRecipientInfo ::= SEQUENCE { version, rid RecipientIdentifier,
        keyEncryptionAlgorithm, encryptedKey OCTET STRING }"""
        public = cmpcrypto.load_public(self.recipient.spki)
        if self.form == "ktri-pkcs1":
            algorithm = der.seq(der.oid(RSA_ENCRYPTION), der.null())
            encrypted = public.encrypt(key, padding.PKCS1v15())
        else:
            algorithm = der.seq(der.oid(RSAES_OAEP), _oaep_parameters())
            oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
            encrypted = public.encrypt(key, oaep)
        rid = self._rid(lambda key_id: der.tlv(0x80, key_id))
        return der.seq(der.integer(2), rid, algorithm,
                       der.octets(_bent(encrypted, self.bend_key)))  # fmt: skip

    def _rid(self, by_key_id: Callable[[bytes], bytes]) -> bytes:
        """RFC 9483 4.1.6.1: the key identifier, or issuerAndSerialNumber if there is none."""
        named = self.named or self.recipient
        key_id = named.key_id()
        if key_id is None or self.by_serial:
            return der.seq(named.issuer, der.integer(named.serial))
        return by_key_id(key_id)

    # ---- kari

    def _agreement(self, key: bytes) -> bytes:
        """KeyAgreeRecipientInfo ::= [1] SEQUENCE { version (3),
        originator [0] EXPLICIT OriginatorIdentifierOrKey, ukm [1] EXPLICIT OCTET STRING OPTIONAL,
        keyEncryptionAlgorithm, recipientEncryptedKeys SEQUENCE OF SEQUENCE { rid, encryptedKey } }

        OriginatorPublicKey ::= [1] SEQUENCE { algorithm AlgorithmIdentifier, publicKey BIT STRING }
        """
        public = cmpcrypto.load_public(self.recipient.spki)
        ephemeral = ec.generate_private_key(public.curve)
        wrap = der.seq(der.oid(AES_WRAP[self.key_size]))
        shared = ephemeral.exchange(ec.ECDH(), public)  # cofactor 1: both schemes are the same
        kek = X963KDF(HASHES[self.digest](), self.key_size, self._shared_info(wrap)).derive(shared)
        wrapped = _bent(keywrap.aes_key_wrap(kek, key), self.bend_key)
        point = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        originator = der.tlv(0xA1, der.seq(der.oid(EC_PUBLIC_KEY)), der.bits(point))
        rid = self._rid(lambda key_id: der.tlv(0xA0, der.octets(key_id)))
        return der.tlv(
            0xA1, der.integer(3), der.explicit(0, originator),
            b"" if self.ukm is None else der.explicit(1, der.octets(self.ukm)),
            der.seq(der.oid(ECDH[self.form][self.digest]), wrap),
            der.seq(der.seq(rid, der.octets(wrapped))),
        )  # fmt: skip

    def _shared_info(self, wrap: bytes) -> bytes:
        """RFC 5753 7.2: ECC-CMS-SharedInfo ::= SEQUENCE { keyInfo AlgorithmIdentifier,
        entityUInfo [0] EXPLICIT OCTET STRING OPTIONAL, suppPubInfo [2] EXPLICIT OCTET STRING }"""
        ukm = b"" if self.ukm is None else der.explicit(0, der.octets(self.ukm))
        bits = (8 * self.key_size).to_bytes(4, "big")
        return der.seq(wrap, ukm, der.explicit(2, der.octets(bits)))

    # ---- pwri

    def _password(self, key: bytes) -> bytes:
        """PasswordRecipientInfo ::= [3] SEQUENCE { version (0),
        keyDerivationAlgorithm [0] AlgorithmIdentifier OPTIONAL, keyEncryptionAlgorithm,
        encryptedKey OCTET STRING }"""
        kek = hashlib.pbkdf2_hmac("sha256", self.recipient.value, self.salt, self.count,
                                  self.key_size)  # fmt: skip
        count = self.count if self.claimed_count is None else self.claimed_count
        parameters = der.seq(
            der.octets(self.salt), der.integer(count), der.integer(self.key_size),
            der.seq(der.oid(HMAC_SHA256), der.null()),
        )  # fmt: skip
        if self.form == "pwri-wrap":
            algorithm = der.seq(der.oid(AES_WRAP[self.key_size]))
            wrapped = keywrap.aes_key_wrap(kek, key)
        else:
            iv = os.urandom(16)
            inner = der.seq(der.oid(AES_CBC[self.key_size]), der.octets(iv))
            algorithm = der.seq(der.oid(PWRI_KEK), inner)
            wrapped = _kek_wrap(kek, iv, key)
        return der.tlv(
            0xA3, der.integer(0), der.tlv(0xA0, der.oid(PBKDF2), parameters), algorithm,
            der.octets(_bent(wrapped, self.bend_key)),
        )  # fmt: skip


def _bent(raw: bytes, bends: list[Callable[[bytes], bytes]]) -> bytes:
    for bend in bends:
        raw = bend(raw)
    return raw


def _oaep_parameters() -> bytes:
    """RFC 4055 4.1: RSAES-OAEP-params ::= SEQUENCE { hashFunc [0], maskGenFunc [1], ... }"""
    sha256 = der.seq(der.oid(SHA256), der.null())
    return der.seq(der.explicit(0, sha256), der.explicit(1, der.seq(der.oid(MGF1), sha256)))


def _padded(content: bytes) -> bytes:
    """RFC 5652 6.3."""
    pad = block_padding.PKCS7(128).padder()
    return pad.update(content) + pad.finalize()


def _aes_cbc(key: bytes, iv: bytes, data: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def _kek_wrap(kek: bytes, iv: bytes, key: bytes) -> bytes:
    """RFC 3211 2.3.1: length, check value, key and padding, encrypted twice over."""
    block = bytes([len(key), *(octet ^ 0xFF for octet in key[:3])]) + key
    block += os.urandom(max(32, -(-len(block) // 16) * 16) - len(block))
    once = _aes_cbc(kek, iv, block)
    return _aes_cbc(kek, once[-16:], once)


def fits(form: str, requester: Any) -> bool:
    """RFC 9483 4.1.6: the technique follows from what protected the request."""
    if isinstance(requester, SharedSecret):
        return form.startswith("pwri")
    elliptic = isinstance(cmpcrypto.load_public(requester.spki), ec.EllipticCurvePublicKey)
    return form.startswith("kari" if elliptic else "ktri")

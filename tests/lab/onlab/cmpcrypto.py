# SPDX-License-Identifier: GPL-2.0-or-later
"""RFC 9481's signature algorithms (MSG_SIG_ALG), and nothing else: SHA-2 with ECDSA and RSA, EdDSA.

One table serves message protection, proof of possession and certificates alike.
"""

from __future__ import annotations

import hashlib
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa

from onlab import der
from onlab.cmpoids import ED448, ED25519, MGF1, RSASSA_PSS


class BadSignature(Exception):
    """The algorithm is none of ours, does not fit the key, or the signature is wrong."""

    def __init__(self, text: str, fail: str = "badMessageCheck") -> None:
        super().__init__(text)
        self.fail = fail


SHA2: dict[str, Any] = {
    "2.16.840.1.101.3.4.2.4": hashes.SHA224,
    "2.16.840.1.101.3.4.2.1": hashes.SHA256,
    "2.16.840.1.101.3.4.2.2": hashes.SHA384,
    "2.16.840.1.101.3.4.2.3": hashes.SHA512,
}
ECDSA = {
    "1.2.840.10045.4.3.1": hashes.SHA224,
    "1.2.840.10045.4.3.2": hashes.SHA256,
    "1.2.840.10045.4.3.3": hashes.SHA384,
    "1.2.840.10045.4.3.4": hashes.SHA512,
}
RSA = {
    "1.2.840.113549.1.1.14": hashes.SHA224,
    "1.2.840.113549.1.1.11": hashes.SHA256,
    "1.2.840.113549.1.1.12": hashes.SHA384,
    "1.2.840.113549.1.1.13": hashes.SHA512,
}


def _pss(parameters: der.Der) -> tuple[Any, Any]:
    """RFC 4055 3.1.

    RSASSA-PSS-params ::= SEQUENCE {
       hashAlgorithm    [0] HashAlgorithm    DEFAULT sha1Identifier,
       maskGenAlgorithm [1] MaskGenAlgorithm DEFAULT mgf1SHA1Identifier,
       saltLength       [2] INTEGER          DEFAULT 20,
       trailerField     [3] INTEGER          DEFAULT 1 }
    """
    fields = parameters.enter(der.SEQUENCE)
    chosen = fields.enter(der.context(0)).enter(der.SEQUENCE)
    mask = fields.enter(der.context(1)).enter(der.SEQUENCE)
    if mask.oid() != MGF1:
        raise BadSignature("RSASSA-PSS with a mask other than MGF1", "badAlg")
    digest, mask_digest = SHA2[chosen.oid()], SHA2[mask.enter(der.SEQUENCE).oid()]
    salt = fields.enter(der.context(2)).integer()
    fields.end()
    return digest(), padding.PSS(padding.MGF1(mask_digest()), salt)


def _scheme(algorithm: bytes, key: Any) -> tuple[Any, ...]:
    """What the key's verify() wants after signature and data."""
    fields = der.Der(algorithm).enter(der.SEQUENCE)
    name = fields.oid()
    if name in ECDSA and isinstance(key, ec.EllipticCurvePublicKey):
        fields.end()  # RFC 5754 3.2: parameters MUST be absent
        return (ec.ECDSA(ECDSA[name]()),)
    if name in RSA and isinstance(key, rsa.RSAPublicKey):
        if fields:  # RFC 5754 3.2 wants NULL, but OpenSSL 3.0 leaves it out of CMP
            fields.get(der.NULL)
        fields.end()
        return (padding.PKCS1v15(), RSA[name]())
    if name == RSASSA_PSS and isinstance(key, rsa.RSAPublicKey):
        digest, pad = _pss(fields)
        return (pad, digest)
    if name == ED25519 and isinstance(key, ed25519.Ed25519PublicKey):
        fields.end()
        return ()
    if name == ED448 and isinstance(key, ed448.Ed448PublicKey):
        fields.end()
        return ()
    raise BadSignature(f"algorithm {name} does not go with {type(key).__name__}", "badAlg")


def load_public(spki: bytes) -> Any:
    try:
        return serialization.load_der_public_key(spki)
    except Exception as broken:  # the library knows no end of ways to say so
        raise BadSignature(f"public key: {broken}", "badAlg") from None


def verify(algorithm: bytes, spki: bytes, signature: tuple[bytes, int], data: bytes) -> None:
    value, unused = signature
    if unused:
        raise BadSignature("signature is not a whole number of octets")
    key = load_public(spki)
    try:
        scheme = _scheme(algorithm, key)
    except (KeyError, der.DerError) as broken:
        raise BadSignature(f"signature algorithm: {broken}", "badAlg") from None
    try:
        key.verify(value, data, *scheme)
    except InvalidSignature:
        raise BadSignature("signature does not verify") from None


def default_algorithm(key: Any) -> bytes:
    """The AlgorithmIdentifier a private key signs with here: a hash as strong as the key."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        number = 2 + (key.curve.key_size > 256) + (key.curve.key_size > 384)
        return der.seq(der.oid(f"1.2.840.10045.4.3.{number}"))
    if isinstance(key, rsa.RSAPrivateKey):
        return der.seq(der.oid("1.2.840.113549.1.1.11"), der.null())
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return der.seq(der.oid(ED25519))
    raise TypeError(f"no signature algorithm for {type(key).__name__}")


def sign(key: Any, data: bytes) -> bytes:
    return key.sign(data, *_scheme(default_algorithm(key), key.public_key()))


def certificate_hash(algorithm: bytes, certificate: bytes) -> bytes:
    """RFC 9483 4.1.1, certHash: the hash of the signature's algorithm; RFC 9481 3.3 for EdDSA."""
    fields = der.Der(algorithm).enter(der.SEQUENCE)
    name = fields.oid()
    if name == ED25519:
        return hashlib.sha512(certificate).digest()
    if name == ED448:
        return hashlib.shake_256(certificate).digest(64)
    chosen = _pss(fields)[0] if name == RSASSA_PSS else {**ECDSA, **RSA}[name]()
    return hashlib.new(chosen.name, certificate).digest()

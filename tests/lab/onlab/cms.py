# SPDX-License-Identifier: GPL-2.0-or-later
"""CMS SignedData (RFC 5652) as vouchers use it: a writer that can be bent, a reader that cannot.

The reader is the lab's judge of the agent's voucher-requests, so it takes nothing but DER with
one signer and signed attributes.  The writer makes vouchers, and everything a voucher must not be.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from onlab import der, pki
from onlab.der import Der, DerError

ID_DATA = "1.2.840.113549.1.7.1"
ID_SIGNED_DATA = "1.2.840.113549.1.7.2"
JSON_VOUCHER = "1.2.840.113549.1.9.16.1.40"  # id-ct-animaJSONVoucher, RFC 8366 8.4
CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"

DIGESTS = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
DIGEST_OIDS = {name: oid for oid, name in DIGESTS.items()}
HASHES = {
    "sha1": hashes.SHA1(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
ECDSA_WITH = {
    "sha1": "1.2.840.10045.4.1",
    "sha256": "1.2.840.10045.4.3.2",
    "sha384": "1.2.840.10045.4.3.3",
    "sha512": "1.2.840.10045.4.3.4",
}
RSA_ENCRYPTION = "1.2.840.113549.1.1.1"
RSA_WITH = {
    "sha1": "1.2.840.113549.1.1.5",
    "sha256": "1.2.840.113549.1.1.11",
    "sha384": "1.2.840.113549.1.1.12",
    "sha512": "1.2.840.113549.1.1.13",
}


class CmsError(ValueError):
    """The message is not a SignedData that may be believed."""


# ---- writing


@dataclass(frozen=True)
class Signer:
    """Who signs, and how this SignerInfo is to be wrong."""

    identity: pki.Identity
    digest: str = "sha256"
    signed_attrs: bool = True
    claimed_type: str | None = None  # a contentType attribute other than the eContentType
    wrong_digest: bool = False  # messageDigest of something else
    flip: bool = False  # one bit of the signature
    sid_of: pki.Identity | None = None  # names another certificate than the signer's


@dataclass(frozen=True)
class Message:
    content: bytes
    signers: tuple
    certs: tuple = ()
    content_type: str = JSON_VOUCHER
    sort: bool = True  # X.690 11.6 for the SET OF certificates


def _algorithm(oid: str, *parameters: bytes) -> bytes:
    return der.seq(der.oid(oid), *parameters)


def _sign(key, digest: str, data: bytes) -> tuple[bytes, bytes]:
    """(AlgorithmIdentifier, signature)"""
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(data, padding.PKCS1v15(), HASHES[digest])
        return _algorithm(RSA_WITH[digest], der.null()), signature
    return _algorithm(ECDSA_WITH[digest]), key.sign(data, ec.ECDSA(HASHES[digest]))


def _attribute(oid: str, value: bytes) -> bytes:
    return der.seq(der.oid(oid), der.set_of(value))


def _signer_info(signer: Signer, message: Message) -> bytes:
    """SignerInfo ::= SEQUENCE { version, sid, digestAlgorithm, [0] signedAttrs OPTIONAL,
    signatureAlgorithm, signature, [1] unsignedAttrs OPTIONAL }"""
    named = (signer.sid_of or signer.identity).cert
    sid = der.seq(named.issuer.public_bytes(), der.integer(named.serial_number))
    attributes, to_sign = b"", message.content
    if signer.signed_attrs:
        digested = message.content + b"?" * signer.wrong_digest
        values = der.set_of(
            _attribute(CONTENT_TYPE, der.oid(signer.claimed_type or message.content_type)),
            _attribute(MESSAGE_DIGEST, der.octets(hashlib.new(signer.digest, digested).digest())),
        )
        # RFC 5652 5.4: signed as SET OF, sent as [0] IMPLICIT.
        attributes, to_sign = bytes([der.context(0)]) + values[1:], values
    algorithm, signature = _sign(signer.identity.key, signer.digest, to_sign)
    if signer.flip:
        signature = signature[:-1] + bytes([signature[-1] ^ 1])
    return der.seq(
        der.integer(1), sid, _algorithm(DIGEST_OIDS[signer.digest]), attributes, algorithm,
        der.octets(signature),
    )  # fmt: skip


def _signed_data(message: Message) -> bytes:
    """SignedData ::= SEQUENCE { version, digestAlgorithms, encapContentInfo,
    [0] certificates OPTIONAL, [1] crls OPTIONAL, signerInfos }"""
    certs = [pki.der(cert) for cert in message.certs]
    digests = {_algorithm(DIGEST_OIDS[signer.digest]) for signer in message.signers}
    return der.seq(
        # RFC 5652 5.1: 1 is for id-data alone.
        der.integer(1 if message.content_type == ID_DATA else 3),
        der.set_of(*digests),
        der.seq(der.oid(message.content_type), der.explicit(0, der.octets(message.content))),
        der.explicit(0, *(sorted(certs) if message.sort else certs)) if certs else b"",
        der.set_of(*(_signer_info(signer, message) for signer in message.signers)),
    )


def write(message: Message) -> bytes:
    return der.seq(der.oid(ID_SIGNED_DATA), der.explicit(0, _signed_data(message)))


def write_ber(message: Message) -> bytes:
    """The same message with indefinite lengths outside, as careless libraries emit it."""
    end = b"\0\0"
    inner = b"\xa0\x80" + _signed_data(message) + end
    return b"\x30\x80" + der.oid(ID_SIGNED_DATA) + inner + end


# ---- reading


@dataclass
class SignerInfo:
    version: int
    issuer: bytes
    serial: int
    digest: str
    attributes: dict[str, bytes]  # the one value of each, DER
    signed_part: bytes  # the attributes as SET OF
    algorithm: str
    signature: bytes


@dataclass
class SignedData:
    version: int
    content_type: str
    content: bytes
    certs: list[x509.Certificate]
    signer: SignerInfo
    signer_cert: x509.Certificate | None = None
    remarks: list[str] = field(default_factory=list)  # legal, but not what the texts advise


def _read_algorithm(cursor: Der) -> tuple[str, bytes]:
    inner = cursor.enter(der.SEQUENCE)
    return inner.oid(), inner.data


def _read_attributes(cursor: Der) -> dict[str, bytes]:
    attributes: dict[str, bytes] = {}
    while cursor:
        attribute = cursor.enter(der.SEQUENCE)
        oid = attribute.oid()
        values = attribute.enter(der.SET)
        attribute.end()
        if oid in attributes:
            raise CmsError(f"signed attribute {oid} occurs twice")
        attributes[oid] = values.element()
        values.end()
    return attributes


def _read_signer(cursor: Der) -> SignerInfo:
    info = cursor.enter(der.SEQUENCE)
    version = info.integer()
    if not info.at(der.SEQUENCE):
        raise CmsError("the signer is not named by issuer and serial number")
    sid = info.enter(der.SEQUENCE)
    issuer, serial = sid.element(der.SEQUENCE), sid.integer()
    sid.end()
    digest, _ = _read_algorithm(info)
    if not info.at(der.context(0)):
        raise CmsError("no signed attributes")
    signed = info.element()
    attributes = _read_attributes(Der(signed).enter(der.context(0)))
    algorithm, _ = _read_algorithm(info)
    signature = info.get(der.OCTET_STRING)
    info.end()
    return SignerInfo(
        version, issuer, serial, digest, attributes, bytes([der.SET]) + signed[1:], algorithm,
        signature,
    )  # fmt: skip


def _read_certs(cursor: Der) -> list[x509.Certificate]:
    if not cursor.at(der.context(0)):
        return []
    certs, inner = [], cursor.enter(der.context(0))
    while inner:
        encoded = inner.element(der.SEQUENCE)
        cert = x509.load_der_x509_certificate(encoded)
        # The library passes over the count of unused bits in the signature's BIT STRING.
        if encoded[-len(cert.signature) - 1] != 0:
            raise CmsError("a signature of a certificate is not whole octets")
        certs.append(cert)
    return certs


def read(data: bytes) -> SignedData:
    """Takes a message apart.  Nothing is verified yet.

    Everything else than a CmsError is python-cryptography choking on a broken certificate, for
    which it has InvalidVersion, KeyError and more.
    """
    try:
        return _read(data)
    except CmsError:
        raise
    except Exception as error:
        raise CmsError(f"not a DER SignedData: {error!r}") from None


def _read(data: bytes) -> SignedData:
    outer = Der(data)
    info = outer.enter(der.SEQUENCE)
    outer.end()
    if info.oid() != ID_SIGNED_DATA:
        raise CmsError("the content is not SignedData")
    explicit = info.enter(der.context(0))
    info.end()
    body = explicit.enter(der.SEQUENCE)
    explicit.end()
    version = body.integer()
    digests, sets = [], body.enter(der.SET)
    while sets:
        digests.append(_read_algorithm(sets)[0])
    encapsulated = body.enter(der.SEQUENCE)
    content_type = encapsulated.oid()
    octets = encapsulated.enter(der.context(0))
    encapsulated.end()
    content = octets.get(der.OCTET_STRING)
    octets.end()
    certs = _read_certs(body)
    infos = body.enter(der.SET)
    body.end()
    signer = _read_signer(infos)
    infos.end()  # one signer
    if digests != [signer.digest]:
        raise CmsError("digestAlgorithms and the signer's digest algorithm differ")
    message = SignedData(version, content_type, content, certs, signer)
    _remark(message, data)
    return message


def _remark(message: SignedData, data: bytes) -> None:
    expected = 1 if message.content_type == ID_DATA else 3
    if message.version != expected:
        message.remarks.append(f"CMSVersion {message.version}, RFC 5652 5.1 says {expected}")
    if message.signer.version != 1:
        message.remarks.append(f"SignerInfo version {message.signer.version}, not 1")
    try:
        der.check(data)
    except DerError as error:
        message.remarks.append(f"not DER throughout: {error}")


def _check_signature(cert: x509.Certificate, signer: SignerInfo) -> None:
    digest = DIGESTS.get(signer.digest)
    if digest not in ("sha256", "sha384", "sha512"):
        raise CmsError(f"digest algorithm {signer.digest} is not allowed")
    key, hashed = cert.public_key(), HASHES[digest]
    rsa_algorithms = (RSA_ENCRYPTION, RSA_WITH[digest])
    if isinstance(key, ec.EllipticCurvePublicKey) and signer.algorithm == ECDSA_WITH[digest]:
        key.verify(signer.signature, signer.signed_part, ec.ECDSA(hashed))
    elif isinstance(key, rsa.RSAPublicKey) and signer.algorithm in rsa_algorithms:
        key.verify(signer.signature, signer.signed_part, padding.PKCS1v15(), hashed)
    else:
        raise CmsError(f"signature algorithm {signer.algorithm} does not fit the key")


def _find_signer(message: SignedData) -> x509.Certificate:
    for cert in message.certs:
        same_issuer = cert.issuer.public_bytes() == message.signer.issuer
        if same_issuer and cert.serial_number == message.signer.serial:
            return cert
    raise CmsError("the signer's certificate is not in the message")


def verify(data: bytes) -> SignedData:
    """The message with its signature verified; whom to trust is the caller's question."""
    message = read(data)
    attributes = message.signer.attributes
    digest = DIGESTS.get(message.signer.digest, "sha256")
    if attributes.get(CONTENT_TYPE) != der.oid(message.content_type):
        raise CmsError("the contentType attribute is not the eContentType")
    expected = der.octets(hashlib.new(digest, message.content).digest())
    if attributes.get(MESSAGE_DIGEST) != expected:
        raise CmsError("the messageDigest attribute is not the content's")
    try:
        message.signer_cert = _find_signer(message)
        _check_signature(message.signer_cert, message.signer)
    except CmsError:
        raise
    except InvalidSignature:
        raise CmsError("the signature is wrong") from None
    except Exception as error:  # see read()
        raise CmsError(f"the signer's certificate is broken: {error!r}") from None
    return message

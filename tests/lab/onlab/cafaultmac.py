# SPDX-License-Identifier: GPL-2.0-or-later
"""Misbehaviour under MAC protection (RFC 9483 4.1.5): who shares a secret is still a stranger
until the MAC is verified, and what the parameters ask for is work before that."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from onlab import der
from onlab.cacert import write_name
from onlab.cafault import ENDS, MAC_SCENE, POLICY, TAKES, declare, fault
from onlab.cafaulthead import flip
from onlab.cmpmac import Mac
from onlab.cmpmsg import NULL_DN, Draft
from onlab.cmpoids import AT_COMMON_NAME, PBMAC1

if TYPE_CHECKING:
    from onlab.ca import CA

SLOW = 2**31 - 1


def mac_fault(name: str, text: str, verdict: str = ENDS):
    return fault(f"cmp-mac-{name}", text, verdict, scene=MAC_SCENE)


def remac(draft: Draft, mac: Mac, claims: dict[str, Any] | None = None) -> None:
    """Protects by `mac`, but says in protectionAlg what `claims` has instead."""
    secret = draft.secret.value if draft.secret else b""
    draft.protection_alg = replace(mac, **claims or {}).encode()
    draft.protect = lambda part: mac.tag(secret, part)


def _parameters(name: str, text: str, verdict: str = ENDS, scheme: str | None = None,
                claims: dict[str, Any] | None = None, **changes: Any) -> None:  # fmt: skip
    """The MAC is right by what it says of itself, unless it claims something else."""

    def bend(draft: Draft, ca: CA) -> None:
        base = draft.mac or Mac("pbm", os.urandom(16))
        remac(draft, replace(base, scheme=scheme or base.scheme, **changes), claims)

    declare(f"cmp-mac-{name}", text, bend, verdict, scene=MAC_SCENE)


# ---- the MAC


@mac_fault("wrong-secret", "the MAC is made with another secret")
def _(draft: Draft, ca: CA) -> None:
    mac = draft.mac or Mac("pbm", os.urandom(16))
    draft.protect = lambda part: mac.tag(b"another secret", part)


@mac_fault("flipped", "one bit of the MAC is wrong")
def _(draft: Draft, ca: CA) -> None:
    protect = draft.protect or bytes
    draft.protect = lambda part: flip(protect(part))


@mac_fault("cut", "the MAC lacks its last octet")
def _(draft: Draft, ca: CA) -> None:
    protect = draft.protect or bytes
    draft.protect = lambda part: protect(part)[:-1]


@mac_fault("one-octet", "the MAC is its own first octet")
def _(draft: Draft, ca: CA) -> None:
    protect = draft.protect or bytes
    draft.protect = lambda part: protect(part)[:1]


@mac_fault("by-signature", "an authentic signature where a MAC is due")
def _(draft: Draft, ca: CA) -> None:
    draft.sign_as(ca.signer(draft.place))


@mac_fault("extra-certs", "extraCerts with a protection certificate, of no use here", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.extra_certs.insert(0, ca.credential("domain/ra").certificate.raw)


@mac_fault("scheme-changes", "the other scheme than the request's, under the same secret", TAKES)
def _(draft: Draft, ca: CA) -> None:
    base = draft.mac or Mac("pbm", os.urandom(16))
    remac(draft, replace(base, scheme="pbm" if base.scheme == "pbmac1" else "pbmac1"))


# ---- who

@mac_fault("sender-kid-missing", "no senderKID: the secret decides", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.sender_kid = None


@mac_fault("sender-kid-other", "another senderKID, as of a certificate: the secret decides", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.sender_kid = os.urandom(20)


@mac_fault("sender-other", "the sender has a name of its own: the secret decides", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.sender = der.explicit(4, write_name((AT_COMMON_NAME, "RA of the domain")))


@mac_fault("sender-null", "the sender is the NULL-DN: the secret decides", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.sender = NULL_DN


# ---- parameters

for _scheme in ("pbm", "pbmac1"):
    _parameters(f"{_scheme}-slow", f"{_scheme} that asks for 2^31 iterations before it can be "
                "judged", scheme=_scheme, claims={"count": SLOW})  # fmt: skip
    _parameters(f"{_scheme}-bignum", f"{_scheme} that asks for 2^64 + 10000 iterations",
                scheme=_scheme, claims={"count": 2**64 + 10000})  # fmt: skip
    _parameters(f"{_scheme}-negative", f"{_scheme} that asks for -1 iterations", scheme=_scheme,
                claims={"count": -1})  # fmt: skip
    _parameters(f"{_scheme}-zero", f"{_scheme} that asks for no iteration", scheme=_scheme,
                claims={"count": 0})  # fmt: skip
    _parameters(f"{_scheme}-few", f"{_scheme} with 99 iterations, against RFC 9045 4.1",
                scheme=_scheme, count=99)  # fmt: skip
    _parameters(f"{_scheme}-least", f"{_scheme} with 100 iterations", TAKES, scheme=_scheme,
                count=100)  # fmt: skip
    _parameters(f"{_scheme}-salt-empty", f"{_scheme} without salt", scheme=_scheme, salt=b"")
    _parameters(f"{_scheme}-salt-short", f"{_scheme} with a salt of one octet", POLICY,
                scheme=_scheme, salt=b"s")  # fmt: skip
    _parameters(f"{_scheme}-salt-huge", f"{_scheme} with a salt of 60 kB", scheme=_scheme,
                salt=bytes(60000))  # fmt: skip
    _parameters(f"{_scheme}-kdf-unknown", f"{_scheme} with a one-way function of no registry",
                scheme=_scheme, claims={"kdf": "1.3.6.1.4.1.55555.7"})  # fmt: skip
    _parameters(f"{_scheme}-hmac-unknown", f"{_scheme} with a MAC of no registry", scheme=_scheme,
                claims={"hmac": "1.3.6.1.4.1.55555.8"})  # fmt: skip
    _parameters(f"{_scheme}-sha384", f"{_scheme} with SHA-384 throughout", TAKES, scheme=_scheme,
                kdf="sha384", hmac="sha384")  # fmt: skip
    _parameters(f"{_scheme}-sha512", f"{_scheme} with SHA-512 throughout", TAKES, scheme=_scheme,
                kdf="sha512", hmac="sha512")  # fmt: skip
    _parameters(f"{_scheme}-sha1", f"{_scheme} with SHA-1 throughout", POLICY, scheme=_scheme,
                kdf="sha1", hmac="sha1")  # fmt: skip

_parameters("key-length-1", "PBMAC1 with a key of one octet, which is guessed", scheme="pbmac1",
            key_length=1)  # fmt: skip
_parameters("key-length-15", "PBMAC1 with a key of 15 octets", scheme="pbmac1", key_length=15)
_parameters("key-length-16", "PBMAC1 with a key of 16 octets", TAKES, scheme="pbmac1",
            key_length=16)  # fmt: skip
_parameters("key-length-zero", "PBMAC1 with a key of no octet", scheme="pbmac1",
            claims={"key_length": 0})  # fmt: skip
_parameters("key-length-negative", "PBMAC1 with a key of -32 octets", scheme="pbmac1",
            claims={"key_length": -32})  # fmt: skip
_parameters("key-length-huge", "PBMAC1 that asks for a key of 2^31 octets", scheme="pbmac1",
            claims={"key_length": SLOW})  # fmt: skip
_parameters("key-length-octets", "PBMAC1 with a key of 512 octets, told in octets", TAKES,
            scheme="pbmac1", key_length=512)  # fmt: skip
_parameters("key-length-bits", "PBMAC1 with a key of 512 octets, told as 4096: in bits, as some "
            "servers do", TAKES, scheme="pbmac1", key_length=512,
            claims={"key_length": 4096})  # fmt: skip
_parameters("key-length-few-bits", "PBMAC1 with a key of 32 octets, told as 256: in bits", TAKES,
            scheme="pbmac1", claims={"key_length": 256})  # fmt: skip
_parameters("key-length-absent", "PBMAC1 without keyLength, the PRF's 32 octets meant", POLICY,
            scheme="pbmac1", claims={"key_length": None})  # fmt: skip


@mac_fault("unknown", "a MAC algorithm of no registry")
def _(draft: Draft, ca: CA) -> None:
    draft.protection_alg = der.seq(der.oid("1.3.6.1.4.1.55555.3"))


@mac_fault("hmac-alone", "HMAC-SHA256 with the secret itself as key, which is no MSG_MAC_ALG")
def _(draft: Draft, ca: CA) -> None:
    draft.protection_alg = der.seq(der.oid("1.2.840.113549.2.9"), der.null())


@mac_fault("scrypt", "PBMAC1 that derives its key by scrypt")
def _(draft: Draft, ca: CA) -> None:
    parameters = der.seq(der.octets(bytes(16)), der.integer(2**20), der.integer(8), der.integer(1))
    derivation = der.seq(der.oid("1.3.6.1.4.1.11591.4.11"), parameters)
    hmac = der.seq(der.oid("1.2.840.113549.2.9"), der.null())
    draft.protection_alg = der.seq(der.oid(PBMAC1), der.seq(derivation, hmac))


@mac_fault("no-parameters", "PBMAC1 without parameters")
def _(draft: Draft, ca: CA) -> None:
    draft.protection_alg = der.seq(der.oid(PBMAC1))


@mac_fault("parameters-trailing", "octets behind PBMAC1's parameters")
def _(draft: Draft, ca: CA) -> None:
    whole = Mac("pbmac1", os.urandom(16)).encode()
    draft.protection_alg = der.seq(der.Der(whole).get(der.SEQUENCE), der.null())

# SPDX-License-Identifier: GPL-2.0-or-later
"""Which certificate chains to which anchor: just enough of RFC 5280 6 for the lab's own PKI."""

from __future__ import annotations

from collections.abc import Iterable

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding

from onlab import pki


class PathError(ValueError):
    """No path to an anchor."""


def issued(child: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Names and signature fit, whoever the two are.

    At broken certificates python-cryptography throws KeyError, UnsupportedAlgorithm and more.
    """
    try:
        if child.issuer != issuer.subject:
            return False
        key, hashed = issuer.public_key(), child.signature_hash_algorithm
        elliptic = isinstance(key, ec.EllipticCurvePublicKey)
        how = (ec.ECDSA(hashed),) if elliptic else (padding.PKCS1v15(), hashed)
        key.verify(child.signature, child.tbs_certificate_bytes, *how)
    except Exception:
        return False
    return True


def is_ca(cert: x509.Certificate) -> bool:
    try:
        return cert.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except Exception:  # none, or see above
        return False


def find(
    leaf: x509.Certificate, others: Iterable[x509.Certificate], anchors: Iterable[x509.Certificate]
) -> list[x509.Certificate]:
    """The path from leaf to an anchor, both included."""
    now = pki.utc_now()
    others, anchors, path = list(others), list(anchors), [leaf]
    while True:
        cert = path[-1]
        first, last = pki.validity(cert)
        if not first <= now <= last:
            raise PathError(f"certificate {cert.serial_number:x} is outside its validity")
        if cert in anchors:
            return path
        candidates = [c for c in anchors + others if c not in path and is_ca(c)]
        parent = next((c for c in candidates if issued(cert, c)), None)
        if parent is None:
            raise PathError(f"certificate {cert.serial_number:x} chains to no known anchor")
        path.append(parent)


def chains(leaf: x509.Certificate, others: Iterable, anchors: Iterable) -> bool:
    try:
        find(leaf, others, anchors)
        return True
    except PathError:
        return False

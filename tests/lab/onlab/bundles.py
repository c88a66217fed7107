# SPDX-License-Identifier: GPL-2.0-or-later
"""Many CAs at once: what bundles of certificates are made of."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from onlab.cacert import now


@lru_cache(maxsize=4)
def other_cas(count: int) -> tuple[bytes, ...]:
    """Self-signed CA certificates, DER, each of another name; one key will do."""
    key, found = ec.generate_private_key(ec.SECP256R1()), []
    for number in range(count):
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"CA number {number}")])
        builder = x509.CertificateBuilder(name, name, key.public_key(), 1000 + number)
        builder = builder.not_valid_before(now() - timedelta(days=1))
        builder = builder.not_valid_after(now() + timedelta(days=300))
        builder = builder.add_extension(x509.BasicConstraints(True, None), True)
        found.append(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER))
    return tuple(found)

# SPDX-License-Identifier: GPL-2.0-or-later
"""BER (X.690 8) in forms that DER does not have: for those who may send it (RFC 5652 1)."""

from __future__ import annotations

from onlab import der

CONSTRUCTED = 0x20
END_OF_CONTENTS = b"\0\0"


def indefinite(tag: int, *parts: bytes) -> bytes:
    return bytes([tag | CONSTRUCTED, 0x80]) + b"".join(parts) + END_OF_CONTENTS


def long_length(tag: int, content: bytes, octets: int = 4) -> bytes:
    return bytes([tag, 0x80 | octets]) + len(content).to_bytes(octets, "big") + content


def in_pieces(content: bytes, size: int = 16) -> bytes:
    """An OCTET STRING, constructed."""
    pieces = [der.octets(content[at : at + size]) for at in range(0, len(content), size)]
    return indefinite(der.OCTET_STRING, *pieces)


def elements(raw: bytes) -> list[bytes]:
    """The elements that the element holds, whole."""
    inside = der.Der(raw).enter(raw[0])
    found = []
    while inside:
        found.append(inside.element())
    return found


def signed_data(raw: bytes, pieces: bool = False) -> bytes:
    """SignedData as streaming writers make it: frames of indefinite length, what was signed as
    it is."""
    version, digests, content, *rest = elements(raw)
    kind, explicit = elements(content)
    octets = der.Der(elements(explicit)[0]).get(der.OCTET_STRING)
    inner = in_pieces(octets) if pieces else der.octets(octets)
    content = indefinite(der.SEQUENCE, kind, indefinite(der.context(0), inner))
    rest = [indefinite(one[0], *elements(one)) for one in rest]
    return indefinite(der.SEQUENCE, version, digests, content, *rest)


def all_the_way(raw: bytes) -> bytes:
    """Every constructed element in long lengths; octet strings stay what they are."""
    if not raw[0] & CONSTRUCTED:
        return long_length(raw[0], raw[-_content(raw) :] if _content(raw) else b"")
    return long_length(raw[0], b"".join(all_the_way(one) for one in elements(raw)))


def _content(raw: bytes) -> int:
    return len(der.Der(raw).get(raw[0]))

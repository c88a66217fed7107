# SPDX-License-Identifier: GPL-2.0-or-later
"""DER in a page each way: a writer that can be bent at every byte, a reader that cannot.

The lab must be able to send what no decent library would encode, and to refuse what most would
forgive, so it leans on none.
"""

from __future__ import annotations

from datetime import datetime, timezone

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
ENUMERATED, UTF8, PRINTABLE, IA5, UTC_TIME, TIME = 0x0A, 0x0C, 0x13, 0x16, 0x17, 0x18
SEQUENCE, SET = 0x30, 0x31
MAX_DEPTH = 32


def context(number: int) -> int:
    """The tag of [number], EXPLICIT or IMPLICIT on something constructed."""
    return 0xA0 | number


# ---- writing


def length(size: int) -> bytes:
    if size < 0x80:
        return bytes([size])
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return bytes([tag]) + length(len(content)) + content


def seq(*parts: bytes) -> bytes:
    return tlv(SEQUENCE, *parts)


def set_of(*parts: bytes) -> bytes:
    """X.690 11.6: the elements of a SET OF stand in ascending order."""
    return tlv(SET, *sorted(parts))


def explicit(number: int, *parts: bytes) -> bytes:
    return tlv(context(number), *parts)


def optional(number: int, part: bytes | None) -> bytes:
    """[number] EXPLICIT around something that may be absent."""
    return b"" if part is None else explicit(number, part)


def integer(value: int, tag: int = INTEGER) -> bytes:
    size = (value + (value < 0)).bit_length() // 8 + 1
    return tlv(tag, value.to_bytes(size, "big", signed=True))


def boolean(value: bool) -> bytes:
    return tlv(BOOLEAN, b"\xff" if value else b"\x00")


def null() -> bytes:
    return tlv(NULL)


def octets(value: bytes) -> bytes:
    return tlv(OCTET_STRING, value)


def bits(value: bytes, unused: int = 0) -> bytes:
    return tlv(BIT_STRING, bytes([unused]), value)


def named_bits(*positions: int) -> bytes:
    """X.690 11.2.2: a named bit list carries no trailing zero bits."""
    if not positions:
        return bits(b"")
    top = max(positions)
    value = bytearray(top // 8 + 1)
    for position in positions:
        value[position // 8] |= 0x80 >> position % 8
    return bits(bytes(value), 7 - top % 8)


def oid(dotted: str) -> bytes:
    arcs = [int(arc) for arc in dotted.split(".")]
    content = bytearray()
    for arc in [arcs[0] * 40 + arcs[1], *arcs[2:]]:
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(0x80 | arc & 0x7F)
        content += bytes(reversed(septets))
    return tlv(OID, bytes(content))


def utf8(text: str) -> bytes:
    return tlv(UTF8, text.encode())


def time(moment: datetime) -> bytes:
    return tlv(TIME, moment.strftime("%Y%m%d%H%M%SZ").rjust(15, "0").encode())


def certificate_time(moment: datetime) -> bytes:
    """RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050."""
    if 1950 <= moment.year < 2050:
        return tlv(UTC_TIME, moment.strftime("%y%m%d%H%M%SZ").encode())
    return time(moment)


# ---- reading


class DerError(ValueError):
    """The bytes are not DER, or not the syntax asked for."""


class Der:
    """A cursor over the content of one element; everything it hands out is a copy."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __bool__(self) -> bool:
        return bool(self.data)

    def tag(self) -> int | None:
        return self.data[0] if self.data else None

    def at(self, tag: int) -> bool:
        return self.tag() == tag

    def _split(self) -> tuple[int, int]:
        """(octets of the header, octets of the content) of the next element."""
        data = self.data
        if len(data) < 2:
            raise DerError("encoding ends inside an element")
        if data[0] & 0x1F == 0x1F or data[0] == 0:
            raise DerError(f"tag 0x{data[0]:02x} is in no syntax read here")
        head, size = 2, data[1]
        if size >= 0x80:
            count = size & 0x7F
            if count == 0:
                raise DerError("indefinite length")
            if len(data) < head + count:
                raise DerError("encoding ends inside a length")
            size = int.from_bytes(data[head : head + count], "big")
            head += count
            if length(size) != data[1:head]:
                raise DerError("length not in the fewest octets")
        if len(data) < head + size:
            raise DerError("element reaches beyond its container")
        return head, size

    def element(self, tag: int | None = None) -> bytes:
        """The next element with its header."""
        if tag is not None and not self.at(tag):
            found = "nothing" if not self.data else f"0x{self.data[0]:02x}"
            raise DerError(f"expected tag 0x{tag:02x}, found {found}")
        head, size = self._split()
        raw, self.data = self.data[: head + size], self.data[head + size :]
        return raw

    def get(self, tag: int) -> bytes:
        """The next element's content."""
        raw = self.element(tag)
        head, _ = Der(raw)._split()
        return raw[head:]

    def enter(self, tag: int) -> Der:
        return Der(self.get(tag))

    def end(self) -> None:
        if self.data:
            raise DerError(f"{len(self.data)} octets left over after the last element")

    def integer(self, tag: int = INTEGER) -> int:
        content = self.get(tag)
        if not content or len(content) > 1 and content[0] in (0, 0xFF) and (
            (content[0] ^ content[1]) & 0x80 == 0
        ):
            raise DerError("INTEGER not in the fewest octets")
        return int.from_bytes(content, "big", signed=True)

    def boolean(self) -> bool:
        content = self.get(BOOLEAN)
        if content not in (b"\x00", b"\xff"):
            raise DerError("BOOLEAN is neither 00 nor ff")
        return content == b"\xff"

    def oid(self) -> str:
        content = self.get(OID)
        if not content or content[-1] & 0x80:
            raise DerError("OBJECT IDENTIFIER ends inside an arc")
        arcs, value = [], 0
        for octet in content:
            value = value << 7 | octet & 0x7F
            if not octet & 0x80:
                arcs.append(value)
                value = 0
        first = min(arcs[0] // 40, 2)
        return ".".join(str(arc) for arc in [first, arcs[0] - 40 * first, *arcs[1:]])

    def bits(self) -> tuple[bytes, int]:
        """The octets and the count of unused bits."""
        content = self.get(BIT_STRING)
        if not content or content[0] > 7 or len(content) == 1 and content[0]:
            raise DerError("BIT STRING without a proper count of unused bits")
        if content[0] and content[-1] & (1 << content[0]) - 1:
            raise DerError("BIT STRING with unused bits set")
        return content[1:], content[0]

    def named_bits(self) -> set[int]:
        value, unused = self.bits()
        count = 8 * len(value) - unused
        if count and not value[-1] >> unused & 1:
            raise DerError("named bit list with trailing zero bits")
        return {n for n in range(count) if value[n // 8] & 0x80 >> n % 8}

    def utf8(self) -> str:
        try:
            return self.get(UTF8).decode()
        except UnicodeDecodeError as broken:
            raise DerError(f"UTF8String: {broken}") from None

    def time(self) -> datetime:
        """GeneralizedTime or UTCTime as RFC 5280 4.1.2.5 narrows them: to the second, in Zulu."""
        generalized = self.at(TIME)
        text = self.get(TIME if generalized else UTC_TIME).decode("ascii", "replace")
        if not (text.endswith("Z") and text[:-1].isdigit() and len(text) == 13 + 2 * generalized):
            raise DerError(f"time {text!r} is not YYYYMMDDHHMMSSZ")
        if not generalized:
            text = ("19" if text >= "50" else "20") + text
        try:
            return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=timezone.utc)
        except ValueError:
            raise DerError(f"time {text!r} is in no calendar") from None


def elements(raw: bytes) -> list[bytes]:
    """The elements of a SEQUENCE, each with its header."""
    fields, found = Der(raw).enter(SEQUENCE), []
    while fields:
        found.append(fields.element())
    return found


def check(data: bytes) -> None:
    """Refuse what is not one DER element down to its leaves.

    Parsers hand whole names, keys and extensions on unread; without this walk BER inside them
    would be signed into a certificate.
    """
    cursor = Der(data)
    _check(cursor.element(), 0)
    cursor.end()


def _check(raw: bytes, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise DerError("nested too deep")
    tag, cursor = raw[0], Der(raw)
    if tag == INTEGER:
        cursor.integer()
    elif tag == BOOLEAN:
        cursor.boolean()
    elif tag == BIT_STRING:
        cursor.bits()
    elif tag == OID:
        cursor.oid()
    elif tag & 0x20:
        inner, previous = cursor.enter(tag), b""
        while inner:
            element = inner.element()
            if tag == SET and element < previous:
                raise DerError("SET OF out of order")
            previous = element
            _check(element, depth + 1)

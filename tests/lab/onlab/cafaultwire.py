# SPDX-License-Identifier: GPL-2.0-or-later
"""Misbehaviour below the syntax: octets that are no DER, HTTP that is no CMP over HTTP."""

from __future__ import annotations

from base64 import encodebytes
from typing import TYPE_CHECKING

from onlab import der
from onlab.cafault import POLICY, TAKES, fault
from onlab.cmpmsg import Draft

if TYPE_CHECKING:
    from onlab.ca import CA

HUGE = 2 << 20


@fault("cmp-wire-trailing", "one octet behind the message")
def _(draft: Draft, ca: CA) -> None:
    draft.wire.append(lambda raw: raw + b"\x00")


@fault("cmp-wire-twice", "the message comes twice in one body")
def _(draft: Draft, ca: CA) -> None:
    draft.wire.append(lambda raw: raw + raw)


@fault("cmp-wire-indefinite", "the outermost length is indefinite: BER, not DER")
def _(draft: Draft, ca: CA) -> None:
    draft.wire.append(lambda raw: b"\x30\x80" + der.Der(raw).get(der.SEQUENCE) + b"\x00\x00")


@fault("cmp-wire-long-length", "the outermost length has a leading zero: BER, not DER")
def _(draft: Draft, ca: CA) -> None:
    def pad(raw: bytes) -> bytes:
        content = der.Der(raw).get(der.SEQUENCE)
        return b"\x30\x84" + len(content).to_bytes(4, "big") + content

    draft.wire.append(pad)


@fault("cmp-wire-truncated", "the last octet is missing, Content-Length to match")
def _(draft: Draft, ca: CA) -> None:
    draft.wire.append(lambda raw: raw[:-1])


@fault("cmp-wire-half", "half of the message, Content-Length to match")
def _(draft: Draft, ca: CA) -> None:
    draft.wire.append(lambda raw: raw[: len(raw) // 2])


@fault("cmp-wire-huge-length", "the outermost length claims 2 GB")
def _(draft: Draft, ca: CA) -> None:
    draft.wire.append(lambda raw: b"\x30\x84\x7f\xff\xff\xff" + raw)


@fault("cmp-wire-deep", "ten thousand SEQUENCEs in one another")
def _(draft: Draft, ca: CA) -> None:
    def nest(raw: bytes) -> bytes:
        for _ in range(10000):
            raw = der.seq(raw)
        return raw

    draft.wire.append(nest)


@fault("cmp-wire-garbage", "text where a message is due")
def _(draft: Draft, ca: CA) -> None:
    draft.wire.append(lambda raw: b"<html>It works!</html>")


@fault("cmp-wire-empty", "an empty body")
def _(draft: Draft, ca: CA) -> None:
    draft.wire.append(lambda raw: b"")


@fault("cmp-wire-pem", "the message in base64 with PEM lines about it")
def _(draft: Draft, ca: CA) -> None:
    draft.wire.append(
        lambda raw: b"-----BEGIN PKIXCMP-----\n" + encodebytes(raw) + b"-----END PKIXCMP-----\n"
    )


@fault("cmp-wire-huge", "a well-formed, well-signed message of 2 MB")
def _(draft: Draft, ca: CA) -> None:
    draft.extra_certs.append(der.seq(der.octets(bytes(HUGE))))


# ---- HTTP


@fault("cmp-http-type", "Content-Type is text/html")
def _(draft: Draft, ca: CA) -> None:
    draft.content_type = "text/html"


@fault("cmp-http-type-poll", "Content-Type is application/pkixcmp-poll", POLICY)
def _(draft: Draft, ca: CA) -> None:
    draft.content_type = "application/pkixcmp-poll"


@fault("cmp-http-type-case", "Content-Type in capitals and with a parameter", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.content_type = "Application/PKIXCMP; charset=binary"


@fault("cmp-http-500", "a good PKIMessage under HTTP status 500", POLICY)
def _(draft: Draft, ca: CA) -> None:
    draft.status = 500


@fault("cmp-http-400", "a good PKIMessage under HTTP status 400", POLICY)
def _(draft: Draft, ca: CA) -> None:
    draft.status = 400


@fault("cmp-http-201", "a good PKIMessage under HTTP status 201", POLICY)
def _(draft: Draft, ca: CA) -> None:
    draft.status = 201


@fault("cmp-http-500-text", "HTTP status 500 and a page of terminal escapes")
def _(draft: Draft, ca: CA) -> None:
    draft.status, draft.content_type = 500, "text/html"
    draft.wire.append(lambda raw: b"\x1b[2J\x1b[31m" + b"<h1>Oops</h1>\r\n" * 500)


@fault("cmp-http-404", "HTTP status 404 whatever is asked")
def _(draft: Draft, ca: CA) -> None:
    draft.status, draft.content_type = 404, "text/plain"
    draft.wire.append(lambda raw: b"not here\n")

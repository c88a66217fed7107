# SPDX-License-Identifier: GPL-2.0-or-later
"""Registrars that send TLS records without data and without end: at every point of a connection."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable

from onlab import records
from onlab.faults import REGISTRAR, declare

Flood = Callable[[socket.socket, ssl.SSLContext], None]
LATER = b"HTTP/1.1 202 Accepted\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"
FLOODS: dict[str, Flood] = {}


def _after_request(kind: str) -> Flood:
    def flood(sock: socket.socket, context: ssl.SSLContext) -> None:
        connection = records.Connection(sock, context)
        connection.shake_hands()
        connection.request()
        connection.flood(kind)

    return flood


def _before_request(kind: str) -> Flood:
    def flood(sock: socket.socket, context: ssl.SSLContext) -> None:
        connection = records.Connection(sock, context)
        connection.shake_hands()
        connection.flood(kind)

    return flood


def _idle(kind: str) -> Flood:
    """RFC 8995 5.6: the client comes back later, over the connection that it has."""

    def flood(sock: socket.socket, context: ssl.SSLContext) -> None:
        connection = records.Connection(sock, context)
        connection.shake_hands()
        connection.request()
        connection.write(records.DATA, LATER)
        connection.flood(kind)

    return flood


def _begun(kind: str) -> Flood:
    def flood(sock: socket.socket, context: ssl.SSLContext) -> None:
        connection = records.Connection(sock, context)
        connection.begin()
        connection.flood(kind)

    return flood


def _in_clear(kind: str) -> Flood:
    return lambda sock, context: records.flood_in_clear(sock, kind)


def _declare(name: str, flood: Flood, text: str) -> None:
    FLOODS[f"tls-flood-{name}"] = flood
    declare(f"tls-flood-{name}", REGISTRAR, text)


AFTER = {
    "key-update": "KeyUpdate without end",
    "key-update-answered": "KeyUpdate without end, each to be answered",
    "key-update-packed": "KeyUpdate without end, a thousand in a record",
    "key-update-packed-answered": "the same, each to be answered",
    "tickets": "NewSessionTicket without end",
    "warnings": "warning alerts without end",
    "empty-data": "empty records of data without end",
    "hello-request": "HelloRequest without end (TLS 1.2)",
    "between-data": "an answer of single octets, each after many KeyUpdates",
    "dripping": "the same, and slowly",
}
for _kind, _text in AFTER.items():
    _declare(_kind, _after_request(_kind), f"{_text}, in place of an answer")
for _kind in ("key-update", "empty-data"):
    _declare(f"{_kind}-before", _before_request(_kind), f"{AFTER[_kind]}, before any request")
    _declare(f"{_kind}-idle", _idle(_kind), f"{AFTER[_kind]}, while the client waits after a 202")
_declare("key-update-handshake", _begun("key-update"), f"{AFTER['key-update']} in the handshake")
_declare("warnings-handshake", _in_clear("warnings"), f"{AFTER['warnings']} in the handshake")
_declare("hello-request-handshake", _in_clear("hello-request"),
         "HelloRequest without end in the handshake")  # fmt: skip

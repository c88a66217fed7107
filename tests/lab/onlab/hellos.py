# SPDX-License-Identifier: GPL-2.0-or-later
"""A relay in front of a TLS server that reads what the client's ClientHellos offer."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field

HANDSHAKE, CLIENT_HELLO = 22, 1
SUPPORTED_GROUPS, KEY_SHARE = 10, 51
# IANA's numbers, and the names that `onramp --version` has for them.
GROUPS = {4588: "X25519MLKEM768", 29: "X25519", 23: "P-256", 24: "P-384", 25: "P-521"}


@dataclass
class Hello:
    groups: list[str] = field(default_factory=list)
    shares: list[str] = field(default_factory=list)


def _name(number: int) -> str:
    return GROUPS.get(number, f"group {number}")


class _Octets:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def take(self, count: int) -> bytes:
        part, self.data = self.data[:count], self.data[count:]
        return part

    def number(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big")

    def part(self, count: int) -> "_Octets":
        return _Octets(self.take(self.number(count)))


def read(message: bytes) -> Hello:
    """RFC 8446 4.1.2, without the four octets of the handshake's header."""
    rest, hello = _Octets(message), Hello()
    rest.take(2 + 32)
    for size in (1, 2, 1):  # session, suites, compression
        rest.part(size)
    extensions = rest.part(2)
    while extensions.data:
        kind, body = extensions.number(2), extensions.part(2)
        if kind == SUPPORTED_GROUPS:
            listed = body.part(2)
            while listed.data:
                hello.groups.append(_name(listed.number(2)))
        if kind == KEY_SHARE:
            listed = body.part(2)
            while listed.data:
                hello.shares.append(_name(listed.number(2)))
                listed.part(2)
    return hello


def read_all(stream: bytes) -> list[Hello]:
    """Of what a client has sent so far, up to the first record that is no handshake in clear;
    the dummy change_cipher_spec of RFC 8446 D.4 between two hellos is passed over."""
    messages = b""
    while len(stream) >= 5 and stream[0] in (20, HANDSHAKE):
        length = int.from_bytes(stream[3:5], "big")
        messages += stream[5 : 5 + length] if stream[0] == HANDSHAKE else b""
        stream = stream[5 + length :]
    found = []
    while len(messages) >= 4 and messages[0] == CLIENT_HELLO:
        length = int.from_bytes(messages[1:4], "big")
        found.append(read(messages[4 : 4 + length]))
        messages = messages[4 + length :]
    return found


class Relay:
    """Takes connections on a port of its own; keeps what each client said."""

    def __init__(self, port: int) -> None:
        self.to, self.said = port, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.to), 10)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            said = bytearray()
            self.said.append(said)
            for one, other, kept in ((client, server, said), (server, client, None)):
                threading.Thread(target=_pass_on, args=(one, other, kept), daemon=True).start()

    def stop(self) -> None:
        self.listener.close()


def _pass_on(source: socket.socket, sink: socket.socket, kept: bytearray | None) -> None:
    try:
        while data := source.recv(65536):
            if kept is not None:
                kept += data
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass

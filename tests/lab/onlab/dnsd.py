#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A name server on the loopback that answers by the name that is asked for, well or not.

As a program (for the unit tests): prints its port, and ends with its standard input.

  dnsd.py [ADDRESS [PORT]]

The first label decides (NAMES below), whatever stands behind it.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator

A, CNAME, AAAA = 1, 5, 28
NOERROR, SERVFAIL, NXDOMAIN, REFUSED = 0, 2, 3, 5
FLOOD_SECONDS = 60.0
POINTER = b"\xc0\x0c"  # to the name of the question


class Query:
    """One question, and where it came from."""

    def __init__(self, packet: bytes, tcp: bool) -> None:
        self.id, self.tcp = packet[:2], tcp
        labels, at = [], 12
        while packet[at]:
            labels.append(packet[at + 1 : at + 1 + packet[at]].decode("ascii", "replace").lower())
            at += 1 + packet[at]
        self.labels = labels
        self.question = packet[12 : at + 5]
        self.type = struct.unpack(">H", packet[at + 1 : at + 3])[0]

    def answer(self, records: list[bytes], rcode: int = NOERROR, truncated: bool = False) -> bytes:
        flags = 0x8180 | (0x0200 if truncated else 0) | rcode
        return (self.id + struct.pack(">HHHHH", flags, 1, len(records), 0, 0) + self.question
                + b"".join(records))  # fmt: skip


def name(text: str) -> bytes:
    parts = [part.encode() for part in text.rstrip(".").split(".")]
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def record(kind: int, data: bytes, owner: bytes = POINTER) -> bytes:
    return owner + struct.pack(">HHIH", kind, 1, 1, len(data)) + data


def addresses(query: Query, *texts: str) -> list[bytes]:
    packed = [ipaddress.ip_address(text).packed for text in texts]
    length = 16 if query.type == AAAA else 4
    return [record(query.type, data) for data in packed if len(data) == length]


class Drip(bytes):
    """To be sent octet by octet."""


Answers = Iterator[bytes | float]  # octets of one message to send, or seconds to wait before
NAMES: dict[str, Callable[[Query], Answers]] = {}


def named(label: str) -> Callable:
    def keep(acts: Callable[[Query], Answers]) -> Callable:
        NAMES[label] = acts
        return acts

    return keep


def _plain(label: str, *texts: str) -> None:
    @named(label)
    def _answer(query: Query) -> Answers:
        yield query.answer(addresses(query, *texts))


_plain("good", "127.0.0.1", "::1")
_plain("four", "127.0.0.1")
_plain("six", "::1")
_plain("none")
_plain("many", "127.0.0.2", "127.0.0.3", "127.0.0.4", "2001:db8::1", "2001:db8::2")
# 192.0.2.0/24 and 2001:db8::/32 (RFC 5737, RFC 3849) have no hosts
_plain("dead", "192.0.2.1", "2001:db8::1", "127.0.0.1")


@named("silent")
def _silent(_query: Query) -> Answers:
    yield from ()


@named("silent-aaaa")
def _silent_aaaa(query: Query) -> Answers:
    if query.type == A:
        yield query.answer(addresses(query, "127.0.0.1"))


@named("silent-a")
def _silent_a(query: Query) -> Answers:
    if query.type == AAAA:
        yield query.answer(addresses(query, "::1"))


@named("slow")
def _slow(query: Query) -> Answers:
    yield 0.3
    yield query.answer(addresses(query, "127.0.0.1", "::1"))


@named("truncated")
def _truncated(query: Query) -> Answers:
    if not query.tcp:
        yield query.answer([], truncated=True)


@named("truncated-then-good")
def _truncated_then_good(query: Query) -> Answers:
    yield (query.answer(addresses(query, "127.0.0.1", "::1")) if query.tcp
           else query.answer([], truncated=True))  # fmt: skip


@named("huge")
def _huge(query: Query) -> Answers:
    if not query.tcp:
        yield query.answer([], truncated=True)
        return
    texts = [f"127.{n >> 8}.{n & 255}.1" for n in range(4000)]
    texts += [f"fd00::{n:x}" for n in range(2300)]
    yield query.answer(addresses(query, *texts))


@named("wrong-id")
def _wrong_id(query: Query) -> Answers:
    right = query.answer(addresses(query, "192.0.2.99", "2001:db8::99"))
    yield struct.pack(">H", (struct.unpack(">H", right[:2])[0] + 1) & 0xFFFF) + right[2:]


@named("wrong-question")
def _wrong_question(query: Query) -> Answers:
    query.question = name("other.example") + query.question[-4:]
    yield query.answer(addresses(query, "192.0.2.99", "2001:db8::99"))


@named("flood")
def _flood(query: Query) -> Answers:
    end = time.monotonic() + FLOOD_SECONDS
    right = query.answer(addresses(query, "192.0.2.99", "2001:db8::99"))
    wrong = bytes([right[0] ^ 0xFF]) + right[1:]
    while time.monotonic() < end:
        for _ in range(64):
            yield wrong


@named("drip")
def _drip(query: Query) -> Answers:
    """Truncated; over TCP an octet a second of an answer that never ends."""
    if not query.tcp:
        yield query.answer([], truncated=True)
        return
    yield Drip(query.answer(addresses(query, *["127.0.0.1"] * 4000)))


@named("cname")
def _cname(query: Query) -> Answers:
    target = name("elsewhere.example")
    data = ipaddress.ip_address("::1" if query.type == AAAA else "127.0.0.1").packed
    yield query.answer([record(CNAME, target), record(query.type, data, target)])


@named("cname-loop")
def _cname_loop(query: Query) -> Answers:
    one, two = query.question[:-4], name("two.example")
    yield query.answer([record(CNAME, two, one), record(CNAME, one, two)] * 20)


@named("pointer-loop")
def _pointer_loop(query: Query) -> Answers:
    yield query.answer([b"\xc0" + bytes([12 + len(query.question)]) + bytes(20)])


@named("garbage")
def _garbage(query: Query) -> Answers:
    yield query.id + bytes(range(256))


@named("nx")
def _nx(query: Query) -> Answers:
    yield query.answer([], NXDOMAIN)


@named("servfail")
def _servfail(query: Query) -> Answers:
    yield query.answer([], SERVFAIL)


@named("refused")
def _refused(query: Query) -> Answers:
    yield query.answer([], REFUSED)


class Server:
    """UDP and TCP on one port; every query that came is in `asked`."""

    def __init__(self, address: str = "127.0.0.1", port: int = 0) -> None:
        self.asked: list[str] = []
        for left in reversed(range(20)):  # a port that is free for both
            self.tcp = socket.create_server((address, port))
            self.port = self.tcp.getsockname()[1]
            self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                self.udp.bind((address, self.port))
                break
            except OSError:
                self.tcp.close()
                self.udp.close()
                if port or not left:
                    raise

    def run(self) -> None:
        threading.Thread(target=self._serve_tcp, daemon=True).start()
        while True:
            try:
                packet, peer = self.udp.recvfrom(4096)
            except OSError:
                return  # closed
            threading.Thread(target=self._answer_udp, args=(packet, peer), daemon=True).start()

    def close(self) -> None:
        self.udp.close()
        self.tcp.close()

    def _acts(self, query: Query) -> Answers:
        self.asked.append(".".join(query.labels))
        return NAMES.get(query.labels[0] if query.labels else "", _nx)(query)

    def _answer_udp(self, packet: bytes, peer) -> None:
        for item in self._acts(Query(packet, tcp=False)):
            if isinstance(item, float):
                time.sleep(item)
                continue
            try:
                self.udp.sendto(item, peer)
            except OSError:
                return

    def _serve_tcp(self) -> None:
        while True:
            try:
                sock, _ = self.tcp.accept()
            except OSError:
                return
            threading.Thread(target=self._answer_tcp, args=(sock,), daemon=True).start()

    def _answer_tcp(self, sock: socket.socket) -> None:
        try:
            with sock, sock.makefile("rb") as stream:
                while head := stream.read(2):
                    packet = stream.read(struct.unpack(">H", head)[0])
                    for item in self._acts(Query(packet, tcp=True)):
                        self._send_tcp(sock, item)
        except (OSError, struct.error, IndexError):
            return

    @staticmethod
    def _send_tcp(sock: socket.socket, item: bytes | float) -> None:
        if isinstance(item, float):
            time.sleep(item)
            return
        whole = struct.pack(">H", len(item)) + item
        for at in range(len(whole)) if isinstance(item, Drip) else ():
            sock.sendall(whole[at : at + 1])
            time.sleep(1.0)
        if not isinstance(item, Drip):
            sock.sendall(whole)


def main() -> None:
    server = Server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
    threading.Thread(target=server.run, daemon=True).start()
    print(server.port, flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()

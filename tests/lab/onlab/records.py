# SPDX-License-Identifier: GPL-2.0-or-later
"""A TLS server whose records, once OpenSSL has shaken hands, we write ourselves.

No library sends KeyUpdate without end.  Python's ssl shakes hands in memory and logs its secrets;
from these come the keys (RFC 8446 7.3, RFC 5246 6.3), and then any record may be sent.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import socket
import ssl
import struct
import tempfile
import time
from collections.abc import Callable, Iterator

from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

CCS, ALERT, HANDSHAKE, DATA = 20, 21, 22, 23
HELLO_REQUEST, NEW_TICKET, KEY_UPDATE = 0, 4, 24
WARNING, USER_CANCELED, NO_RENEGOTIATION = 1, 90, 100
RECORD_MAX = 16384
VERSION = b"\x03\x03"


def message(kind: int, body: bytes = b"") -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def plain_record(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + VERSION + struct.pack(">H", len(body)) + body


def expand(digest: str, secret: bytes, info: bytes, size: int) -> bytes:
    """HKDF-Expand of RFC 5869."""
    out, block, counter = b"", b"", 1
    while len(out) < size:
        block = hmac.new(secret, block + info + bytes([counter]), digest).digest()
        out, counter = out + block, counter + 1
    return out[:size]


def expand_label(digest: str, secret: bytes, label: str, size: int) -> bytes:
    name = b"tls13 " + label.encode()
    info = struct.pack(">HB", size, len(name)) + name + b"\0"
    return expand(digest, secret, info, size)


def prf(digest: str, secret: bytes, seed: bytes, size: int) -> bytes:
    """P_hash of RFC 5246 5."""
    out, chain = b"", seed
    while len(out) < size:
        chain = hmac.new(secret, chain, digest).digest()
        out += hmac.new(secret, chain + seed, digest).digest()
    return out[:size]


class Writer13:
    """The server's side of TLS 1.3, from a traffic secret on."""

    def __init__(self, suite: str, secret: bytes) -> None:
        self.digest = "sha384" if suite.endswith("384") else "sha256"
        self.aead, self.size = {"TLS_AES_128_GCM_SHA256": (AESGCM, 16)}.get(suite, (AESGCM, 32))
        if "CHACHA20" in suite:
            self.aead = ChaCha20Poly1305
        self._use(secret)

    def _use(self, secret: bytes) -> None:
        self.secret, self.number = secret, 0
        self.sealer = self.aead(expand_label(self.digest, secret, "key", self.size))
        self.iv = int.from_bytes(expand_label(self.digest, secret, "iv", 12), "big")

    def seal(self, kind: int, body: bytes, padding: int = 0) -> bytes:
        inner = body + bytes([kind]) + bytes(padding)
        head = bytes([DATA]) + VERSION + struct.pack(">H", len(inner) + 16)
        nonce = (self.iv ^ self.number).to_bytes(12, "big")
        self.number += 1
        return head + self.sealer.encrypt(nonce, inner, head)

    def updated(self) -> None:
        """RFC 8446 7.2."""
        size = hashlib.new(self.digest).digest_size
        self._use(expand_label(self.digest, self.secret, "traffic upd", size))


class Writer12:
    """The same for TLS 1.2 with AES-GCM, after the server's Finished."""

    def __init__(self, suite: str, master: bytes, randoms: bytes) -> None:
        digest = "sha384" if suite.endswith("384") else "sha256"
        size = 32 if "256-GCM" in suite else 16
        block = prf(digest, master, b"key expansion" + randoms, 2 * size + 8)
        self.sealer, self.salt = AESGCM(block[size : 2 * size]), block[2 * size + 4 :]
        self.number = 1

    def seal(self, kind: int, body: bytes) -> bytes:
        explicit = struct.pack(">Q", self.number)
        about = explicit + bytes([kind]) + VERSION + struct.pack(">H", len(body))
        self.number += 1
        sealed = explicit + self.sealer.encrypt(self.salt + explicit, body, about)
        return bytes([kind]) + VERSION + struct.pack(">H", len(sealed)) + sealed


class Connection:
    """One client.  The context is used for this alone: its secrets go to a file."""

    def __init__(self, sock: socket.socket, context: ssl.SSLContext) -> None:
        self.sock = sock
        file, self._log = tempfile.mkstemp(prefix="tls-secrets-")
        os.close(file)
        context.keylog_filename = self._log
        context.num_tickets = 0
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._in, self._out, server_side=True)
        self._came, self._went = b"", b""
        self.writer: Writer12 | Writer13 | None = None

    def _receive(self) -> None:
        data = self.sock.recv(65536)
        if not data:
            raise EOFError
        if len(self._came) < 43:
            self._came += data
        self._in.write(data)

    def _secret(self, label: str) -> bytes:
        """Of this client, by its random: contexts may share a log."""
        random = self._came[11:43].hex()
        with open(self._log) as log:
            for line in log:
                found = line.split()
                if found[0] == label and found[1] == random:
                    return bytes.fromhex(found[2])
        raise ValueError(f"no {label} in the log of secrets")

    def _flight(self) -> bytes:
        self._went += (flight := self._out.read())
        return flight

    def shake_hands(self) -> None:
        try:
            while True:
                try:
                    self.tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    self.sock.sendall(self._flight())
                    self._receive()
            self.sock.sendall(self._flight())
            self._take_over("SERVER_TRAFFIC_SECRET_0")
        finally:
            os.unlink(self._log)

    def begin(self) -> None:
        """Answers the ClientHello of TLS 1.3 with a ServerHello, and goes no further: what is
        written next has the handshake's keys."""
        try:
            hello = b""
            while not hello:
                self._receive()
                try:
                    self.tls.do_handshake()
                except ssl.SSLWantReadError:
                    hello = self._flight()
            if hello[43:44] == b"" or hello[5] != 2:
                raise ValueError("no ServerHello")
            self.sock.sendall(hello[: 5 + int.from_bytes(hello[3:5], "big")])
            suite = {b"\x13\x01": "TLS_AES_128_GCM_SHA256", b"\x13\x02": "TLS_AES_256_GCM_SHA384",
                     b"\x13\x03": "TLS_CHACHA20_POLY1305_SHA256"}[self._suite()]  # fmt: skip
            self.writer = Writer13(suite, self._secret("SERVER_HANDSHAKE_TRAFFIC_SECRET"))
        finally:
            os.unlink(self._log)

    def _suite(self) -> bytes:
        after = 44 + self._went[43]
        return self._went[after : after + 2]

    def _take_over(self, label: str) -> None:
        suite = self.tls.cipher()[0]
        if self.tls.version() == "TLSv1.3":
            self.writer = Writer13(suite, self._secret(label))
        else:
            randoms = self._went[11:43] + self._came[11:43]
            self.writer = Writer12(suite, self._secret("CLIENT_RANDOM"), randoms)

    @property
    def is_13(self) -> bool:
        return isinstance(self.writer, Writer13)

    def read(self) -> bytes:
        """Some octets of data; whatever else OpenSSL wants to say meanwhile is lost."""
        while True:
            try:
                return self.tls.read(65536)
            except ssl.SSLWantReadError:
                self._receive()

    def request(self) -> bytes:
        """An HTTP request, with its body."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.read()
        head, _, body = data.partition(b"\r\n\r\n")
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        while len(body) < length:
            body += self.read()
        return head + b"\r\n\r\n" + body

    def write(self, kind: int, body: bytes) -> None:
        self.sock.sendall(self.writer.seal(kind, body))

    def flood(self, name: str) -> None:
        """Until the client has had enough: ends in an OSError.  What it sends is not read."""
        for octets in FLOODS[name](self):
            self.sock.sendall(octets)


# ---- what carries no data, and may come any number of times


def _again(record: Callable[[Connection], bytes], count: int = 64) -> Callable:
    """Several records at a time, so that the flood is one."""

    def octets(connection: Connection) -> Iterator[bytes]:
        while True:
            yield b"".join(record(connection) for _ in range(count))

    return octets


def _sealed(kind: int, body: bytes) -> Callable:
    return _again(lambda connection: connection.writer.seal(kind, body))


def _key_update(times: int, wanted: int = 0) -> Callable:
    """As many in one record as told: a client need not take more than one (RFC 8446 5.1)."""

    def record(connection: Connection) -> bytes:
        sealed = connection.writer.seal(HANDSHAKE, message(KEY_UPDATE, bytes([wanted])) * times)
        for _ in range(times):
            connection.writer.updated()
        return sealed

    return record


def _tickets(connection: Connection) -> Iterator[bytes]:
    ticket = struct.pack(">H", 64) + bytes(64)
    body = struct.pack(">II", 3600, 0) + b"\x01\x00" + ticket + b"\0\0"
    if not connection.is_13:
        body = struct.pack(">I", 3600) + ticket
    yield from _sealed(HANDSHAKE, message(NEW_TICKET, body))(connection)


def _answer_of_single_octets(connection: Connection, updates: int, pause: float) -> Iterator[bytes]:
    yield connection.writer.seal(DATA, b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        yield b"".join(_key_update(1, wanted=1)(connection) for _ in range(updates))
        yield connection.writer.seal(DATA, b"y")
        time.sleep(pause)


def _between_data(connection: Connection) -> Iterator[bytes]:
    """Data comes, and with each octet of it more to answer."""
    return _answer_of_single_octets(connection, 500, 0)


def _dripping(connection: Connection) -> Iterator[bytes]:
    """So slowly that no limit is reached for a while."""
    return _answer_of_single_octets(connection, 5, 0.05)


def _padded(connection: Connection) -> Iterator[bytes]:
    """RFC 8446 5.4: no flood, but an answer that hides its length."""
    while True:
        yield connection.writer.seal(DATA, b"y", padding=RECORD_MAX - 1)


FLOODS: dict[str, Callable[[Connection], Iterator[bytes]]] = {
    "key-update": _again(_key_update(1)),
    "key-update-answered": _again(_key_update(1, wanted=1)),
    "key-update-packed": _again(_key_update(1000), 1),
    "key-update-packed-answered": _again(_key_update(1000, wanted=1), 1),
    "tickets": _tickets,
    "warnings": _sealed(ALERT, bytes([WARNING, USER_CANCELED])),
    "no-renegotiation": _sealed(ALERT, bytes([WARNING, NO_RENEGOTIATION])),
    "empty-data": _sealed(DATA, b""),
    "empty-handshake": _sealed(HANDSHAKE, b""),
    "hello-request": _sealed(HANDSHAKE, message(HELLO_REQUEST)),
    "hello-requests-packed": _sealed(HANDSHAKE, message(HELLO_REQUEST) * 4000),
    "ccs": _sealed(CCS, b"\x01"),
    "ccs-in-clear": _again(lambda _: plain_record(CCS, b"\x01")),
    "between-data": _between_data,
    "dripping": _dripping,
    "padded": _padded,
    # nothing of it in full: one message without end
    "long-message": _sealed(HANDSHAKE, bytes([NEW_TICKET]) + b"\x00\xff\xff" + bytes(8)),
}

# In clear, in answer to the ClientHello.
IN_CLEAR = {
    "warnings": plain_record(ALERT, bytes([WARNING, USER_CANCELED])),
    "hello-request": plain_record(HANDSHAKE, message(HELLO_REQUEST)),
    "hello-requests-packed": plain_record(HANDSHAKE, message(HELLO_REQUEST) * 4000),
    "empty-handshake": plain_record(HANDSHAKE, b""),
    "empty-data": plain_record(DATA, b""),
    "ccs-in-clear": plain_record(CCS, b"\x01"),
}


def flood_in_clear(sock: socket.socket, name: str) -> None:
    sock.recv(65536)
    while True:
        sock.sendall(IN_CLEAR[name] * 64)

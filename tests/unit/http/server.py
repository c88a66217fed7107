#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A server that behaves as the request's path says, well or badly.

Usage: server.py [--tls any|1.2|1.3] [--cert FILE]... [--client-ca FILE]
                 [--greeting KIND] [--family 4|6] [--flood KIND,... --when WHEN]

Prints its port, serves until its standard input ends.  --cert names files of a
certificate, chain and key; the first is shown until a request for /change
brings the next.  Without --tls it speaks plain HTTP.  --flood: records without data that never
end (the lab's records.py), of the first KIND for the first connection, and so on, or "none"; WHEN: clear or begun (in the handshake), before or after the
request, idle (after an answer), close (after the last one).
"""
import argparse
import os
import socket
import ssl
import struct
import sys
import threading
import time
from pathlib import Path

CRLF = b"\r\n"


def reply(*fields, status="200 OK", body=b"", length=True, version="HTTP/1.1"):
    lines = [f"{version} {status}".encode()]
    lines += [f.encode("latin-1") for f in fields]
    if length:
        lines.append(b"Content-Length: %d" % len(body))
    return CRLF.join(lines) + CRLF + CRLF + body


def chunks(*parts, end=b"0\r\n\r\n", fields=()):
    head = reply("Transfer-Encoding: chunked", *fields, length=False)
    return head + b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in parts) + end


GOOD = reply("Content-Type: application/cms", body=b"hello")
SECOND = reply(body=b"poison")

# What is sent in answer, and the connection kept.
SAID = {
    "/good": GOOD,
    "/empty": reply(),
    "/moved": reply("Location: /x", status="307 Moved", body=b"hello"),
    "/moved-empty": reply("Location: /x", status="302 Moved"),
    "/moved-huge": reply("Location: /x", "Content-Length: 999999999", status="301 Moved", length=False),
    "/moved-nowhere": reply(status="308 Moved", body=b"hello"),
    "/moved-300": reply("Location: /x", status="300 Many", body=b"hello"),
    "/204": reply(status="204 No Content", length=False),
    "/304": reply("Content-Length: 77", status="304 Not Modified", length=False),
    "/404": reply("Content-Type: text/plain", status="404 Not Found", body=b"who?"),
    "/500": reply(status="500 Trouble"),
    "/no-reason": reply(status="200", body=b"hello"),
    "/chunked": chunks(b"hel", b"lo"),
    "/chunked-lines": chunks(b"a\nb\r\n\r\nc\n0\r\n\r\n"),
    "/chunked-extension": chunks(b"hello").replace(b"5\r\n", b"5;name=\"value\"\r\n"),
    "/chunked-trailer": chunks(b"hello", end=b"0\r\nLocation: /trailer\r\n\r\n"),
    "/100": reply("Location: /interim", status="100 Continue", length=False) + GOOD,
    "/103": reply("Retry-After: 9", status="103 Early Hints", length=False) * 3 + GOOD,
    "/http10-keep": reply("Connection: Keep-Alive", version="HTTP/1.0", body=b"hello"),
    "/lf": GOOD.replace(CRLF, b"\n"),
    "/length-twice": GOOD.replace(b"Content-Length", b"Content-Length: 5\r\nContent-Length"),

    # a good answer, and more
    "/surplus": GOOD + b"x",
    "/second": GOOD + SECOND,
    "/chunked-surplus": chunks(b"hello") + b"x",
    "/chunked-second": chunks(b"hello") + SECOND,
    "/trailer-second": chunks(b"hello", end=b"0\r\nX: y\r\n\r\n") + SECOND,
    "/204-surplus": reply(status="204 No Content", length=False) + b"x",
    "/204-second": reply(status="204 No Content", length=False) + SECOND,
    "/http10-chunked": chunks(b"hello", fields=("Connection: keep-alive",)).replace(
        b"HTTP/1.1", b"HTTP/1.0"),
    "/keep-close": reply("Connection: close, keep-alive", body=b"hello"),
    "/304-body": reply("Content-Length: 5", status="304 Not Modified", length=False) + b"hello",
    "/empty-second": reply() + SECOND,

    # no proper HTTP
    "/http09": b"hello",
    "/garbage": bytes(range(256)) * 4,
    "/newlines": b"\n" * 64,
    "/http2": b"HTTP/2 200\r\nContent-Length: 0\r\n\r\n",
    "/http12": b"HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n",
    "/http1": b"HTTP/1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "/status-short": b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
    "/status-long": b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
    "/status-low": b"HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n",
    "/status-text": b"HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n",
    "/101": reply("Upgrade: x", "Connection: upgrade", status="101 Other", length=False) + b"xx",
    "/nul": GOOD.replace(b"application", b"appli\0cation"),
    "/nul-late": GOOD.replace(b"Content-Type", b"X: a\0b\r\nContent-Type"),
    "/cr": GOOD.replace(b"application", b"appli\rcation"),
    "/cr-location": reply("Location: /x\rSet-Cookie: y", status="302 Found"),
    "/escape": GOOD.replace(b"application", b"\x1b[2J"),
    "/fold": GOOD.replace(b"/cms", b"/cms\r\n ;x=y"),
    "/fold-tab": GOOD.replace(b"/cms", b"/cms;\r\n\tx=y\r\n \t\r\n z"),
    "/fold-lf": GOOD.replace(b"/cms", b"/cms\n ;x=y"),
    "/fold-value": GOOD.replace(b"Type: ", b"Type:\r\n   "),
    "/fold-last": reply("Content-Length: 0", "X: y\r\n z", length=False),
    "/fold-close": GOOD.replace(b"Content-Type", b"Connection:\r\n close\r\nContent-Type"),
    "/fold-interim": reply("X: y\r\n z", status="103 Early Hints", length=False) + GOOD,
    "/fold-first": GOOD.replace(b"OK\r\n", b"OK\r\n X: y\r\n", 1),
    "/fold-name": GOOD.replace(b"Content-Type", b"Content-\r\n Type"),
    "/fold-length": GOOD.replace(b"Length: ", b"Length:\r\n "),
    "/fold-length-list": GOOD.replace(b"Length: 5", b"Length: 5\r\n 0"),
    "/fold-coding": chunks(b"hello").replace(b"Encoding: ", b"Encoding:\r\n "),
    "/fold-control": GOOD.replace(b"/cms", b"/cms\r\n \x01"),
    "/fold-many": GOOD.replace(b"/cms", b"/cms;" + b"\r\n x" * 2000),
    "/blank-colon": GOOD.replace(b"Content-Length:", b"Content-Length :"),
    "/no-colon": GOOD.replace(b"Content-Type:", b"Content-Type"),
    "/no-name": GOOD.replace(b"Content-Type:", b":"),
    "/both": chunks(b"hello", fields=("Content-Length: 5",)),
    "/length-differs": GOOD.replace(b"Content-Length", b"Content-Length: 4\r\nContent-Length"),
    "/length-list": GOOD.replace(b"Length: 5", b"Length: 5, 5"),
    "/length-negative": GOOD.replace(b"Length: 5", b"Length: -5"),
    "/length-plus": GOOD.replace(b"Length: 5", b"Length: +5"),
    "/length-hex": GOOD.replace(b"Length: 5", b"Length: 0x5"),
    "/length-none": GOOD.replace(b"Length: 5", b"Length:"),
    "/coding-gzip": chunks(b"hello").replace(b"chunked", b"gzip, chunked"),
    "/coding-unknown": chunks(b"hello").replace(b"chunked", b"x"),
    "/coding-twice": chunks(b"hello", fields=("Transfer-Encoding: chunked",)),
    "/content-gzip": reply("Content-Encoding: gzip", body=b"hello"),
    "/chunk-bad": reply("Transfer-Encoding: chunked", length=False) + b"zz\r\nhello\r\n0\r\n\r\n",
    "/chunk-negative": reply("Transfer-Encoding: chunked", length=False) + b"-5\r\nhello\r\n0\r\n\r\n",
    "/chunk-huge": reply("Transfer-Encoding: chunked", length=False) + b"f" * 17 + b"\r\nhello",
    "/chunk-long": reply("Transfer-Encoding: chunked", length=False) + b"5\r\nhelloo\r\n0\r\n\r\n",

    # too much
    "/length-huge": reply("Content-Length: 999999999", length=False) + b"x" * 5000,
    "/length-overflow": reply("Content-Length: 18446744073709551621", length=False) + b"hello",
    "/fields-many": reply(*["X: " + "y" * 100] * 200, body=b"hello"),

    # what the header tells
    "/type-mixed": reply("Content-Type: Application/Voucher-CMS+json ; charset=x", body=b"x"),
    "/type-twice": reply("Content-Type: a/first", "Content-Type: a/second", body=b"x"),
    "/type-none": reply(body=b"x"),
    "/type-long": reply("Content-Type: a/" + "b" * 200, body=b"x"),
    "/found": reply("Location: /elsewhere?x=1", status="302 Found"),
    "/found-far": reply("Location: https://peer/" + "x" * 300, status="307 Away"),
    "/created-far": reply("Location: https://peer/" + "x" * 300, status="201 Created"),
    "/wait-fold": reply("Retry-After:\r\n\t17", status="202 Accepted"),
    "/wait-fold-two": reply("Retry-After: 1\r\n 7", status="202 Accepted"),
    "/found-fold": reply("Location:\r\n /elsewhere?x=1\r\n ", status="302 Found"),
    "/wait": reply("Retry-After: 17", status="202 Accepted"),
    "/wait-twice": reply("Retry-After: 17", "Retry-After: 1", status="202 Accepted"),
    "/wait-negative": reply("Retry-After: -1", status="202 Accepted"),
    "/wait-words": reply("Retry-After: soon", status="202 Accepted"),
    "/wait-long": reply("Retry-After: 99999999999999999999999", status="202 Accepted"),
    "/wait-date": reply("Retry-After: Tue, 24 Nov 2026 10:00:30 GMT", status="202 Accepted"),
    "/wait-past": reply("Retry-After: Tue, 24 Nov 2026 09:59:59 GMT", status="202 Accepted"),
}

# The same, and the connection closed: in order (with close_notify), or cut.
CLOSED = {
    "/close": reply("Connection: foo, Close", body=b"hello"),
    "/http10": reply(version="HTTP/1.0", body=b"hello"),
    "/until-close": reply("Content-Type: a/b", body=b"hello", length=False),
    "/silently": GOOD,
    "/short": GOOD.replace(b"Length: 5", b"Length: 6"),
    "/chunk-missing": chunks(b"hello", end=b""),
    "/chunk-over": chunks().replace(b"0\r\n\r\n", b"5\r\nhellox\r\n0\r\n\r\n"),
    "/chunk-over-line": chunks().replace(b"0\r\n\r\n", b"5\r\nhello\r\nx\r\n0\r\n\r\n"),
    "/chunk-half": chunks(b"hello")[:-9],
    "/header-half": GOOD[:30],
    "/nothing": b"",
    "/100-only": reply(status="100 Continue", length=False),
}
CUT = {
    "/cut": GOOD,
    "/until-cut": CLOSED["/until-close"],
    "/cut-nothing": b"",
    "/cut-short": CLOSED["/short"],
}


class Server:
    def __init__(self, options):
        self.options = options
        self.certs = list(options.cert)
        self.connections = 0
        self.requests = 0
        self.handshake = "none"
        self.client_chain = 0
        self.lock = threading.Lock()

    def context(self):
        o = self.options
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if o.tls == "1.2":
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        if o.tls == "1.3":
            context.minimum_version = ssl.TLSVersion.TLSv1_3
        if o.ciphers:
            context.set_ciphers(o.ciphers)
        context.load_cert_chain(self.certs[0])
        if o.client_ca:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(o.client_ca)
        context._msg_callback = self.on_message
        context.sni_callback = self.on_name
        return context

    def on_message(self, connection, direction, version, content, message, data):
        if direction == "read" and getattr(message, "name", "") == "CERTIFICATE":
            self.client_chain = len(data)

    def on_name(self, connection, name, context):
        self.name = name

    def serve(self, raw):
        with self.lock:
            self.connections += 1
            self.before = f"{self.handshake}, client-chain {self.client_chain}"
            self.handshake = "begun"
            self.client_chain = 0
            self.name = None
        raw.settimeout(20)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self.options.greeting:
                return self.greet(raw)
            if self.flood_now():
                return self.flood_of_records(raw, self.flood_now())
            connection = raw
            if self.options.tls:
                connection = self.context().wrap_socket(raw, server_side=True)
            self.handshake = "done"
            while self.answer(connection):
                pass
        except (OSError, ValueError) as error:
            self.handshake = str(error)
        finally:
            (connection if "connection" in locals() else raw).close()

    def greet(self, raw):
        kind = self.options.greeting
        if kind == "garbage":
            raw.sendall(bytes(range(256)) * 8)
        elif kind == "trickle":
            raw.sendall(b"\x16\x03\x03\x3f\xff")
            while True:
                raw.sendall(b"\x02")
                time.sleep(0.02)
        elif kind == "reset":
            raw.recv(1)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        elif kind.startswith("alert-"):
            raw.sendall(b"\x15\x03\x03\x00\x02\x02" + bytes([int(kind[6:])]))
        elif kind == "close":
            raw.recv(4096)
            return
        while raw.recv(4096):
            pass

    def flood_now(self):
        kinds = (self.options.flood or "none").split(",")
        kind = kinds[(self.connections - 1) % len(kinds)]
        return kind if kind != "none" else None

    def flood_of_records(self, raw, kind):
        # Only here: it takes longer to load than all the rest.
        sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "lab"))
        from onlab import records

        when = self.options.when
        if when == "clear":
            return records.flood_in_clear(raw, kind)
        connection = records.Connection(raw, self.context())
        if when == "begun":
            connection.begin()
        else:
            connection.shake_hands()
        if when in ("after", "idle", "close"):
            connection.request()
        if when in ("idle", "close"):
            connection.write(records.DATA, CLOSED["/close"] if when == "close" else GOOD)
        connection.flood(kind)

    def read_request(self, connection):
        data = b""
        while b"\r\n\r\n" not in data:
            part = connection.recv(65536)
            if not part:
                return None
            data += part
        head, body = data.split(b"\r\n\r\n", 1)
        length = 0
        for line in head.split(CRLF):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        path = head.split(b" ", 2)[1].decode()
        if path == "/early":
            return path, head, body
        while len(body) < length:
            part = connection.recv(65536)
            if not part:
                return None
            body += part
        if len(body) > length:
            raise ValueError("more than one request")
        self.requests += 1
        return path, head, body

    def answer(self, connection):
        request = self.read_request(connection)
        if request is None:
            return False
        path, head, body = request
        if path in SAID:
            connection.sendall(SAID[path])
            return True
        if path in CLOSED:
            connection.sendall(CLOSED[path])
            return self.close(connection)
        if path in CUT:
            connection.sendall(CUT[path])
            return False
        if path.startswith("/prefix/"):
            _, _, whole, n = path.split("/")
            connection.sendall(SAID["/" + whole][:int(n)])
            return self.close(connection)
        return getattr(self, "do_" + path[1:].replace("-", "_"))(connection, head, body)

    def close(self, connection):
        if self.options.tls:
            try:
                connection.unwrap()
            except OSError:
                pass
        return False

    def do_echo(self, connection, head, body):
        connection.sendall(reply(body=head + b"\r\n\r\n" + body))
        return True

    def do_state(self, connection, head, body):
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
        sent, received = struct.unpack_from("II", info, 136)
        text = (f"connections {self.connections}\nrequests {self.requests}\n"
                f"handshake {self.handshake}\nclient-chain {self.client_chain}\n"
                f"name {self.name}\nbefore {self.before}\nsegments {received} in {sent} out\n")
        connection.sendall(reply(body=text.encode()))
        return True

    def do_change(self, connection, head, body):
        self.certs.append(self.certs.pop(0))
        connection.sendall(GOOD)
        return self.close(connection)

    def do_late_surplus(self, connection, head, body):
        connection.sendall(GOOD)
        time.sleep(0.1)
        connection.sendall(SECOND)
        return True

    def do_early(self, connection, head, body):
        connection.sendall(reply(status="413 Too Much", body=b"no"))
        time.sleep(1)
        return False

    def do_stall(self, connection, head, body):
        time.sleep(15)
        return False

    def do_stall_body(self, connection, head, body):
        connection.sendall(GOOD[:-2])
        return self.do_stall(connection, head, body)

    def trickle(self, connection, data):
        for octet in data:
            connection.sendall(bytes([octet]))
            time.sleep(0.05)
        return False

    def do_trickle(self, connection, head, body):
        return self.trickle(connection, GOOD * 3)

    def do_trickle_body(self, connection, head, body):
        connection.sendall(reply("Content-Length: 5000", length=False))
        return self.trickle(connection, b"x" * 5000)

    def do_moved_slow(self, connection, head, body):
        connection.sendall(reply("Location: /x", "Content-Length: 5000", status="307 Moved", length=False))
        return self.trickle(connection, b"x" * 5000)

    def do_slowly(self, connection, head, body):
        """Good, in octets of their own: no boundary may matter."""
        for octet in chunks(b"hel", b"lo"):
            connection.sendall(bytes([octet]))
            time.sleep(0.001)
        return True

    def flood(self, connection, first, part):
        connection.sendall(first)
        for _ in range(100000):
            connection.sendall(part)
        return False

    def do_flood_fields(self, connection, head, body):
        return self.flood(connection, b"HTTP/1.1 200 OK\r\n", b"X: yyyyyyyyyyyyyyyyyyyyyyyy\r\n")

    def do_flood_line(self, connection, head, body):
        return self.flood(connection, b"HTTP/1.1 200 OK\r\nX: ", b"y" * 1000)

    def do_flood_interim(self, connection, head, body):
        return self.flood(connection, b"", reply(status="100 Continue", length=False))

    def do_flood_chunks(self, connection, head, body):
        start = reply("Transfer-Encoding: chunked", length=False)
        return self.flood(connection, start, b"400\r\n" + b"x" * 1024 + CRLF)

    def do_flood_extension(self, connection, head, body):
        start = reply("Transfer-Encoding: chunked", length=False) + b"5;x="
        return self.flood(connection, start, b"y" * 1000)

    def do_flood_trailer(self, connection, head, body):
        return self.flood(connection, chunks(b"hello", end=b"0\r\n"), b"X: " + b"y" * 90 + CRLF)

    def do_flood_body(self, connection, head, body):
        return self.flood(connection, reply(length=False), b"x" * 1000)

    def do_large(self, connection, head, body):
        connection.sendall(reply(body=bytes(i % 251 for i in range(100000))))
        return True

    def do_large_chunked(self, connection, head, body):
        data = bytes(i % 251 for i in range(100000))
        connection.sendall(chunks(*[data[i:i + 777] for i in range(0, len(data), 777)]))
        return True

    def do_reset(self, connection, head, body):
        connection.sendall(GOOD[:20])
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", choices=["any", "1.2", "1.3"])
    parser.add_argument("--cert", action="append", default=[])
    parser.add_argument("--client-ca")
    parser.add_argument("--ciphers")
    parser.add_argument("--greeting")
    parser.add_argument("--flood")
    parser.add_argument("--when")
    parser.add_argument("--family", choices=["4", "6"], default="4")
    options = parser.parse_args()
    v6 = options.family == "6"
    listener = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET)
    # No more of a request is taken than is asked for, see do_early().
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 17)
    listener.bind(("::1" if v6 else "127.0.0.1", 0))
    listener.listen(16)
    print(listener.getsockname()[1], flush=True)
    server = Server(options)

    def accept():
        while True:
            raw, _ = listener.accept()
            threading.Thread(target=server.serve, args=(raw,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()
    os._exit(0)


main()

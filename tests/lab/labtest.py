# SPDX-License-Identifier: GPL-2.0-or-later
"""What the lab's own tests share: OpenSSL, a PKI, a running lab, and a foreign pledge."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from onlab import cms, events, pki, up, voucher

VOUCHER = "/.well-known/brski/requestvoucher"


def openssl(*arguments: str, data: bytes = b"") -> subprocess.CompletedProcess:
    return subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True)


def openssl_version() -> tuple[int, ...]:
    """(3, 0, 19): which of its own deviations a program of OpenSSL has."""
    word = openssl("version").stdout.decode().split()[1]
    return tuple(int(digits) for digits in re.findall(r"\d+", word)[:3])


class Base:
    """A directory with a PKI, made once per test module and shared by all who start a lab."""

    dir: Path
    pki: Path

    @classmethod
    def set_up(cls) -> None:
        cls.dir = Path(tempfile.mkdtemp(prefix="lab-test-"))
        cls.pki = cls.dir / "pki"
        pki.ensure(cls.pki)

    @classmethod
    def directory(cls) -> Path:
        """Of a new lab, with the PKI in it."""
        directory = Path(tempfile.mkdtemp(dir=cls.dir))
        pki.share(cls.pki, directory)
        return directory

    @classmethod
    def tear_down(cls) -> None:
        shutil.rmtree(cls.dir)


@contextmanager
def running(*arguments: str):
    """A lab in threads of this process; yields it."""
    lab = up.Lab(Base.directory(), up.options_of(arguments), up.Hosted)
    try:
        yield lab
    finally:
        lab.stop()


class Pledge:
    """A device that speaks BRSKI by OpenSSL's hand: what it sends owes nothing to the lab."""

    def __init__(self, lab: up.Lab, device: str = "idevid-p256", version=None) -> None:
        self.lab, self.dir = lab, lab.directory
        self.base = self.dir / "device" / device
        self.port = int(lab.facts["registrar"].rsplit(":", 1)[1])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if version:
            context.minimum_version = context.maximum_version = version
        context.load_cert_chain(f"{self.base}.pem", f"{self.base}.key")
        self.sock = context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), 10))
        self.registrar = self.sock.getpeercert(binary_form=True)
        self.nonce = os.urandom(24)

    def __del__(self) -> None:
        if hasattr(self, "sock"):  # not so after a failed handshake
            self.sock.close()

    def request(self, **leaves) -> bytes:
        members = {
            "assertion": "proximity",
            "nonce": base64.b64encode(self.nonce).decode(),
            "serial-number": "SN-0001",
            "proximity-registrar-cert": base64.b64encode(self.registrar).decode(),
            **leaves,
        }
        document = {"ietf-voucher-request:voucher": {k: v for k, v in members.items() if v}}
        made = openssl(
            "cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-md", "sha256",
            "-econtent_type", cms.JSON_VOUCHER, "-nosmimecap", "-signer", f"{self.base}.pem",
            "-inkey", f"{self.base}.key", "-certfile", self.dir / "manufacturer/sub.pem",
            data=json.dumps(document).encode(),
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        return made.stdout

    def post(self, where: str, body: bytes, media_type: str = voucher.MEDIA_TYPE, **headers):
        self.sock.settimeout(10)
        client = http.client.HTTPConnection("127.0.0.1", self.port)
        client.sock = self.sock
        all_headers = {"Content-Type": media_type, "Accept": media_type, **headers}
        client.request("POST", where, body, all_headers)
        answer = client.getresponse()
        return answer.status, answer.read(), answer.headers

    def ask(self, **leaves):
        return self.post(VOUCHER, self.request(**leaves))


def wait_for(directory: Path, what: str) -> dict:
    """The first event of a kind, once it is there."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = [event for event in events.read(directory) if event["what"] == what]
        if found:
            return found[0]
        time.sleep(0.05)
    raise AssertionError(f"no event {what}")


def verified(data: bytes, anchor: Path) -> dict | None:
    """The voucher's leaves if OpenSSL finds the signature good."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        result = openssl("cms", "-verify", "-inform", "DER", "-in", file.name, "-CAfile", anchor,
                         "-purpose", "any")  # fmt: skip
    return json.loads(result.stdout)["ietf-voucher:voucher"] if result.returncode == 0 else None

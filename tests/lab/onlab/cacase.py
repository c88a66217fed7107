# SPDX-License-Identifier: GPL-2.0-or-later
"""What the CA's tests share: a PKI of their own, a client, and what a good answer is."""

from __future__ import annotations

import shutil
import tempfile
import threading
import unittest
from contextlib import contextmanager
from pathlib import Path

from onlab import cacert, cahttp, cmpoids, der, pki
from onlab.ca import CA
from onlab.cacert import Certificate, Credential, read_pem
from onlab.cmpclient import Client, certificate_of, status_of
from onlab.cmpmac import SharedSecret
from onlab.cmpmsg import write_info

BASE = Path(tempfile.gettempdir())  # replaced by make_base()
SECRET = SharedSecret("SN-0001", b"correct horse battery staple")
WANT_IMPLICIT = write_info(cmpoids.IT_IMPLICIT_CONFIRM, der.null())


def make_base() -> Path:
    """A PKI for one test run; to be called from setUpModule."""
    global BASE
    BASE = Path(tempfile.mkdtemp(prefix="onlab-ca-"))
    pki.ensure(BASE)
    return BASE


def remove_base() -> None:
    shutil.rmtree(BASE)


def device(name: str = "p256") -> Credential:
    return Credential.load(BASE / "device" / f"idevid-{name}")


def profile(name: str) -> bytes:
    return write_info(cmpoids.IT_CERT_PROFILE, der.seq(der.utf8(name)))


class Case(unittest.TestCase):
    def make(self, *faults: str, **options) -> CA:
        return CA(BASE, faults, options)

    def client(self, ca: CA | None = None, path: str = "/.well-known/cmp", who: str = "p256"):
        return Client(device(who), ca or self.make(), path)

    def sharing(self, ca: CA | None = None, scheme: str = "pbmac1", **options) -> Client:
        """A client that has nothing but the secret."""
        ca = ca or self.make(secret=SECRET.value.decode(), **options)
        return Client(SECRET, ca, scheme=scheme)

    def owner(self, ca: CA, path: str = "/.well-known/cmp") -> Client:
        """A client with a certificate of the domain: enrolled before the CA had options."""
        first = self.client(self.make())
        certificate = self.assert_issued(first.enrol(), first)
        return Client(Credential(first.key, certificate, ca.issuer.chain), ca, path)

    def assert_refused(self, message, fail: str, kind: str = "error") -> None:
        status = status_of(message)
        self.assertEqual((message.kind, status.status, status.fail), (kind, 2, [fail]), status.text)
        self.assertTrue(status.text)
        self.assertIsNotNone(message.protection)

    def assert_issued(self, message, client: Client, kind: str = "ip") -> Certificate:
        self.assertEqual((message.kind, status_of(message).status), (kind, 0), status_of(message))
        certificate = Certificate(certificate_of(message) or b"")
        self.assertEqual(certificate.spki, cacert.spki_of(client.key))
        pool = [Certificate(raw) for raw in message.extra_certs]
        root = read_pem(BASE / "domain" / "root.pem")
        self.assertIsNotNone(cacert.find_path(certificate, pool, root))
        return certificate


@contextmanager
def serving(ca: CA):
    server = cahttp.listen(ca)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.stop()
        thread.join()

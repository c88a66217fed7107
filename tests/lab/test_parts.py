#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Judges the lab's parts by themselves: PKI, CMS, vouchers, telemetry, the table of scenarios."""

from __future__ import annotations

import os
import re
import socket
import ssl
import sys
import threading
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import cmp_scenarios  # noqa: E402
import handshakes  # noqa: E402
import scenarios  # noqa: E402
from labtest import VOUCHER, Base, Pledge, openssl, running, verified  # noqa: E402
from onlab import cms, doorway, events, faults, hellos, judge, masa, path, pki  # noqa: E402
from onlab import records, telemetry, tlsd, up, voucher  # noqa: E402

setUpModule, tearDownModule = Base.set_up, Base.tear_down


class HalfLines(unittest.TestCase):
    """Events of components that are killed in the middle of a line, or read then."""

    def test_half_a_line(self) -> None:
        directory = Base.directory()
        file = directory / "log" / "events.jsonl"
        first, second = events.Events(directory, "ca"), events.Events(directory, "masa")
        first.emit("one")
        for half in (b"{", b'{"who": "ca", "what": "half"', b"x" * 100000):
            with file.open("ab") as killed:
                killed.write(half)
            before = events.read(directory)
            self.assertTrue(file.read_bytes().endswith(half))
            second.emit("two")
            self.assertEqual(events.read(directory)[:-1], before)
            self.assertEqual(events.read(directory)[-1]["what"], "two")
        self.assertEqual(len(events.read(directory)), 4)


class PKI(unittest.TestCase):
    def check(self, anchor: str, *names: str, ok: bool = True, purpose: str = "any") -> None:
        base = Base.pki
        for name in names:
            file = base / f"{name}.pem"
            result = openssl("verify", "-CAfile", base / f"{anchor}.pem", "-untrusted", file,
                             "-purpose", purpose, "-x509_strict", file)  # fmt: skip
            self.assertEqual(result.returncode == 0, ok, f"{name}: {result.stderr.decode()}")

    def test_devices(self) -> None:
        names = [f"device/idevid-{k}" for k in ("p256", "p384", "rsa", "noserial")]
        self.check("manufacturer/root", *names, purpose="sslclient")
        self.check("manufacturer/root", "device/idevid-unknown", "device/idevid-expired", ok=False)

    def test_registrars(self) -> None:
        names = ("p256", "p384", "rsa", "renewed", "other", "big", "noeku")
        self.check("domain/root", *(f"domain/registrar-{n}" for n in names), purpose="sslserver")
        self.check("domain/root", "domain/registrar-below-ee", "domain/registrar-clone",
                   "domain/registrar-stranger", "domain/registrar-expired", ok=False)  # fmt: skip

    def test_voucher_signers(self) -> None:
        self.check("masa/root", "masa/signer", "masa/signer-direct")
        self.check("masa/root", "masa/clone-signer", "masa/rogue-signer", ok=False)

    def test_cmp_signers(self) -> None:
        self.check("domain/root", "domain/ra", "domain/ca-signer", "domain/norole")
        self.check("domain/root", "domain/expired-ra", "other/ee", ok=False)

    def test_keys_are_private_and_fit(self) -> None:
        for key in (Base.pki).rglob("*.key"):
            self.assertEqual(key.stat().st_mode & 0o777, 0o600)
            text = key.read_text()
            if "nokey" not in key.name:
                self.assertTrue(text.startswith("-----BEGIN PRIVATE KEY-----"), key)
                identity = pki.load(Base.pki, str(key.relative_to(Base.pki))[:-4])
                self.assertEqual(identity.key.public_key().public_numbers(),
                                 identity.cert.public_key().public_numbers())  # fmt: skip

    def test_device_certificate(self) -> None:
        text = openssl("x509", "-in", Base.pki / "device/idevid-p256.pem", "-noout", "-text",
                       "-nameopt", "RFC2253")  # fmt: skip
        for expected in (b"serialNumber=SN-0001", b"Dec 31 23:59:59 9999", b"masa.example"):
            self.assertIn(expected, text.stdout)
        bare = openssl("x509", "-in", Base.pki / "device/idevid-noaki.pem", "-noout", "-text")
        self.assertNotIn(b"Key Identifier", bare.stdout)

    def test_made_once(self) -> None:
        before = (Base.pki / "domain/root.pem").read_bytes()
        self.assertFalse(pki.ensure(Base.pki))
        self.assertEqual(before, (Base.pki / "domain/root.pem").read_bytes())


class CMS(unittest.TestCase):
    def setUp(self) -> None:
        self.signer = pki.load(Base.pki, "device/idevid-p256")
        self.roots = pki.read_certs(Base.pki / "manufacturer/root.pem")
        signers = (cms.Signer(self.signer),)
        self.good = cms.write(cms.Message(b'{"a":1}', signers, self.signer.certs))

    def accepts(self, data: bytes) -> bool:
        """As the registrar does: signature, and a path to a known manufacturer."""
        try:
            message = cms.verify(data)
        except cms.CmsError:
            return False
        return path.chains(message.signer_cert, message.certs, self.roots)

    def test_good(self) -> None:
        self.assertTrue(self.accepts(self.good))

    def test_every_prefix_refused(self) -> None:
        for end in range(len(self.good)):
            self.assertFalse(self.accepts(self.good[:end]))

    def test_bit_flips_refused(self) -> None:
        """All but the CMSVersion numbers, which any reader must be lenient about."""
        lenient = set()
        for position in range(len(self.good)):
            bent = bytearray(self.good)
            bent[position] ^= 1 << position % 8
            if self.accepts(bytes(bent)):
                lenient.add(position)
        for position in lenient:
            self.assertEqual(self.good[position - 2 : position], b"\x02\x01")
        self.assertLessEqual(len(lenient), 2)

    def test_samples_of_rfc8995(self) -> None:
        vectors = os.environ.get("ONRAMP_VECTORS") or HERE.parents[2] / "shared/vectors"
        sample = Path(vectors) / "rfc8995"
        if not sample.is_dir():
            self.skipTest("no vectors")
        for name in ("vr.der", "parboiled_vr.der", "voucher.der"):
            message = cms.verify((sample / name).read_bytes())
            self.assertEqual(message.content_type, cms.ID_DATA)
        self.assertFalse(self.accepts((sample / "vr.der").read_bytes()))  # another manufacturer


class Telemetry(unittest.TestCase):
    def test_reports(self) -> None:
        good = (b'{"version":1,"status":true}', b'{"version":1,"status":false,"reason":"x"}')
        for body in good:
            report = telemetry.read(body, "application/json")
            self.assertEqual((report.faults, report.remarks), ([], []))
        bad = (
            b"", b"[]", b'{"version":"1","status":true}', b'{"version":1}', b'{"status":true}',
            b'{"version":1,"status":"true"}', b'{"version":true,"status":true}',
            b'{"version":1,"status":true,"status":false}', b'{"Version":1,"status":true}',
            b'{"version":1,"status":false,"reason":1}', b'{"version":1,"status":NaN}',
            b'{"version":1,"status":false,"reason":"x","reason-context":"y"}',
        )  # fmt: skip
        for body in bad:
            self.assertTrue(telemetry.read(body, "application/json").faults, body)
        self.assertTrue(telemetry.read(good[0], "text/plain").faults)


class Vouchers(unittest.TestCase):
    """The MASA alone, without a network: every fault of its own changes what it issues."""

    @classmethod
    def setUpClass(cls) -> None:
        with running() as lab:
            pledge = Pledge(lab)
            cls.pvr = pledge.request()
        read = voucher.read_pledge_request(cls.pvr)
        registrar = pki.load(Base.pki, "domain/registrar-p256")
        root = pki.read_certs(Base.pki / "domain/root.pem")
        cls.rvr = voucher.registrar_request(
            read, cls.pvr, read.signed.signer_cert, registrar, (*registrar.certs, *root)
        )

    def issue(self, *names: str, rvr: bytes | None = None):
        options = up.options_of(scenarios.fault_options(names))
        service = masa.MASA(Base.pki, options, events.Events(Base.pki, "masa"))
        headers = {"content-type": voucher.MEDIA_TYPE}
        body = self.rvr if rvr is None else rvr
        return service.handle(tlsd.Request("POST", VOUCHER, headers, body, tlsd.Peer(0)))

    def test_good(self) -> None:
        self.assertTrue(verified(self.issue().body, Base.pki / "masa/root.pem"))

    def test_faults_show(self) -> None:
        """Dates and signatures apart, a fault must be visible in what is issued."""
        plain = self.issue()
        usual = cms.verify(plain.body)
        for name, found in faults.load_all().items():
            if found.component != faults.MASA or found.stage is None or name in QUIET:
                continue
            with self.subTest(name):
                answer = self.issue(name)
                self.assertEqual(answer.status, 200)
                if found.stage == "members":
                    message = cms.verify(answer.body)
                    self.assertNotEqual(undated(message.content), undated(usual.content))
                elif found.stage == "answer":
                    self.assertNotEqual(answer.media_type, plain.media_type)
                else:
                    self.assertNotEqual(shape(answer.body), shape(plain.body))

    def test_openssl_finds_forgeries_wrong(self) -> None:
        anchor = Base.pki / "masa/root.pem"
        for name in ("voucher-other-masa", "voucher-cloned-masa", "voucher-expired-signer",
                     "voucher-bad-signature", "voucher-digest-mismatch", "voucher-sid",
                     "voucher-two-signers", "voucher-masa-chain-missing", "voucher-truncated",
                     "voucher-by-device"):  # fmt: skip
            self.assertIsNone(verified(self.issue(name).body, anchor), name)
        for name in ("voucher-sha384", "voucher-iddata", "voucher-root-included"):
            self.assertIsNotNone(verified(self.issue(name).body, anchor), name)

    def test_masa_checks(self) -> None:
        read = voucher.read_pledge_request(self.pvr)
        idevid = read.signed.signer_cert

        def rvr(name: str) -> bytes:
            identity = pki.load(Base.pki, name)
            return voucher.registrar_request(read, self.pvr, idevid, identity, identity.certs)

        self.assertEqual(self.issue(rvr=rvr("domain/registrar-noeku")).status, 403)
        self.assertEqual(self.issue(rvr=rvr("domain/registrar-other")).status, 403)
        self.assertEqual(self.issue(rvr=self.rvr[:-1]).status, 400)
        self.assertEqual(self.issue(rvr=self.pvr).status, 403)
        self.assertEqual(self.issue("masa-lenient", rvr=rvr("domain/registrar-noeku")).status, 200)


# These show only with another pin than the usual, and in every third nonce.
QUIET = {"voucher-pin-root", "voucher-nonce-base64url"}


def undated(content: bytes) -> bytes:
    """The voucher's JSON without the moment it was made at."""
    today = voucher.moment()[:10].encode()
    return re.sub(today + rb"T\d\d:\d\d:\d\dZ", b"now", content)


def shape(data: bytes) -> tuple:
    """What two signatures over the same thing have in common."""
    try:
        message = cms.read(data)
    except cms.CmsError as error:
        return (str(error),)
    try:
        cms.verify(data)
        good = True
    except cms.CmsError:
        good = False
    certs = [pki.der(cert) for cert in message.certs]
    return (message.content_type, undated(message.content), certs, message.signer.digest,
            message.signer.serial, good)  # fmt: skip


class Records(unittest.TestCase):
    """Held against OpenSSL: it takes what is legal, and reads on with the right keys."""

    def meet(self, version: ssl.TLSVersion, *kinds: str) -> bytes:
        context = doorway.context_for(
            Base.pki, "domain/registrar-p256", version.name[-3:].replace("_", "."), faults.Switches()
        )
        context.verify_mode = ssl.CERT_NONE
        asks = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        asks.check_hostname, asks.verify_mode = False, ssl.CERT_NONE
        ours, theirs = socket.socketpair()

        def serve() -> None:
            connection = records.Connection(theirs, context)
            connection.shake_hands()
            connection.request()
            for kind in kinds:
                theirs.sendall(next(iter(records.FLOODS[kind](connection))))
            connection.write(records.DATA, b"all of it")
            theirs.close()

        server = threading.Thread(target=serve)
        server.start()
        with ours, asks.wrap_socket(ours, suppress_ragged_eofs=True) as tls:
            tls.settimeout(10)
            tls.sendall(b"GET / HTTP/1.1\r\n\r\n")
            answer = tls.recv(100)
        server.join()
        return answer

    def test_updates_and_tickets(self) -> None:
        for kind in ("key-update", "tickets"):
            self.assertEqual(self.meet(ssl.TLSVersion.TLSv1_3, kind, kind), b"all of it", kind)

    def test_nothing(self) -> None:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            self.assertEqual(self.meet(version), b"all of it")


class Hellos(unittest.TestCase):
    def test_read(self) -> None:
        made = ssl.MemoryBIO()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        tls = context.wrap_bio(ssl.MemoryBIO(), made, server_hostname="localhost")
        with self.assertRaises(ssl.SSLWantReadError):
            tls.do_handshake()
        first = made.read()
        found = hellos.read_all(first + bytes.fromhex("140303000101") + first)
        self.assertEqual(len(found), 2)
        self.assertIn("X25519", found[1].groups)
        self.assertIn(found[0].shares[-1], found[0].groups)


class Scenarios(unittest.TestCase):
    def test_each_fault_has_one(self) -> None:
        self.assertEqual(scenarios.uncovered(), [])
        self.assertEqual(cmp_scenarios.uncovered(), [])

    def test_names_are_unique(self) -> None:
        rows = [*scenarios.ROWS, *cmp_scenarios.ROWS, *handshakes.ROWS]
        names = [row.name for row in rows]
        self.assertEqual(len(names), len(set(names)))

    def test_exits_exist(self) -> None:
        known = judge.error_numbers(HERE.parents[1] / "platform/base/err.h")
        for row in [*scenarios.ROWS, *cmp_scenarios.ROWS]:
            self.assertEqual(row.exits - set(known) - {scenarios.ANY}, set(), row.name)


if __name__ == "__main__":
    unittest.main()

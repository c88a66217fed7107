#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Judges the lab's CA over HTTP by OpenSSL's word on it, and that each misbehaviour happens.

Run it as `python3 tests/lab/test_ca.py`; it needs no agent.
"""

from __future__ import annotations

import http.client
import shutil
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

import labtest  # noqa: E402
from onlab import cafaults, cmpoids, der  # noqa: E402
from onlab.ca import CA  # noqa: E402
from onlab.cacase import Case, device, make_base, remove_base, serving  # noqa: E402
from onlab.cacert import read_pem  # noqa: E402
from onlab.cmpclient import Client, certificate_of, status_of  # noqa: E402
from onlab.events import read as read_events  # noqa: E402

OPENSSL = shutil.which("openssl")
VERSION = labtest.openssl_version()
BASE: Path


def setUpModule() -> None:
    global BASE
    BASE = make_base()


tearDownModule = remove_base


class Misbehaviour(Case):
    """Every fault does something, and does it where it is told to."""

    def dialogue(self, ca: CA, give_up: int = 4) -> list[tuple]:
        """The wire bytes of one whole operation after another; CA errors end one early."""
        seen = []

        class Recorder:
            def handle(self, path: str, raw: bytes) -> tuple:
                seen.append(ca.handle(path, raw))
                return seen[-1]

        for kind in (cmpoids.IT_CA_CERTS, cmpoids.IT_CERT_REQ_TEMPLATE):
            self._try(lambda: Client(device(), Recorder()).inform(kind))
        client = Client(device(), Recorder())
        try:
            answer = client.enrol(implicit=False)
            for _ in range(give_up):
                if answer.kind not in ("ip", "pollRep", "error"):
                    break
                if answer.kind == "pollRep" or status_of(answer).status == 3:
                    answer = client.poll()
                elif certificate := certificate_of(answer):
                    answer = client.confirm(certificate)
        except (der.DerError, AssertionError, IndexError, TypeError):
            pass  # bent beyond this client's patience
        return seen

    def _try(self, ask) -> None:
        try:
            ask()
        except (der.DerError, AssertionError):
            pass

    def test_each_is_committed(self) -> None:
        for name in cafaults.of_scene(cafaults.ANY_SCENE):
            known = cafaults.REGISTER[name]
            with self.subTest(name):
                ca = self.make(name, template_check="off")
                self.dialogue(ca)
                self.assertTrue(ca.faults.committed, known.text)
        self.assertFalse([event for event in read_events(BASE) if event["what"] == "crash"])

    def test_everywhere(self) -> None:
        for place, index in (("cacerts", 0), ("template", 1), ("waiting", 2), ("pollrep", 3),
                             ("ip", 4), ("pkiconf", 5)):  # fmt: skip
            ca = self.make(f"cmp-wire-empty@{place}", wait=2)
            bodies = [raw for _, _, raw in self.dialogue(ca)]
            self.assertEqual(bodies[index], b"", place)
            self.assertEqual(bodies.count(b""), 1, place)

    def test_times(self) -> None:
        ca = self.make("cmp-error-transactionIdInUse:1")
        self.assert_refused(self.client(ca).enrol(), "transactionIdInUse")
        client = self.client(ca)
        self.assert_issued(client.enrol(), client)

    def test_unknown_names_are_refused(self) -> None:
        for bad in ("cmp-nothing", "cmp-pvno-1@nowhere", "cmp-pvno-1:x"):
            with self.assertRaises(ValueError):
                self.make(bad)


class Http(Case):
    def test_post_of_pkixcmp_only(self) -> None:
        with serving(self.make()) as port:
            for method, headers, status in (
                ("GET", {}, 405),
                ("POST", {"Content-Type": "text/plain"}, 415),
                ("POST", {"Content-Type": "application/pkixcmp"}, 200),
            ):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                connection.request(method, "/.well-known/cmp", b"x", headers)
                self.assertEqual(connection.getresponse().status, status)
                connection.close()

    def test_command(self) -> None:
        command = [HERE / "lab", "ca", BASE, "--cmp-template", "p384"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            port = int(process.stdout.readline())
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("POST", "/nowhere", b"")
            self.assertEqual(connection.getresponse().status, 415)
            connection.close()
            process.terminate()


@unittest.skipUnless(OPENSSL, "skipped: no openssl command")
class ByOpenssl(Case):
    """A client nobody here wrote: openssl cmp, over HTTP."""

    def setUp(self) -> None:
        self.work = Path(tempfile.mkdtemp(dir=BASE))
        self.key = self.work / "new.key"
        self.out = self.work / "new.pem"
        self.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.key)

    def openssl(self, *args) -> subprocess.CompletedProcess:
        command = [OPENSSL, *map(str, args)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def cmp(self, port: int, command: str, label: str, *more, who: Path | None = None, **files):
        who = who or BASE / "device" / "idevid-p256.pem"
        key = files.get("key", who.with_suffix(".key"))
        return self.openssl(
            "cmp", "-config", "", "-server", f"127.0.0.1:{port}", "-cmd", command,
            "-path", f".well-known/cmp{label}", "-cert", who, "-key", key,
            "-extracerts", who, "-trusted", BASE / "domain" / "root.pem",
            "-untrusted", BASE / "domain" / "sub.pem", "-total_timeout", "20", *more,
        )  # fmt: skip

    def ir(self, port: int, *more, **files):
        return self.cmp(
            port, "ir", "/initialization", "-newkey", self.key, "-certout", self.out,
            "-subject", "/O=Example Domain/serialNumber=SN-0001", *more, **files,
        )  # fmt: skip

    def verify(self, path: Path) -> None:
        found = self.openssl(
            "verify", "-x509_strict", "-CAfile", BASE / "domain" / "root.pem",
            "-untrusted", BASE / "domain" / "sub.pem", path,
        )  # fmt: skip
        self.assertEqual(found.returncode, 0, found.stderr)

    def test_enrolment(self) -> None:
        for option in ({}, {"confirm": "explicit"}, {"wait": 2, "check_after": 0},
                       {"signer": "ca"}, {"signer": "registrar"}, {"signer_certs": "first"},
                       {"signer": "alternate", "wait": 1}, {"capubs": "on"},
                       {"message_time": "off"}):  # fmt: skip
            for ask in ((), ("-implicit_confirm",)):
                with self.subTest(str(option), ask=ask), serving(self.make(**option)) as port:
                    done = self.ir(port, *ask)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    implicit = bool(ask) and option.get("confirm") != "explicit"
                    self.assertEqual("CERTCONF" in done.stdout + done.stderr, not implicit)
                    self.verify(self.out)

    def test_keys_of_every_kind(self) -> None:
        with serving(self.make()) as port:
            for who in ("p256", "p384", "rsa", "noaki"):
                done = self.ir(port, who=BASE / "device" / f"idevid-{who}.pem")
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_extensions_are_as_asked(self) -> None:
        with serving(self.make()) as port:
            done = self.ir(port, "-sans", "router.example 10.1.2.3")
        self.assertEqual(done.returncode, 0, done.stderr)
        text = self.openssl("x509", "-in", self.out, "-noout", "-text", "-nameopt", "RFC2253").stdout
        self.assertIn("DNS:router.example, IP Address:10.1.2.3", text)
        self.assertIn("Subject: serialNumber=SN-0001,O=Example Domain\n", text)
        serial = self.openssl("x509", "-in", self.out, "-noout", "-serial").stdout.strip()
        books = {path.stem.upper() for path in (BASE / "ca" / "issued").iterdir()}
        self.assertIn(serial.partition("=")[2], books)

    def test_life_of_a_certificate(self) -> None:
        with serving(self.make()) as port:
            self.assertEqual(self.ir(port, "-implicit_confirm").returncode, 0)
            newer = self.work / "newer.pem"
            mine = {"who": self.out, "key": self.key}
            for command, label, more in (
                ("kur", "/keyupdate", ("-newkey", self.key, "-certout", newer)),
                ("cr", "/certification", ("-newkey", self.key, "-certout", newer,
                                          "-subject", "/O=Example Domain/serialNumber=SN-0001")),
                ("rr", "/revocation", ("-oldcert", self.out, "-revreason", "0")),
            ):  # fmt: skip
                done = self.cmp(port, command, label, *more, **mine)
                self.assertEqual(done.returncode, 0, command + done.stderr)
            self.verify(newer)
            late = self.cmp(port, "genm", "/getcacerts", "-infotype", "caCerts",
                            "-cacertsout", self.work / "late.pem", **mine)  # fmt: skip
            self.assertIn("signerNotTrusted", late.stderr + late.stdout)

    def test_pkcs10(self) -> None:
        csr = self.work / "csr.pem"
        self.openssl("req", "-new", "-key", self.key, "-out", csr,
                     "-subj", "/O=Example Domain/serialNumber=SN-0001")  # fmt: skip
        with serving(self.make(wait=1)) as port:
            done = self.cmp(port, "p10cr", "/pkcs10", "-csr", csr, "-certout", self.out)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.verify(self.out)

    def test_information(self) -> None:
        with serving(self.make()) as port:
            done = self.cmp(port, "genm", "/getcacerts", "-infotype", "caCerts",
                            "-cacertsout", self.out)  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        if VERSION < (3, 2):  # names what came, and keeps nothing
            self.assertIn("id-it-caCerts", done.stdout + done.stderr)
        else:
            self.assertEqual([cert.raw for cert in read_pem(self.out)],
                             [read_pem(BASE / "domain" / "sub.pem")[0].raw])  # fmt: skip

    def test_refusals_are_authentic(self) -> None:
        unknown = BASE / "device" / "idevid-unknown.pem"
        with serving(self.make()) as port:
            for done, fail in (
                (self.ir(port, who=unknown), "signerNotTrusted"),
                (self.ir(port, "-unprotected_requests"), "badMessageCheck"),
                (self.ir(port, "-popo", "0"), "badPOP"),
                (self.ir(port, "-subject", "/CN=else"), "notAuthorized"),
            ):
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(fail, done.stdout + done.stderr)

    # Without these OpenSSL does what RFC 9483 asks of an end entity.
    LENIENT = {  # it looks at nothing in the certificate but the key ...
        *(f"cmp-cert-{name}" for name in (
            "backwards", "bad-signature", "ca", "cloned-issuer", "critical", "expired",
            "no-san", "no-subject", "not-yet-valid", "other-pki", "wrong-eku", "wrong-key-usage",
            "wrong-san", "wrong-subject")),
        # ... at no clock, no nonce's length, no role of the signer
        "cmp-message-time-future", "cmp-message-time-garbage", "cmp-message-time-past",
        "cmp-pkiconf-garbage", "cmp-protection-sha1", "cmp-sender-nonce-short",
        "cmp-signer-device", "cmp-signer-norole", "cmp-status-warning", "cmp-wire-long-length",
    }  # fmt: skip
    STRICT: set[str] = set()
    if VERSION < (3, 2):
        LENIENT |= {"cmp-private-key"}
        STRICT |= {"cmp-pvno-3", "cmp-http-type-case"}
    else:
        STRICT |= {"cmp-wait-again"}
    HANGS = {"cmp-wire-empty"}  # waits for more until its connection times out

    def test_faults_as_openssl_sees_them(self) -> None:
        names = [name for name, verdict in cafaults.of_scene(cafaults.ANY_SCENE).items()
                 if verdict != "policy" and name not in self.HANGS
                 and cafaults.REGISTER[name].place not in ("cacerts", "template")]  # fmt: skip
        with ThreadPoolExecutor(4) as pool:
            for name, done in zip(names, pool.map(self._suffer, names)):
                with self.subTest(name):
                    self.assertEqual(done.returncode == 0, self._takes(name),
                                     done.stdout + done.stderr)  # fmt: skip

    def _takes(self, name: str) -> bool:
        return (cafaults.VERDICTS[name] == "takes") != (name in self.LENIENT | self.STRICT)

    def _suffer(self, name: str) -> subprocess.CompletedProcess:
        options = {"confirm": "explicit", "check_after": 0, "template_check": "off"}
        # Some failures are that it waits in vain; what ends well may take its time.
        patience = "50" if self._takes(name) else "8"
        with serving(self.make(name, **options)) as port:
            return self.ir(port, "-certout", self.work / f"{name}.pem", "-total_timeout", patience)


if __name__ == "__main__":
    unittest.main()

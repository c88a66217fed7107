#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Judges the lab itself, with OpenSSL's command line and a pledge made of standard Python.

Run it as `python3 tests/lab/test_lab.py`; it needs no agent.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from onlab import ca, cms, events, faults, masa, path, pki, registrar, telemetry  # noqa: E402
import scenarios  # noqa: E402
from onlab import judge, tlsd, up, voucher  # noqa: E402

LAB = HERE / "lab"
VOUCHER = "/.well-known/brski/requestvoucher"
BASE: Path  # a directory with a PKI, copied by whoever starts a lab


def openssl(*arguments: str, data: bytes = b"") -> subprocess.CompletedProcess:
    return subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True)


def setUpModule() -> None:
    global BASE
    BASE = Path(tempfile.mkdtemp(prefix="lab-test-"))
    pki.ensure(BASE / "pki")


def tearDownModule() -> None:
    shutil.rmtree(BASE)


@contextmanager
def running(*arguments: str):
    """A lab in this process's children; yields it."""
    directory = Path(tempfile.mkdtemp(dir=BASE))
    shutil.copytree(BASE / "pki", directory, dirs_exist_ok=True)
    lab = up.Lab(directory, parse(arguments))
    try:
        yield lab
    finally:
        lab.stop()


def parse(arguments) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fault", action="append", default=[])
    parser.add_argument("--port", type=int, default=0)
    for module in (masa, registrar, ca):
        module.add_arguments(parser)
    options = parser.parse_args(arguments)
    up.sort_faults(options)
    return options


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


def verified(data: bytes, anchor: Path) -> dict | None:
    """The voucher's leaves if OpenSSL finds the signature good."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        result = openssl("cms", "-verify", "-inform", "DER", "-in", file.name, "-CAfile", anchor,
                         "-purpose", "any")  # fmt: skip
    return json.loads(result.stdout)["ietf-voucher:voucher"] if result.returncode == 0 else None


class PKI(unittest.TestCase):
    def check(self, anchor: str, *names: str, ok: bool = True, purpose: str = "any") -> None:
        base = BASE / "pki"
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
        for key in (BASE / "pki").rglob("*.key"):
            self.assertEqual(key.stat().st_mode & 0o777, 0o600)
            text = key.read_text()
            if "nokey" not in key.name:
                self.assertTrue(text.startswith("-----BEGIN PRIVATE KEY-----"), key)
                identity = pki.load(BASE / "pki", str(key.relative_to(BASE / "pki"))[:-4])
                self.assertEqual(identity.key.public_key().public_numbers(),
                                 identity.cert.public_key().public_numbers())  # fmt: skip

    def test_device_certificate(self) -> None:
        text = openssl("x509", "-in", BASE / "pki/device/idevid-p256.pem", "-noout", "-text")
        for expected in (b"serialNumber = SN-0001", b"Dec 31 23:59:59 9999", b"masa.example"):
            self.assertIn(expected, text.stdout)
        bare = openssl("x509", "-in", BASE / "pki/device/idevid-noaki.pem", "-noout", "-text")
        self.assertNotIn(b"Key Identifier", bare.stdout)

    def test_made_once(self) -> None:
        before = (BASE / "pki/domain/root.pem").read_bytes()
        self.assertFalse(pki.ensure(BASE / "pki"))
        self.assertEqual(before, (BASE / "pki/domain/root.pem").read_bytes())


class CMS(unittest.TestCase):
    def setUp(self) -> None:
        self.signer = pki.load(BASE / "pki", "device/idevid-p256")
        self.roots = pki.read_certs(BASE / "pki/manufacturer/root.pem")
        self.good = cms.write(cms.Message(b'{"a":1}', (cms.Signer(self.signer),), self.signer.certs))

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


class Registrar(unittest.TestCase):
    def test_voucher_for_a_foreign_pledge(self) -> None:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with running() as lab:
                pledge = Pledge(lab, version=version)
                status, body, headers = pledge.ask()
                self.assertEqual((status, headers["Content-Type"]), (200, voucher.MEDIA_TYPE))
                leaves = verified(body, lab.directory / "masa/root.pem")
                self.assertEqual(leaves["nonce"], base64.b64encode(pledge.nonce).decode())
                self.assertEqual(leaves["assertion"], "proximity")
                self.assertEqual(leaves["serial-number"], "SN-0001")
                root = pki.read_certs(lab.directory / "domain/root.pem")[0]
                self.assertEqual(base64.b64decode(leaves["pinned-domain-cert"]), pki.der(root))

    def test_pins(self) -> None:
        wants = {"domain-sub": "pinned-domain-cert", "registrar-ee": "pinned-domain-cert",
                 "registrar-selfsigned": "pinned-domain-cert", "pubk": "pinned-domain-pubk",
                 "pubk-sha256": "pinned-domain-pubk-sha256"}  # fmt: skip
        for pin, leaf in wants.items():
            with running("--pin", pin) as lab:
                leaves = verified(Pledge(lab).ask()[1], lab.directory / "masa/root.pem")
                self.assertEqual([k for k in leaves if k.startswith("pinned")], [leaf])

    def test_devices(self) -> None:
        for device in ("idevid-p384", "idevid-rsa", "idevid-noaki"):
            with running("--masa-signer", "signer-direct", "--econtent", "data") as lab:
                status, body, _ = Pledge(lab, device).ask()
                self.assertEqual(status, 200)
                self.assertTrue(verified(body, lab.directory / "masa/root.pem"))

    def test_refusals(self) -> None:
        with running("--require-serial", "SN-0001") as lab:
            cases = (
                ({"serial-number": "SN-0002"}, 403),
                ({"nonce": None}, 400),
                ({"nonce": "AAAA"}, 400),
                ({"assertion": "logged"}, 400),
                ({"colour": "blue"}, 400),
                ({"proximity-registrar-cert": "AAAA"}, 401),
            )
            for leaves, expected in cases:
                self.assertEqual(Pledge(lab).ask(**leaves)[0], expected, leaves)
            pledge = Pledge(lab)
            good = pledge.request()
            self.assertEqual(pledge.post(VOUCHER, good[:-1])[0], 400)
            bent = bytearray(good)
            bent[-1] ^= 1
            self.assertEqual(pledge.post(VOUCHER, bytes(bent))[0], 403)
            self.assertEqual(pledge.post(VOUCHER, good, "application/json")[0], 415)
            other = Pledge(lab, "idevid-serial-0002")
            self.assertEqual(other.post(VOUCHER, good)[0], 403)
            self.assertEqual(other.ask(**{"serial-number": "SN-0002"})[0], 404)

    def test_stranger_is_kept_out(self) -> None:
        with running() as lab, self.assertRaises((ssl.SSLError, OSError)):
            Pledge(lab, "idevid-unknown").ask()

    def test_events(self) -> None:
        with running("--fault", "http-202-once") as lab:
            pledge = Pledge(lab)
            request = pledge.request()
            status, _, headers = pledge.post(VOUCHER, request)
            self.assertEqual((status, headers["Retry-After"]), (202, "1"))
            self.assertEqual(pledge.post(VOUCHER, request)[0], 200)
            report = b'{"version":1,"status":true}'
            for name in ("voucher_status", "enrollstatus"):
                status, _, _ = pledge.post(f"/.well-known/brski/{name}", report, "application/json")
                self.assertEqual(status, 200)
            seen = events.read(lab.directory)
            requests = [e for e in seen if e["what"] == "pvr"]
            self.assertEqual([e["identical"] for e in requests], [False, True])
            heard = [e for e in seen if e["what"] in ("voucher_status", "enrollstatus")]
            self.assertEqual([e["peer"] for e in heard], ["idevid", "idevid"])
            self.assertEqual(heard[0]["body"], {"version": 1, "status": True})
            # OpenSSL always adds a signingTime.
            remarks = [e["remarks"] for e in seen if e["what"] == "pvr_good"]
            self.assertEqual(remarks, [["signingTime from a pledge without a clock"]])


class Faults(unittest.TestCase):
    """Each misbehaviour does something, and nothing else breaks the lab."""

    def ask(self, *names: str):
        arguments = [word for name in names for word in ("--fault", name)]
        with running(*arguments) as lab:
            pledge = Pledge(lab)
            return pledge.ask(), lab.directory, pledge

    def test_unknown_names_are_refused(self) -> None:
        for text in ("no-such-fault", "http-403@nowhere", "http-403:often"):
            with self.assertRaises(ValueError):
                faults.load_all()
                faults.Switches([text])

    def test_transport_faults(self) -> None:
        cases = {"http-403": 403, "http-503": 503, "http-202-forever": 202, "http-301-same": 301,
                 "http-redirect-plain": 307, "http-redirect-other-origin": 307,
                 "mitm-relay": 401}  # fmt: skip
        for name, expected in cases.items():
            with self.subTest(name):
                self.assertEqual(self.ask(name)[0][0], expected)

    def test_wire_faults(self) -> None:
        for name in ("http-garbage", "http-close", "http-short-body", "http-chunked-broken"):
            with self.subTest(name), self.assertRaises((http.client.HTTPException, OSError)):
                self.ask(name)
        for name in ("http-chunked", "http-slow", "http-no-length", "conn-close-each-response"):
            with self.subTest(name):
                self.assertEqual(self.ask(name)[0][0], 200)

    def test_handshake_faults(self) -> None:
        for name in ("tls-close-in-handshake", "tls-garbage", "tls-plain", "tls-alert",
                     "tls-no-cert-possession", "tls-old", "tls-anonymous"):  # fmt: skip
            with self.subTest(name), self.assertRaises((ssl.SSLError, OSError)):
                self.ask(name)

    def test_second_origin_works(self) -> None:
        with running("--fault", "http-redirect-other-origin") as lab:
            status, _, headers = Pledge(lab).ask()
            self.assertEqual(status, 307)
            origin, _, _ = headers["Location"].partition("/.well-known")
            lab.facts["registrar"] = origin
            self.assertEqual(Pledge(lab).ask()[0], 200)

    def test_other_certificate_later(self) -> None:
        with running("--fault", "tls-other-cert-after-pin") as lab:
            first = Pledge(lab)
            self.assertEqual(first.ask()[0], 200)
            self.assertNotEqual(Pledge(lab).registrar, first.registrar)


class Vouchers(unittest.TestCase):
    """The MASA alone, without a network: every fault of its own changes what it issues."""

    @classmethod
    def setUpClass(cls) -> None:
        with running() as lab:
            pledge = Pledge(lab)
            cls.pvr = pledge.request()
        read = voucher.read_pledge_request(cls.pvr)
        registrar = pki.load(BASE / "pki", "domain/registrar-p256")
        root = pki.read_certs(BASE / "pki/domain/root.pem")
        cls.rvr = voucher.registrar_request(
            read, cls.pvr, read.signed.signer_cert, registrar, (*registrar.certs, *root)
        )

    def issue(self, *names: str, rvr: bytes | None = None):
        options = parse([word for name in names for word in ("--fault", name)])
        service = masa.MASA(BASE / "pki", options, events.Events(BASE / "pki", "masa"))
        headers = {"content-type": voucher.MEDIA_TYPE}
        body = self.rvr if rvr is None else rvr
        return service.handle(tlsd.Request("POST", VOUCHER, headers, body, tlsd.Peer(0)))

    def test_good(self) -> None:
        self.assertTrue(verified(self.issue().body, BASE / "pki/masa/root.pem"))

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
        anchor = BASE / "pki/masa/root.pem"
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
            identity = pki.load(BASE / "pki", name)
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


def alive(pid: int) -> bool:
    """A zombie is only waiting for init."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class Scenarios(unittest.TestCase):
    def test_each_fault_has_one(self) -> None:
        self.assertEqual(scenarios.uncovered(), [])

    def test_names_are_unique(self) -> None:
        names = [row.name for row in scenarios.ROWS]
        self.assertEqual(len(names), len(set(names)))

    def test_exits_exist(self) -> None:
        known = judge.error_numbers(HERE.parents[1] / "platform/base/err.h")
        for row in scenarios.ROWS:
            self.assertEqual(row.exits - set(known) - {scenarios.ANY}, set(), row.name)


class Command(unittest.TestCase):
    def lab(self, *arguments: str, **more) -> subprocess.CompletedProcess:
        return subprocess.run([LAB, *arguments], capture_output=True, text=True, **more)

    def test_help_and_list(self) -> None:
        for command in ("pki", "masa", "registrar", "ca", "up", "faults"):
            self.assertEqual(self.lab(command, "--help").returncode, 0)
        self.assertIn("voucher-nonce", self.lab("faults").stdout)

    def test_exec_passes_the_status_and_leaves_nobody(self) -> None:
        directory = tempfile.mkdtemp(dir=BASE)
        script = 'test -n "$LAB_REGISTRAR_URL" && cat "$LAB_JSON" && exit 7'
        result = self.lab("up", directory, "--exec", "sh", "-c", script)
        self.assertEqual(result.returncode, 7, result.stderr)
        self.gone(json.loads(result.stdout)["pids"])

    def gone(self, pids: dict) -> None:
        deadline = time.monotonic() + 2
        while any(map(alive, pids.values())) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual([pid for pid in pids.values() if alive(pid)], [])

    def test_signals_leave_nobody(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
            directory = tempfile.mkdtemp(dir=BASE)
            process = subprocess.Popen([LAB, "up", directory], stdout=subprocess.PIPE, text=True)
            facts = json.loads(process.stdout.readline())
            process.send_signal(number)
            process.wait(10)
            process.stdout.close()
            self.gone(facts["pids"])

    def test_bad_fault_is_said(self) -> None:
        result = self.lab("up", tempfile.mkdtemp(dir=BASE), "--fault", "x", "--exec", "true")
        self.assertEqual(result.returncode, 1)
        self.assertIn("no fault is called x", result.stderr)


if __name__ == "__main__":
    unittest.main()

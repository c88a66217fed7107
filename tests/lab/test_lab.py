#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Judges the running lab, with a pledge made of OpenSSL's command line and standard Python.

Run it as `python3 tests/lab/test_lab.py`; it needs no agent.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import signal
import ssl
import subprocess
import sys
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from labtest import VOUCHER, Base, Pledge, running, verified, wait_for  # noqa: E402
from onlab import events, faults, pki, voucher  # noqa: E402

LAB = HERE / "lab"

setUpModule, tearDownModule = Base.set_up, Base.tear_down


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

    def test_proximity_by_key(self) -> None:
        """8366bis: the registrar's key, or its hash, instead of the certificate."""
        with running() as lab:
            pledge = Pledge(lab)
            key = pki.spki(pki.load(lab.directory, "domain/registrar-p256").cert)
            for leaf, value in (("proximity-registrar-pubk", key),
                                ("proximity-registrar-pubk-sha256", hashlib.sha256(key).digest())):
                for octets, expected in ((value, 200), (value[:-1], 401)):
                    leaves = {"proximity-registrar-cert": None, leaf: voucher.b64(octets)}
                    status, body, _ = Pledge(lab).ask(**leaves)
                    self.assertEqual(status, expected)
            self.assertEqual(pledge.ask()[0], 200)

    def test_audit_log(self) -> None:
        with running() as lab:
            pledge = Pledge(lab)
            pledge.ask()
            report = b'{"version":1,"status":true}'
            pledge.post("/.well-known/brski/voucher_status", report, "application/json")
            log = wait_for(lab.directory, "audit_log")["body"]
            self.assertEqual(log["version"], 1)
            self.assertEqual([e["assertion"] for e in log["events"]], ["proximity"])
            self.assertEqual(log["events"][0]["nonce"], voucher.b64(pledge.nonce))

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


def alive(pid: int) -> bool:
    """A zombie is only waiting for init."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class Command(unittest.TestCase):
    def lab(self, *arguments: str, **more) -> subprocess.CompletedProcess:
        return subprocess.run([LAB, *arguments], capture_output=True, text=True, **more)

    def test_help_and_list(self) -> None:
        for command in ("pki", "masa", "registrar", "ca", "up", "faults"):
            self.assertEqual(self.lab(command, "--help").returncode, 0)
        self.assertIn("voucher-nonce", self.lab("faults").stdout)

    def test_exec_passes_the_status_and_leaves_nobody(self) -> None:
        directory = Base.directory()
        script = 'test -n "$LAB_REGISTRAR_URL" && cat "$LAB_JSON" && exit 7'
        result = self.lab("up", directory, "--exec", "sh", "-c", script)
        self.assertEqual(result.returncode, 7, result.stderr)
        self.gone(json.loads(result.stdout)["pids"])

    def gone(self, pids: dict) -> None:
        deadline = time.monotonic() + 60
        while any(map(alive, pids.values())) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual([pid for pid in pids.values() if alive(pid)], [])

    def test_signals_leave_nobody(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
            directory = Base.directory()
            process = subprocess.Popen([LAB, "up", directory], stdout=subprocess.PIPE, text=True)
            facts = json.loads(process.stdout.readline())
            process.send_signal(number)
            process.wait(120)
            process.stdout.close()
            self.gone(facts["pids"])

    def test_signals_end_the_command_too(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
            directory = Base.directory()
            process = subprocess.Popen(
                [LAB, "up", directory, "--exec", "sh", "-c", "echo $$; exec sleep 600"],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            )  # fmt: skip
            command = int(process.stdout.readline())
            process.send_signal(number)
            process.wait(120)
            process.stdout.close()
            facts = json.loads((directory / "lab.json").read_text())
            self.gone({**facts["pids"], "command": command})

    def test_bad_fault_is_said(self) -> None:
        result = self.lab("up", Base.directory(), "--fault", "x", "--exec", "true")
        self.assertEqual(result.returncode, 1)
        self.assertIn("no fault is called x", result.stderr)


if __name__ == "__main__":
    unittest.main()

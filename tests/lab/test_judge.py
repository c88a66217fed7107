#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Judges the judge: whatever an unsound agent would do must draw a complaint."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from labtest import Base  # noqa: E402
from onlab import judge, pki  # noqa: E402
from onlab.device import Device, config_text  # noqa: E402

setUpModule, tearDownModule = Base.set_up, Base.tear_down

GOOD = {"version": 1, "status": True}


def report(what: str, number: int = 1, peer: str = "idevid", body: dict | None = None) -> dict:
    return {"what": what, "body": body or GOOD, "faults": [], "remarks": [], "number": number,
            "peer": peer, "origin": 0}  # fmt: skip


class Case(unittest.TestCase):
    def setUp(self) -> None:
        self.root = Path(tempfile.mkdtemp(dir=Base.dir)) / "root"
        self.device = Device(self.root, Base.pki)

    def enrol(self, name: str = "domain/registrar-p256") -> None:
        """What a sound agent leaves behind, with some certificate of the domain."""
        identity = pki.load(Base.pki, name)
        files = self.root / "etc/onramp/gen/0001"
        files.mkdir(parents=True)
        chain = b"".join(map(pki.pem, identity.chain))
        (files / "cert.pem").write_bytes(pki.pem(identity.cert))
        (files / "chain.pem").write_bytes(chain)
        (files / "fullchain.pem").write_bytes(pki.pem(identity.cert) + chain)
        shutil.copy(Base.pki / "domain/root.pem", files / "roots.pem")
        shutil.copy(Base.pki / f"{name}.key", files / "key.pem")
        self.device.live.symlink_to("gen/0001")
        (self.root / "etc/config/onramp_state").write_text("config result 'operational'\n")

    def run_of(self, status: int | None, *events: dict, output: str = "") -> judge.Run:
        return judge.Run(status, output, self.device, list(events))

    def sound(self, complaints) -> None:
        self.assertEqual(list(complaints), [])

    def unsound(self, complaints, word: str) -> None:
        found = list(complaints)
        self.assertTrue(any(word in complaint for complaint in found), found)


class Universal(Case):
    def test_sound(self) -> None:
        self.sound(judge.universal(self.run_of(12, output="onramp: no\n\tway\n")))
        self.enrol()
        self.sound(judge.universal(self.run_of(0)))

    def test_ends(self) -> None:
        for status, word in ((None, "in time"), (-11, "crashed"), (139, "crashed"), (9, "rules")):
            self.unsound(judge.universal(self.run_of(status)), word)

    def test_output(self) -> None:
        for text in ("\x1b[2J", "a\rb", "\x00", "\u202e", "\x9b1m"):
            self.unsound(judge.universal(self.run_of(20, output=text)), "control characters")
        for text in ("x.c:1:2: runtime error: x", "==1==ERROR: AddressSanitizer: x"):
            self.unsound(judge.universal(self.run_of(20, output=text)), "sanitizer")

    def test_status_and_disk_agree(self) -> None:
        self.unsound(judge.universal(self.run_of(0)), "live is False")
        self.enrol()
        self.unsound(judge.universal(self.run_of(66)), "live is True")

    def test_wire(self) -> None:
        cases = (
            ({"what": "plain_http", "path": "/"}, "plain http"),
            ({"what": "connection", "number": 2, "resumed": True}, "resumed"),
            ({"what": "bad_request", "why": "x"}, "improper HTTP"),
            ({**report("voucher_status"), "faults": ["x"]}, "voucher_status: x"),
            ({**report("enrollstatus"), "remarks": ["x"]}, "enrollstatus: x"),
            ({"what": "pvr_good", "nonce": "A", "sha256": "1", "remarks": ["x"]}, "request: x"),
        )
        for event, word in cases:
            self.unsound(judge.universal(self.run_of(20, event)), word)

    def test_nonces(self) -> None:
        first, again, other = (
            {"what": "pvr_good", "nonce": n, "sha256": s, "remarks": []}
            for n, s in (("A", "1"), ("A", "1"), ("A", "2"))
        )
        self.sound(judge.universal(self.run_of(20, first, again)))
        self.unsound(judge.universal(self.run_of(20, first, other)), "same nonce")


class Live(Case):
    def spoiled(self, word: str) -> None:
        self.unsound(judge.universal(self.run_of(0)), word)

    def test_missing_file(self) -> None:
        self.enrol()
        (self.device.live / "roots.pem").unlink()
        self.spoiled("lacks roots.pem")

    def test_other_key(self) -> None:
        self.enrol()
        shutil.copy(Base.pki / "domain/registrar-other.key", self.device.live / "key.pem")
        self.spoiled("not the certificate's key")

    def test_open_key(self) -> None:
        self.enrol()
        (self.device.live / "key.pem").chmod(0o644)
        self.spoiled("read by others")

    def test_foreign_roots(self) -> None:
        self.enrol()
        shutil.copy(Base.pki / "other/root.pem", self.device.live / "roots.pem")
        self.spoiled("does not chain")

    def test_torn_chain(self) -> None:
        self.enrol()
        shutil.copy(Base.pki / "domain/sub.pem", self.device.live / "fullchain.pem")
        self.spoiled("fullchain.pem is not")

    def test_garbage(self) -> None:
        self.enrol()
        (self.device.live / "key.pem").write_text("-----BEGIN PRIVATE KEY-----\nx\n")
        self.spoiled("cannot be read")

    def test_no_state(self) -> None:
        self.enrol()
        (self.root / "etc/config/onramp_state").unlink()
        self.spoiled("onramp_state")


class Outcomes(Case):
    def test_order(self) -> None:
        cmp = {"what": "cmp", "number": 1, "origin": 0}
        self.sound(judge.trusted_in_order(self.run_of(0, report("voucher_status"), cmp)))
        self.unsound(judge.trusted_in_order(self.run_of(0, cmp, report("voucher_status"))), "CMP")
        bad = report("voucher_status", body={"version": 1, "status": False, "reason": "x"})
        self.unsound(judge.trusted_in_order(self.run_of(0, bad, cmp)), "CMP")

    def test_never_trusted(self) -> None:
        self.sound(judge.never_trusted(self.run_of(36)))
        for event, word in (({"what": "cmp"}, "CMP"), ({"what": "ir"}, "CMP"),
                            (report("voucher_status"), "as good"),
                            (report("enrollstatus"), "never began")):  # fmt: skip
            self.unsound(judge.never_trusted(self.run_of(36, event)), word)
        staged = self.root / "etc/onramp/gen/0001"
        staged.mkdir(parents=True)
        (staged / "key.pem").write_text("x")
        self.unsound(judge.never_trusted(self.run_of(36)), "left behind")
        self.unsound(judge.never_trusted(self.run_of(36), ("other",)), "left behind")

    def test_enrolled(self) -> None:
        self.enrol()
        digest = hashlib.sha256(pki.der(self.device.certificate())).hexdigest()
        issued = {"what": "issued", "sha256": digest}
        self.sound(judge.enrolled(self.run_of(0, issued)))
        self.unsound(judge.enrolled(self.run_of(0)), "not one the CA issued")
        explicit = {"what": "ir", "implicitConfirm": False}
        self.unsound(judge.enrolled(self.run_of(0, issued, explicit)), "not confirmed")
        self.sound(judge.enrolled(self.run_of(0, issued, explicit, {"what": "confirmed"})))
        refused = {"what": "rejected_by_client"}
        self.unsound(judge.enrolled(self.run_of(0, issued, refused)), "rejected")

    def test_reports(self) -> None:
        voucher, cmp = report("voucher_status"), {"what": "cmp", "number": 1, "origin": 0}
        good = report("enrollstatus", number=2, peer="ldevid")
        self.sound(judge.enrolment_reported(self.run_of(0, voucher, cmp, good)))
        for event, word in ((report("enrollstatus", 2, "idevid"), "with the idevid"),
                            (report("enrollstatus", 1, "ldevid"), "on the connection")):
            self.unsound(judge.enrolment_reported(self.run_of(0, voucher, cmp, event)), word)
        self.unsound(judge.enrolment_reported(self.run_of(0, voucher, cmp)), "no enrollstatus")
        self.unsound(judge.enrolment_reported(self.run_of(0, good)), "no voucher_status")

    def test_contact(self) -> None:
        self.unsound(judge.came_there(self.run_of(12)), "never connected")
        self.sound(judge.came_there(self.run_of(12, {"what": "accepted", "who": "registrar"})))


class Config(unittest.TestCase):
    def test_settings(self) -> None:
        text = config_text(["https://a:1"], {"lan.key_type": "ec384", "lan.dns_name": "x"})
        self.assertIn("\toption key_type 'ec384'\n\tlist dns_name 'x'\n", text)
        self.assertIn("config registrar 'registrar0'\n\toption url 'https://a:1'\n", text)


if __name__ == "__main__":
    unittest.main()

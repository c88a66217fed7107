#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Judges the lab's CA under MAC protection (RFC 9483 4.1.5), and its misbehaviour there.

Run it as `python3 tests/lab/test_ca_mac.py`; it needs no agent.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import unittest
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

from onlab import cafaults, cmpmac, cmpoids, der  # noqa: E402
from onlab.cacase import SECRET, WANT_IMPLICIT, Case, device, make_base, remove_base  # noqa: E402
from onlab.cacert import Credential, read_pem  # noqa: E402
from onlab.cafault import ENDS, REGISTER, TAKES  # noqa: E402
from onlab.cmpclient import (  # noqa: E402
    Client, cert_req_messages, cert_template, certificate_of, check_mac, status_of,
)  # fmt: skip
from onlab.cmpmac import BadMac, Mac, SharedSecret  # noqa: E402
from onlab.cmpmsg import read_message  # noqa: E402
from onlab.cmpoids import PBMAC1  # noqa: E402

OPENSSL = shutil.which("openssl")
SCHEMES = ("pbmac1", "pbm")
BASE: Path


def setUpModule() -> None:
    global BASE
    BASE = make_base()


tearDownModule = remove_base


class Algorithms(unittest.TestCase):
    def test_what_is_written_is_read(self) -> None:
        for scheme in SCHEMES:
            for digest in ("sha256", "sha384", "sha512"):
                for count in (100, 100_000):
                    mac = Mac(scheme, b"saltsaltsaltsalt", count, digest, digest,
                              32 if scheme == "pbmac1" else None)  # fmt: skip
                    found = cmpmac.read(mac.encode())
                    self.assertEqual(replace(found, key_length=mac.key_length), mac)

    @unittest.skipUnless(OPENSSL, "skipped: no openssl command")
    def test_openssl_derives_the_same_key(self) -> None:
        """RFC 8018 7.1; PasswordBasedMac is judged by `openssl cmp` below."""
        mac = Mac("pbmac1", b"saltsaltsaltsalt", 1000)
        derived = subprocess.run(
            [OPENSSL, "kdf", "-keylen", "32", "-kdfopt", "digest:SHA256", "-kdfopt", "pass:secret",
             "-kdfopt", "salt:saltsaltsaltsalt", "-kdfopt", "iter:1000", "-binary", "PBKDF2"],
            capture_output=True, check=True,
        ).stdout  # fmt: skip
        tag = subprocess.run(
            [OPENSSL, "mac", "-digest", "SHA256", "-macopt", f"hexkey:{derived.hex()}", "-binary",
             "HMAC"], input=b"data", capture_output=True, check=True,
        ).stdout  # fmt: skip
        self.assertEqual(mac.tag(b"secret", b"data"), tag)

    def test_foreign_messages(self) -> None:
        """Of another implementation, which means keyLength as bits; read in place."""
        vectors = Path(os.environ.get("ONRAMP_VECTORS") or HERE.parents[2] / "shared/vectors")
        folder = vectors / "siemens-cmp/lwcmpra/IrWithMacProtection"
        if not folder.is_dir():
            self.skipTest("no vectors")
        for name in ("downstream_INIT_REQ.PKI", "downstream_CERT_CONFIRM.PKI"):
            message = read_message((folder / name).read_bytes())
            algorithm = message.protection_alg or b""
            with self.assertRaises(BadMac):
                cmpmac.read(algorithm)
            mac = cmpmac.read(algorithm.replace(der.integer(4096), der.integer(512)))
            mac.check(b"Password", message.protected, (message.protection or (b"", 0))[0])
            with self.assertRaises(BadMac):
                mac.check(b"password", message.protected, (message.protection or (b"", 0))[0])

    def test_what_is_too_much_or_too_little_is_refused(self) -> None:
        for scheme in SCHEMES:
            good = Mac(scheme, bytes(16))
            for changes in ({"count": 99}, {"count": 100_001}, {"count": -1}, {"salt": b"short"},
                            {"salt": bytes(65)}, {"kdf": "1.2.3"}, {"hmac": "1.2.3"}):  # fmt: skip
                with self.subTest(scheme, **changes), self.assertRaises(BadMac):
                    cmpmac.read(replace(good, **changes).encode())
        for length in (None, 0, 15, 513):
            with self.subTest(length=length), self.assertRaises(BadMac):
                cmpmac.read(Mac("pbmac1", bytes(16), key_length=length).encode())


class Requests(Case):
    def ask(self, client: Client, kind: str):
        if kind == "genm":
            return client.inform(cmpoids.IT_CA_CERTS)
        body = cert_req_messages(client.key, cert_template(client.key))
        return client.ask(kind, body, (WANT_IMPLICIT,))

    def test_are_served_by_either_scheme(self) -> None:
        for scheme in SCHEMES:
            for kind, answer in (("ir", "ip"), ("cr", "cp"), ("genm", "genp")):
                with self.subTest(scheme, kind=kind):
                    client = self.sharing(scheme=scheme)
                    message = self.ask(client, kind)
                    self.assertEqual(message.kind, answer)
                    self.assertEqual(check_mac(message, SECRET).scheme, scheme)
                    self.assertEqual(message.sender, der.explicit(4, SECRET.subject))
                    self.assertEqual(message.sender_kid, b"SN-0001")
                    if kind != "genm":
                        self.assert_issued(message, client, answer)

    def test_no_certificate_protects_the_answer(self) -> None:
        message = self.sharing().enrol()
        sub = read_pem(BASE / "domain" / "sub.pem")[0].raw
        self.assertEqual(message.extra_certs, [sub])

    def test_roots_come_in_caPubs_of_a_first_enrolment(self) -> None:
        root = read_pem(BASE / "domain" / "root.pem")[0].raw
        pubs = der.explicit(1, der.seq(root))
        for kind, options, given in (("ir", {}, True), ("cr", {}, False),
                                     ("ir", {"capubs": "off"}, False)):  # fmt: skip
            message = self.ask(self.sharing(**options), kind)
            self.assertEqual(pubs in message.body, given, kind)
        self.assertNotIn(pubs, self.client().enrol().body)

    def test_may_be_answered_by_another_scheme(self) -> None:
        for asked, answer in (("pbm", "pbmac1"), ("pbmac1", "pbm")):
            message = self.sharing(scheme=asked, mac_answer=answer).enrol()
            self.assertEqual(check_mac(message, SECRET).scheme, answer)

    def test_parameters_stay_through_an_operation(self) -> None:
        client = self.sharing(wait=2)
        salts = [check_mac(client.enrol(), SECRET).salt]
        salts += [check_mac(client.poll(), SECRET).salt for _ in range(2)]
        self.assertEqual(len(set(salts)), 1)
        self.assertNotEqual(salts[0], client.mac.salt)

    def test_confirmation(self) -> None:
        client = self.sharing(confirm="explicit")
        answer = client.confirm(certificate_of(client.enrol()) or b"")
        self.assertEqual(answer.kind, "pkiconf")
        check_mac(answer, SECRET)

    def test_are_refused_unless_a_secret_is_shared(self) -> None:
        self.assert_refused(self.sharing(self.make()).enrol(), "wrongIntegrity")

    def test_are_refused_where_a_certificate_must_be_shown(self) -> None:
        for kind in ("kur", "rr"):
            client = self.sharing()
            self.assert_refused(client.ask(kind, client.ir_body()), "wrongIntegrity")

    def test_bent_ones_are_refused(self) -> None:
        flipped = lambda d: setattr(d, "protect", lambda part: bytes(32))  # noqa: E731
        for fail, bend in (
            ("badMessageCheck", flipped),
            ("badMessageCheck", lambda d: setattr(d, "sender_kid", b"SN-0002")),
            ("badMessageCheck", lambda d: setattr(d, "sender_kid", None)),
            ("badMessageCheck", lambda d: setattr(d, "sender", der.explicit(4, der.seq()))),
            ("badAlg", lambda d: setattr(d, "protection_alg", Mac("pbm", b"", 1).encode())),
            ("badDataFormat", lambda d: setattr(d, "protection_alg", der.seq(der.oid(PBMAC1)))),
        ):
            self.assert_refused(self.sharing().enrol(True, bend), fail)
        other = Client(SharedSecret("SN-0001", b"wrong"), self.make(secret="right"))
        self.assert_refused(other.enrol(), "badMessageCheck")

    def test_get_no_certificate_for_another_name(self) -> None:
        ca = self.make(secret="right", reference="SN-0002")
        client = Client(SharedSecret("SN-0002", b"right"), ca)
        self.assert_refused_by_mac(client.enrol(), "notAuthorized", client.credential)

    def assert_refused_by_mac(self, message, fail: str, secret: SharedSecret) -> None:
        self.assert_refused(message, fail, "ip")
        check_mac(message, secret)

    def test_protection_stays_of_one_kind(self) -> None:
        ca = self.make(secret=SECRET.value.decode(), wait=2)
        for first, then in ((SECRET, device()), (device(), SECRET)):
            client = Client(first, ca)
            client.enrol()
            client.credential = then
            self.assert_refused(client.poll(), "wrongIntegrity")

    def test_no_flip_passes(self) -> None:
        client = self.sharing()
        raw, ca = client.build("ir", client.ir_body()), client.ca
        for at in range(0, len(raw), 3):
            bent = bytearray(raw)
            bent[at] ^= 1 << at % 8
            answer = read_message(ca.handle(client.path, bytes(bent))[2])
            self.assertEqual(answer.kind, "error", at)
        self.assertEqual(read_message(ca.handle(client.path, raw)[2]).kind, "ip")


class Misbehaviour(Case):
    def test_each_is_committed_and_judged_alike_here(self) -> None:
        """What a sound end entity refuses fails this reader too, and what it takes does not."""
        lenient = {  # the reader looks at nothing but the parameters and the MAC
            "cmp-mac-by-signature", "cmp-mac-key-length-bits", "cmp-mac-key-length-few-bits",
        }  # fmt: skip
        for name, verdict in cafaults.of_scene(cafaults.MAC_SCENE).items():
            with self.subTest(name):
                ca = self.make(name, secret=SECRET.value.decode())
                message = self.sharing(ca).enrol()
                self.assertTrue(ca.faults.committed, REGISTER[name].text)
                if name in lenient:
                    continue
                if verdict == TAKES:
                    check_mac(message, SECRET)
                elif verdict == ENDS:
                    with self.assertRaises((BadMac, der.DerError)):
                        check_mac(message, SECRET)


@unittest.skipUnless(OPENSSL, "skipped: no openssl command")
class Life(Case):
    def test_a_certificate_got_by_mac_signs_from_then_on(self) -> None:
        ca = self.make(secret=SECRET.value.decode())
        client = self.sharing(ca)
        old = self.assert_issued(client.enrol(), client)
        owner = Client(Credential(client.key, old, ca.issuer.chain), ca)
        body = cert_req_messages(owner.key, cert_template(owner.key))
        answer = owner.ask("kur", body, (WANT_IMPLICIT,))
        self.assertEqual((answer.kind, status_of(answer).status), ("kup", 0))


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Judges the lab's CA in root updates, revocation and CRLs, with OpenSSL's eyes.

Run it as `python3 tests/lab/test_ca_inform.py`; it needs no agent.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import unittest
from datetime import timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

from onlab import cacrl, cafaults, der  # noqa: E402
from onlab.ca import CA  # noqa: E402
from onlab.cacase import SECRET, Case, make_base, remove_base  # noqa: E402
from onlab.cacert import Certificate, Credential, now, pem, read_pem  # noqa: E402
from onlab.cafault import REGISTER  # noqa: E402
from onlab.cmpclient import Client, info_of, status_of  # noqa: E402
from onlab.cmpmsg import write_info  # noqa: E402
from onlab.cmpoids import (  # noqa: E402
    CE_CRL_DISTRIBUTION_POINTS, IT_CA_CERTS, IT_CRL_STATUS_LIST, IT_CRLS, IT_CURRENT_CRL,
    IT_ROOT_CA_CERT, IT_ROOT_CA_KEY_UPDATE,
)  # fmt: skip
from onlab.crmf import CRL_REASONS  # noqa: E402
from onlab.events import read as read_events  # noqa: E402

OPENSSL = shutil.which("openssl")
BASE: Path


def setUpModule() -> None:
    global BASE
    BASE = make_base()


tearDownModule = remove_base


def openssl(*words, data: bytes = b"") -> subprocess.CompletedProcess:
    return subprocess.run([OPENSSL, *map(str, words)], input=data, capture_output=True)


class Eyes(Case):
    """What OpenSSL thinks of files."""

    def setUp(self) -> None:
        self.work = Path(tempfile.mkdtemp(dir=BASE))

    def file(self, name: str, *certificates: bytes) -> Path:
        path = self.work / name
        path.write_text(pem(*certificates))
        return path

    def leads(self, leaf: bytes, anchor: Path, *between: bytes) -> bool:
        words = ("-untrusted", self.file("between.pem", *between)) if between else ()
        done = openssl("verify", "-x509_strict", "-CAfile", anchor, *words,
                       self.file("leaf.pem", leaf))  # fmt: skip
        return done.returncode == 0


@unittest.skipUnless(OPENSSL, "skipped: no openssl command")
class RootUpdates(Eyes):
    def ask(self, old: bytes | None, **options) -> tuple[str, bytes | None]:
        client = self.client(self.make(**options), path="/.well-known/cmp/getrootupdate")
        return info_of(client.inform(IT_ROOT_CA_CERT, value=old))

    def root(self, name: str) -> Certificate:
        return read_pem(BASE / f"{name}.pem")[0]

    def test_links_lead_both_ways(self) -> None:
        old = self.root("domain/root")
        for asked in (None, old.raw):
            kind, value = self.ask(asked)
            self.assertEqual(kind, IT_ROOT_CA_KEY_UPDATE)
            fields = der.Der(value or b"").enter(der.SEQUENCE)
            new = fields.element(der.SEQUENCE)
            new_with_old, old_with_new = fields.get(0xA0), fields.get(0xA1)
            fields.end()
            self.assertEqual(new, self.root("domain/next-root").raw)
            self.assertEqual(Certificate(new).subject, old.subject)
            self.assertTrue(self.leads(new_with_old, BASE / "domain/root.pem"))
            sub = self.root("domain/sub").raw
            self.assertTrue(self.leads(sub, self.file("new.pem", new), old_with_new))
            self.assertFalse(self.leads(sub, self.file("new.pem", new)))

    def test_without_the_way_back(self) -> None:
        _, value = self.ask(None, root_update="short")
        self.assertEqual(len(der.elements(value or b"")), 2)

    def test_by_the_announced_key_alone(self) -> None:
        kind, value = self.ask(self.root("domain/hash-root").raw)
        self.assertEqual(kind, IT_ROOT_CA_KEY_UPDATE)
        self.assertEqual(value, der.seq(self.root("domain/hash-next").raw))
        text = openssl("x509", "-in", BASE / "domain/hash-root.pem", "-noout", "-text").stdout
        self.assertIn(b"1.3.6.1.4.1.51483.2.1", text)

    def test_none(self) -> None:
        nothing = (IT_ROOT_CA_KEY_UPDATE, None)
        self.assertEqual(self.ask(None, root_update="off"), nothing)
        self.assertEqual(self.ask(self.root("other/root").raw), nothing)
        client = self.client()
        self.assertEqual(client.inform(IT_ROOT_CA_CERT, value=der.null()).kind, "error")

    def test_labels(self) -> None:
        client = self.client(path="/.well-known/cmp/getrootupdate")
        self.assert_refused(client.inform(IT_CA_CERTS), "badRequest")
        client = self.sharing()
        self.assertEqual(client.inform(IT_ROOT_CA_CERT).kind, "genp")

    def test_faults_are_committed(self) -> None:
        for scene, old in ((cafaults.ROOT_SCENE, "domain/root"),
                           (cafaults.HASH_SCENE, "domain/hash-root")):  # fmt: skip
            good = self.ask(self.root(old).raw)[1]
            for name in cafaults.of_scene(scene):
                with self.subTest(name):
                    ca = self.make(name)
                    body = der.seq(write_info(IT_ROOT_CA_CERT, self.root(old).raw))
                    raw = ca.handle("/.well-known/cmp", self.client(ca).build("genm", body))[2]
                    self.assertEqual(ca.faults.committed, 1)
                    self.assertNotIn(good or b"", raw)


class Revocations(Eyes):
    def source(self, signer: str = "sub", uri: str | None = None) -> bytes:
        if uri:
            return der.explicit(0, cacrl.distribution_point_name(uri))
        subject = read_pem(BASE / "domain" / f"{signer}.pem")[0].subject
        return der.explicit(1, der.seq(der.explicit(4, subject)))

    def crl(self, ca: CA, source: bytes, held: bytes = b"") -> bytes | None:
        client = self.client(ca, path="/.well-known/cmp/getcrls")
        value = der.seq(der.seq(source, held))
        kind, found = info_of(client.inform(IT_CRL_STATUS_LIST, value=value))
        self.assertEqual(kind, IT_CRLS)
        return der.elements(found)[0] if found else None

    def text(self, crl: bytes, issuer: str) -> str:
        done = openssl("crl", "-inform", "DER", "-noout", "-text", "-CAfile",
                       BASE / "domain" / f"{issuer}.pem", data=crl)  # fmt: skip
        self.assertIn(b"verify OK", done.stderr, done.stderr)
        return done.stdout.decode()

    def test_lists_by_issuer_and_by_distribution_point(self) -> None:
        ca = self.make()
        for signer, uri in (("sub", cacrl.SUB_URI), ("root", cacrl.ROOT_URI)):
            for source in (self.source(signer), self.source(uri=uri)):
                text = self.text(self.crl(ca, source) or b"", signer)
                self.assertIn("Next Update", text)
        for source in (self.source(uri="http://elsewhere.example/"),
                       der.explicit(1, der.seq(der.explicit(4, der.seq())))):  # fmt: skip
            self.assertIsNone(self.crl(ca, source))
        self.assertIsNone(self.crl(self.make(crl="off"), self.source()))

    def test_lists_of_a_distribution_point_say_so(self) -> None:
        ca = self.make(crl_point="on")
        for signer, uri in (("sub", cacrl.SUB_URI), ("root", cacrl.ROOT_URI)):
            text = self.text(self.crl(ca, self.source(uri=uri)) or b"", signer)
            self.assertIn("X509v3 Issuing Distribution Point: critical", text)
            self.assertIn(uri, text)

    def test_nothing_newer(self) -> None:
        ca = self.make()
        lists = ca.operations.information.lists
        held = lists.spec_of(ca.issuer.ca).this_update
        self.assertIsNone(self.crl(ca, self.source(), der.certificate_time(held)))
        older = der.certificate_time(held - timedelta(seconds=1))
        self.assertIsNotNone(self.crl(ca, self.source(), older))

    def test_each_reason_is_in_the_list(self) -> None:
        ca = self.make()
        for number, name in enumerate(CRL_REASONS):
            owner = self.owner(ca)
            serial = owner.credential.certificate.serial
            answer = owner.ask("rr", owner.revocation_body(number))
            if name in ("", "removeFromCRL"):
                self.assert_refused(answer, "badRequest", "rp")
                continue
            self.assertEqual((answer.kind, status_of(answer).status), ("rp", 0))
            self.assertEqual(read_events(BASE)[-1].get("reason"), name)
            self.assertEqual(ca.issuer.revoked[serial].reason, number)
        held = ca.operations.information.lists.spec_of(ca.issuer.ca).this_update
        self.assertLessEqual(held, now())
        text = self.text(self.crl(ca, self.source()) or b"", "sub")
        for words in ("Key Compromise", "CA Compromise", "Affiliation Changed", "Superseded",
                      "Cessation Of Operation", "Certificate Hold", "Privilege Withdrawn",
                      "AA Compromise"):  # fmt: skip
            self.assertIn(words, text)
        self.assertNotIn("Unspecified", text)
        again = self.make()  # the books outlive the CA
        self.assertEqual(again.issuer.revoked, ca.issuer.revoked)

    def test_a_new_revocation_makes_a_newer_list(self) -> None:
        ca = self.make()
        lists = ca.operations.information.lists
        for _ in range(3):
            held = lists.spec_of(ca.issuer.ca).this_update
            owner = self.owner(ca)
            owner.ask("rr", owner.revocation_body(1))
            self.assertIsNotNone(self.crl(ca, self.source(), der.certificate_time(held)))

    def test_revoked_certificates_sign_nothing(self) -> None:
        ca = self.make()
        owner = self.owner(ca)
        answer = owner.ask("rr", owner.revocation_body(4))
        self.assertEqual(status_of(answer).status, 0)
        for kind in ("cr", "kur", "p10cr", "rr", "genm"):
            late = Client(owner.credential, ca)
            self.assert_refused(late.ask(kind, late.body_of(kind)), "signerNotTrusted")
        crl = self.work / "sub.crl"
        crl.write_bytes(self.crl(ca, self.source()) or b"")
        leaf = self.file("leaf.pem", owner.credential.certificate.raw)
        done = openssl("verify", "-crl_check", "-CRLfile", crl, "-partial_chain", "-CAfile",
                       BASE / "domain/sub.pem", leaf)  # fmt: skip
        self.assertIn(b"certificate revoked", done.stderr + done.stdout)

    def test_bent_requests_are_refused(self) -> None:
        ca = self.make()
        owner, other = self.owner(ca), self.owner(ca)
        cases = (
            (owner.revocation_body(None), "badRequest"),
            (owner.revocation_body(0, other.credential.certificate), "badCertId"),
            (der.seq(*der.elements(owner.revocation_body()) * 2), "badRequest"),
            (der.seq(der.null()), "badDataFormat"),
        )
        for body, fail in cases:
            answer = Client(owner.credential, ca).ask("rr", body)
            self.assert_refused(answer, fail, "rp")
        self.assertNotIn(owner.credential.certificate.serial, ca.issuer.revoked)

    def test_distribution_point_in_certificates(self) -> None:
        client = self.client(self.make(cdp="on"))
        certificate = self.assert_issued(client.enrol(), client)
        text = openssl("x509", "-inform", "DER", "-noout", "-text", data=certificate.raw).stdout
        self.assertIn(f"URI:{cacrl.SUB_URI}".encode(), text)
        client = self.client()
        certificate = self.assert_issued(client.enrol(), client)
        self.assertNotIn(CE_CRL_DISTRIBUTION_POINTS, certificate.extensions)

    def test_current_crl(self) -> None:
        """RFC 4210 5.3.19.6."""
        kind, value = info_of(self.client().inform(IT_CURRENT_CRL))
        self.assertEqual(kind, IT_CURRENT_CRL)
        self.text(value or b"", "sub")

    def test_bent_status_lists_are_refused(self) -> None:
        one = der.seq(self.source())
        for value, fail in ((None, "badDataFormat"), (der.seq(one, one), "badRequest"),
                            (der.seq(der.seq(self.source(), der.null())), "badDataFormat"),
                            (der.seq(), "badDataFormat")):  # fmt: skip
            answer = self.client().inform(IT_CRL_STATUS_LIST, value=value)
            self.assert_refused(answer, fail)

    def test_faults_are_committed(self) -> None:
        value = der.seq(der.seq(self.source()))
        for name in cafaults.of_scene(cafaults.CRL_SCENE):
            with self.subTest(name):
                ca = self.make(name)
                body = der.seq(write_info(IT_CRL_STATUS_LIST, value))
                # The answer is not read: some have megabytes, which takes Python minutes.
                ca.handle("/.well-known/cmp", self.client(ca).build("genm", body))
                self.assertEqual(ca.faults.committed, 1, REGISTER[name].text)
        for name in cafaults.of_scene(cafaults.REVOKE_SCENE):
            with self.subTest(name):
                ca = self.make(name)
                owner = self.owner(ca)
                owner.ask("rr", owner.revocation_body())
                self.assertEqual(ca.faults.committed, 1, REGISTER[name].text)
        self.assertFalse([event for event in read_events(BASE) if event["what"] == "crash"])


class Secrets(Case):
    def test_serve_for_information_too(self) -> None:
        ca = self.make(secret=SECRET.value.decode())
        for kind in (IT_CA_CERTS, IT_ROOT_CA_CERT, IT_CURRENT_CRL):
            self.assertEqual(Client(SECRET, ca).inform(kind).kind, "genp")

    def test_a_domain_certificate_is_needed_to_revoke(self) -> None:
        ca = self.make()
        owner = self.owner(ca)
        self.assertIsInstance(owner.credential, Credential)
        stranger = self.client(ca)
        body = owner.revocation_body()
        self.assert_refused(stranger.ask("rr", body), "notAuthorized")


if __name__ == "__main__":
    unittest.main()

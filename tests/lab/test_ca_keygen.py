#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Judges the lab's central key generation (RFC 9483 4.1.6) by OpenSSL opening what it seals.

Run it as `python3 tests/lab/test_ca_keygen.py`; it needs no agent.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

from cryptography.hazmat.primitives import keywrap, padding, serialization  # noqa: E402
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: E402

from onlab import cafaults, cakeygen, der  # noqa: E402
from onlab.ca import CA  # noqa: E402
from onlab.cacase import SECRET, WANT_IMPLICIT, Case, device, make_base, remove_base  # noqa: E402
from onlab.cacert import Certificate, pem, spki_of  # noqa: E402
from onlab.cafault import REGISTER  # noqa: E402
from onlab.cakeygen import ID_CT_KEY_PACKAGE  # noqa: E402
from onlab.catemplate import EDWARDS, P384  # noqa: E402
from onlab.cmpclient import Client, certificate_of, private_key_of, status_of  # noqa: E402
from onlab.cmpmsg import Message  # noqa: E402
from onlab.cmpoids import RSA_ENCRYPTION  # noqa: E402
from onlab.envelope import FORMS, ID_DATA, ID_SIGNED_DATA  # noqa: E402
from onlab.events import read as read_events  # noqa: E402

OPENSSL = shutil.which("openssl")
ENVELOPED = "1.2.840.113549.1.7.3"
RECIPIENTS = {"ktri": ("rsa-encipher",), "kari": ("p256-agree", "p384-agree", "p521-agree")}
BASE: Path


def setUpModule() -> None:
    global BASE
    BASE = make_base()


tearDownModule = remove_base


def v3(draft) -> None:
    draft.pvno = 3


def content_info(kind: str, content: bytes) -> bytes:
    return der.seq(der.oid(kind), der.explicit(0, content))


class Central(Case):
    def ask(self, ca: CA, who=None, kind: bytes | None = None, verb: str = "ir") -> Message:
        client = Client(who or device("p256-agree"), ca)
        return client.ask(verb, client.central_body(kind), (WANT_IMPLICIT,), v3)

    def make_all(self, form: str, **more) -> CA:
        return self.make(keygen=form, secret=SECRET.value.decode(), **more)

    def for_form(self, form: str):
        if form.startswith("pwri"):
            return [SECRET]
        return [device(name) for name in RECIPIENTS[form.partition("-")[0]]]


@unittest.skipUnless(OPENSSL, "skipped: no openssl command")
class ByOpenssl(Central):
    def setUp(self) -> None:
        self.work = Path(tempfile.mkdtemp(dir=BASE))

    def openssl(self, *words, data: bytes = b"") -> bytes:
        done = subprocess.run([OPENSSL, *map(str, words)], input=data, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout

    def open(self, envelope: bytes, who) -> bytes:
        """The SignedData inside, opened by OpenSSL; pwri with AES wrap it does not know."""
        words = ("-pwri_password", who.value.decode()) if who is SECRET else (
            "-recip", self.recipient(who), "-inkey", self.key(who))  # fmt: skip
        return self.openssl("cms", "-decrypt", "-inform", "DER", "-binary", *words,
                            data=content_info(ENVELOPED, envelope))  # fmt: skip

    def recipient(self, who) -> Path:
        path = self.work / "who.pem"
        path.write_text(pem(who.certificate.raw))
        return path

    def key(self, who) -> Path:
        path = self.work / "who.key"
        path.write_bytes(who.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()))  # fmt: skip
        return path

    def verify(self, signed: bytes) -> bytes:
        """The key package, once OpenSSL has verified who signs for it."""
        package = self.openssl(
            "cms", "-verify", "-inform", "DER", "-binary", "-purpose", "any", "-CAfile",
            BASE / "domain" / "root.pem", data=content_info(ID_SIGNED_DATA, signed),
        )  # fmt: skip
        return package

    def assert_delivered(self, answer: Message, package: bytes, bare: bool) -> None:
        certificate = Certificate(certificate_of(answer) or b"")
        one = package if bare else der.elements(package)[0]
        fields = der.Der(one).enter(der.SEQUENCE)
        self.assertEqual(fields.integer(), 1)  # v2, RFC 5958 2
        algorithm, private = fields.element(der.SEQUENCE), fields.element(der.OCTET_STRING)
        public = fields.get(0x81)
        plain = der.seq(der.integer(0), algorithm, private)
        key = serialization.load_der_private_key(plain, None)
        self.assertEqual(spki_of(key), certificate.spki)
        self.assertIn(public, certificate.spki)

    def test_all_that_openssl_can_open(self) -> None:
        for form in FORMS:
            for who in self.for_form(form) if form != "pwri-wrap" else []:
                for shape in ("rfc", "field"):
                    with self.subTest(form, shape=shape):
                        answer = self.ask(self.make_all(form, keygen_shape=shape), who)
                        self.assertEqual(status_of(answer).status, 0, status_of(answer))
                        self.assertEqual(answer.pvno, 3)
                        signed = self.open(private_key_of(answer) or b"", who)
                        self.assert_delivered(answer, self.verify(signed), shape == "field")

    def test_password_and_aes_wrap(self) -> None:
        answer = self.ask(self.make_all("pwri-wrap"), SECRET)
        signed = unwrap(private_key_of(answer) or b"", SECRET.value)
        self.assert_delivered(answer, self.verify(signed), False)

    def test_keys_of_every_kind(self) -> None:
        for kind in (None, cakeygen.DEFAULT_KIND, P384[1], EDWARDS[1],
                     der.seq(der.oid(RSA_ENCRYPTION), der.null())):  # fmt: skip
            who = device("p384-agree")
            answer = self.ask(self.make_all("on"), who, kind)
            signed = self.open(private_key_of(answer) or b"", who)
            self.assert_delivered(answer, self.verify(signed), False)
            wanted = kind or cakeygen.DEFAULT_KIND
            self.assertIn(wanted, Certificate(certificate_of(answer) or b"").spki)

    def test_shapes(self) -> None:
        for shape, kind in (("rfc", ID_SIGNED_DATA), ("field", ID_DATA)):
            answer = self.ask(self.make_all("kari", keygen_shape=shape))
            self.assertIn(der.oid(kind), private_key_of(answer) or b"")
            signed = self.open(private_key_of(answer) or b"", device("p256-agree"))
            self.assertIn(der.oid(ID_CT_KEY_PACKAGE), signed)
            fields = der.Der(signed).enter(der.SEQUENCE)
            self.assertEqual(fields.integer(), 3)


def unwrap(envelope: bytes, secret: bytes) -> bytes:
    """Opens pwri with AES wrap, by the letter of RFC 5652 6.2.4."""
    fields = der.Der(envelope).enter(der.SEQUENCE)
    assert fields.integer() == 0
    info = fields.enter(der.SET).enter(0xA3)
    info.integer()
    derivation = info.enter(0xA0)
    derivation.oid()
    parameters = derivation.enter(der.SEQUENCE)
    salt, count = parameters.get(der.OCTET_STRING), parameters.integer()
    kek = hashlib.pbkdf2_hmac("sha256", secret, salt, count, parameters.integer())
    info.element()
    key = keywrap.aes_key_unwrap(kek, info.get(der.OCTET_STRING))
    content = fields.enter(der.SEQUENCE)
    content.oid()
    algorithm = content.enter(der.SEQUENCE)
    algorithm.oid()
    decryptor = Cipher(
        algorithms.AES(key), modes.CBC(algorithm.get(der.OCTET_STRING))
    ).decryptor()
    padded = decryptor.update(content.get(0x80)) + decryptor.finalize()
    pad = padding.PKCS7(128).unpadder()
    return pad.update(padded) + pad.finalize()


class Rules(Central):
    def test_not_unless_it_is_offered(self) -> None:
        self.assert_refused(self.ask(self.make()), "badCertTemplate", "ip")

    def test_not_by_pvno_2(self) -> None:
        client = Client(device("p256-agree"), self.make_all("on"))
        answer = client.ask("ir", client.central_body())
        self.assert_refused(answer, "unsupportedVersion", "ip")

    def test_not_for_who_could_not_read_it(self) -> None:
        for who, form, fail in ((device(), "on", "notAuthorized"),
                                (device("rsa"), "on", "notAuthorized"),
                                (device("p256-agree"), "ktri-oaep", "badRequest"),
                                (device("p256-agree"), "pwri-wrap", "badRequest"),
                                (SECRET, "kari", "badRequest")):  # fmt: skip
            self.assert_refused(self.ask(self.make_all(form), who), fail, "ip")

    def test_not_with_a_proof_of_possession(self) -> None:
        client = Client(device("p256-agree"), self.make_all("on"))
        body = client.central_body(None, der.tlv(0x80))
        self.assert_refused(client.ask("ir", body, (), v3), "badPOP", "ip")

    def test_for_cr_and_kur_too(self) -> None:
        ca = self.make_all("on")
        for verb in ("cr", "kur"):
            owner = self.owner(ca)
            answer = owner.ask(verb, owner.central_body(), (WANT_IMPLICIT,), v3)
            self.assert_refused(answer, "notAuthorized", {"cr": "cp", "kur": "kup"}[verb])
        answer = self.ask(ca, SECRET, verb="cr")
        self.assertIsNotNone(private_key_of(answer))

    def test_delayed(self) -> None:
        ca = self.make_all("on", wait=1)
        client = Client(SECRET, ca)
        waiting = client.ask("ir", client.central_body(), (WANT_IMPLICIT,), v3)
        self.assertEqual((status_of(waiting).status, waiting.pvno), (3, 3))
        self.assertIsNotNone(private_key_of(client.poll(0, v3)))

    def test_strict_versions(self) -> None:
        ca = self.make_all("on", pvno="strict", wait=1)
        client = Client(SECRET, ca)
        client.ask("ir", client.central_body(), (WANT_IMPLICIT,), v3)
        self.assert_refused(client.poll(0), "unsupportedVersion")

    def test_template_decides_the_kind(self) -> None:
        answer = self.ask(self.make_all("on", template="p384", template_check="off"))
        self.assertIn(P384[1], Certificate(certificate_of(answer) or b"").spki)

    def test_faults_are_committed(self) -> None:
        for name in cafaults.of_scene(cafaults.KEY_SCENE):
            with self.subTest(name):
                ca = self.make(name, secret=SECRET.value.decode())
                form = ca.options["keygen"]
                for who in self.for_form(form if form != "on" else "kari")[:1]:
                    self.ask(ca, who)
                self.assertEqual(ca.faults.committed, 1, REGISTER[name].text)
        for who in (device("rsa-encipher"), SECRET):
            self.ask(self.make("cmp-key-recipient-other", secret=SECRET.value.decode()), who)
        self.assertFalse([event for event in read_events(BASE) if event["what"] == "crash"])


if __name__ == "__main__":
    unittest.main()

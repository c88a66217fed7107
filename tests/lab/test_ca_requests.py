#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Judges the lab's CA by a client that can be bent: what it refuses, and what it serves.

Run it as `python3 tests/lab/test_ca_requests.py`; it needs no agent.
"""

from __future__ import annotations

import hashlib
import sys
import unittest
from datetime import timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

from cryptography.hazmat.primitives import hashes  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import (  # noqa: E402
    ec, ed448, ed25519, padding, rsa,
)  # fmt: skip

from onlab import cacert, catemplate, cmpcrypto, cmpoids, der  # noqa: E402
from onlab.ca import CA  # noqa: E402
from onlab.cacase import WANT_IMPLICIT, Case, device, make_base, profile, remove_base  # noqa: E402
from onlab.cacert import Certificate, Credential, now, read_pem, write_name  # noqa: E402
from onlab.cmpclient import (  # noqa: E402
    SUBJECT, Client, cert_req_messages, cert_template, certificate_of, info_of, status_of,
)  # fmt: skip
from onlab.cmpmsg import StatusInfo, read_message, write_info  # noqa: E402
from onlab.events import read as read_events  # noqa: E402

PROFILE = cmpoids.IT_CERT_PROFILE
BASE: Path


def setUpModule() -> None:
    global BASE
    BASE = make_base()


tearDownModule = remove_base


class Encoding(unittest.TestCase):
    def test_round_trips(self) -> None:
        for value in (0, 1, 127, 128, 255, 256, -1, -128, -129, 2**64, -(2**63)):
            self.assertEqual(der.Der(der.integer(value)).integer(), value)
        for dotted in ("1.2.840.113549.1.1.11", "2.5.4.3", "1.3.6.1.4.1.55555.4", "2.999.1"):
            self.assertEqual(der.Der(der.oid(dotted)).oid(), dotted)
        for positions in ((), (0,), (7,), (0, 4), (26,)):
            self.assertEqual(der.Der(der.named_bits(*positions)).named_bits(), set(positions))
        moment = now()
        self.assertEqual(der.Der(der.time(moment)).time(), moment)
        self.assertEqual(der.Der(der.certificate_time(moment)).time(), moment)

    def test_refuses_what_is_not_der(self) -> None:
        for bad in ("", "30", "3080 0000", "308100", "30820001 00", "3003 020100 00", "02020001",
                    "0200", "0202ff80", "010101", "0302 0801", "03020101", "0300", "060180",
                    "1f0100", "3001", "3106 020102 020101", "30" * 70):  # fmt: skip
            with self.subTest(bad), self.assertRaises(der.DerError):
                der.check(bytes.fromhex(bad))


class Algorithms(unittest.TestCase):
    """RFC 9481 3: each accepted with its own key and refused with a changed octet."""

    PSS = der.seq(
        der.oid(cmpoids.RSASSA_PSS),
        der.seq(
            der.explicit(0, der.seq(der.oid(cmpoids.SHA256), der.null())),
            der.explicit(
                1, der.seq(der.oid(cmpoids.MGF1), der.seq(der.oid(cmpoids.SHA256), der.null()))
            ),
            der.explicit(2, der.integer(32)),
        ),
    )

    def judge(self, algorithm: bytes, key, signature: bytes) -> None:
        spki = cacert.spki_of(key)
        cmpcrypto.verify(algorithm, spki, (signature, 0), b"data")
        for bad in ((signature, b"Data"), (signature[:-1] + b"\0\0", b"data"), (b"", b"data")):
            with self.assertRaises(cmpcrypto.BadSignature):
                cmpcrypto.verify(algorithm, spki, (bad[0], 0), bad[1])

    def test_defaults(self) -> None:
        for key in (
            *(ec.generate_private_key(c) for c in (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1())),
            rsa.generate_private_key(65537, 2048),
            ed25519.Ed25519PrivateKey.generate(),
        ):
            self.judge(cmpcrypto.default_algorithm(key), key, cmpcrypto.sign(key, b"data"))

    def test_others(self) -> None:
        key = rsa.generate_private_key(65537, 2048)
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        self.judge(self.PSS, key, key.sign(b"data", pss, hashes.SHA256()))
        edwards = ed448.Ed448PrivateKey.generate()
        self.judge(der.seq(der.oid(cmpoids.ED448)), edwards, edwards.sign(b"data"))

    def test_refused(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        signature = cmpcrypto.sign(key, b"data")
        for algorithm in (
            der.seq(der.oid("1.2.840.10045.4.3.2"), der.null()),  # parameters must be absent
            der.seq(der.oid(cmpoids.ECDSA_SHA1)),
            der.seq(der.oid("1.2.840.113549.1.1.11"), der.null()),
            self.PSS,
            der.seq(),
        ):
            with self.assertRaises(cmpcrypto.BadSignature):
                cmpcrypto.verify(algorithm, cacert.spki_of(key), (signature, 0), b"data")


class Requests(Case):
    """What the CA demands of a request, RFC 9483 3.5 and 4.1."""

    HEADER = {
        "unsupportedVersion": lambda d: setattr(d, "pvno", 1),
        "badDataFormat": lambda d: setattr(d, "transaction_id", None),
        "badSenderNonce": lambda d: setattr(d, "sender_nonce", b"\0" * 15),
        "badRecipientNonce": lambda d: setattr(d, "recip_nonce", b"\0" * 16),
        "badTime": lambda d: setattr(d, "message_time", der.time(now() - timedelta(hours=1))),
        "badAlg": lambda d: setattr(d, "protection_alg", der.seq(der.oid("1.2.3"))),
        "badRequest": lambda d: setattr(d, "tag", cmpoids.BODIES["ip"]),
        "wrongIntegrity": lambda d: setattr(
            d, "protection_alg", der.seq(der.oid(cmpoids.PASSWORD_BASED_MAC))
        ),
    }
    IDENTITY = {
        "no protection": lambda d: setattr(d, "protect", None),
        "no algorithm": lambda d: setattr(d, "protection_alg", None),
        "no signature": lambda d: setattr(d, "protect", lambda part: b"\0" * 70),
        "another sender": lambda d: setattr(d, "sender", der.explicit(4, SUBJECT)),
        "no key identifier": lambda d: setattr(d, "sender_kid", None),
        "another key identifier": lambda d: setattr(d, "sender_kid", b"\0" * 20),
        "no certificates": lambda d: setattr(d, "extra_certs", []),
    }

    def test_good_requests_are_served(self) -> None:
        for who in ("p256", "p384", "rsa"):
            for option in ({}, {"confirm": "explicit"}, {"signer": "ca"}, {"capubs": "on"}):
                with self.subTest(who, **option):
                    client = self.client(self.make(**option), who=who)
                    self.assert_issued(client.enrol(), client)

    def test_bent_headers_are_refused(self) -> None:
        for fail, bend in self.HEADER.items():
            with self.subTest(fail):
                self.assert_refused(self.client().enrol(True, bend), fail)
        for name, bend in self.IDENTITY.items():
            with self.subTest(name):
                self.assert_refused(self.client().enrol(True, bend), "badMessageCheck")

    def test_strangers_are_refused(self) -> None:
        for who in ("unknown", "expired"):
            self.assert_refused(self.client(who=who).enrol(), "signerNotTrusted")

    def test_ids_are_used_once(self) -> None:
        client = self.client()
        self.assert_issued(client.enrol(), client)
        client.received = None
        self.assert_refused(client.enrol(), "transactionIdInUse")

    def test_bent_bodies_are_refused_in_the_body(self) -> None:
        client = self.client()
        key, other = client.key, ec.generate_private_key(ec.SECP256R1())
        good = cert_template(key)
        one = der.Der(cert_req_messages(key, good)).get(der.SEQUENCE)
        named = cert_template(key, write_name(("2.5.4.3", "SN-0002")))
        constraints = {cmpoids.CE_BASIC_CONSTRAINTS: (True, der.seq(der.boolean(True)))}
        nameless = cert_template(key, der.seq())
        for fail, body in (
            ("badRequest", cert_req_messages(key, good, 1)),
            ("badRequest", der.seq(one, one)),
            ("badPOP", cert_req_messages(key, good, signer=other)),
            ("badPOP", der.seq(der.seq(der.seq(der.integer(0), good), der.tlv(0x80)))),
            ("notAuthorized", cert_req_messages(key, named)),
            ("notAuthorized", cert_req_messages(key, nameless)),
            ("badCertTemplate", cert_req_messages(key, cert_template(key, SUBJECT, constraints))),
            ("badPOP", cert_req_messages(key, der.seq(der.explicit(5, SUBJECT)))),
            ("badCertTemplate", client.central_body()),
            ("badDataFormat", der.seq(der.seq(der.null()))),
        ):
            with self.subTest(fail, body=body.hex()):
                message = self.client().ask("ir", body, (WANT_IMPLICIT,))
                self.assert_refused(message, fail, "ip")
                self.assertIsNone(certificate_of(message))
        client = self.client(self.make(subject="any"))
        message = client.ask("ir", cert_req_messages(key, nameless))
        self.assert_refused(message, "badCertTemplate", "ip")

    def test_names_of_the_same_device(self) -> None:
        for name, mine in (
            (write_name(("2.5.4.3", "SN-0001")), True),
            (write_name(("2.5.4.3", "Router"), ("2.5.4.11", "myDept")), True),
            (device().certificate.subject, True),
            (write_name(("2.5.4.11", "Router")), False),
            (write_name(("2.5.4.5", "SN-00012")), False),
        ):
            client = self.client()
            template = cert_template(client.key, name)
            message = client.ask("ir", cert_req_messages(client.key, template))
            if mine:
                self.assert_issued(message, client)
            else:
                self.assert_refused(message, "notAuthorized", "ip")

    def test_nothing_odd_is_signed(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        san, usage, purposes = (
            cmpoids.CE_SUBJECT_ALT_NAME, cmpoids.CE_KEY_USAGE, cmpoids.CE_EXT_KEY_USAGE
        )  # fmt: skip
        for fail, name, value in (
            ("badCertTemplate", san, der.seq()),
            ("badCertTemplate", san, der.seq(catemplate.dns(""))),
            ("badCertTemplate", san, der.seq(catemplate.address(b"\0" * 5))),
            ("badCertTemplate", san, der.seq(der.utf8("router"))),
            ("badCertTemplate", usage, der.named_bits()),
            ("badCertTemplate", usage, der.named_bits(0, 5)),
            ("badCertTemplate", "2.5.29.32", der.seq()),
            ("badDataFormat", usage, der.bits(b"\x80\x00", 7)),
            ("badDataFormat", purposes, der.seq()),
            ("badDataFormat", san, b""),
        ):
            with self.subTest(name, value=value.hex()):
                body = cert_req_messages(key, cert_template(key, SUBJECT, {name: (False, value)}))
                self.assert_refused(self.client().ask("ir", body), fail, "ip")
        blank = write_name((cmpoids.AT_SERIAL_NUMBER, "SN-0001"), (cmpoids.AT_ORGANIZATION, ""))
        message = self.client().ask("ir", cert_req_messages(key, cert_template(key, blank)))
        self.assert_refused(message, "badCertTemplate", "ip")
        weak = rsa.generate_private_key(65537, 1024)
        message = self.client().ask("ir", cert_req_messages(weak, cert_template(weak)))
        self.assert_refused(message, "badCertTemplate", "ip")

    def test_signer_may_be_its_own_root(self) -> None:
        client = self.client(self.make(signer="domain/registrar-selfsigned"))
        message = client.enrol()
        shown = Certificate(message.extra_certs[0])
        self.assertTrue(shown.self_signed())
        self.assertEqual(message.sender_kid, shown.key_id())

    def test_general_info_has_its_places(self) -> None:
        not_null = write_info(cmpoids.IT_IMPLICIT_CONFIRM, der.integer(0))
        two = write_info(PROFILE, der.seq(der.utf8("lan"), der.utf8("wan")))
        for fail, kind, info in (
            ("badDataFormat", "error", not_null),
            ("badRequest", "ip", profile("nobody's")),
            ("badDataFormat", "ip", two),
        ):
            client = self.client()
            self.assert_refused(client.ask("ir", client.ir_body(), (info,)), fail, kind)
        for info in (WANT_IMPLICIT, profile("lan")):
            message = self.client().inform(cmpoids.IT_CA_CERTS, (info,))
            self.assert_refused(message, "badRequest")

    def test_endpoints(self) -> None:
        for path in ("", "/initialization", "/p/router", "/p/router/initialization"):
            with self.subTest(path):
                client = self.client(path=f"/.well-known/cmp{path}")
                self.assert_issued(client.enrol(), client)
        client = self.client(path="/.well-known/cmp/getcacerts")
        self.assert_refused(client.enrol(), "badRequest")
        for path in ("/", "/.well-known/cmp/getcrl", "/.well-known/cmp/", "/.well-known/cmpx"):
            self.assertEqual(self.make().handle(path, b"")[0], 404, path)

    def test_certconf_goes_where_the_request_went(self) -> None:
        client = self.client(path="/.well-known/cmp/initialization")
        issued = client.enrol(implicit=False)
        client.path = "/.well-known/cmp"
        self.assert_refused(client.confirm(certificate_of(issued) or b""), "badRequest")

    def test_no_prefix_and_no_flip_passes(self) -> None:
        ca, path = self.make(), "/.well-known/cmp"
        raw = self.client(ca).build("ir", self.client(ca).ir_body())
        for size in range(0, len(raw), 5):
            answer = read_message(ca.handle(path, raw[:size])[2])
            self.assert_refused(answer, "badDataFormat")
        for at in range(len(raw)):
            bent = bytearray(raw)
            bent[at] ^= 1 << at % 8
            self.assertEqual(read_message(ca.handle(path, bytes(bent))[2]).kind, "error", at)
        self.assertEqual(read_message(ca.handle(path, raw)[2]).kind, "ip")

class Operations(Case):
    def test_explicit_confirmation(self) -> None:
        client = self.client()
        issued = client.enrol(implicit=False)
        self.assertIn(cmpoids.IT_CONFIRM_WAIT_TIME, issued.general_info)
        self.assertIsNotNone(issued.message_time)
        certificate = certificate_of(issued) or b""
        first = client.received
        self.assertEqual(client.confirm(certificate).kind, "pkiconf")
        client.received = first  # the answer was lost, RFC 9483 6
        self.assert_refused(client.confirm(certificate), "certConfirmed")

    def test_certconf_is_checked(self) -> None:
        for fail, status, cert_req_id, mangle in (
            ("badCertId", None, 0, True),
            ("badCertId", None, 7, False),
            ("badRequest", StatusInfo(1), 0, False),
            ("badRequest", StatusInfo(0, None, ["badAlg"]), 0, False),
        ):
            client = self.client()
            certificate = certificate_of(client.enrol(implicit=False)) or b""
            if mangle:
                certificate = self.client().enrol().extra_certs[0]
            message = client.confirm(certificate, status, cert_req_id)
            self.assert_refused(message, fail)

    def test_hash_algorithm_of_certconf(self) -> None:
        """RFC 9483 4.1.1: hashAlg needs pvno 3."""
        for pvno, expected in ((3, "pkiconf"), (2, "error")):
            client = self.client()
            certificate = certificate_of(client.enrol(implicit=False)) or b""
            named = der.explicit(0, der.seq(der.oid("2.16.840.1.101.3.4.2.3")))
            digest = der.octets(hashlib.sha512(certificate).digest())
            body = der.seq(der.seq(digest, der.integer(0), named))
            answer = client.ask("certConf", body, (), lambda draft: setattr(draft, "pvno", pvno))
            self.assertEqual(answer.kind, expected)

    def test_client_may_reject(self) -> None:
        ca = self.make(confirm="explicit")
        client = self.client(ca)
        issued = client.enrol()
        certificate = Certificate(certificate_of(issued) or b"")
        refusal = StatusInfo(2, "not mine", ["badCertTemplate"])
        self.assertEqual(client.confirm(certificate.raw, refusal).kind, "pkiconf")
        event = read_events(BASE)[-2]
        self.assertEqual(event["what"], "rejected_by_client")
        self.assertEqual(event["clientFailInfo"], ["badCertTemplate"])
        self.assertIn(certificate.serial, ca.issuer.revoked)
        self.assertIn(certificate.serial, self.make().issuer.revoked)

    def test_polling(self) -> None:
        for by, cert_req_id in (("body", 0), ("error", -1)):
            for final in ("last", "original"):
                with self.subTest(by, final=final):
                    ca = self.make(wait=2, wait_by=by, final_nonce=final, signer="alternate")
                    client = self.client(ca)
                    waiting = client.enrol()
                    first = client.sent
                    self.assertEqual(status_of(waiting).status, 3)
                    self.assertEqual(waiting.kind, "ip" if by == "body" else "error")
                    self.assertEqual(client.poll(cert_req_id).kind, "pollRep")
                    issued = client.poll(cert_req_id)
                    self.assert_issued(issued, client)
                    self.assertEqual(issued.recip_nonce, client.sent if final == "last" else first)
                    self.assertNotEqual(issued.sender, waiting.sender)

    def test_polling_is_checked(self) -> None:
        client = self.client(self.make(wait=2))
        client.enrol()
        self.assert_refused(client.poll(-1), "badCertId")
        client = self.client()
        client.enrol()
        self.assert_refused(client.poll(), "badRequest")
        self.assert_refused(self.client().poll(), "badRequest")

    def test_delayed_confirmation_and_information(self) -> None:
        client = self.client(self.make(wait=2, wait_on="certconf"))
        waiting = client.confirm(certificate_of(client.enrol(implicit=False)) or b"")
        self.assertEqual((waiting.kind, status_of(waiting).status), ("error", 3))
        self.assertEqual([client.poll(-1).kind, client.poll(-1).kind], ["pollRep", "pkiconf"])
        client = self.client(self.make(wait=1, wait_on="genm"))
        self.assertEqual(status_of(client.inform(cmpoids.IT_CA_CERTS)).status, 3)
        self.assertEqual(client.poll(-1).kind, "genp")

    def test_credentials_stay_the_same(self) -> None:
        client = self.client(self.make(wait=2))
        client.enrol()
        client.credential = device("p384")
        self.assert_refused(client.poll(), "badMessageCheck")

    def test_followers_may_leave_out_certificates(self) -> None:
        client = self.client(self.make(wait=1))
        client.enrol()
        bare = client.poll(0, lambda draft: setattr(draft, "extra_certs", []))
        self.assert_issued(bare, client)

    def test_updates_and_revocation(self) -> None:
        ca = self.make()
        client = self.client(ca)
        old = self.assert_issued(client.enrol(), client)
        renewal = Client(Credential(client.key, old, ca.issuer.chain), ca)
        body = cert_req_messages(renewal.key, cert_template(renewal.key))
        new = self.assert_issued(renewal.ask("kur", body, (WANT_IMPLICIT,)), renewal, "kup")
        self.assertEqual(new.subject, old.subject)
        renewal = Client(Credential(client.key, old, ca.issuer.chain), ca)
        named = cert_template(renewal.key, write_name(("2.5.4.3", "SN-0001")))
        renamed = renewal.ask("kur", cert_req_messages(renewal.key, named))
        self.assert_refused(renamed, "badCertTemplate", "kup")
        self.assert_refused(self.client(ca).ask("kur", body), "notAuthorized")
        self._revoke(ca, client, old)

    def _revoke(self, ca: CA, client: Client, old: Certificate) -> None:
        reason = cacert.write_extensions(
            {cmpoids.CE_REASON_CODE: (False, der.integer(0, der.ENUMERATED))}
        )
        serial = der.integer(old.serial, 0x81)
        details = der.seq(serial, der.explicit(3, old.issuer))
        owner = Credential(client.key, old, ca.issuer.chain)
        bare = Client(owner, ca).ask("rr", der.seq(der.seq(details)))
        self.assert_refused(bare, "badRequest", "rp")
        answer = Client(owner, ca).ask("rr", der.seq(der.seq(details, reason)))
        self.assertEqual((answer.kind, status_of(answer).status), ("rp", 0))
        late = Client(owner, ca)
        self.assert_refused(late.inform(cmpoids.IT_CA_CERTS), "signerNotTrusted")

    def test_ca_certificates(self) -> None:
        sub, root = (read_pem(BASE / "domain" / f"{n}.pem")[0].raw for n in ("sub", "root"))
        for option, expected in (("sub", der.seq(sub)), ("root", der.seq(root)),
                                 ("both", der.seq(sub, root)), ("none", None)):  # fmt: skip
            answer = self.client(self.make(cacerts=option)).inform(cmpoids.IT_CA_CERTS)
            self.assertEqual(info_of(answer), (cmpoids.IT_CA_CERTS, expected))


BLANKS = {
    catemplate.dns(""): catemplate.dns("sn-0001.example"),
    catemplate.address(b""): catemplate.address(b"\x0a\0\0\1"),
    cmpoids.CE_SUBJECT_ALT_NAME: der.seq(catemplate.dns("sn-0001.example")),
    cmpoids.CE_KEY_USAGE: der.named_bits(0),
    cmpoids.CE_EXT_KEY_USAGE: der.seq(der.oid(cmpoids.KP_CLIENT_AUTH)),
}


def fill(offer: catemplate.Offer, key) -> bytes:
    """A CertTemplate that follows the offer: blanks filled in, the unknown left out."""
    subject = SUBJECT
    if offer.subject:
        known = [pair for pair in offer.subject if pair[0].startswith("2.5.4.")]
        subject = write_name(*((kind, text or "SN-0001") for kind, text in known))
    extensions = {}
    for name, (critical, value) in offer.extensions:
        if name == cmpoids.CE_SUBJECT_ALT_NAME and value:
            value = der.seq(*(BLANKS.get(part, part) for part in der.elements(value)))
        elif value in (b"", der.seq()):
            value = BLANKS.get(name, b"")
        if value:
            extensions[name] = (critical, value)
    return cert_template(key, subject, extensions)


def key_for(offer: catemplate.Offer):
    first = offer.keys[0] if offer.keys else catemplate.P256
    if first[0] == "rsa":
        return rsa.generate_private_key(65537, der.Der(first[1]).integer())
    if first == catemplate.EDWARDS:
        return ed25519.Ed25519PrivateKey.generate()
    curves = {catemplate.P384: ec.SECP384R1(), catemplate.P521: ec.SECP521R1()}
    return ec.generate_private_key(curves.get(first, ec.SECP256R1()))


class Templates(Case):
    def request(self, name: str, template: bytes, key, by_profile: bool = False):
        ca = self.make(template="none" if by_profile else name)
        client = self.client(ca)
        client.key = key
        info = (WANT_IMPLICIT, profile(name)) if by_profile else (WANT_IMPLICIT,)
        return client.ask("ir", cert_req_messages(key, template), info), client

    def test_what_follows_is_issued(self) -> None:
        for name, offer in catemplate.OFFERS.items():
            for by_profile in (False, True):
                with self.subTest(name, by_profile=by_profile):
                    key = key_for(offer)
                    answer, client = self.request(name, fill(offer, key), key, by_profile)
                    certificate = self.assert_issued(answer, client)
                    for extension, (_, value) in offer.extensions:
                        if value and extension == cmpoids.CE_KEY_USAGE:
                            self.assertEqual(certificate.value(extension), value)

    def test_what_deviates_is_refused(self) -> None:
        offer = catemplate.OFFERS["basic"]
        key, good = key_for(offer), dict(offer.extensions)
        usage = {**good, cmpoids.CE_KEY_USAGE: (True, der.named_bits(0, 5))}
        loose = {**good, cmpoids.CE_KEY_USAGE: (False, der.named_bits(0))}
        more = {**good, cmpoids.CE_SUBJECT_ALT_NAME: (False, der.seq(catemplate.dns("a")))}
        name = (cmpoids.AT_ORGANIZATION, "Example Domain"), (cmpoids.AT_SERIAL_NUMBER, "SN-0001")
        for why, template in {
            "key kind": fill(offer, big := ec.generate_private_key(ec.SECP384R1())),
            "key usage": cert_template(key, SUBJECT, usage),
            "criticality": cert_template(key, SUBJECT, loose),
            "one extension more": cert_template(key, SUBJECT, more),
            "no extensions": cert_template(key, SUBJECT),
            "fixed value": cert_template(key, write_name(("2.5.4.10", "Mine"), name[1]), good),
            "one attribute more": cert_template(key, write_name(*name, ("2.5.4.3", "x")), good),
            "fixed value missing": cert_template(key, write_name(name[1]), good),
        }.items():
            with self.subTest(why):
                mine = big if why == "key kind" else key
                answer, _ = self.request("basic", template, mine)
                self.assert_refused(answer, "badCertTemplate", "ip")

    def test_appendix_a(self) -> None:
        """RFC 9483 appendix A, encoded by hand."""
        answer = self.client(self.make(template="appendix-a")).inform(cmpoids.IT_CERT_REQ_TEMPLATE)
        kind, value = info_of(answer)
        self.assertEqual(kind, cmpoids.IT_CERT_REQ_TEMPLATE)
        text = (value or b"").hex()
        for part in (
            "a3023000",  # [3] { SEQUENCE {} }
            "06035504030c00",  # commonName, UTF8String ""
            "0c066d7944657074",  # "myDept"
            "82107777772e6d795365727665722e636f6d8700",  # [2] "www.myServer.com", [7] ""
            "0101ff040403020388",  # TRUE, keyUsage with 3 unused bits
            "0603551d2504023000",  # extKeyUsage with an empty SEQUENCE
            "06092b060105050705010b301306072a8648ce3d020106082a8648ce3d030107",  # algId
            "06092b060105050705010c02020800",  # rsaKeyLen 2048
        ):
            self.assertIn(part, text)

    def test_no_wishes_and_unknown_profiles(self) -> None:
        answer = self.client().inform(cmpoids.IT_CERT_REQ_TEMPLATE)
        self.assertEqual(info_of(answer), (cmpoids.IT_CERT_REQ_TEMPLATE, None))
        answer = self.client().inform(cmpoids.IT_CERT_REQ_TEMPLATE, (profile("nobody's"),))
        self.assert_refused(answer, "badRequest")


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Judges the lab's CA in what differs between servers: delays, versions, identifiers.

Run it as `python3 tests/lab/test_ca_operations.py`; it needs no agent.
"""

from __future__ import annotations

import hashlib
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

from onlab import der  # noqa: E402
from onlab.cacase import WANT_IMPLICIT, Case, make_base, remove_base  # noqa: E402
from onlab.cmpclient import Client, certificate_of, status_of  # noqa: E402
from onlab.cmpmsg import Message  # noqa: E402
from onlab.cmpoids import ANSWERS, FAIL_INFO  # noqa: E402

FINAL = {**ANSWERS, "rr": "rp", "genm": "genp", "certConf": "pkiconf"}
BY_MAC = ("ir", "cr", "p10cr", "genm")
SHA512 = "2.16.840.1.101.3.4.2.3"
BASE: Path


def setUpModule() -> None:
    global BASE
    BASE = make_base()


tearDownModule = remove_base


def pvno(number: int):
    return lambda draft: setattr(draft, "pvno", number)


class Delays(Case):
    """RFC 9483 4.4, for every message that can be answered late."""

    def begin(self, client: Client, kind: str) -> Message:
        info = (WANT_IMPLICIT,) if kind in ANSWERS else ()
        return client.ask(kind, client.body_of(kind), info)

    def poll_through(self, client: Client, kind: str, waiting: Message, by_error: bool) -> None:
        self.assertEqual(status_of(waiting).status, 3, kind)
        self.assertEqual(status_of(waiting).fail, [])
        self.assertEqual(waiting.kind, "error" if by_error else FINAL[kind])
        cert_req_id = -1 if by_error or kind == "p10cr" else 0
        self.assertEqual(client.poll(cert_req_id).kind, "pollRep")
        self.assertEqual(client.poll(cert_req_id).kind, FINAL[kind])

    def test_of_every_request_by_signature(self) -> None:
        for kind in (*ANSWERS, "rr", "genm"):
            for by in ("body", "error"):
                with self.subTest(kind, by=by):
                    client = self.owner(self.make(wait=2, wait_on="all", wait_by=by))
                    waiting = self.begin(client, kind)
                    self.poll_through(client, kind, waiting, by == "error" or kind not in ANSWERS)

    def test_of_every_request_by_mac(self) -> None:
        for kind in BY_MAC:
            for by in ("body", "error"):
                with self.subTest(kind, by=by):
                    client = self.sharing(wait=2, wait_on="all", wait_by=by)
                    waiting = self.begin(client, kind)
                    self.poll_through(client, kind, waiting, by == "error" or kind == "genm")

    def test_of_certconf_after_each_certificate(self) -> None:
        for kind in ANSWERS:
            client = self.owner(self.make(wait=2, wait_on="certconf"))
            issued = client.ask(kind, client.body_of(kind))
            cert_req_id = -1 if kind == "p10cr" else 0
            waiting = client.confirm(certificate_of(issued) or b"", None, cert_req_id)
            self.poll_through(client, "certConf", waiting, True)

    def test_waiting_may_come_again(self) -> None:
        client = self.client(self.make("cmp-wait-again"))
        for answer in (client.enrol(), client.poll()):
            self.assertEqual((answer.kind, status_of(answer).status), ("ip", 3))
        self.assert_issued(client.poll(), client)


class Identifiers(Case):
    def test_of_cp_after_p10cr(self) -> None:
        """RFC 9483 4.1.4 says -1; some servers say 0."""
        for number in (-1, 0):
            client = self.client(self.make(p10_id=number, wait=1))
            waiting = client.ask("p10cr", client.pkcs10_body())
            self.assertIn(der.integer(number) + der.tlv(0x30), self.ids(waiting))
            self.assertEqual(client.poll(number).kind, "cp")

    def ids(self, message: Message) -> bytes:
        """certReqId of the first CertResponse, with an empty SEQUENCE behind it."""
        fields = der.Der(message.body).enter(der.SEQUENCE)
        response = fields.enter(der.SEQUENCE).enter(der.SEQUENCE)
        return der.integer(response.integer()) + der.tlv(0x30)

    def test_of_pollrep(self) -> None:
        for told, expected in (("echo", -1), ("0", 0), ("-1", -1)):
            client = self.client(self.make(poll_id=told, wait=2, wait_by="error"))
            client.enrol()
            answer = client.poll(-1)
            first = der.Der(answer.body).enter(der.SEQUENCE).enter(der.SEQUENCE)
            self.assertEqual(first.integer(), expected)


class Versions(Case):
    def confirm(self, named_hash: bool, version: int, **options) -> Message:
        client = self.client(self.make(**options))
        certificate = certificate_of(client.enrol(implicit=False)) or b""
        named, digest = b"", hashlib.sha256(certificate).digest()
        if named_hash:
            named = der.explicit(0, der.seq(der.oid(SHA512)))
            digest = hashlib.sha512(certificate).digest()
        body = der.seq(der.seq(der.octets(digest), der.integer(0), named))
        return client.ask("certConf", body, (), pvno(version))

    def test_hash_algorithm_of_certconf(self) -> None:
        for hash_alg, version, options, fail in (
            (True, 3, {}, None),
            (False, 2, {}, None),
            (True, 2, {}, "badRequest"),
            (True, 3, {"hash_alg": "demanded"}, None),
            (False, 2, {"hash_alg": "demanded"}, "badDataFormat"),
            (True, 3, {"hash_alg": "refused"}, "badDataFormat"),
            (False, 2, {"hash_alg": "refused"}, None),
            (False, 3, {}, None),
            (False, 3, {"pvno": "strict"}, "unsupportedVersion"),
            (True, 3, {"pvno": "strict"}, None),
        ):
            with self.subTest(hash_alg=hash_alg, version=version, options=options):
                answer = self.confirm(hash_alg, version, **options)
                if fail:
                    self.assert_refused(answer, fail)
                else:
                    self.assertEqual(answer.kind, "pkiconf")

    def test_requests(self) -> None:
        for version, option, expected in ((2, "strict", "ip"), (3, "strict", "error"),
                                          (3, "liberal", "ip")):  # fmt: skip
            answer = self.client(self.make(pvno=option)).enrol(True, pvno(version))
            self.assertEqual(answer.kind, expected)
            self.assertEqual(answer.pvno, 2)


class Refusals(Case):
    def test_each_failinfo_in_body_and_error(self) -> None:
        for name in FAIL_INFO:
            self.assert_refused(self.client(self.make(f"cmp-error-{name}")).enrol(), name)
            answer = self.client(self.make(f"cmp-rejection-{name}")).enrol()
            self.assert_refused(answer, name, "ip")
            self.assertIsNone(certificate_of(answer))


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether a run of the agent was sound, by what its peers saw and what it left behind.

`universal` holds for every run, whatever the lab did to it; the others for runs that should have
ended one way.  All return complaints in words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from onlab import pki
from onlab.device import Device

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029]")
SANITIZER = re.compile(r"AddressSanitizer|LeakSanitizer|runtime error:")
ERROR_ROW = re.compile(r"X\(E_(\w+),\s*\w+,\s*(\d+),")
CRASHED, BUG = 128, 9


def error_numbers(header: Path) -> dict[str, int]:
    """Exit statuses by name, from the one table there is (platform/base/err.h)."""
    found = {name: int(number) for name, number in ERROR_ROW.findall(header.read_text())}
    return {"OK": 0, **found}


@dataclass
class Run:
    """One run of the agent and all that is known about it."""

    status: int | None  # None: it had to be killed
    output: str
    device: Device
    events: list[dict]

    def saw(self, what: str, **fields) -> list[dict]:
        found = [e for e in self.events if e["what"] == what]
        return [e for e in found if all(e.get(k) == v for k, v in fields.items())]


def universal(run: Run) -> Iterable[str]:
    if run.status is None:
        yield "it did not end in time"
    elif run.status < 0 or run.status >= CRASHED or run.status == BUG:
        yield f"it crashed or broke one of its own rules: status {run.status}"
    if SANITIZER.search(run.output):
        yield "a sanitizer complains"
    if CONTROL.search(run.output):
        yield "control characters of a peer reached the terminal"
    yield from _on_the_wire(run)
    if run.device.is_enrolled() != (run.status == 0):
        yield f"exit status {run.status}, but live is {run.device.is_enrolled()}"
    if run.device.is_enrolled():
        yield from run.device.faults()


def _on_the_wire(run: Run) -> Iterable[str]:
    for event in run.saw("plain_http"):
        yield f"it followed a redirect to plain http: {event['path']}"
    for event in run.saw("connection", resumed=True):
        yield f"it resumed a TLS session on connection {event['number']}"
    for event in run.saw("bad_request"):
        yield f"improper HTTP: {event['why']}"
    for event in run.saw("voucher_status") + run.saw("enrollstatus"):
        for fault in event["faults"] + event["remarks"]:
            yield f"{event['what']}: {fault}"
    for event in run.saw("pvr_good"):
        for remark in event["remarks"]:
            yield f"voucher-request: {remark}"
    yield from _nonces(run)


def _nonces(run: Run) -> Iterable[str]:
    """RFC 8995 5.2: another nonce for every attempt; 5.6: the same bytes after a 202."""
    requests = {(e["nonce"], e["sha256"]) for e in run.saw("pvr_good")}
    if len({nonce for nonce, _ in requests}) != len(requests):
        yield "two different voucher-requests with the same nonce"


def came_there(run: Run) -> Iterable[str]:
    """An error that a peer caused needs a peer."""
    if not run.saw("accepted", who="registrar"):
        yield "it never connected to the registrar"


def trusted_in_order(run: Run) -> Iterable[str]:
    """No CMP before a positive voucher_status, whatever happens."""
    started = False
    for event in run.events:
        if event["what"] == "voucher_status" and event["body"].get("status") is True:
            started = True
        if event["what"] == "cmp" and not started:
            yield "CMP before the voucher was accepted"
            return


def never_enrolled(run: Run, left: tuple[str, ...] = ()) -> Iterable[str]:
    """Nothing stays behind but what has to: the journal of a request that is outstanding."""
    if run.device.leftovers() != list(left):
        yield f"left behind: {', '.join(run.device.leftovers()) or 'nothing'}"


def interrupted(run: Run) -> Iterable[str]:
    """Out of patience while the CA was thinking: what is needed to go on, and no more."""
    staged = re.compile(r"journal|gen/0001/(key\.pem|pin\.pem|voucher\.vcj|profile\.der)")
    left = run.device.leftovers()
    if not all(staged.fullmatch(name) for name in left):
        yield f"left behind: {', '.join(left)}"
    if left and not {"journal", "gen/0001/key.pem"} <= set(left):
        yield f"with {', '.join(left)} nobody can go on"


def never_trusted(run: Run, left: tuple[str, ...] = ()) -> Iterable[str]:
    yield from never_enrolled(run, left)
    if run.saw("cmp") or run.saw("ir"):
        yield "it spoke CMP without trust"
    if any(e["body"].get("status") for e in run.saw("voucher_status")):
        yield "it reported the voucher as good"
    if run.saw("enrollstatus"):
        yield "it reported an enrolment that never began"


def enrolled(run: Run) -> Iterable[str]:
    """The certificate is the one that was issued, and both reports were made."""
    if not run.device.is_enrolled():
        return
    raw = pki.der(run.device.certificate())
    issued = run.saw("issued", sha256=hashlib.sha256(raw).hexdigest())
    if len(issued) != 1:
        yield "the live certificate is not one the CA issued"
    if run.saw("rejected_by_client"):
        yield "a certificate was rejected by certConf"
    waits = [e for e in run.saw("ir") if e.get("implicitConfirm") is False]
    if waits and not run.saw("confirmed"):
        yield "the certificate was not confirmed"


def reports(run: Run, what: str, status: bool) -> Iterable[str]:
    heard = [e for e in run.saw(what) if e["body"].get("status") is status]
    if not heard:
        yield f"no {what} with status {status}"


def enrolment_reported(run: Run) -> Iterable[str]:
    """RFC 8995 5.9.4: with the new certificate, on a connection of its own."""
    yield from reports(run, "voucher_status", True)
    yield from reports(run, "enrollstatus", True)
    for event in run.saw("enrollstatus"):
        if event["body"].get("status") is True and event["peer"] != "ldevid":
            yield f"enrollstatus came with the {event['peer']}"
        if event["number"] in [e["number"] for e in run.saw("cmp", origin=event["origin"])]:
            yield "enrollstatus came on the connection of the enrolment"

# SPDX-License-Identifier: GPL-2.0-or-later
"""Stories of `onramp cmp` with what is too large to be held: lists, CA certificates, bundles."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys

import life
from onlab import events
from onlab.bundles import other_cas
from onlab.cacrl import long_list

TOO_BIG, SIGNER, STORE = 16, 66, 5
MB = 1 << 20
SLACK = 8 * 1024  # kilobytes that a run may need more for a list thirty times as long


# A process begins with the peak of the one that made it: so that is a small one.
MEASURE = """import resource, subprocess, sys
status = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "w") as out:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=out)
sys.exit(status if status >= 0 else 128 - status)"""


def _peak(b, operation: str, *words, status: int = 0) -> int:
    """The memory of a run at its most, in kilobytes."""
    b.run(operation, *words, status=status,
          under=(sys.executable, "-c", MEASURE, str(b.file("peak"))))  # fmt: skip
    return int(b.file("peak").read_text())


def _list(b) -> tuple:
    return (*b.ours, *b.trusted, "--crl-issuer", b.lab / "domain/sub.pem")


def _grow(b, megabytes: float) -> None:
    b.ca.operations.information.lists.filler = long_list(int(megabytes * MB))


def _is_good(b, name: str) -> bool:
    done = subprocess.run(["openssl", "crl", "-in", b.file(name), "-noout", "-CAfile",
                           b.lab / "domain/sub.pem"], capture_output=True)  # fmt: skip
    return b"verify OK" in done.stdout + done.stderr


def long_lists(b) -> None:
    """Fetched, verified, searched and shown, in the memory that a short one needs."""
    peaks = {}
    for megabytes in (0.1, 5, 31):
        _grow(b, megabytes)
        peaks[megabytes] = _peak(b, "getcrls", *_list(b), "--crlout", "new.crl")
        b.expect(_is_good(b, "new.crl"), f"{megabytes} MB: openssl does not verify it")
    grown = peaks[31] - peaks[0.1]
    print(f"  memory at its most: {peaks} kB")
    b.expect(grown < SLACK, f"{grown} kB more for 31 MB than for 0.1 MB")
    use = _peak(b, "getcacerts", *b.ours, *b.trusted, "--crl", "new.crl", "--cacertsout", "ca.pem")
    b.expect(use - peaks[0.1] < SLACK, f"{use - peaks[0.1]} kB more with --crl of 31 MB")


def long_lists_count(b) -> None:
    """A certificate that a long list names is refused; and --oldcrl may be one."""
    _grow(b, 5)
    b.run("getcrls", *_list(b), "--crlout", "old.crl")
    done = b.run("getcrls", *_list(b), "--oldcrl", "old.crl", "--crlout", "none.crl", "--json")
    b.expect(json.loads(done.stdout)["present"] is False, "a newer list that is none")
    b.expect(not b.file("none.crl").exists(), "a file for no list")
    signer = b.ca.credential("domain/ra").certificate.serial
    lists = b.ca.operations.information.lists
    spec = lists.spec_of(b.ca.issuer.ca)
    spec.revoked = [(signer, spec.this_update, 1)]
    raw = spec.build()
    b.file("known.crl").write_bytes(raw)
    pem = base64.encodebytes(raw)
    b.file("known.pem").write_bytes(b"text\n-----BEGIN X509 CRL-----\n" + pem
                                    + b"-----END X509 CRL-----\n")  # fmt: skip
    for name in ("known.crl", "known.pem"):
        b.run("getcacerts", *b.ours, *b.trusted, "--crl", name, status=SIGNER)
    b.run("getcacerts", *b.ours, *b.trusted, "--crl", "-", data=raw, status=SIGNER)


def limits_are_said(b) -> None:
    """One that is reached is a status and a member, and no file."""
    for megabytes, status, limit in ((33, TOO_BIG, True), (5, 0, False)):
        _grow(b, megabytes)
        done = b.run("getcrls", *_list(b), "--crlout", "new.crl", "--json", status=status)
        said = json.loads(done.stdout)
        b.expect(said["limit_reached"] is limit, f"{megabytes} MB: limit_reached is not {limit}")
        b.expect(said["ok"] is not limit, f"{megabytes} MB: ok")
        b.expect(b.file("new.crl").exists() is not limit, f"{megabytes} MB: the file")
        if not limit:
            raw = base64.b64decode(said["crl"])
            b.expect(len(raw) == said["octets"] > 5 * MB, "crl is not the list")
    left = [path.name for path in b.directory.iterdir() if path.name.startswith(".")]
    b.expect(left == [], f"left behind: {left}")


def many_ca_certs(b) -> None:
    """All of them, in the file and in JSON, in bounded memory."""
    b.ca.operations.information.further = list(other_cas(800))
    done = b.run("getcacerts", *b.ours, *b.trusted, "--cacertsout", "ca.pem", "--json")
    said = json.loads(done.stdout)
    count = len(b.certificates("ca.pem"))
    b.expect(said["count"] == len(said["certificates"]) == count > 800,
             f"count {said['count']}, listed {len(said['certificates'])}, written {count}")
    b.expect(said["limit_reached"] is False, "a limit was reached")
    done = b.run("getcacerts", *b.ours, *b.trusted)
    b.expect(done.stdout.count(b"CA number") == 800, "not each of them is a line")
    # what fails on the way leaves the file that there was
    before = b.file("ca.pem").read_bytes()
    full = b.device_full()
    if full is not None:
        b.run("getcacerts", *b.ours, *b.trusted, "--cacertsout", full, status=STORE)
    b.expect(b.file("ca.pem").read_bytes() == before, "the file changed")


def large_bundles(b) -> None:
    """As systems have them: hundreds of certificates, text between, one that is broken."""
    pem = b"".join(
        b"# CA %d\n-----BEGIN CERTIFICATE-----\n" % n + base64.encodebytes(raw)
        + b"-----END CERTIFICATE-----\n" for n, raw in enumerate(other_cas(300))
    )  # fmt: skip
    broken = b"-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"
    bundle = pem + broken + (b.lab / "domain/root.pem").read_bytes()
    b.file("ca-certificates.crt").write_bytes(bundle)
    done = b.run("getcacerts", *b.ours, "--trusted", "ca-certificates.crt", "--cacertsout", "x.pem")
    b.expect(b"certificate 301 is left out" in done.stderr, f"not named: {done.stderr}")
    b.run("getcacerts", *b.ours, "--trusted", "-", "--cacertsout", "x.pem", data=bundle)
    b.run("getcacerts", *b.ours, *b.trusted, "--untrusted", "ca-certificates.crt")
    seen = len(events.read(b.lab))
    done = b.run("getcacerts", *b.ours, "--trusted", "-", data=bundle * 2, status=TOO_BIG)
    b.expect(b"more than 512" in done.stderr, f"the limit is not said: {done.stderr}")
    b.expect(len(events.read(b.lab)) == seen, "it was sent with fewer anchors")


def killed(b) -> None:
    """The tool dies at each call that touches the disk: the old list, or the new one."""
    if shutil.which("strace") is None:
        raise life.Cannot("no strace")
    _grow(b, 0.3)
    b.run("getcrls", *_list(b), "--crlout", "new.crl")
    b.file("good.crl").write_bytes(b.file("new.crl").read_bytes())
    for call in ("openat", "pwrite64", "write", "fchmod", "fsync", "renameat", "unlink"):
        for number in (1, 2, 3, 5, 9, 17, 20, 40, 60):
            b.file("new.crl").write_text("old")
            inject = f"inject={call}:signal=KILL:when={number}"
            under = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject)
            done = b.run("getcrls", *_list(b), "--crlout", "new.crl", under=under, status=None)
            there = b.file("new.crl").read_bytes()
            b.expect(there == b"old" or _is_good(b, "new.crl"), f"killed at {call} {number}: torn")
            if done.returncode == 0:
                break
    b.run("getcrls", *_list(b), "--crlout", "new.crl")
    b.expect(_is_good(b, "new.crl"), "no list in the end")


def long_lists_are_shown(b) -> None:
    """Every entry, as DER and as PEM; of what is cut the last line says where."""
    _grow(b, 2)
    b.run("getcrls", *_list(b), "--crlout", "new.crl")
    raw = base64.b64decode(b"".join(b.file("new.crl").read_bytes().split(b"\n")[1:-2]))
    b.file("new.der").write_bytes(raw)
    b.file("cut.der").write_bytes(raw[:-9])
    count = raw.count(b"\x17\x0d") - 2
    for name, status in (("new.crl", 0), ("new.der", 0), ("cut.der", None)):
        done = subprocess.run([b.agent, "show", b.file(name)], capture_output=True)
        shown = done.stdout.count(b"revocationDate")
        b.expect(status is None or done.returncode == status, f"{name}: {done.returncode}")
        b.expect((done.returncode == 0) is (status == 0), f"{name}: {done.returncode}")
        b.expect(abs(shown - count) <= 2, f"{name}: {shown} of {count} entries")


STORIES = {
    "large-killed": ("getcrls", killed, ()),
    "long-lists-are-shown": ("getcrls", long_lists_are_shown, ()),
    "long-lists": ("getcrls", long_lists, ()),
    "long-lists-count": ("getcrls", long_lists_count, ()),
    "limits-are-said": ("getcrls", limits_are_said, ()),
    "many-ca-certs": ("getcacerts", many_ca_certs, ()),
    "large-bundles": ("getcacerts", large_bundles, ()),
}

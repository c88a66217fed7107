# SPDX-License-Identifier: GPL-2.0-or-later
"""Stories of `onramp cmp`: several lines, and what is in the files between them.

A story gets a Bench; what it finds wrong it says with `expect`.  Status, sanitizers and crashes of
each line are looked at by the bench.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.server
import json
import os
import re
import select
import shlex
import shutil
import signal
import socket
import socketserver
import ssl
import stat
import subprocess
import termios
import threading
import time
import urllib.request
from pathlib import Path

from cryptography.hazmat.primitives import serialization

import life
from onlab import events, judge
from onlab.cacert import read_pem, spki_of

ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
SUBJECT = ("--subject", "/O=Example Domain/serialNumber=SN-0001")
SECRET = "correct horse battery staple"
USAGE, IDENTITY, STORE, UNREACHABLE, HTTP, PATH, NAMES = 2, 4, 5, 10, 15, 53, 55
TIMEOUT, STOPPED = 72, 99


class Bench:
    """One directory, the CA behind a port, and the tool."""

    def __init__(self, stage, agent: Path, port: int) -> None:
        self.stage, self.agent, self.port = stage, agent, port
        self.directory, self.lab, self.ca = stage.directory, stage.lab, stage.ca
        self.seconds = stage.row.seconds
        self.complaints: list[str] = []
        self.server = f"http://127.0.0.1:{port}"
        self.idevid = self.who("device/idevid-p256")
        self.ours = self.who("domain/device")
        self.trusted = ("--trusted", self.lab / "domain/root.pem")

    def who(self, stem: str) -> tuple:
        return ("--cert", self.lab / f"{stem}.pem", "--key", self.lab / f"{stem}.key")

    def expect(self, holds, what: str) -> None:
        if not holds:
            self.complaints.append(what)

    def file(self, name: str) -> Path:
        return self.directory / name

    # ---- the tool

    def command(self, operation: str, *words) -> list[str]:
        line = [self.agent, "cmp", operation, "--server", self.server, "--total-timeout", "20",
                "--retries", "0", *words]  # fmt: skip
        if "--server" in words:
            line[3:5] = []
        if "--total-timeout" in words:
            line.remove("20")
            line.remove("--total-timeout")
        return [str(word) for word in line]

    def run(self, operation: str, *words, under=(), status: int | None = 0, data: bytes = b"",
            **more) -> subprocess.CompletedProcess:  # fmt: skip
        """A line, from the bench's directory; the status that it must end with, or None."""
        command = [*under, *self.command(operation, *words)]
        done = subprocess.run(command, cwd=self.directory, env=ENVIRONMENT, input=data,
                              stdout=more.get("stdout", subprocess.PIPE), timeout=self.seconds,
                              stderr=subprocess.PIPE)  # fmt: skip
        self.look_at(command, done.returncode, (done.stdout or b"") + done.stderr, status)
        return done

    def look_at(self, command, got: int, output: bytes, status: int | None) -> None:
        text = output.decode(errors="replace")
        with open(self.file("tool.log"), "a") as log:
            print(" ".join(command), text, f"= {got}", sep="\n", file=log)
        if status is not None and got != status:
            self.complaints.append(f"{command[2]} ended with {got}, not {status}: {text}")
        if (got < 0 and status is not None) or got >= judge.CRASHED or judge.SANITIZER.search(text):
            self.complaints.append(f"{command[2]}: crashed, or a sanitizer complains")

    def refuses(self, operation: str, *words, says: tuple[str, ...], status: int = USAGE) -> None:
        """Before anything is sent, and in these words; no file changes."""
        before, seen = self.snapshot(), len(events.read(self.lab))
        done = self.run(operation, *words, status=status)
        text = done.stderr.decode()
        self.expect(all(word in text for word in says), f"{says} not said, but: {text}")
        self.expect(self.snapshot() == before, f"{words}: refused, and files have changed")
        self.expect(len(events.read(self.lab)) == seen, f"{words}: refused, and it was sent")

    def snapshot(self) -> dict:
        """A link to our own standard output leads to a log that grows meanwhile: not ours."""
        here = self.directory.resolve()
        return {path.name: (path.read_bytes(), path.stat().st_ino)
                for path in self.directory.iterdir()
                if path.is_file() and not path.name.endswith(".log")
                and path.resolve().is_relative_to(here)}  # fmt: skip

    def device(self) -> Path:
        """One that swallows all, and is the bench's own: a failure must cost nobody a device."""
        if os.geteuid() != 0:
            return Path("/dev/null")  # ours to write to, not to replace
        node = self.file("device")
        try:
            os.mknod(node, stat.S_IFCHR | 0o666, os.makedev(1, 3))
            node.write_bytes(b"x")
        except OSError as reason:
            raise life.Cannot(f"no device can be made: {reason}") from reason
        return node

    def device_full(self) -> Path | None:
        """One that takes nothing: what is written there is lost (/dev/full)."""
        full = Path("/dev/full")
        return full if full.is_char_device() else None

    # ---- what is there

    def saw(self, what: str) -> list[dict]:
        return [event for event in events.read(self.lab) if event["what"] == what]

    def certificates(self, name: str) -> list:
        return read_pem(self.file(name))

    def fits(self, key: str, certificate: str) -> bool:
        private = serialization.load_pem_private_key(self.file(key).read_bytes(), None)
        return spki_of(private) == self.certificates(certificate)[0].spki

    def issued(self) -> bytes:
        return read_pem(Path(self.saw("issued")[-1]["file"]))[0].raw

    def is_issued(self, name: str) -> bool:
        return self.certificates(name)[0].raw == self.issued()


# ---- 5.1: files are written where the names lead to


def through_links_and_devices(b: Bench) -> None:
    real, link = b.file("real"), b.file("link")
    real.mkdir()
    link.symlink_to("real/cert.pem")  # leads nowhere yet
    device, node = b.device(), b.file("null")
    node.symlink_to(device)
    for _ in range(2):  # made, then replaced
        b.run("ir", *b.idevid, *b.trusted, *SUBJECT, "--newkey", "new.key", "--certout", link,
              "--chainout", node, "--cacertsout", device)  # fmt: skip
        b.expect(link.is_symlink(), "the link was replaced")
        b.expect(b.is_issued("real/cert.pem"), "the link's target is not the certificate")
    b.expect(node.is_symlink(), "the link to the device was replaced")
    b.expect(stat.S_ISCHR(device.stat().st_mode), "the device is a file now")
    b.expect(b.fits("new.key", "real/cert.pem"), "the key does not fit")


def through_a_fifo(b: Bench) -> None:
    fifo, got = b.file("fifo"), []
    os.mkfifo(fifo)
    reader = threading.Thread(target=lambda: got.append(fifo.read_bytes()), daemon=True)
    reader.start()
    b.run("cr", *b.ours, *b.trusted, "--newkey", "new.key", "--certout", "fifo")
    reader.join(b.seconds)
    b.expect(stat.S_ISFIFO(fifo.stat().st_mode), "the fifo was replaced")
    b.expect(got and b"BEGIN CERTIFICATE" in got[0], f"the fifo brought {got}")


def to_standard_output(b: Bench) -> None:
    words = (*b.ours, *b.trusted, "--newkey", "new.key")
    # /dev/stdout, but the bench's own: a failure must cost nobody a link
    b.file("stdout").symlink_to("/proc/self/fd/1")
    for path in ("-", "stdout"):
        done = b.run("cr", *words, "--certout", path)
        b.file("out.pem").write_bytes(done.stdout)
        b.expect(done.stdout.startswith(b"-----BEGIN CERTIFICATE-----"),
                 f"{path}: not the certificate alone: {done.stdout[:40]}")  # fmt: skip
        b.expect(b.is_issued("out.pem"), f"{path}: another certificate")
        b.expect(b"certificate for" in done.stderr, f"{path}: the result is not said")
    with open(b.file("file.pem"), "wb") as out:
        b.run("cr", *words, "--certout", "stdout", stdout=out)
        out.seek(0, os.SEEK_END)
        b.expect(out.tell() > 0, "standard output is a file: the shell's file is another one")
    b.refuses("cr", *words, "--certout", "-", "--chainout", "-", says=("--certout", "--chainout"))
    b.refuses("cr", *words, "--certout", "-", "--json", says=("--certout", "--json"))


def from_standard_input(b: Bench) -> None:
    both = b.lab / "domain/device"
    key = Path(f"{both}.key").read_bytes()
    b.run("cr", "--cert", f"{both}.pem", "--key", "-", *b.trusted, "--newkey", "new.key",
          "--certout", "new.pem", data=key)  # fmt: skip
    b.expect(b.is_issued("new.pem"), "--key -: no certificate")
    root = (b.lab / "domain/root.pem").read_bytes()
    b.run("getcacerts", *b.ours, "--trusted", "-", "--cacertsout", "ca.pem", data=root)
    b.refuses("cr", "--cert", "-", "--key", "-", *b.trusted, "--newkey", "n", "--certout", "c",
              says=("--cert", "--key", "standard input"))  # fmt: skip


def mode_and_owner_stay(b: Bench) -> None:
    target = b.file("new.pem")
    target.write_text("of before")
    target.chmod(0o640)
    owner = (65534, 65534) if os.geteuid() == 0 else (os.getuid(), os.getgid())
    os.chown(target, *owner)
    b.file("new.key.tmp").write_text("mine")
    b.file("new.pem.tmp").write_text("mine")
    b.run("cr", *b.ours, *b.trusted, "--newkey", "new.key", "--certout", target)
    found = target.stat()
    b.expect(b.is_issued("new.pem"), "no certificate")
    b.expect(found.st_mode & 0o7777 == 0o640, f"its mode is {found.st_mode:o} now")
    b.expect((found.st_uid, found.st_gid) == owner, "its owner is another")
    b.expect(b.file("new.key").stat().st_mode & 0o77 == 0, "others may read the key")
    for name in ("new.key.tmp", "new.pem.tmp"):
        b.expect(b.file(name).read_text() == "mine", f"{name} was somebody's")


def what_cannot_be_written(b: Bench) -> None:
    b.file("dir").mkdir()
    words = (*b.ours, *b.trusted, "--newkey", "new.key")
    b.refuses("cr", *words, "--certout", "dir", says=("--certout dir", "directory"), status=STORE)
    b.refuses("cr", *words, "--certout", "no/such/place", says=("--certout no/such/place",),
              status=STORE)  # fmt: skip
    device = b.device()
    b.refuses("cr", *words, "--certout", "c", "--journal", device, says=("--journal",))
    b.expect(stat.S_ISCHR(device.stat().st_mode), "the device is a file now")


# ---- 5.2: no file is lost to another


def one_file_for_two(b: Bench) -> None:
    for name in ("key", "pem"):
        b.file(f"our.{name}").write_bytes((b.lab / f"domain/device.{name}").read_bytes())
    b.file("our.key").chmod(0o600)
    b.file("root.pem").write_bytes((b.lab / "domain/root.pem").read_bytes())
    b.file("hard.key").hardlink_to(b.file("our.key"))
    b.file("soft").symlink_to("our.pem")
    ours = ("--cert", "our.pem", "--key", "our.key", "--trusted", "root.pem")
    new = ("--newkey", "new.key")
    for words, says in {
        (*new, "--certout", "new.key"): ("--newkey", "--certout"),
        (*new, "--certout", "./new.key"): ("--newkey", "--certout"),
        (*new, "--certout", "our.key"): ("--certout", "--key"),
        (*new, "--certout", "hard.key"): ("--certout", "--key"),
        (*new, "--certout", "our.pem"): ("--certout", "--cert"),
        (*new, "--certout", "soft"): ("--certout", "--cert"),
        (*new, "--certout", "root.pem"): ("--certout", "--trusted"),
        (*new, "--certout", "c", "--chainout", "c"): ("--certout", "--chainout"),
        (*new, "--certout", "c", "--fullchainout", b.directory / "c"): ("--fullchainout",),
        (*new, "--certout", "c", "--chainout", "root.pem"): ("--chainout", "--trusted"),
        (*new, "--certout", "j", "--journal", "j"): ("--certout", "--journal"),
        (*new, "--certout", "j.lock", "--journal", "j"): ("--certout", "--journal"),
        (*new, "--certout", "d/index.txt", "--dump", "d"): ("--certout", "--dump"),
        ("--central", "any", "--newkeyout", "c", "--certout", "c"): ("--newkeyout",),
        ("--central", "any", "--newkeyout", "our.key", "--certout", "c"): ("--newkeyout",),
    }.items():
        b.file("d").mkdir(exist_ok=True)
        b.refuses("cr", *ours, *words, says=says)
    b.refuses("getcacerts", *ours, "--cacertsout", "root.pem", says=("--cacertsout", "--trusted"))
    b.refuses("getrootupdate", *ours, "--oldroot", "root.pem", "--rootout", "root.pem",
              says=("--rootout",))  # fmt: skip
    b.refuses("kur", *ours, "--newkey", "new.key", "--certout", "our.pem", says=("in place",))
    # one PEM for key and certificate
    b.file("both.pem").write_bytes(b.file("our.key").read_bytes() + b.file("our.pem").read_bytes())
    b.file("both.pem").chmod(0o600)
    b.run("cr", "--cert", "both.pem", "--key", "both.pem", "--trusted", "root.pem", *new,
          "--certout", "new.pem")  # fmt: skip
    b.expect(b.is_issued("new.pem"), "one PEM for --key and --cert: no certificate")


# ---- 5.3: who confirms, keeps


def nobody_keeps_it(b: Bench) -> None:
    words = (*b.ours, *b.trusted, "--newkey", "new.key")
    b.refuses("cr", *words, "--chainout", "chain.pem", says=("--certout", "--json", "--journal"))
    done = b.run("cr", *words, "--json")
    b.expect("certificate" in json.loads(done.stdout), "--json has no certificate")
    done = b.run("cr", *words, "--journal", "journal")
    b.expect(b"BEGIN CERTIFICATE" in done.stdout, "a journal alone: the certificate is lost")


# ---- 5.4: our chain, and renewal in place


def above_two_tiers(b: Bench) -> None:
    new = ("--newkey", "our.key", "--certout", "our.pem", "--chainout", "chain.pem",
           "--fullchainout", "full.pem")  # fmt: skip
    b.run("ir", *b.idevid, *b.trusted, *SUBJECT, *new)
    chain = [one.raw for one in b.certificates("our.pem") + b.certificates("chain.pem")]
    b.expect([one.raw for one in b.certificates("full.pem")] == chain, "--fullchainout is another")
    next_one = ("--key", "our.key", *b.trusted, "--newkey", "next.key", "--certout", "next.pem")
    b.run("kur", "--cert", "full.pem", *next_one)
    b.run("kur", "--cert", "our.pem", *next_one, "--untrusted", "chain.pem")
    # a pool with more than what is needed, in any order
    pool = [b.lab / name for name in ("other/root.pem", "domain/root.pem", "domain/sub.pem")]
    b.run("rr", "--cert", "our.pem", "--key", "our.key", *b.trusted,
          *[word for path in pool for word in ("--untrusted", path)])  # fmt: skip
    sent = b.saw("rr")[-1]["extraCerts"]
    b.expect(sent == 2, f"{sent} extraCerts, expected ours and its CA's")
    done = b.run("kur", "--cert", "our.pem", *next_one, status=None)
    b.expect(done.returncode != 0 and b"--untrusted" in done.stderr, "no hint at --untrusted")


def in_place(b: Bench) -> None:
    real = b.file("real")
    real.mkdir()
    b.run("ir", *b.idevid, *b.trusted, *SUBJECT, "--newkey", "real/our.key", "--fullchainout",
          "real/our.pem")  # fmt: skip
    for name in ("our.key", "our.pem"):
        b.file(name).symlink_to(f"real/{name}")
    b.file("our.pem").chmod(0o640)
    for out in ("--fullchainout", "--certout"):
        old = b.file("our.key").read_bytes()
        b.run("kur", "--cert", "our.pem", "--key", "our.key", *b.trusted, "--newkey", "our.key",
              out, "our.pem")  # fmt: skip
        b.expect(b.file("our.key").read_bytes() != old, f"{out}: the key is the old one")
        b.expect(b.fits("our.key", "our.pem") and b.is_issued("our.pem"), f"{out}: no pair")
        b.expect(len(b.certificates("our.pem")) == 2, f"{out}: the chain is lost")
    b.expect(b.file("our.pem").stat().st_mode & 0o777 == 0o640, "the mode is another")
    b.expect(b.file("our.pem").is_symlink(), "the link was replaced")
    b.expect(len(list(real.iterdir())) == 2, f"left behind: {list(real.iterdir())}")
    # one file
    one = b.file("one.pem")
    one.write_bytes(b.file("our.key").read_bytes() + b.file("our.pem").read_bytes())
    one.chmod(0o600)
    b.run("kur", "--cert", one, "--key", one, *b.trusted, "--newkey", one, "--certout", one)
    b.expect(b.fits("one.pem", "one.pem") and b.is_issued("one.pem"), "one file: no pair")
    b.expect(one.stat().st_mode & 0o777 == 0o600, "one file: others may read it")


def _renew(b: Bench, under=(), **more) -> int:
    return b.run("kur", "--cert", "our.pem", "--key", "our.key", *b.trusted, "--newkey", "our.key",
                 "--fullchainout", "our.pem", under=under, **more).returncode  # fmt: skip


def in_place_or_not_at_all(b: Bench) -> None:
    """The tool dies at each rename, unlink and fsync."""
    b.run("ir", *b.idevid, *b.trusted, *SUBJECT, "--newkey", "our.key", "--fullchainout", "our.pem")
    before = b.file("our.key").read_bytes(), b.file("our.pem").read_bytes()
    if shutil.which("strace") is None:
        raise life.Cannot("no strace")
    for call in ("renameat", "unlinkat", "fsync"):
        for number in range(1, 30):
            inject = f"inject={call}:signal=KILL:when={number}"
            under = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject)
            if _renew(b, under, status=None) == 0:
                break
            if not b.fits("our.key", "our.pem"):
                b.run("getcacerts", "--cert", "our.pem", "--key", "our.key", *b.trusted)
            b.expect(b.fits("our.key", "our.pem"), f"killed at {call} {number}: no pair")
        b.expect(number > 1, f"nothing was killed at {call}")
    _renew(b)
    b.expect(b.fits("our.key", "our.pem") and b.is_issued("our.pem"), "no pair in the end")
    b.expect((b.file("our.key").read_bytes(), b.file("our.pem").read_bytes()) != before, "the old")


def as_in_the_manual(b: Bench) -> None:
    """Every example of `onramp cmp` in the manual, as written, one after the other."""
    manual = Path(__file__).resolve().parents[2] / "docs/onramp.8"
    text = manual.read_text().replace("\\-", "-").replace("\\\\\n", " ")
    lines = re.findall(r"^onramp cmp (\w+) SERVER (.*)$", text, re.MULTILINE)
    idevid = b.lab / "device/idevid-p256-agree"
    for name, source in {"idevid.pem": f"{idevid}.pem", "idevid.key": f"{idevid}.key",
                         "root.pem": b.lab / "domain/root.pem"}.items():  # fmt: skip
        b.file(name).write_bytes(Path(source).read_bytes())
    b.file("secret").write_text(SECRET + "\n")
    for name in ("idevid.key", "secret"):
        b.file(name).chmod(0o600)
    lists = b.ca.operations.information.lists
    b.file("ca.crl").write_bytes(lists.spec_of(b.ca.issuer.ca).build())
    subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-keyout", b.file("request.key"),
                    "-subj", "/CN=router 1", "-out", b.file("request.pem")],
                   check=True, capture_output=True)  # fmt: skip
    who = {"DEVICE": ["--cert", "idevid.pem", "--key", "idevid.key", "--trusted", "root.pem"],
           "OURS": ["--cert", "our.pem", "--key", "our.key", "--trusted", "root.pem"]}  # fmt: skip
    b.expect(len(lines) > 10, f"{len(lines)} examples: is the manual another one now?")
    for operation, rest in sorted(lines, key=lambda line: line[0] == "rr"):
        words = [word for one in shlex.split(rest) for word in who.get(one, [one])]
        if "--secret-file" in words:
            b.file("new.key").unlink(missing_ok=True)
        b.run(operation, *words)
    b.expect({operation for operation, _ in lines} >= {"ir", "kur", "rr"}, "ir, kur, rr: none")


# ---- 5.5: what waits, waits for one line


def journal_is_bound(b: Bench) -> None:
    words = [*b.ours, *b.trusted, "--newkey", "new.key", "--certout", "new.pem", "--journal",
             "journal"]  # fmt: skip
    subject = [*SUBJECT, "--san", "router.example"]
    b.run("cr", *words, *subject, "--total-timeout", "1", status=TIMEOUT)
    b.expect(b.file("journal").exists(), "no journal")
    b.run("cr", *b.ours, *b.trusted, "--newkey", "there.key", "--certout", "there.pem", "--reject",
          "--total-timeout", "1", status=TIMEOUT)  # fmt: skip

    def but(**more) -> list:
        line = list(words)
        for name, value in more.items():
            line[line.index(f"--{name}") + 1] = value
        return line

    bound = ("--journal", "journal")
    b.refuses("cr", *but(newkey="other.key"), *subject, says=("--newkey other.key", "new.key"))
    b.refuses("cr", *but(newkey="there.key"), *subject, says=(*bound, "key", "new.key"))
    b.refuses("cr", *but(certout="elsewhere"), *subject, says=(*bound, "result files", "new.pem"))
    b.refuses("cr", *words, *subject, "--chainout", "c.pem", says=(*bound, "result files"))
    b.refuses("cr", *words, *SUBJECT, says=(*bound, "request"))
    b.refuses("cr", *words, *subject, "--profile", "lan", says=(*bound, "request"))
    b.refuses("cr", *words, *subject, "--path", "/elsewhere", says=(*bound, "server"))
    b.refuses("ir", *but(cert=b.idevid[1], key=b.idevid[3]), *subject, says=(*bound, "operation"))
    b.run("cr", *words, *subject)
    b.expect(b.is_issued("new.pem") and b.fits("new.key", "new.pem"), "no pair in the end")
    b.expect(not b.file("journal").exists(), "the journal is still there")
    b.expect(not b.file("other.key").exists(), "a key was made for nothing")


# ---- 5.6: names


def alternative_names(b: Bench) -> None:
    new = (*SUBJECT, "--newkey", "new.key", "--certout", "new.pem")
    given = ("router.example", "DNS:*.lan.example", "10.0.0.1", "IP:2001:db8::1", "https://x/y",
             "URI:urn:dev:ops:32473-1", "admin@example.org", "email:root@example.org")  # fmt: skip
    names = [word for name in given for word in ("--san", name)]
    for operation in ("cr", "p10cr"):
        b.run(operation, *b.ours, *b.trusted, *new, *names)
        shown = subprocess.run(["openssl", "x509", "-in", b.file("new.pem"), "-noout", "-ext",
                                "subjectAltName"], capture_output=True, text=True).stdout  # fmt: skip
        found = {one.strip() for one in shown.splitlines()[-1].split(",")}
        expected = {"DNS:router.example", "DNS:*.lan.example", "IP Address:10.0.0.1",
                    "IP Address:2001:DB8:0:0:0:0:0:1", "URI:https://x/y",
                    "URI:urn:dev:ops:32473-1", "email:admin@example.org",
                    "email:root@example.org"}  # fmt: skip
        b.expect(found == expected, f"{operation}: {found}")
    for name in ("300.1.1.1", "a,b", "DNS:https://x/y", "x y", "a_b", "IP:10.0.0.1/8", "IP:router",
                 "DNS:10.0.0.1", "URI:x", "https://", "a@b@c", "email:x", "dirName:x", "", "DNS:",
                 "RID:1.2.3", "router.example.", "-x"):  # fmt: skip
        done = b.run("cr", *b.ours, *b.trusted, *new, f"--san={name}", status=USAGE)
        b.expect(b"--san" in done.stderr, f"--san {name}: not named: {done.stderr}")
    b.expect(len(b.saw("cr")) == 1, "a wrong name was sent")


# ---- 5.7: what daily users of `openssl cmp` need


def openssl(b: Bench, *words, data: bytes = b"") -> str:
    done = subprocess.run(["openssl", *map(str, words)], cwd=b.directory, input=data,
                          capture_output=True)  # fmt: skip
    if done.returncode:
        raise life.Cannot(f"openssl {words[0]}: {done.stderr.decode()}")
    return done.stdout.decode()


def encrypted_keys(b: Bench) -> None:
    key, cert = (b.lab / f"domain/device.{end}" for end in ("key", "pem"))
    b.file("pass").write_text("open sesame\nnot this\n")
    b.file("wrong").write_text("open barley\n")
    b.file("open").write_text("open sesame\n")
    for name in ("pass", "wrong"):
        b.file(name).chmod(0o600)
    who = ("--cert", cert, *b.trusted)
    forms = {"aes": ("-v2", "aes-256-cbc"), "aes128": ("-v2", "aes-128-cbc"),
             "sha1": ("-v2", "aes-192-cbc", "-v2prf", "hmacWithSHA1"),
             "sha512": ("-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512", "-iter", "100000"),
             "once": ("-v2", "aes-256-cbc", "-iter", "1"),
             "der": ("-v2", "aes-256-cbc", "-outform", "DER")}  # fmt: skip
    others = {"scrypt": ("-scrypt",), "des3": ("-v2", "des3"),
              "work": ("-v2", "aes-256-cbc", "-iter", "20000000")}  # fmt: skip
    for name, words in {**forms, **others}.items():
        if name == "work":  # nobody waits for OpenSSL to do it
            continue
        openssl(b, "pkcs8", "-topk8", "-in", key, "-out", name, *words, "-passout",
                "pass:open sesame")  # fmt: skip
        b.file(name).chmod(0o600)
        good = name in forms
        done = b.run("getcacerts", *who, "--key", name, "--pass-file", "pass",
                     status=0 if good else IDENTITY)  # fmt: skip
        b.expect(good or b"openssl pkcs8 -topk8 -v2" in done.stderr, f"{name}: {done.stderr}")
    for words, says in {("--pass-file", "wrong"): "wrong passphrase", (): "--pass-file"}.items():
        done = b.run("getcacerts", *who, "--key", "aes", *words, status=IDENTITY,
                     under=("setsid", "-w"))  # fmt: skip
        b.expect(f"--key aes: {says}" in done.stderr.decode() or says in done.stderr.decode(),
                 f"{words}: {done.stderr}")  # fmt: skip
    b.file("open").chmod(0o644)
    done = b.run("getcacerts", *who, "--key", "aes", "--pass-file", "open", status=IDENTITY)
    b.expect(b"--pass-file open: readable by others" in done.stderr, f"open: {done.stderr}")
    # for the new key as well
    b.run("cr", *who, "--key", "aes", "--pass-file", "pass", "--newkey", "sha512", *SUBJECT,
          "--certout", "new.pem")  # fmt: skip
    b.expect(b.is_issued("new.pem"), "an encrypted --newkey: no certificate")


def _at_terminal(b: Bench, typed: bytes, sent: int | None, *words) -> tuple[int, bytes, bool]:
    """Status, what the terminal showed, and whether it echoes afterwards."""
    ours, theirs = os.openpty()

    def take_terminal() -> None:
        os.setsid()
        fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(b.command("getcacerts", *words), cwd=b.directory, stdin=theirs,
                               stdout=theirs, stderr=theirs, env=ENVIRONMENT,
                               preexec_fn=take_terminal)  # fmt: skip
    shown, deadline = b"", time.monotonic() + b.seconds
    while time.monotonic() < deadline and process.poll() is None:
        if select.select([ours], [], [], 0.2)[0]:
            shown += os.read(ours, 4096)
        if b"Passphrase for" in shown and typed + bytes([sent or 0]) != b"\0":
            silent = not termios.tcgetattr(theirs)[3] & termios.ECHO
            b.expect(silent, "the passphrase is shown as it is typed")
            os.write(ours, typed)
            if sent:
                process.send_signal(sent)
            typed, sent = b"", None
    while select.select([ours], [], [], 0.2)[0]:
        shown += os.read(ours, 4096)
    status = process.wait(1) if process.poll() is not None else None
    if status is None:
        process.kill()
    echoes = bool(termios.tcgetattr(theirs)[3] & termios.ECHO)
    os.close(ours)
    os.close(theirs)
    return status, shown, echoes


def passphrase_at_a_terminal(b: Bench) -> None:
    openssl(b, "pkcs8", "-topk8", "-in", b.lab / "domain/device.key", "-out", "aes", "-v2",
            "aes-256-cbc", "-passout", "pass:open sesame")  # fmt: skip
    b.file("aes").chmod(0o600)
    words = ("--cert", b.lab / "domain/device.pem", "--key", "aes", *b.trusted)
    status, shown, echoes = _at_terminal(b, b"open sesame\n", None, *words)
    b.expect(status == 0, f"typed: ended with {status}: {shown}")
    b.expect(b"open sesame" not in shown, "the passphrase is on the screen")
    b.expect(b"--key aes" in shown, "the prompt names no key")
    b.expect(echoes, "the terminal stays silent")
    status, shown, echoes = _at_terminal(b, b"open barley\n", None, *words)
    b.expect(status == IDENTITY and b"wrong passphrase" in shown, f"wrong: {status}, {shown}")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        status, shown, echoes = _at_terminal(b, b"open", number, *words)
        b.expect(status not in (0, None), f"signal {number}: ended with {status}")
        b.expect(echoes, f"signal {number}: the terminal stays silent")


def pkcs12(b: Bench) -> None:
    openssl(b, "pkcs12", "-export", "-in", b.lab / "domain/device.pem", "-inkey",
            b.lab / "domain/device.key", "-out", "dev.p12", "-passout", "pass:x")  # fmt: skip
    b.file("dev.p12").chmod(0o600)
    line = "openssl pkcs12 -in dev.p12 -nodes -out dev.pem"
    for words in (("--cert", "dev.p12", "--key", "dev.p12"),
                  ("--cert", b.lab / "domain/device.pem", "--key", "dev.p12"),
                  ("--cert", "dev.p12", "--key", b.lab / "domain/device.key")):  # fmt: skip
        done = b.run("getcacerts", *words, *b.trusted, status=IDENTITY)
        b.expect(f"dev.p12: is PKCS#12; {line}" in done.stderr.decode(), f"{done.stderr}")
    openssl(b, *line.split()[1:], "-passin", "pass:x")
    b.file("dev.pem").chmod(0o600)
    b.run("getcacerts", "--cert", "dev.pem", "--key", "dev.pem", *b.trusted)


def terms(b: Bench) -> None:
    """What was asked for, as `onramp show` reads it in the request."""
    who, new = (*b.ours, *b.trusted), (*SUBJECT, "--newkey", "new.key", "--certout", "new.pem")
    b.run("cr", *who, *new, "--issuer", "/CN=Some CA", "--days", "30", "--eku",
          "serverAuth,1.3.6.1.4.1.32473.1", "--key-usage", "digitalSignature,keyAgreement",
          "--dump", "dump")  # fmt: skip
    shown = subprocess.run([b.agent, "show", b.file("dump/01-sent.pki")], capture_output=True,
                           text=True, env=ENVIRONMENT).stdout  # fmt: skip
    for word in ("Some CA", "serverAuth", "1.3.6.1.4.1.32473.1", "digitalSignature", "keyAgreement",
                 "notAfter"):  # fmt: skip
        b.expect(word in shown, f"{word} is not in the request: {shown}")
    text = openssl(b, "x509", "-in", "new.pem", "-noout", "-ext", "keyUsage,extendedKeyUsage")
    b.expect("Key Agreement" in text and "1.3.6.1.4.1.32473.1" in text, f"issued: {text}")
    for wrong in (("--eku", "serverauth"), ("--eku", ""), ("--eku", "1.2.x"), ("--eku", "3.1.1"),
                  ("--eku", "serverAuth,"), ("--key-usage", "signing"), ("--days", "100000"),
                  ("--days", "-1"), ("--issuer", "nobody"),
                  ("--key-usage", "digitalSignature keyAgreement")):  # fmt: skip
        done = b.run("cr", *who, *new, *wrong, status=USAGE)
        b.expect(wrong[0].encode() in done.stderr, f"{wrong}: not named: {done.stderr}")
    b.run("kur", *who, "--newkey", "new.key", "--certout", "new.pem", "--days", "3")
    b.run("p10cr", *who, *new, "--eku", "clientAuth")
    b.expect("TLS Web Client" in openssl(b, "x509", "-in", "new.pem", "-noout", "-ext",
                                         "extendedKeyUsage"), "p10cr: no EKU")  # fmt: skip


def csr_as_crmf(b: Bench) -> None:
    openssl(b, "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", "csr.key", "-subj", SUBJECT[1], "-addext", "subjectAltName=DNS:csr.example",
            "-out", "csr.pem")  # fmt: skip
    b.file("csr.key").chmod(0o600)
    for operation, who in (("ir", b.idevid), ("cr", b.ours)):
        b.run(operation, *who, *b.trusted, "--csr", "csr.pem", "--newkey", "csr.key", "--certout",
              "new.pem")  # fmt: skip
        b.expect(b.fits("csr.key", "new.pem") and b.is_issued("new.pem"), f"{operation}: no pair")
        b.expect("csr.example" in openssl(b, "x509", "-in", "new.pem", "-noout", "-ext",
                                          "subjectAltName"), f"{operation}: no name")  # fmt: skip
    other = b.lab / "device/idevid-p256.key"
    for words, says in {("--newkey", "absent"): "--newkey", ("--newkey", other): "--csr",
                        (): "--newkey"}.items():  # fmt: skip
        b.refuses("cr", *b.ours, *b.trusted, "--csr", "csr.pem", *words, "--certout", "new2.pem",
                  says=(says,))  # fmt: skip
    # our own key, certified once more
    ours = ("--cert", "new.pem", "--key", "csr.key", *b.trusted, "--untrusted",
            b.lab / "domain/sub.pem")  # fmt: skip
    b.run("cr", *ours, "--csr", "csr.pem", "--certout", "again.pem")


def dumps_number_on(b: Bench) -> None:
    for number in (1, 3):
        b.run("getcacerts", *b.ours, *b.trusted, "--dump", "dump")
        b.expect(b.file(f"dump/{number:02}-sent.pki").exists(), f"no message {number}")
    found = sorted(path.name for path in b.file("dump").iterdir())
    b.expect(found == ["01-sent.pki", "02-received.pki", "03-sent.pki", "04-received.pki",
                       "index.txt"], f"{found}")  # fmt: skip
    index = b.file("dump/index.txt").read_text()
    b.expect(index.count("ended well") == 2 and "04-received.pki" in index, "the index: " + index)


@contextlib.contextmanager
def forwarding(port: int, context: ssl.SSLContext | None = None, proxy: bool = False):
    """Passes connections on to a port, behind TLS or as a proxy; yields its own port and what
    it was asked for (as a proxy: request lines, behind TLS: subjects of clients)."""
    seen: list[str] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            client, first, to = self.request, b"", port
            with contextlib.suppress(OSError):
                if context:
                    client = context.wrap_socket(client, server_side=True)
                    seen.append(str(client.getpeercert()))
                if proxy:
                    while b"\r\n\r\n" not in first:
                        first += client.recv(1)
                    line, rest = first.split(b"\r\n", 1)
                    seen.append(line.decode())
                    word, target, version = line.split(b" ")
                    url = target.split(b"//")[-1]
                    to = int(url.split(b"/")[0].split(b":")[-1])
                    if word == b"CONNECT":
                        client.sendall(b"HTTP/1.1 200 here you are\r\nVia: lab\r\n\r\n")
                        first = b""
                    else:
                        first = b" ".join((word, b"/" + url.split(b"/", 1)[1], version))
                        first += b"\r\n" + rest
                with socket.create_connection(("127.0.0.1", to)) as server:
                    server.sendall(first)
                    self.pass_on(client, server)

        @staticmethod
        def pass_on(client, server) -> None:
            def one_way(source, sink) -> None:
                with contextlib.suppress(OSError):
                    while octets := source.recv(65536):
                        # as a proxy of plain http does with each request
                        sink.sendall(re.sub(rb"POST http://[^/]+/", b"POST /", octets))
                    sink.shutdown(socket.SHUT_WR)

            back = threading.Thread(target=one_way, args=(server, client), daemon=True)
            back.start()
            one_way(client, server)
            back.join(10)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as listener:
        thread = threading.Thread(target=listener.serve_forever, daemon=True)
        thread.start()
        try:
            yield listener.server_address[1], seen
        finally:
            listener.shutdown()
            thread.join()


def _tls_pki(b: Bench) -> ssl.SSLContext:
    """A root for TLS alone, a server ca.example, a client."""
    openssl(b, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", "tlsroot.key", "-out", "tlsroot.pem", "-subj", "/CN=TLS root",
            "-days", "2")  # fmt: skip
    for name, extension in {"server": "subjectAltName=DNS:ca.example",
                            "client": "extendedKeyUsage=clientAuth"}.items():  # fmt: skip
        openssl(b, "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", f"tls{name}.key", "-out", "tls.csr", "-subj", f"/CN=TLS {name}")
        b.file("tls.ext").write_text(extension + "\n")
        openssl(b, "x509", "-req", "-in", "tls.csr", "-CA", "tlsroot.pem", "-CAkey", "tlsroot.key",
                "-CAcreateserial", "-days", "2", "-extfile", "tls.ext", "-out",
                f"tls{name}.pem")  # fmt: skip
        b.file(f"tls{name}.key").chmod(0o600)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(b.file("tlsserver.pem"), b.file("tlsserver.key"))
    context.load_verify_locations(b.file("tlsroot.pem"))
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def tls_apart(b: Bench) -> None:
    context = _tls_pki(b)
    anchors = ("--tls-trusted", "tlsroot.pem")
    ours = ("--tls-cert", "tlsclient.pem", "--tls-key", "tlsclient.key")
    host = ("--tls-host", "ca.example")
    with forwarding(b.port, context) as (port, seen):
        there = ("--server", f"https://127.0.0.1:{port}", *b.ours, *b.trusted)
        b.run("getcacerts", *there, *anchors, *ours, *host)
        b.expect(any("TLS client" in who for who in seen), f"clients: {seen}")
        for less, status in ((anchors + ours, NAMES), (ours + host, PATH), (anchors + host, None)):
            done = b.run("getcacerts", *there, *less, status=status)
            b.expect(done.returncode, f"with {less} alone it went well")
    b.refuses("getcacerts", *b.ours, *b.trusted, *anchors, says=("--tls-trusted", "https"))
    b.refuses("getcacerts", *b.ours, *b.trusted, *ours[:2], says=("--tls-key",))


def by_proxy(b: Bench) -> None:
    context = _tls_pki(b)
    with forwarding(b.port, context) as (port, _), forwarding(0, proxy=True) as (way, seen):
        proxy = ("--proxy", f"http://127.0.0.1:{way}")
        tls = ("--tls-trusted", "tlsroot.pem", "--tls-cert", "tlsclient.pem", "--tls-key",
               "tlsclient.key", "--tls-host", "ca.example")  # fmt: skip
        there = ("--server", f"https://127.0.0.1:{port}", *tls)
        b.run("getcacerts", *b.ours, *b.trusted, *there, *proxy)
        b.expect(seen == [f"CONNECT 127.0.0.1:{port} HTTP/1.1"], f"https: {seen}")
        seen.clear()
        b.run("cr", *b.ours, *b.trusted, *proxy, "--newkey", "n.key", "--certout", "n.pem")
        path = f"http://127.0.0.1:{b.port}/.well-known/cmp/certification"
        b.expect(seen and seen[0] == f"POST {path} HTTP/1.1", f"http: {seen}")
        seen.clear()
        for host in ("127.0.0.1", "*"):
            b.run("getcacerts", *b.ours, *b.trusted, *proxy, "--no-proxy", host)
        b.expect(not seen, f"--no-proxy: {seen}")
        b.run("getcacerts", *b.ours, *b.trusted, *proxy, "--no-proxy", "example")
        b.expect(len(seen) == 1, f"--no-proxy of another: {seen}")
    for wrong in ("https://127.0.0.1:1", "127.0.0.1:1", "http://h/x", "http://"):
        done = b.run("getcacerts", *b.ours, *b.trusted, "--proxy", wrong, status=USAGE)
        b.expect(b"--proxy" in done.stderr, f"{wrong}: {done.stderr}")


class _Answers(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while self.rfile.readline().strip():
            continue
        with contextlib.suppress(OSError):
            self.wfile.write(self.server.answer)


def proxies_that_lie(b: Bench) -> None:
    """What is no answer to CONNECT ends it, and soon."""
    there = ("--server", "https://127.0.0.1:1", *b.ours, *b.trusted)
    for answer, status in {
        b"HTTP/1.1 403 Forbidden\r\n\r\n": UNREACHABLE,
        b"HTTP/1.1 407 Who are you\r\n\r\n": UNREACHABLE,
        b"HTTP/1.1 2000 OK\r\n\r\n": HTTP, b"ICY 200 OK\r\n\r\n": HTTP, b"": HTTP,
        b"HTTP/1.1 200\0OK\r\n\r\n": HTTP, b"\r\n\r\n": HTTP,
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 9000: HTTP,
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n": HTTP, b"HTTP/1.1 200 OK\r\n": HTTP,
    }.items():  # fmt: skip
        with socketserver.TCPServer(("127.0.0.1", 0), _Answers) as proxy:
            proxy.answer = answer
            thread = threading.Thread(target=proxy.handle_request, daemon=True)
            thread.start()
            done = b.run("getcacerts", *there, "--proxy", f"http://127.0.0.1:{proxy.server_address[1]}",
                         status=status)  # fmt: skip
            b.expect(b"proxy" in done.stderr, f"{answer[:30]}: {done.stderr}")
            thread.join(10)


def offline(b: Bench) -> None:
    """The one machine has no network, the other no keys; files are carried between them."""
    files = [word for i in "12" for word in ("--reqout", f"q{i}", "--rspin", f"a{i}")]
    command = b.command("ir", *b.idevid, *b.trusted, *SUBJECT, "--newkey", "new.key", "--certout",
                        "new.pem", *files)  # fmt: skip
    at = command.index("--server")
    del command[at : at + 2]
    device = subprocess.Popen(command, cwd=b.directory, env=ENVIRONMENT, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)  # fmt: skip
    for i in "12":
        deadline = time.monotonic() + b.seconds
        while not b.file(f"q{i}").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        path = ("--path", "/.well-known/cmp/initialization")
        b.run("ir", *path, "--reqin", f"q{i}", "--rspout", f"half{i}")
        answer = b.file(f"half{i}").read_bytes()
        b.file(f"a{i}").write_bytes(answer[:100])  # being copied
        time.sleep(0.5)
        b.file(f"a{i}").write_bytes(answer)
    output = device.communicate(timeout=b.seconds)[0]
    b.expect(device.returncode == 0, f"offline: ended with {device.returncode}: {output}")
    b.expect(b.is_issued("new.pem") and b.fits("new.key", "new.pem"), "offline: no pair")
    done = subprocess.run(command, cwd=b.directory, env=ENVIRONMENT, capture_output=True)
    b.expect(done.returncode == USAGE and b"--rspin a1" in done.stderr, f"stale: {done.stderr}")
    # with a server, copies
    b.run("cr", *b.ours, *b.trusted, "--newkey", "n.key", "--certout", "n.pem", "--reqout", "s1",
          "--rspout", "r1", "--reqout", "s2")  # fmt: skip
    for name, kind in {"s1": "cr", "r1": "cp", "s2": "certConf"}.items():
        shown = subprocess.run([b.agent, "show", b.file(name)], capture_output=True, text=True,
                               env=ENVIRONMENT).stdout  # fmt: skip
        b.expect(kind in shown, f"{name} is no {kind}")
    b.refuses("cr", *b.ours, *b.trusted, "--newkey", "n.key", "--certout", "c.pem", "--reqout",
              "x", "--rspin", "y", says=("--rspin", "--server"))  # fmt: skip
    b.refuses("cr", *b.ours, *b.trusted, "--newkey", "n.key", "--certout", "c.pem", "--reqout",
              "n.pem", "--reqout", "n.pem", says=("--reqout",))  # fmt: skip


# ---- 5.8: said, not swallowed


def said(b: Bench) -> None:
    who, new = (*b.ours, *b.trusted), ("--newkey", "new.key", "--certout", "new.pem")
    b.run("cr", *who, *SUBJECT, *new, "--keytype", "ec384")
    b.run("cr", *who, *SUBJECT, *new, "--keytype", "ec384")
    b.refuses("cr", *who, *SUBJECT, *new, "--keytype", "rsa2048",
              says=("--keytype rsa2048", "new.key", "ec384"))  # fmt: skip
    b.refuses("cr", *who, *SUBJECT, *new, "--certout", "other.pem", says=("--certout", "twice"))
    done = b.run("cr", *who, *new, "--subject", "/CN=another", "--follow-template", status=None)
    b.expect(b"template" in done.stderr and b"another" in done.stderr, f"{done.stderr}")
    for words in (("--nonsense",), ("--subject",), (), ("--newkey", "k", "--newkey", "k")):
        done = b.run("cr", *words, "--json", status=USAGE)
        told = json.loads(done.stdout)
        b.expect((told["ok"], told["exit_status"], told["error"]) == (False, USAGE, "E_USAGE"),
                 f"{words}: {told}")  # fmt: skip
        b.expect(told["reason"] in done.stderr.decode(), f"{words}: {done.stderr}")
    done = b.run("nothing", "--json", status=USAGE)
    b.expect(json.loads(done.stdout)["error"] == "E_USAGE", "no operation: no JSON")


def closed_pipe(b: Bench) -> None:
    message = b.file("dump/02-received.pki")
    b.run("getcacerts", *b.ours, *b.trusted, "--dump", "dump")
    for words in (b.command("getcacerts", *b.ours, *b.trusted), [b.agent, "cmp", "--help"],
                  b.command("getcacerts", *b.ours, *b.trusted, "--json"), [b.agent, "--help"],
                  [b.agent, "show", message], [b.agent, "show", message, "--json"]):  # fmt: skip
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(list(map(str, words)), cwd=b.directory, env=ENVIRONMENT,
                              stdout=writer, stderr=subprocess.PIPE)  # fmt: skip
        os.close(writer)
        b.expect(done.returncode == 0, f"{words[1:3]}: ended with {done.returncode}")
        b.expect(not done.stderr, f"{words[1:3]}: {done.stderr}")
    # but a certificate that nobody reads is not confirmed
    reader, writer = os.pipe()
    os.close(reader)
    done = b.run("cr", *b.ours, *b.trusted, *SUBJECT, "--newkey", "new.key", "--json",
                 stdout=writer, status=STORE)  # fmt: skip
    os.close(writer)
    b.expect(b.saw("rejected_by_client"), "the CA was told that we have it")
# ---- 2.6: a server that is busy


class _Busy(http.server.BaseHTTPRequestHandler):
    """Between the tool and the CA: answers some of the messages by itself."""

    def log_message(self, *_words) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server = self.server
        server.bodies.append((time.monotonic(), body))
        answer = server.plan.pop(0) if server.plan else None
        if answer:
            self.send_response(answer[0])
            for value in answer[1:]:
                self.send_header("Retry-After", value)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        asked = urllib.request.Request(f"{server.ca}{self.path}", body, dict(self.headers))
        with urllib.request.urlopen(asked, timeout=20) as said:
            content = said.read()
        self.send_response(200)
        self.send_header("Content-Type", "application/pkixcmp")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def busy_meanwhile(b: Bench) -> None:
    """503 and 429 to pollReq and certConf, with Retry-After and without."""
    words = (*b.ours, *b.trusted, *SUBJECT, "--newkey", "new.key", "--certout", "new.pem")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Busy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        server.ca, server.bodies = b.server, []
        there = ("--server", f"http://127.0.0.1:{server.server_port}")
        # cr; the first pollReq three times over; then what comes, and the certConf twice
        server.plan = [None, (503, "2"), (429, "1"), (503,), None, None, (503, "1")]
        done = b.run("cr", *there, *words, "--total-timeout", "40")
        times = [at for at, _ in server.bodies]
        repeated = {one for n, (_, one) in enumerate(server.bodies) if 1 <= n <= 4}
        b.expect(len(repeated) == 1, "another pollReq went out meanwhile")
        b.expect(times[2] - times[1] >= 2 and times[3] - times[2] >= 1 and times[4] - times[3] >= 5,
                 f"sent at {times}")  # fmt: skip
        b.expect(b"sending the same again in 2 s" in done.stderr, f"not said: {done.stderr}")
        b.expect(b.is_issued("new.pem") and b.fits("new.key", "new.pem"), "no pair in the end")
        # longer than there is time for: said at once
        server.plan = [None, (503, "3600")]
        begun = time.monotonic()
        b.run("cr", *there, *words, "--total-timeout", "30", status=TIMEOUT)
        b.expect(time.monotonic() - begun < 20, "waited for what it has no time for")
        # a signal ends the pause
        server.plan = [None, (503, "60")]
        tool = subprocess.Popen([*b.command("cr", *there, *words, "--total-timeout", "90")],
                                cwd=b.directory, env=ENVIRONMENT, stderr=subprocess.PIPE)  # fmt: skip
        tool.stderr.readline()
        tool.terminate()
        tool.stderr.read()
        ended = tool.wait(20)
        b.expect(ended == STOPPED, f"stopped, it ended with {ended}")
        server.shutdown()


STORIES = {
    "links-and-devices": ("ir", through_links_and_devices, ()),
    "fifo": ("cr", through_a_fifo, ()),
    "standard-output": ("cr", to_standard_output, ()),
    "standard-input": ("cr", from_standard_input, ()),
    "mode-and-owner": ("cr", mode_and_owner_stay, ()),
    "not-to-be-written": ("cr", what_cannot_be_written, ()),
    "one-file-for-two": ("cr", one_file_for_two, ("--cmp-keygen", "on")),
    "nobody-keeps": ("cr", nobody_keeps_it, ()),
    "two-tiers": ("kur", above_two_tiers, ()),
    "in-place": ("kur", in_place, ()),
    "in-place-killed": ("kur", in_place_or_not_at_all, ()),
    "journal-is-bound": ("cr", journal_is_bound,
                         ("--cmp-wait", "2", "--cmp-check-after", "2")),
    "encrypted-keys": ("cr", encrypted_keys, ()),
    "passphrase": ("cr", passphrase_at_a_terminal, ()),
    "pkcs12": ("cr", pkcs12, ()),
    "terms": ("cr", terms, ()),
    "csr": ("cr", csr_as_crmf, ()),
    "tls-apart": ("cr", tls_apart, ()),
    "proxy": ("cr", by_proxy, ()),
    "proxies-that-lie": ("cr", proxies_that_lie, ()),
    "offline": ("ir", offline, ()),
    "dumps": ("cr", dumps_number_on, ()),
    "said": ("cr", said, ("--cmp-template", "fixed", "--cmp-template-check", "off")),
    "closed-pipe": ("cr", closed_pipe, ()),
    "busy": ("cr", busy_meanwhile, ("--cmp-wait", "3", "--cmp-check-after", "1", "--cmp-confirm",
                                    "explicit")),
    "names": ("cr", alternative_names, ()),
    "manual": ("ir", as_in_the_manual,
               ("--cmp-subject", "any", "--cmp-keygen", "on", "--cmp-secret", SECRET,
                "--cmp-reference", "4711", "--cmp-profiles", "tls-server=key-only")),
}  # fmt: skip

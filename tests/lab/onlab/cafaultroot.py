# SPDX-License-Identifier: GPL-2.0-or-later
"""Misbehaviour in root CA certificate updates: new roots that nothing proves.

The message is authentic each time.  That says who sent the root, not that the old root's owner
wants it to follow (RFC 4210 4.4, RFC 8649).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec

from onlab import der
from onlab.cacert import (
    Certificate, Credential, now, spki_of, usage_extension, write_name,
)  # fmt: skip
from onlab.cafault import ENDS, HASH_SCENE, POLICY, ROOT_SCENE, TAKES, declare, fault
from onlab.cafaulthead import flip
from onlab.caroot import HASH_NEXT, HASH_OLD, NEXT, OLD, RootUpdate, root_spec
from onlab.cmpmsg import Draft, InfoReply
from onlab.cmpoids import (
    AT_COMMON_NAME, AT_ORGANIZATION, CE_BASIC_CONSTRAINTS, CE_KEY_USAGE, IT_CA_CERTS,
)  # fmt: skip

if TYPE_CHECKING:
    from onlab.ca import CA

DAY = timedelta(days=1)
ELSEWHERE = write_name((AT_ORGANIZATION, "Elsewhere"), (AT_COMMON_NAME, "Root CA"))
UNKNOWN = {"1.3.6.1.4.1.55555.4": (True, der.null())}
NO_CA = {CE_BASIC_CONSTRAINTS: (True, der.seq())}
NO_CERT_SIGN = {CE_KEY_USAGE: usage_extension(0)}


def root_fault(name: str, text: str, verdict: str = ENDS):
    return fault(f"cmp-root-{name}", text, verdict, place="rootupdate", scene=ROOT_SCENE)


def update_of(ca: CA) -> RootUpdate:
    """As it should be."""
    new, old = ca.credential(NEXT), ca.credential(OLD)
    return ca.operations.information.roots.links(new, old)


def send(draft: Draft, update: RootUpdate) -> None:
    draft.reply.value = update.encode()


def stranger(subject: bytes) -> Credential:
    """A root of that name with a key nobody has seen."""
    key = ec.generate_private_key(ec.SECP256R1())
    spec = root_spec(*(Credential(key, _nameplate(subject, key), []),) * 2)
    return Credential(key, Certificate(spec.build()), [])


def _nameplate(subject: bytes, key: Any) -> Any:
    """What root_spec() reads of a certificate that is not there yet."""
    return type("Nameplate", (), {"subject": subject, "spki": spki_of(key)})()


def _bent(part: str, name: str, text: str, verdict: str = ENDS, **bends: Any) -> None:
    """One of the three certificates differs from a good one by `bends`."""

    def bend(draft: Draft, ca: CA) -> None:
        new, old = ca.credential(NEXT), ca.credential(OLD)
        of, by = {"new_with_new": (new, new), "new_with_old": (new, old),
                  "old_with_new": (old, new)}[part]  # fmt: skip
        changes = {key: value() if callable(value) else value for key, value in bends.items()}
        raw = root_spec(of, by, **changes).build()
        send(draft, replace(update_of(ca), **{part: raw}))

    declare(f"cmp-root-{name}", text, bend, verdict, place="rootupdate", scene=ROOT_SCENE)


# ---- newWithNew

_bent("new_with_new", "expired", "the new root ended yesterday",
      not_before=lambda: now() - 30 * DAY, not_after=lambda: now() - DAY)  # fmt: skip
_bent("new_with_new", "future", "the new root is valid from tomorrow", POLICY,
      not_before=lambda: now() + DAY)  # fmt: skip
_bent("new_with_new", "earlier", "the new root is older than the old one, as one that was left",
      not_before=lambda: now() - 3650 * DAY)  # fmt: skip
_bent("new_with_new", "not-ca", "the new root is no CA", extensions=NO_CA)
_bent("new_with_new", "no-cert-sign", "the new root's keyUsage lacks keyCertSign",
      extensions=NO_CERT_SIGN)  # fmt: skip
_bent("new_with_new", "critical", "the new root has a critical extension nobody knows",
      extensions=UNKNOWN)  # fmt: skip
_bent("new_with_new", "bad-signature", "one bit of the new root's signature is wrong",
      mangle=[flip])  # fmt: skip
_bent("new_with_new", "issued", "the new root names another issuer than itself",
      issuer=ELSEWHERE)  # fmt: skip


@root_fault("not-selfsigned", "the new root names itself as issuer, another key has signed it")
def _(draft: Draft, ca: CA) -> None:
    new = ca.credential(NEXT)
    raw = root_spec(new, new, key=ca.credential("other/root").key).build()
    send(draft, replace(update_of(ca), new_with_new=raw))


@root_fault("same", "the new root is the old one")
def _(draft: Draft, ca: CA) -> None:
    old = ca.credential(OLD)
    send(draft, RootUpdate(old.certificate.raw, root_spec(old, old).build()))


# ---- newWithOld

_bent("new_with_old", "link-expired", "newWithOld ended yesterday",
      not_before=lambda: now() - 30 * DAY, not_after=lambda: now() - DAY)  # fmt: skip
_bent("new_with_old", "link-earlier", "newWithOld is older than the old root, as the oldWithNew of "
      "the update before is", not_before=lambda: now() - 3650 * DAY)  # fmt: skip
_bent("new_with_old", "link-not-ca", "newWithOld is no CA's", extensions=NO_CA)
_bent("new_with_old", "link-no-cert-sign", "newWithOld's keyUsage lacks keyCertSign",
      extensions=NO_CERT_SIGN)  # fmt: skip
_bent("new_with_old", "link-critical", "newWithOld has a critical extension nobody knows",
      extensions=UNKNOWN)  # fmt: skip
_bent("new_with_old", "link-bad-signature", "one bit of newWithOld's signature is wrong",
      mangle=[flip])  # fmt: skip
_bent("new_with_old", "link-name", "newWithOld is signed by the old root and names another "
      "subject than the new root", subject=ELSEWHERE)  # fmt: skip
_bent("new_with_old", "link-issuer", "newWithOld is signed by the old root's key and names "
      "another issuer", issuer=ELSEWHERE)  # fmt: skip
_bent("new_with_old", "link-key", "newWithOld is signed by the old root and holds another key "
      "than the new root", spki=lambda: spki_of(ec.generate_private_key(ec.SECP256R1())))  # fmt: skip


@root_fault("link-missing", "no newWithOld, and the old root has announced nothing")
def _(draft: Draft, ca: CA) -> None:
    send(draft, replace(update_of(ca), new_with_old=None))


@root_fault("links-missing", "newWithNew alone, and the old root has announced nothing")
def _(draft: Draft, ca: CA) -> None:
    send(draft, RootUpdate(ca.credential(NEXT).certificate.raw))


@root_fault("link-stranger", "newWithOld is signed by who has the old root's name, not its key")
def _(draft: Draft, ca: CA) -> None:
    link = root_spec(ca.credential(NEXT), ca.credential("domain/clone-root")).build()
    send(draft, replace(update_of(ca), new_with_old=link))


@root_fault("link-new", "newWithOld is signed by the new root itself")
def _(draft: Draft, ca: CA) -> None:
    new = ca.credential(NEXT)
    send(draft, replace(update_of(ca), new_with_old=root_spec(new, new).build()))


@root_fault("link-other-old", "a good link, but to another root than the one asked for")
def _(draft: Draft, ca: CA) -> None:
    other = ca.credential("other/root")
    roots = ca.operations.information.roots
    send(draft, roots.links(ca.credential(NEXT), other))


@root_fault("stranger", "a stranger's root, linked to the old one by the link of the true new one")
def _(draft: Draft, ca: CA) -> None:
    raw = stranger(ca.credential(NEXT).certificate.subject).certificate.raw
    send(draft, RootUpdate(raw, update_of(ca).new_with_old))


@root_fault("link-as-root", "newWithOld stands for newWithNew, as if it were a root")
def _(draft: Draft, ca: CA) -> None:
    update = update_of(ca)
    send(draft, replace(update, new_with_new=update.new_with_old))


# ---- oldWithNew

_bent("old_with_new", "back-bad-signature", "one bit of oldWithNew's signature is wrong",
      mangle=[flip])  # fmt: skip
_bent("old_with_new", "back-key", "oldWithNew holds another key than the old root",
      spki=lambda: spki_of(ec.generate_private_key(ec.SECP256R1())))  # fmt: skip


@root_fault("back-missing", "no oldWithNew, which is rarely needed", TAKES)
def _(draft: Draft, ca: CA) -> None:
    send(draft, replace(update_of(ca), old_with_new=None))


# ---- the message


@root_fault("garbage", "newWithNew is a SEQUENCE that is no certificate")
def _(draft: Draft, ca: CA) -> None:
    send(draft, replace(update_of(ca), new_with_new=der.seq(der.utf8("no certificate"))))


@root_fault("link-garbage", "newWithOld is a SEQUENCE that is no certificate")
def _(draft: Draft, ca: CA) -> None:
    send(draft, replace(update_of(ca), new_with_old=der.seq(der.utf8("no certificate"))))


@root_fault("empty", "an empty RootCaKeyUpdateContent")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.value = der.seq()


@root_fault("trailing", "octets behind the last certificate")
def _(draft: Draft, ca: CA) -> None:
    content = der.Der(update_of(ca).encode()).get(der.SEQUENCE)
    draft.reply.value = der.seq(content, der.null())


@root_fault("swapped", "newWithOld and oldWithNew in each other's place")
def _(draft: Draft, ca: CA) -> None:
    update = update_of(ca)
    send(draft, RootUpdate(update.new_with_new, update.old_with_new, update.new_with_old))


@root_fault("ber", "a length in newWithNew has a leading zero: BER, not DER")
def _(draft: Draft, ca: CA) -> None:
    content = der.Der(ca.credential(NEXT).certificate.raw).get(der.SEQUENCE)
    padded = b"\x30\x84" + len(content).to_bytes(4, "big") + content
    send(draft, replace(update_of(ca), new_with_new=padded))


@root_fault("type", "a genp of another type than rootCaKeyUpdate")
def _(draft: Draft, ca: CA) -> None:
    draft.reply = InfoReply(IT_CA_CERTS, der.seq(ca.credential(NEXT).certificate.raw))


@root_fault("two", "a genp with two root updates")
def _(draft: Draft, ca: CA) -> None:
    draft.reply.copies = 2


# ---- by hashOfRootKey, RFC 8649


def hash_fault(name: str, text: str, verdict: str = ENDS):
    return fault(f"cmp-root-hash-{name}", text, verdict, place="rootupdate", scene=HASH_SCENE)


@hash_fault("other", "the new root's key is another than the old root announced")
def _(draft: Draft, ca: CA) -> None:
    name = ca.credential(HASH_NEXT).certificate.subject
    send(draft, RootUpdate(stranger(name).certificate.raw))


@hash_fault("other-linked", "another key than announced, though the old root signs for it")
def _(draft: Draft, ca: CA) -> None:
    new, old = stranger(ca.credential(HASH_NEXT).certificate.subject), ca.credential(HASH_OLD)
    send(draft, RootUpdate(new.certificate.raw, root_spec(new, old).build()))


@hash_fault("linked", "the announced root comes with newWithOld as well", TAKES)
def _(draft: Draft, ca: CA) -> None:
    new, old = ca.credential(HASH_NEXT), ca.credential(HASH_OLD)
    send(draft, RootUpdate(new.certificate.raw, root_spec(new, old).build()))


@hash_fault("not-selfsigned", "the announced key, in a certificate it has not signed")
def _(draft: Draft, ca: CA) -> None:
    new = ca.credential(HASH_NEXT)
    send(draft, RootUpdate(root_spec(new, new, key=ca.credential("other/root").key).build()))


@hash_fault("not-ca", "the announced key, in a certificate that is no CA's")
def _(draft: Draft, ca: CA) -> None:
    new = ca.credential(HASH_NEXT)
    send(draft, RootUpdate(root_spec(new, new, extensions=NO_CA).build()))


@hash_fault("expired", "the announced root ended yesterday")
def _(draft: Draft, ca: CA) -> None:
    new = ca.credential(HASH_NEXT)
    spec = root_spec(new, new, not_before=now() - 30 * DAY, not_after=now() - DAY)
    send(draft, RootUpdate(spec.build()))

# SPDX-License-Identifier: GPL-2.0-or-later
"""Misbehaviour in header and protection: what RFC 9483 3.5 makes every receiver check."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

from onlab import der
from onlab.cacert import now, write_name
from onlab.cafault import POLICY, TAKES, fault
from onlab.cmpmac import Mac
from onlab.cmpmsg import NULL_DN, Draft, write_info
from onlab.cmpoids import AT_COMMON_NAME, AT_ORGANIZATION

if TYPE_CHECKING:
    from onlab.ca import CA

DAY = timedelta(days=1)
HOSTILE = "no\r\n\x1b[2J\x1b]0;owned\x07 onramp: enrolled ok\x00\u202e" + "A" * 4000


def flip(raw: bytes, at: int = -1) -> bytes:
    """The bytes with one bit changed."""
    bent = bytearray(raw)
    bent[at] ^= 1
    return bytes(bent)


# ---- header


@fault("cmp-pvno-1", "pvno is 1 (cmp1999)")
def _(draft: Draft, ca: CA) -> None:
    draft.pvno = 1


@fault("cmp-pvno-4", "pvno is 4, of no standard")
def _(draft: Draft, ca: CA) -> None:
    draft.pvno = 4


@fault("cmp-pvno-3", "pvno is 3, which a receiver accepts", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.pvno = 3


@fault("cmp-transaction-id-missing", "no transactionID")
def _(draft: Draft, ca: CA) -> None:
    draft.transaction_id = None


@fault("cmp-transaction-id-wrong", "the transactionID of some other operation")
def _(draft: Draft, ca: CA) -> None:
    draft.transaction_id = os.urandom(16)


@fault("cmp-transaction-id-prefix", "the first half of our transactionID")
def _(draft: Draft, ca: CA) -> None:
    draft.transaction_id = (draft.transaction_id or b"")[:8]


@fault("cmp-sender-nonce-missing", "no senderNonce")
def _(draft: Draft, ca: CA) -> None:
    draft.sender_nonce = None


@fault("cmp-sender-nonce-short", "a senderNonce of 15 octets")
def _(draft: Draft, ca: CA) -> None:
    draft.sender_nonce = os.urandom(15)


@fault("cmp-sender-nonce-huge", "a senderNonce of 60 kB, to be echoed", POLICY)
def _(draft: Draft, ca: CA) -> None:
    draft.sender_nonce = os.urandom(60000)


@fault("cmp-recip-nonce-missing", "no recipNonce")
def _(draft: Draft, ca: CA) -> None:
    draft.recip_nonce = None


@fault("cmp-recip-nonce-wrong", "a recipNonce that answers nobody")
def _(draft: Draft, ca: CA) -> None:
    draft.recip_nonce = os.urandom(16)


@fault("cmp-recip-nonce-stale", "pkiConf answers the first request's nonce", place="pkiconf",
       confirm="explicit")  # fmt: skip
def _(draft: Draft, ca: CA) -> None:
    transaction = ca.transactions[draft.transaction_id or b""]
    draft.recip_nonce = transaction.opener.sender_nonce


@fault("cmp-sender-wrong", "the sender is not the signer's subject")
def _(draft: Draft, ca: CA) -> None:
    draft.sender = der.explicit(4, write_name((AT_COMMON_NAME, "somebody else")))


@fault("cmp-sender-null", "the sender is the NULL-DN")
def _(draft: Draft, ca: CA) -> None:
    draft.sender = NULL_DN


@fault("cmp-sender-kid-wrong", "senderKID names another key than the one that signs")
def _(draft: Draft, ca: CA) -> None:
    draft.sender_kid = os.urandom(20)


@fault("cmp-sender-kid-missing", "no senderKID, which a receiver can do without", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.sender_kid = None


@fault("cmp-recipient-wrong", "the recipient is somebody else, as behind a relay", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.recipient = der.explicit(4, write_name((AT_ORGANIZATION, "Elsewhere")))


@fault("cmp-recipient-null", "the recipient is the NULL-DN", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.recipient = NULL_DN


@fault("cmp-message-time-past", "messageTime a day ago; wrong to who knows the time")
def _(draft: Draft, ca: CA) -> None:
    draft.message_time = der.time(now() - DAY)


@fault("cmp-message-time-future", "messageTime a day ahead; wrong to who knows the time")
def _(draft: Draft, ca: CA) -> None:
    draft.message_time = der.time(now() + DAY)


@fault("cmp-message-time-garbage", "messageTime in the 13th month")
def _(draft: Draft, ca: CA) -> None:
    draft.message_time = der.tlv(der.TIME, b"20261332250000Z")


@fault("cmp-message-time-missing", "no messageTime", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.message_time = None


@fault("cmp-free-text", "freeText with terminal escapes and 4 kB of noise", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.free_text = HOSTILE


@fault("cmp-general-info-unknown", "generalInfo with an entry nobody knows", TAKES)
def _(draft: Draft, ca: CA) -> None:
    draft.general_info.append(write_info("1.3.6.1.4.1.55555.9", der.utf8("?")))


@fault("cmp-general-info-1000", "generalInfo with a thousand entries", POLICY)
def _(draft: Draft, ca: CA) -> None:
    draft.general_info += [
        write_info(f"1.3.6.1.4.1.55555.{n}", der.null()) for n in range(1000)
    ]


# ---- protection


@fault("cmp-protection-missing", "neither protection nor protectionAlg")
def _(draft: Draft, ca: CA) -> None:
    draft.protect = draft.protection_alg = None


@fault("cmp-protection-alg-missing", "protection without protectionAlg")
def _(draft: Draft, ca: CA) -> None:
    draft.protection_alg = None


@fault("cmp-protection-only-alg", "protectionAlg without protection")
def _(draft: Draft, ca: CA) -> None:
    draft.protect = None


@fault("cmp-protection-bad", "one bit of the signature is wrong")
def _(draft: Draft, ca: CA) -> None:
    sign = draft.protect
    draft.protect = lambda part: flip(sign(part)) if sign else b""


@fault("cmp-protection-empty", "the protection is an empty BIT STRING")
def _(draft: Draft, ca: CA) -> None:
    draft.protect = lambda part: b""


@fault("cmp-protection-header", "the header was changed after signing")
def _(draft: Draft, ca: CA) -> None:
    draft.message_time = der.time(now())
    mark = draft.message_time
    draft.after_signing.append(
        lambda header, body: (header.replace(mark, der.time(now() - timedelta(seconds=3))), body)
    )


@fault("cmp-protection-body", "the body was changed after signing")
def _(draft: Draft, ca: CA) -> None:
    draft.after_signing.append(lambda header, body: (header, flip(body)))


@fault("cmp-protection-alg-mismatch", "protectionAlg says RSA, the signer's key is not")
def _(draft: Draft, ca: CA) -> None:
    draft.protection_alg = der.seq(der.oid("1.2.840.113549.1.1.11"), der.null())


@fault("cmp-protection-alg-unknown", "protectionAlg is of no registry")
def _(draft: Draft, ca: CA) -> None:
    draft.protection_alg = der.seq(der.oid("1.3.6.1.4.1.55555.3"))


@fault("cmp-protection-mac", "a MAC under some secret where a signature is due")
def _(draft: Draft, ca: CA) -> None:
    mac = Mac("pbm", os.urandom(16), 1000)
    draft.protection_alg, draft.protect = mac.encode(), lambda part: mac.tag(b"secret", part)


@fault("cmp-protection-mac-slow", "a MAC that asks for 2^31 iterations before it can be judged")
def _(draft: Draft, ca: CA) -> None:
    draft.protection_alg = Mac("pbm", os.urandom(16), 2**31 - 1).encode()
    draft.protect = lambda part: bytes(32)

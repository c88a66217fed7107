# SPDX-License-Identifier: GPL-2.0-or-later
"""What the CA has decided to say, before it is known who signs it and what is bent in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from onlab.cmpmsg import CertReply, ErrorReply, Refused, StatusInfo
from onlab.cmpoids import ANSWERS, REJECTION


@dataclass
class Answer:
    """What to say, as a body and what of the header depends on it."""

    kind: str  # name of the body
    place: str  # for faults: which answer of the operation this is
    reply: Any
    certificate: bytes | None = None
    general_info: list[bytes] = field(default_factory=list)
    needs_time: bool = False  # confirmWaitTime demands messageTime
    late: bool = False  # comes after polling
    refusal: Refused | None = None  # for the log
    facts: dict[str, Any] = field(default_factory=dict)  # for the log


Maker = Callable[[], Answer]


def reject(request_kind: str, cert_req_id: int, refusal: Refused) -> Answer:
    """RFC 9483 3.6.2: what is wrong with the body is said in the body."""
    reply = CertReply(cert_req_id, StatusInfo(REJECTION, str(refusal), [refusal.fail]))
    return Answer(ANSWERS[request_kind], "ip", reply, refusal=refusal)


def error(refusal: Refused) -> Answer:
    """RFC 9483 3.6.4: anything else is said in an error message."""
    status = StatusInfo(REJECTION, str(refusal), [refusal.fail])
    return Answer("error", "error", ErrorReply(status))

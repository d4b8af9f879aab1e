"""Foreign parsers in processes of their own: what they do wrong costs one answer, nothing more.

    answer = sandbox.call("oust.module:function", data, limits=Limits(cpu=10))
    if isinstance(answer, Failure): ...                  # said why, in plain words

A worker is a long-lived Python process without network, without rights to write or to start
programs, bounded in memory, processor time, file size and open files (`confine.py` says what each
system enforces). It gets data by message or as an open file, and answers in MessagePack. One that
crashes, hangs or answers nonsense is killed and replaced; `call` then returns a `Failure`.
"""

from __future__ import annotations

from oust.sandbox.limits import Failure, Limits
from oust.sandbox.pool import call, call_each, close, stream, submit

__all__ = ["Failure", "Limits", "call", "call_each", "close", "stream", "submit"]

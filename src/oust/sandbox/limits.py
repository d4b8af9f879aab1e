"""What a job in a worker may use, and what is said when it does not end well."""

from __future__ import annotations

from msgspec import Struct

MIB = 1024**2


class Limits(Struct, frozen=True):
    """Bounds of one job. All are per item, `memory` is of the whole worker."""

    memory: int = 3072 * MIB  # bytes of address space
    cpu: int = 60  # seconds of processor time
    wall: float = 120.0  # seconds from one answer to the next
    file_size: int = 0  # bytes of any file written, in the worker's own folder only
    answer: int = 256 * MIB  # bytes of one answer


class Failure(Struct, frozen=True):
    """Why there is no answer. `crashed` is false where the function itself said so."""

    reason: str
    crashed: bool = True

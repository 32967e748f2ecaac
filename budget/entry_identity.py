"""What makes a time entry the same as another: the key it gets, wherever and however often it arrives.

A key is 16 bytes. Its beginning orders keys as entries arrive, so that an index grows at its end instead of
everywhere; the rest tells entries apart:

    recorded by hand or without a name    milliseconds since 1970 (6), random
    named by a number in its source       that number (6), hash of project and name
    named otherwise in its source         hash of project and name
    known by what its row says            day (2), hash of project and content, occurrence (2)

Two rows of a file that say the same are two entries, told apart by their occurrence. The project is part of each
hash: one file brought into two projects makes different entries of them.
"""

import datetime as dt
import hashlib
import os
import time
import uuid
from typing import Final

MOST_ALIKE: Final = 65_536
EPOCH: Final = dt.date(1970, 1, 1)
# Numbers that fit into six bytes.
MOST_DIGITS: Final = 14


def new_identity() -> uuid.UUID:
    """A key for what nothing else identifies, ordered by the time of its making."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    # The next twelve bits are fractions of the millisecond, so that entries made one after the other stay in order.
    return uuid.UUID(f"{milliseconds:012x}7{rest * 4096 // 1_000_000:03x}8{os.urandom(8).hex()[1:]}")


def identity_of_name(project_key: int, source_id: str) -> uuid.UUID:
    """The key of what its source calls ``source_id``; a number may stand behind a prefix such as "id:"."""
    return uuid.UUID(digits_of_name(project_key, source_id))


def digits_of_name(project_key: int, source_id: str) -> str:
    """The same key as 32 hex digits."""
    digits = hashlib.sha256(b"%d\x1f%s" % (project_key, source_id.encode())).hexdigest()
    number = source_id.rpartition(":")[2]
    if number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS:
        digits = f"{int(number):012x}{digits}"
    return marked(digits[:32])


def identity_of_content(project_key: int, worked_on: dt.date, content: bytes) -> str:
    """The key of the first row that says ``content`` (its SHA-256), as 32 hex digits."""
    digest = hashlib.sha256(b"%d\x1f%s" % (project_key, content)).hexdigest()
    return marked(f"{(worked_on - EPOCH).days:04x}{digest[:24]}0000")


def identity_of_correction(corrected: uuid.UUID) -> uuid.UUID:
    """The key of what takes the place of an entry whose source changed it: its own name is taken."""
    return uuid.UUID(marked(corrected.hex[:12] + hashlib.sha256(corrected.bytes).hexdigest()[:20]))


def marked(digits: str) -> str:
    """32 hex digits with the marks of a UUID of our own making (version 8)."""
    return f"{digits[:12]}8{digits[13:16]}8{digits[17:]}"

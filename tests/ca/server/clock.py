# SPDX-License-Identifier: MIT
"""The time that the CA believes in: the machine's, moved by a test.

now = machine's time (or the moment it was frozen at) + offset. The offset
stands in a file of one decimal line, `offset_seconds`, which others may read
and write too; write it in place, since it is kept open.
"""

import os
import time

from .text import duration, http_date, parse_rfc3339

LINE = 64


class Clock:
    def __init__(self, path):
        self.path = path
        self.frozen = None
        self.offset = 0.0
        self.file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        if not os.fstat(self.file).st_size:
            self.write(0.0)
        self.date_at = None
        self.date_text = ""

    def write(self, offset):
        line = f"{offset:.6f}\n".encode()
        os.pwrite(self.file, line, 0)
        os.ftruncate(self.file, len(line))
        self.offset = offset

    def now(self):
        """Seconds since 1970. A line that is half written counts for
        nothing: the offset before it stays."""
        line = os.pread(self.file, LINE, 0)
        if line.endswith(b"\n"):
            try:
                self.offset = float(line)
            except ValueError:
                pass
        base = time.time() if self.frozen is None else self.frozen
        return base + self.offset

    def date(self):
        """The Date header."""
        now = int(self.now())
        if now != self.date_at:
            self.date_at, self.date_text = now, http_date(now)
        return self.date_text

    def advance(self, span):
        self.now()
        self.write(self.offset + duration(span))

    def set(self, moment):
        """To a moment: seconds since 1970, or RFC 3339."""
        if isinstance(moment, str):
            moment = parse_rfc3339(moment)
        base = time.time() if self.frozen is None else self.frozen
        self.write(float(moment) - base)

    def freeze(self, frozen):
        if not frozen:
            self.frozen = None
        elif self.frozen is None:
            self.frozen = time.time()

    def describe(self):
        return {"now": self.now(), "offset": self.offset,
                "frozen": self.frozen is not None, "file": self.path}

# SPDX-License-Identifier: MIT
"""Retry-After: said as a setting spells it, and remembered, so that a client
that comes back too early is complained of."""

from .text import duration, http_date

# What clocks of whole seconds and requests in flight may differ by.
GRACE = 1.5


class Patience:
    def __init__(self, ca):
        self.ca = ca
        self.clear()

    def clear(self):
        self.until = {}

    def tell(self, reply, account, url, value, most=600):
        """Puts the header into a reply, if there is a value. A client need
        not believe more than `most` seconds."""
        if value is None:
            return
        text = str(value)
        now = self.ca.clock.now()
        if text.startswith("date:"):
            wait = duration(text[5:])
            reply.put("Retry-After", http_date(now + wait))
        else:
            reply.put("Retry-After", text)
            wait = int(text) if text.isdigit() else 0
        if wait > 0:
            self.until[(account, url)] = now + min(wait, most)

    def check(self, request):
        """Is this poll too early?"""
        url = self.ca.base + request.target
        until = self.until.pop((request.account, url), None)
        if until is None or self.ca.clock.frozen is not None:
            return
        early = until - self.ca.clock.now()
        if early > GRACE:
            self.ca.journal.complain(
                request, "O05" if request.account else "ARI-09",
                f"polled {early:.0f} s before Retry-After")

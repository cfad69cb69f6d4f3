# SPDX-License-Identifier: MIT
"""Requests a second from one address, as Let's Encrypt's load balancer counts
them: 503 with Retry-After, and a body that is no JSON."""

import math

from .http import Reply

# kind: [a second, burst]
PRESETS = {"letsencrypt": {
    "newNonce": [20, 10], "newAccount": [5, 15], "newOrder": [300, 200],
    "revokeCert": [10, 100], "renewalInfo": [1000, 100],
    "directory": [40, 40], "other": [250, 125]}}
PAGE = b"<html><head><title>503 Service Unavailable</title></head></html>\n"


class Throttle:
    def __init__(self, ca):
        self.ca = ca
        self.clear()

    def clear(self):
        self.full = {}

    def check(self, request):
        """A Reply when it is too much, else None."""
        wanted = self.ca.settings.throttle
        if not wanted:
            return None
        table = PRESETS[wanted] if isinstance(wanted, str) else wanted
        kind = request.kind if request.kind in table else "other"
        if kind not in table:
            return None
        rate, burst = table[kind]
        now = self.ca.clock.now()
        full = max(now, self.full.get((kind, request.peer), now))
        wait = full - now - burst / rate
        if wait > 0:
            return Reply(503, PAGE, "text/html",
                         [("Retry-After", str(math.ceil(wait)))])
        self.full[(kind, request.peer)] = full + 1 / rate
        return None

# SPDX-License-Identifier: MIT
"""Anti-replay nonces (RFC 8555, section 6.5)."""

import random
import secrets
from collections import deque

from .problem import Problem
from .text import duration

KEPT = 20000


class Nonces:
    def __init__(self, ca):
        self.ca = ca
        self.clear()

    def clear(self):
        """As a CA that was restarted: none that is out is good."""
        self.good = {}
        self.used = set()
        self.used_order = deque()
        self.owed = {}

    def make(self):
        nonce = secrets.token_urlsafe(16)
        self.good[nonce] = self.ca.clock.now()
        if len(self.good) > KEPT:
            del self.good[next(iter(self.good))]
        return nonce

    def spend(self, request, nonce):
        """Raises badNonce; once used, always used."""
        if nonce is None:
            raise Problem("badNonce", "JWS has no anti-replay nonce",
                          rule="J02")
        if nonce in self.used:
            raise Problem("badNonce", f"nonce '{nonce}' was used before",
                          rule="N04")
        made = self.good.pop(nonce, None)
        if made is None:
            raise Problem("badNonce", f"unknown nonce '{nonce}'")
        self.remember(nonce)
        life = self.ca.settings.nonce_life
        if life and self.ca.clock.now() - made > duration(life):
            raise Problem("badNonce", f"nonce '{nonce}' is too old")
        if random.randrange(100) < self.ca.settings.nonce_reject:
            raise Problem("badNonce", f"nonce '{nonce}' is not liked")

    def remember(self, nonce):
        self.used.add(nonce)
        self.used_order.append(nonce)
        if len(self.used_order) > KEPT:
            self.used.discard(self.used_order.popleft())

    # A retry must take the nonce of the reply that refused (section 6.5).

    def owe(self, message, nonce):
        self.owed[self.identity(message)] = nonce
        if len(self.owed) > KEPT:
            self.owed.clear()

    def check_retry(self, request, message):
        wanted = self.owed.pop(self.identity(message), None)
        if wanted and wanted != message.protected.get("nonce"):
            self.ca.journal.complain(
                request, "N05", "a retry after badNonce without the nonce "
                "of that reply")

    @staticmethod
    def identity(message):
        header = message.protected
        return (str(header.get("kid") or header.get("jwk")),
                header.get("url"), message.payload)

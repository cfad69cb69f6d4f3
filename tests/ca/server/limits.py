# SPDX-License-Identifier: MIT
"""The limits of Let's Encrypt: token buckets (GCRA), their texts, pausing.

Off until the setting `limits` names a preset or a table NAME: [burst, period].
Everything counts from zero. Certificates are looked at with the order and
counted when they are issued; failed validations likewise.
"""

import ipaddress
import math
import time

from .identifiers import registered_domain
from .problem import Problem
from .text import duration, go_duration, utc

DOCS = "https://letsencrypt.org/docs/rate-limits"
PRESETS = {
    "letsencrypt": {
        "accounts": [10, "3h"], "accounts48": [500, "3h"],
        "orders": [300, "3h"], "domain": [50, "7d"], "set": [5, "7d"],
        "failures": [5, "1h"], "pause": [1152, "1152d"]},
    "letsencrypt-staging": {
        "accounts": [50, "3h"], "accounts48": [500, "3h"],
        "orders": [1500, "3h"], "domain": [30000, "1s"],
        "set": [30000, "7d"], "failures": [200, "1h"],
        "pause": [3600, "6h"]},
}
TEXTS = {
    "accounts": ("too many new registrations ({burst}) from this IP address",
                 "new-registrations-per-ip-address"),
    "accounts48": ("too many new registrations ({burst}) from this /48 "
                   "subnet of IPv6 addresses",
                   "new-registrations-per-ipv6-range"),
    "orders": ("too many new orders ({burst}) from this account",
               "new-orders-per-account"),
    "domain": ("too many certificates ({burst}) already issued for \"{key}\"",
               "new-certificates-per-registered-domain"),
    "set": ("too many certificates ({burst}) already issued for this exact "
            "set of identifiers",
            "new-certificates-per-exact-set-of-identifiers"),
    "failures": ("too many failed authorizations ({burst}) for \"{key}\"",
                 "authorization-failures-per-identifier-per-account"),
}
# Non-renewal is what has not been issued within so long.
RENEWAL = 120 * 86400
# Requests that were under way when a 429 was said.
GRACE = 2.0


class Bucket:
    """When it will be full again is all that is kept (GCRA)."""

    def __init__(self, burst, period):
        self.burst = burst
        self.period = duration(period)
        self.interval = self.period / burst
        self.full = {}

    def wait(self, key, now):
        """Seconds until one more is allowed; 0 for now."""
        full = max(now, self.full.get(key, now))
        return max(0.0, full + self.interval - self.period - now)

    def spend(self, key, now):
        """Once more, when it is allowed."""
        if self.wait(key, now) > 1e-6:
            return False
        self.full[key] = max(now, self.full.get(key, now)) + self.interval
        return True

    def used(self, key, now):
        return math.ceil((self.full.get(key, now) - now) / self.interval)


class Limits:
    def __init__(self, ca):
        self.ca = ca
        self.clear()

    def clear(self):
        self.configured = None
        self.buckets = {}
        self.paused = set()
        self.told = {}

    def bucket(self, name):
        """None while that limit is off."""
        wanted = self.ca.settings.limits
        if wanted != self.configured:
            self.clear()
            self.configured = wanted
            table = PRESETS[wanted] if isinstance(wanted, str) else wanted
            self.buckets = {name: Bucket(*values)
                            for name, values in (table or {}).items()}
        return self.buckets.get(name)

    # --- asking

    def strictest(self, wants):
        """The one of (name, account, key) that waits longest, as (wait,
        name, key), or None when all allow it."""
        now = self.ca.clock.now()
        denied = []
        for name, account, key in wants:
            bucket = self.bucket(name)
            wait = bucket.wait((account, key), now) if bucket else 0
            if wait > 1e-6:
                denied.append((wait, name, account, key))
        return max(denied, default=None, key=lambda item: item[0])

    def check(self, request, wants):
        denied = self.strictest(wants)
        if denied:
            raise self.refusal(request, *denied)

    def refusal(self, request, wait, name, account, key):
        self.complain(request, (name, account, key), wait)
        bucket = self.buckets[name]
        until = utc(self.ca.clock.now() + wait)
        text, anchor = TEXTS[name]
        text = text.format(burst=bucket.burst, key=key)
        return Problem(
            "rateLimited",
            f"{text} in the last {go_duration(bucket.period)}, retry after "
            f"{until:%Y-%m-%d %H:%M:%S} UTC: see {DOCS}/#{anchor}",
            headers=[("Retry-After", str(math.ceil(wait))),
                     ("Link", f'<{DOCS}>;rel="help"')])

    def complain(self, request, place, wait):
        """About who was told to wait, and did not."""
        told = self.told.get(place)
        if told is not None and time.monotonic() - told > GRACE:
            self.ca.journal.complain(
                request, "X03", f"limit '{place[0]}' for '{place[2]}' again, "
                f"{wait:.0f} s before its end")
        if told is None:
            self.told[place] = time.monotonic()

    def spend(self, name, account, key):
        bucket = self.bucket(name)
        return bucket.spend((account, key), self.ca.clock.now()) \
            if bucket else True

    # --- accounts

    def spend_account(self, request):
        wants = [("accounts", None, request.peer)]
        if ":" in request.peer:
            net = ipaddress.ip_network(f"{request.peer}/48", strict=False)
            wants.append(("accounts48", None, str(net)))
        self.check(request, wants)
        for want in wants:
            self.spend(*want)

    # --- orders

    def spend_order(self, request, order):
        """All that a new order may meet; what is counted at once is."""
        account = order.account.number
        order.renewal = self.is_renewal(order)
        self.check_paused(order)
        if order.exempt:
            return
        wants = [("set", None, set_key(order))]
        wants += [("failures", account, item.base)
                  for item in order.identifiers]
        if not order.renewal:
            wants.append(("orders", account, ""))
            wants += [("domain", None, key) for key in self.domains(order)]
        self.check(request, wants)
        if not order.renewal:
            self.spend("orders", account, "")

    def is_renewal(self, order):
        known = self.ca.certificates.by_names.get(order.names())
        return bool(known) and \
            self.ca.clock.now() - known[-1].issued < RENEWAL

    def domains(self, order):
        return sorted({registered_domain(item, self.ca.settings.suffixes)
                       for item in order.identifiers})

    def count_issue(self, order):
        if order.exempt:
            return
        self.spend("set", None, set_key(order))
        if not order.renewal:
            for key in self.domains(order):
                self.spend("domain", None, key)

    # --- validations

    def count_failure(self, authorization):
        place = (authorization.account.number, authorization.identifier.base)
        self.spend("failures", *place)
        bucket = self.bucket("pause")
        if not bucket:
            return
        now = self.ca.clock.now()
        bucket.spend(place, now)
        if bucket.used(place, now) >= bucket.burst:
            self.paused.add(place)

    def count_success(self, authorization):
        place = (authorization.account.number, authorization.identifier.base)
        bucket = self.bucket("pause")
        if bucket:
            bucket.full.pop(place, None)

    def check_paused(self, order):
        names = [item.base for item in order.identifiers
                 if (order.account.number, item.base) in self.paused]
        if names:
            raise Problem("rateLimited", "Your account is temporarily "
                          "prevented from requesting certificates for "
                          f"{', '.join(names)} and possibly others. Please "
                          f"visit: {self.ca.settings.pause_url}")

    # --- for tests

    def describe(self):
        self.bucket("")
        now = self.ca.clock.now()
        return {"paused": sorted(map(list, self.paused)),
                "used": {name: {" ".join(str(part) for part in place if part
                                         is not None): bucket.used(place, now)
                                for place in bucket.full
                                if bucket.full[place] > now}
                         for name, bucket in self.buckets.items()}}


def set_key(order):
    return ",".join(sorted(value for _, value in order.names()))

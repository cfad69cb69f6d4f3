# SPDX-License-Identifier: MIT
"""Orders (RFC 8555, section 7.4): create, show, finalize."""

from . import csr, identifiers
from .auth import unknown_members
from .http import json_reply
from .problem import Problem, full_type, malformed
from .text import duration, parse_rfc3339, rfc3339, unb64

MEMBERS = {"identifiers", "notBefore", "notAfter", "profile", "replaces"}


class Order:
    def __init__(self, number, base, account, names):
        self.number = number
        self.url = f"{base}/order/{number}"
        self.account = account
        self.identifiers = names
        self.authorizations = []
        self.status = "pending"
        self.expires = 0
        self.error = None
        self.profile = None
        self.not_before = self.not_after = None
        self.replaces = None
        self.certificate = None
        self.done_at = None      # processing ends
        self.forced = None       # a status that a test has set
        self.exempt = False      # from limits, by renewal information
        self.renewal = False     # the set was issued before

    def names(self):
        return frozenset(item.pair() for item in self.identifiers)

    def refresh(self, now):
        """The status follows from the authorizations and the time."""
        if self.forced:
            self.status = self.forced
            return
        if self.status in ("pending", "ready") and now > self.expires:
            self.fail("malformed", "order has expired")
        if self.status == "processing" and self.done_at is not None and \
                now >= self.done_at:
            self.status = "valid"
        if self.status == "pending":
            self.look_at_authorizations(now)

    def look_at_authorizations(self, now):
        states = {item.refresh(now) for item in self.authorizations}
        if states == {"valid"}:
            self.status = "ready"
        elif states - {"valid", "pending"}:
            self.fail("unauthorized", "one or more identifiers are not "
                      "authorized")

    def fail(self, kind, detail):
        self.status = "invalid"
        self.error = {"type": full_type(kind), "detail": detail}


class Orders:
    def __init__(self, ca):
        self.ca = ca
        self.clear()

    def clear(self):
        self.all = {}

    def find(self, request):
        order = self.all.get(request.argument[0])
        if not order:
            raise malformed("No order for ID", None, status=404)
        if order.account is not request.account:
            raise Problem("unauthorized", "the order of somebody else",
                          rule="J05")
        order.refresh(self.ca.clock.now())
        return order

    # --- newOrder

    def create(self, request):
        settings, payload = self.ca.settings, request.payload
        unknown_members(self.ca, request, MEMBERS)
        profile = self.ca.profiles.choose(payload.get("profile"))
        names = identifiers.parse_all(payload.get("identifiers"),
                                      profile.most)
        identifiers.check_policy(names, settings.refuse_identifiers)
        profile.check(names)
        dates = self.parse_dates(payload)
        again = self.reusable(request, names)
        if again:
            return self.show(again, 201)
        replaced = self.ca.ari.check_replaces(request, names)
        order = Order(len(self.all) + 1, self.ca.base, request.account, names)
        order.profile, order.replaces = profile.name, payload.get("replaces")
        order.not_before, order.not_after = dates
        order.exempt = self.ca.ari.exempts(replaced)
        self.ca.limits.spend_order(request, order)
        self.add(order)
        if replaced:
            replaced.replaced_by = order
        return self.show(order, 201)

    def add(self, order):
        now = self.ca.clock.now()
        order.expires = now + duration(self.ca.settings.order_lifetime)
        order.authorizations = [
            self.ca.authorizations.obtain(order.account, item)
            for item in order.identifiers]
        self.all[str(order.number)] = order
        order.account.orders.append(order)
        order.refresh(now)

    def parse_dates(self, payload):
        dates = []
        for name in ("notBefore", "notAfter"):
            if name not in payload:
                dates.append(None)
                continue
            if not self.ca.settings.dates:
                raise malformed("NotBefore and NotAfter are not supported",
                                None)
            try:
                dates.append(parse_rfc3339(payload[name]))
            except ValueError as error:
                raise malformed(f"{name}: {error}", "O09") from None
        return dates

    def reusable(self, request, names):
        """A pending or ready order for the same names; asking for a second
        one is a complaint that a test may want."""
        wanted = frozenset(item.pair() for item in names)
        now = self.ca.clock.now()
        for order in reversed(request.account.orders[-50:]):
            order.refresh(now)
            if order.names() != wanted or order.status not in (
                    "pending", "ready", "processing"):
                continue
            self.ca.journal.complain(
                request, "O12", f"order {order.number} for the same names is "
                f"{order.status}", True)
            if self.ca.settings.reuse_orders and order.status != "processing":
                return order
            return None
        return None

    # --- order

    def read(self, request):
        return self.show(self.find(request), 200)

    def document(self, order):
        document = {
            "status": order.status,
            "expires": rfc3339(order.expires),
            "identifiers": [item.json() for item in order.identifiers],
            "authorizations": [item.url for item in order.authorizations],
            "finalize": f"{order.url}/finalize"}
        for name, value in (("notBefore", order.not_before),
                            ("notAfter", order.not_after)):
            if value is not None:
                document[name] = rfc3339(value)
        for name in ("profile", "replaces", "error"):
            if getattr(order, name):
                document[name] = getattr(order, name)
        if order.status == "valid" and order.certificate:
            document["certificate"] = order.certificate.url
        return document

    def show(self, order, status):
        reply = json_reply(self.document(order), status)
        if status == 201 or self.ca.settings.order_location:
            reply.add("Location", order.url)
        if order.status == "processing":
            self.ca.patience.tell(reply, order.account, order.url,
                                  self.ca.settings.retry_after_order)
        return reply

    # --- finalize

    def finalize(self, request):
        order = self.find(request)
        if order.status in ("processing", "valid"):
            self.ca.journal.complain(
                request, "F08", f"finalized again while {order.status}", True)
        if order.status != "ready":
            raise Problem("orderNotReady", "Order's status (\""
                          f"{order.status}\") is not acceptable for "
                          "finalization")
        unknown_members(self.ca, request, {"csr"})
        try:
            der = unb64(request.payload.get("csr"))
        except ValueError as error:
            raise malformed(f"csr: {error}", "F01") from None
        wanted = csr.check(self.ca, der, order)
        self.ca.caa.recheck(order)
        self.sign(order, wanted)
        return self.show(order, 200)

    def sign(self, order, wanted):
        settings, now = self.ca.settings, self.ca.clock.now()
        problem = settings.finalize_problem
        if problem:
            order.fail(problem["type"], problem.get("detail", ""))
            return
        order.certificate = self.ca.issuer.issue(order, wanted)
        self.ca.limits.count_issue(order)
        order.status = "processing"
        if settings.processing_forever:
            return
        order.done_at = now + duration(settings.processing)
        if settings.finalize == "synchronous":
            order.refresh(now)

# SPDX-License-Identifier: MIT
"""The CA: everything that belongs to it, and the way of a request through it.

route -> count -> script -> (throttle, open, handle) -> finish -> log
"""

import asyncio
import json
import traceback

from . import auth
from .accounts import Accounts
from .ari import RenewalInfo
from .authorizations import Authorizations
from .caa import Caa
from .certificates import Certificates
from .directory import Directory
from .http import Reply
from .issuer import Issuer
from .jws import Keys
from .limits import Limits
from .nonces import Nonces
from .orders import Orders
from .patience import Patience
from .problem import Problem, encode, malformed
from .profiles import Profiles
from .resources import RESOURCES, route
from .script import Script
from .settings import Settings
from .text import unb64
from .throttle import Throttle
from .validation import Validation


class Service:
    kinds = set(RESOURCES)

    def __init__(self, base, clock, journal):
        self.base = base
        self.clock = clock
        self.journal = journal
        self.settings = Settings()
        self.keys = Keys()
        self.nonces = Nonces(self)
        self.patience = Patience(self)
        self.limits = Limits(self)
        self.throttle = Throttle(self)
        self.profiles = Profiles(self)
        self.directory = Directory(self)
        self.accounts = Accounts(self)
        self.authorizations = Authorizations(self)
        self.orders = Orders(self)
        self.issuer = Issuer(self)
        self.certificates = Certificates(self)
        self.ari = RenewalInfo(self)
        self.validation = Validation(self)
        self.caa = Caa(self)
        self.script = Script(self)
        self.connections = set()

    def forget(self):
        """Everything but keys, settings and script, as a CA that lost its
        data base."""
        for part in (self.nonces, self.patience, self.limits, self.throttle,
                     self.accounts, self.authorizations, self.orders,
                     self.certificates):
            part.clear()

    # --- connections (http.py)

    def connected(self, connection):
        self.connections.add(connection)
        self.journal.connected()

    def disconnected(self, connection):
        self.connections.discard(connection)
        self.journal.disconnected()

    def refused(self, connection, reason):
        self.journal.note("refused", connection=connection.number,
                          reason=reason)

    def later(self, function, *arguments):
        """After the reply that is being made."""
        asyncio.get_running_loop().call_soon(function, *arguments)

    # --- a request

    def answer(self, request):
        """(reply, fault of the wire or None)"""
        route(self.settings.prefix, request)
        self.journal.count(request)
        rule = self.script.choose(request) if self.script.rules else None
        if not rule:
            reply = self.perform(request)
            self.journal.log(request, reply, None)
            return reply, None
        request.rule = rule
        self.settings.lay_over(rule.settings)
        try:
            reply = self.act(request, rule)
        finally:
            self.settings.lay_over({})
        self.journal.log(request, reply, rule.text)
        return reply, rule.fault

    def act(self, request, rule):
        if rule.replaces():
            reply = rule.make(self)
            self.finish(request, reply)
        else:
            reply = self.perform(request)
        rule.alter(self, reply)
        return reply

    def perform(self, request):
        reply = self.throttle.check(request)
        if reply:
            return reply
        try:
            reply = self.handle(request)
        except Problem as problem:
            reply = self.refuse(request, problem)
        except Exception:  # a fault of ours: say so, and go on
            traceback.print_exc()
            self.journal.complain(request, "bug", traceback.format_exc())
            reply = self.refuse(request, Problem("serverInternal", "a bug"))
        self.finish(request, reply)
        return reply

    def handle(self, request):
        resource = RESOURCES.get(request.kind)
        if not resource or not self.offers(request):
            raise malformed("Page not found", None, status=404)
        if request.method not in resource.methods:
            raise malformed("Method not allowed", "J10", status=405)
        auth.check_user_agent(self, request)
        if request.method == "POST":
            self.open(request, resource)
        return resource.handle(self, request)

    def open(self, request, resource):
        if request.rule and request.rule.bad_nonce:
            raise self.bad_nonce(request)
        auth.open_post(self, request, resource)
        if request.payload is None:
            self.patience.check(request)

    def bad_nonce(self, request):
        """Whatever the nonce is; the request counts as unheard."""
        problem = Problem("badNonce", "the script does not like the nonce")
        try:
            problem.message = auth.jws.parse_body(request.body)
            self.nonces.spend(request,
                              problem.message.protected.get("nonce"))
        except Problem as other:
            if other.rule:
                return other
        return problem

    def offers(self, request):
        if request.kind == "newAuthz":
            return self.settings.pre_authorization
        if request.kind == "orders":
            return self.settings.orders_list
        return True

    def refuse(self, request, problem):
        if problem.rule:
            self.journal.complain(request, problem.rule, problem.detail)
        self.journal.problem(problem.kind)
        reply = Reply(problem.status, encode(problem.document()),
                      "application/problem+json", problem.headers)
        reply.problem = problem.kind
        message = getattr(problem, "message", None)
        if message:
            reply.add("Replay-Nonce", self.nonces.make())
            self.nonces.owe(message, reply.headers[-1][1])
        return reply

    def finish(self, request, reply):
        """What every reply has."""
        reply.add("Date", self.clock.date())
        reply.add("Server", "scripted-ca")
        if request.kind != "directory":
            reply.add("Link", f'<{self.base}/directory>;rel="index"')
        if (request.method == "POST" or request.kind == "newNonce") and \
                not any(name == "Replay-Nonce" for name, _ in reply.headers):
            reply.add("Replay-Nonce", self.nonces.make())
            reply.add("Cache-Control", "no-store")

    # --- for the script and the control port

    def names_of(self, request):
        """The identifiers that a request is about, separated by spaces."""
        argument = request.argument[0] if request.argument else ""
        if request.kind in ("order", "finalize"):
            order = self.orders.all.get(argument)
            return spell(order.identifiers if order else [])
        if request.kind == "authorization":
            found = self.authorizations.all.get(argument)
            return spell([found.identifier] if found else [])
        if request.kind == "challenge":
            found = self.authorizations.challenges.get(argument)
            return spell([found.authorization.identifier] if found else [])
        if request.kind == "certificate":
            found = self.certificates.all.get(argument)
            return spell(found.order.identifiers if found else [])
        return peek(request)

    def move_clock(self, text):
        """+90d, -1h, freeze, thaw, or a moment."""
        text = text.strip()
        if text in ("freeze", "thaw"):
            self.clock.freeze(text == "freeze")
        elif text[:1] in "+-":
            self.clock.advance(text)
        elif text.startswith("offset "):
            self.clock.write(float(text[7:]))
        else:
            self.clock.set(text if "T" in text else float(text))


def spell(identifiers):
    return " ".join(item.value for item in identifiers)


def peek(request):
    """The identifiers in a newOrder that nobody has verified yet."""
    if request.kind != "newOrder":
        return ""
    try:
        payload = json.loads(unb64(json.loads(request.body)["payload"]))
        return " ".join(item["value"] for item in payload["identifiers"])
    except (ValueError, KeyError, TypeError):
        return ""

# SPDX-License-Identifier: MIT
"""Authorizations and their challenges (RFC 8555, sections 7.1.4, 7.5)."""

import random
import secrets

from .auth import unknown_members
from .http import json_reply
from .identifiers import parse_one
from .problem import Problem, malformed
from .text import duration, rfc3339

# A wildcard is proved by DNS only, an address never by it (RFC 8738).
BY_DNS = {"dns-01", "dns-account-01", "dns-persist-01"}


class Challenge:
    def __init__(self, number, base, kind, token):
        self.number = number
        self.url = f"{base}/challenge/{number}"
        self.type = kind
        self.token = token
        self.status = "pending"
        self.error = None
        self.validated = None
        self.authorization = None

    def json(self, more):
        document = {"type": self.type, "url": self.url,
                    "status": self.status}
        if self.type != "dns-persist-01":
            document["token"] = self.token
        if self.validated is not None:
            document["validated"] = rfc3339(self.validated)
        if self.error:
            document["error"] = self.error
        document.update(more)
        return document


class Authorization:
    def __init__(self, number, base, account, identifier):
        self.number = number
        self.url = f"{base}/authorization/{number}"
        self.account = account
        self.identifier = identifier
        self.status = "pending"
        self.expires = 0
        self.challenges = []
        self.forced = None

    def refresh(self, now):
        if self.forced:
            self.status = self.forced
        elif now > self.expires:
            if self.status == "pending":
                self.status = "invalid"
            elif self.status == "valid":
                self.status = "expired"
        return self.status


class Authorizations:
    def __init__(self, ca):
        self.ca = ca
        self.clear()

    def clear(self):
        self.all = {}
        self.challenges = {}
        self.reusable = {}

    # --- making

    def obtain(self, account, identifier):
        """For an order: a valid one again, if that is wanted, or new."""
        place = (account.number, identifier.pair())
        old = self.reusable.get(place)
        if self.ca.settings.reuse_authorizations and old and \
                old.refresh(self.ca.clock.now()) == "valid":
            return old
        new = self.make(account, identifier)
        self.reusable[place] = new
        return new

    def make(self, account, identifier):
        settings = self.ca.settings
        new = Authorization(len(self.all) + 1, self.ca.base, account,
                            identifier)
        new.expires = self.ca.clock.now() + duration(
            settings.pending_lifetime)
        token = secrets.token_urlsafe(32)
        if settings.token is not None:
            token = settings.token
        for kind in self.kinds(identifier):
            challenge = Challenge(len(self.challenges) + 1, self.ca.base,
                                  kind, token)
            challenge.authorization = new
            self.challenges[str(challenge.number)] = challenge
            new.challenges.append(challenge)
        random.shuffle(new.challenges)
        self.all[str(new.number)] = new
        return new

    def kinds(self, identifier):
        kinds = self.ca.settings.challenges
        if identifier.wildcard:
            return [kind for kind in kinds if kind in BY_DNS]
        if identifier.type == "ip":
            return [kind for kind in kinds if kind not in BY_DNS]
        return kinds

    # --- newAuthz (section 7.4.1)

    def create(self, request):
        unknown_members(self.ca, request, {"identifier"})
        identifier = parse_one(request.payload.get("identifier"))
        if identifier.wildcard:
            raise malformed("pre-authorization of a wildcard", "Z14")
        new = self.obtain(request.account, identifier)
        return self.show(new, 201)

    # --- authorization

    def find(self, request):
        found = self.all.get(request.argument[0])
        if not found:
            raise malformed("No such authorization", None, status=404)
        if found.account is not request.account:
            raise Problem("unauthorized", "the authorization of somebody "
                          "else", rule="J05")
        found.refresh(self.ca.clock.now())
        return found

    def read(self, request):
        found = self.find(request)
        if request.payload is None:
            return self.show(found, 200)
        unknown_members(self.ca, request, {"status"})
        if request.payload.get("status") != "deactivated":
            raise malformed("an authorization can only be deactivated",
                            "Z13")
        if found.status not in ("pending", "valid"):
            raise malformed(f"the authorization is {found.status}", "Z13")
        found.status = "deactivated"
        self.ca.journal.note("deactivated", authorization=found.number)
        return self.show(found, 200)

    def document(self, found):
        shown = found.challenges
        if found.status == "valid":
            shown = [item for item in shown if item.status == "valid"]
        document = {
            "status": found.status,
            "expires": rfc3339(found.expires),
            "identifier": {"type": found.identifier.type,
                           "value": found.identifier.base},
            "challenges": [*self.ca.settings.more_challenges,
                           *(self.challenge_json(item) for item in shown)]}
        if found.identifier.wildcard:
            document["wildcard"] = True
        return document

    def challenge_json(self, challenge):
        more = dict(self.ca.settings.challenge_members)
        if challenge.type == "dns-persist-01":
            more.update(self.ca.validation.persist_members(challenge))
        return challenge.json(more)

    def show(self, found, status):
        reply = json_reply(self.document(found), status)
        if status == 201:
            reply.add("Location", found.url)
        if found.status == "pending":
            self.ca.patience.tell(reply, found.account, found.url,
                                  self.ca.settings.retry_after_authorization)
        return reply

    # --- challenge

    def respond(self, request):
        challenge = self.challenges.get(request.argument[0])
        if not challenge:
            raise malformed("No such challenge", None, status=404)
        found = challenge.authorization
        if found.account is not request.account:
            raise Problem("unauthorized", "the challenge of somebody else",
                          rule="J05")
        found.refresh(self.ca.clock.now())
        if request.payload is not None:
            self.start(request, challenge)
        reply = json_reply(self.challenge_json(challenge))
        reply.add("Link", f'<{found.url}>;rel="up"')
        return reply

    def start(self, request, challenge):
        """`{}` (section 7.5.1)."""
        if request.payload:
            raise malformed("a challenge's payload must be {}", "Z06")
        found = challenge.authorization
        if found.status != "pending" or challenge.status != "pending":
            raise malformed(
                f"the authorization is {found.status}, the challenge "
                f"{challenge.status}", "Z11")
        if any(item.status == "processing" for item in found.challenges):
            raise malformed("another challenge is processing", "Z11")
        challenge.status = "processing"
        challenge.error = None
        self.ca.validation.start(challenge)

    def finish(self, challenge, problem):
        """Called by the validation: None is success."""
        found, now = challenge.authorization, self.ca.clock.now()
        if problem is None:
            challenge.status, challenge.validated = "valid", now
            if found.status == "pending":
                found.status = "valid"
                found.expires = now + duration(
                    self.ca.settings.valid_lifetime)
            self.ca.limits.count_success(found)
            return
        self.ca.limits.count_failure(found)
        challenge.error = {**problem.document()}
        if self.ca.settings.challenge_retry:
            challenge.status = "pending"
            return
        challenge.status = "invalid"
        if found.status == "pending":
            found.status = "invalid"

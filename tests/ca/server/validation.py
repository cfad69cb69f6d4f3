# SPDX-License-Identifier: MIT
"""Validates challenges: by looking, on trust, or with a scripted result.

Each look is a coroutine that ends well or raises a Problem in the words of
Let's Encrypt.
"""

import asyncio
import base64
import hashlib

from . import http01, tlsalpn01
from .dns import DnsError, look_up, parse_server
from .problem import Problem
from .text import b64

CHECK = " - check that a DNS record exists for this domain"


class Validation:
    def __init__(self, ca):
        self.ca = ca
        self.tasks = set()

    def start(self, challenge):
        """Authorizations.finish() is called when it is known."""
        if self.immediate(challenge):
            self.ca.later(self.ca.authorizations.finish, challenge, None)
            return
        task = asyncio.get_running_loop().create_task(self.run(challenge))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def mode(self, challenge):
        name = challenge.authorization.identifier.base
        return self.ca.settings.validations.get(
            name, self.ca.settings.validation)

    def immediate(self, challenge):
        return self.mode(challenge) == "trust" and \
            not self.ca.settings.validation_delay

    async def run(self, challenge):
        problem = None
        try:
            await asyncio.sleep(float(self.ca.settings.validation_delay))
            await self.judge(challenge)
        except Problem as error:
            problem = error
        self.ca.journal.note(
            "validation", type=challenge.type,
            name=challenge.authorization.identifier.value,
            problem=problem and problem.detail)
        self.ca.authorizations.finish(challenge, problem)

    async def judge(self, challenge):
        mode = self.mode(challenge)
        if isinstance(mode, dict):
            raise Problem(mode["type"], mode.get("detail", "scripted"),
                          status=mode.get("status"))
        if mode == "trust":
            return
        for perspective in range(int(self.ca.settings.perspectives)):
            try:
                await LOOKS[challenge.type](self, challenge)
            except Problem as problem:
                if perspective:
                    problem.detail = "During secondary validation: " + \
                        problem.detail
                raise problem
        await self.ca.caa.check(challenge)

    # --- what a challenge wants to see

    def key_authorization(self, challenge):
        key = challenge.authorization.account.key
        return f"{challenge.token}.{key.thumbprint}"

    def digest(self, challenge):
        return hashlib.sha256(self.key_authorization(challenge)
                              .encode()).digest()

    async def address(self, name):
        """Where a name is served: the resolver's answer, IPv6 first."""
        settings = self.ca.settings
        if not settings.resolver:
            return settings.address
        for kind in ("AAAA", "A"):
            found = await self.resolve(name, kind)
            if found:
                return found[0]
        raise Problem("dns", f"no valid A records found for {name}; no valid "
                      f"AAAA records found for {name}", status=400)

    async def resolve(self, name, kind):
        server = parse_server(self.ca.settings.resolver or "127.0.0.1:53")
        try:
            return await look_up(server, name, kind)
        except DnsError as error:
            hint = f"{CHECK}" if error.code == "NXDOMAIN" else ""
            raise Problem("dns", f"DNS problem: {error.code} looking up "
                          f"{kind} for {name}{hint}") from None

    # --- looks

    async def look_http(self, challenge):
        identifier = challenge.authorization.identifier
        await http01.look(self, identifier, challenge.token,
                          self.key_authorization(challenge))

    async def look_tls(self, challenge):
        identifier = challenge.authorization.identifier
        address = identifier.value if identifier.type == "ip" else \
            await self.address(identifier.value)
        await tlsalpn01.look(address, int(self.ca.settings.tls_port),
                             identifier, self.digest(challenge))

    async def look_dns(self, challenge):
        name = challenge.authorization.identifier.base
        await self.look_txt(f"_acme-challenge.{name}", challenge)

    async def look_dns_account(self, challenge):
        """draft-ietf-acme-dns-account-label"""
        found = challenge.authorization
        digest = hashlib.sha256(found.account.url.encode()).digest()
        label = base64.b32encode(digest[:10]).decode().lower()
        await self.look_txt(
            f"_{label}._acme-challenge.{found.identifier.base}", challenge)

    async def look_txt(self, owner, challenge):
        found = await self.resolve(owner, "TXT")
        wanted = b64(self.digest(challenge))
        if not found:
            raise Problem("unauthorized", f"No TXT record found at {owner}")
        if wanted not in found:
            more = f" (and {len(found) - 1} more)" if found[1:] else ""
            raise Problem("unauthorized", f"Incorrect TXT record "
                          f"\"{found[0]}\"{more} found at {owner}")

    def persist_members(self, challenge):
        """As drafts -00 and -01 have it."""
        return {"issuer-domain-names": self.ca.settings.caa_identities,
                "accounturi": challenge.authorization.account.url}

    async def look_persist(self, challenge):
        identifier = challenge.authorization.identifier
        owner = f"_validation-persist.{identifier.base}"
        for text in await self.resolve(owner, "TXT"):
            issuer, *rest = [part.strip() for part in text.split(";")]
            given = dict(part.partition("=")[::2] for part in rest)
            until = float(given.get("persistUntil", "inf"))
            if issuer in self.ca.settings.caa_identities and \
                    given.get("accounturi") == \
                    challenge.authorization.account.url and \
                    until > self.ca.clock.now() and \
                    (not identifier.wildcard or
                     given.get("policy") == "wildcard"):
                return
        raise Problem("unauthorized", f"No fitting TXT record at {owner}")


LOOKS = {"http-01": Validation.look_http, "dns-01": Validation.look_dns,
         "tls-alpn-01": Validation.look_tls,
         "dns-account-01": Validation.look_dns_account,
         "dns-persist-01": Validation.look_persist}

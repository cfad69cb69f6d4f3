# SPDX-License-Identifier: MIT
"""CAA (RFC 8659) with accounturi and validationmethods (RFC 8657).

Asked for at the resolver after a validation when the setting `caa` is on;
`forbid` in its place refuses at finalize, as a recheck hours later does.
"""

from .problem import Problem


def parse_value(value):
    """(issuer, {parameter: value}), None for what is malformed."""
    issuer, *rest = [part.strip() for part in value.split(";")]
    given = {}
    for part in rest:
        if not part:
            continue
        name, sign, text = part.partition("=")
        if not sign or name in given:
            return None
        given[name.strip().lower()] = text.strip()
    return issuer, given


class Caa:
    def __init__(self, ca):
        self.ca = ca

    async def records(self, name):
        """The closest set there is."""
        labels = name.split(".")
        for start in range(len(labels)):
            found = await self.ca.validation.resolve(
                ".".join(labels[start:]), "CAA") \
                if start < len(labels) - 1 else []
            if found:
                return ".".join(labels[start:]), found
        return name, []

    async def check(self, challenge):
        identifier = challenge.authorization.identifier
        if not self.ca.settings.caa or identifier.type != "dns":
            return
        name, found = await self.records(identifier.base)
        values = self.relevant(found, identifier.wildcard)
        if values is None or any(self.allows(value, challenge)
                                 for value in values):
            return
        raise Problem("caa", f"CAA record for {name} prevents issuance")

    @staticmethod
    def relevant(found, wildcard):
        """The values that count; None when nothing restricts."""
        by_tag = {}
        for _, tag, value in found:
            by_tag.setdefault(tag, []).append(value)
        if wildcard and "issuewild" in by_tag:
            return by_tag["issuewild"]
        return by_tag.get("issue")

    def allows(self, value, challenge):
        parsed = parse_value(value)
        if parsed is None or parsed[0] not in self.ca.settings.caa_identities:
            return False
        given = parsed[1]
        account = given.get("accounturi",
                            challenge.authorization.account.url)
        methods = given.get("validationmethods", challenge.type)
        return account == challenge.authorization.account.url and \
            challenge.type in methods.split(",")

    def recheck(self, order):
        """At finalize (section 4: no older than eight hours)."""
        if self.ca.settings.caa != "forbid":
            return
        name = order.identifiers[0].base
        raise Problem("caa", "Error finalizing order :: Rechecking CAA for "
                      f"\"{name}\" and 0 more identifiers failed. Refer to "
                      "sub-problems for more information",
                      subproblems=[Problem(
                          "caa", f"CAA record for {name} prevents issuance")
                          .subproblem(order.identifiers[0].json())])

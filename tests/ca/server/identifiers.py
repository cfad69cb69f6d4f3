# SPDX-License-Identifier: MIT
"""Identifiers (RFC 8555, section 7.1.4; RFC 8738): parse, check, group."""

import ipaddress
import re

from .problem import Problem, malformed

LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")
# The public suffixes of two labels that tests are likely to use.
SUFFIXES = {"co.uk", "org.uk", "ac.uk", "com.au", "net.au", "co.jp", "co.nz",
            "com.br", "com.cn", "co.za", "github.io"}


class Identifier:
    """`base` is without `*.`; two are equal when type and value are."""

    __slots__ = ("type", "value", "base", "wildcard")

    def __init__(self, kind, value):
        self.type = kind
        self.value = value
        self.wildcard = value.startswith("*.")
        self.base = value[2:] if self.wildcard else value

    def pair(self):
        return (self.type, self.value)

    def json(self):
        return {"type": self.type, "value": self.value}


def refuse(value, why, rule="O01"):
    return Problem("rejectedIdentifier",
                   f"Cannot issue for \"{value}\": {why}", rule=rule)


def check_dns(value):
    name = value[2:] if value.startswith("*.") else value
    if value.endswith("."):
        raise refuse(value, "Domain name ends in a dot")
    if len(name) > 253:
        raise refuse(value, "Domain name is longer than 253 octets")
    if name.replace(".", "").isdigit():
        raise refuse(value, "an IP address as a DNS identifier")
    labels = name.split(".")
    if len(labels) < 2:
        raise refuse(value, "Domain name needs at least one dot")
    if not all(LABEL.match(label) for label in labels):
        raise refuse(value, "Domain name contains an invalid character")


def check_ip(value):
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        raise refuse(value, "no IP address", "I01") from None
    if str(address) != value:
        raise refuse(value, f"not canonical, which is '{address}'", "I01")


CHECKS = {"dns": check_dns, "ip": check_ip}


def parse_one(item):
    if not isinstance(item, dict) or not isinstance(item.get("value"), str):
        raise malformed("an identifier that is no {type, value}", "O01")
    extra = item.keys() - {"type", "value"}
    if extra:
        raise malformed(f"an identifier with '{extra.pop()}'", "O01")
    check = CHECKS.get(item.get("type"))
    if not check:
        raise Problem("unsupportedIdentifier",
                      f"identifier type '{item.get('type')}'")
    check(item["value"])
    return Identifier(item["type"], item["value"])


def parse_all(items, most):
    """Of newOrder; duplicates are complained of and dropped."""
    if not isinstance(items, list) or not items:
        raise malformed("no identifiers", "O01")
    found = {}
    for item in items:
        identifier = parse_one(item)
        if identifier.pair() in found:
            raise malformed(f"'{identifier.value}' twice", "O01")
        found[identifier.pair()] = identifier
    if len(found) > most:
        raise malformed(f"Order cannot contain more than {most} identifiers",
                        "O01")
    return list(found.values())


def check_policy(identifiers, refused):
    """As Let's Encrypt: one problem, a subproblem a name."""
    bad = [identifier for identifier in identifiers
           if any(identifier.base == name or
                  identifier.base.endswith("." + name) for name in refused)]
    if not bad:
        return
    text = "The ACME server refuses to issue a certificate for this " \
        "domain name, because it is forbidden by policy"
    problems = [refuse(identifier.value, text, None) for identifier in bad]
    if len(problems) == 1:
        raise problems[0]
    raise Problem(
        "rejectedIdentifier",
        f"{problems[0].detail} (and {len(problems) - 1} more problems. Refer"
        " to sub-problems for more information.)",
        subproblems=[problem.subproblem(identifier.json())
                     for problem, identifier in zip(problems, bad)])


def registered_domain(identifier, more=()):
    """What a limit counts by: the registered domain; IPv4 whole; IPv6 /64."""
    if identifier.type == "ip":
        address = ipaddress.ip_address(identifier.value)
        if address.version == 4:
            return f"{address}/32"
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    labels = identifier.base.split(".")
    take = 2
    for count in range(2, len(labels) + 1):
        suffix = ".".join(labels[-count:])
        if suffix in SUFFIXES or suffix in more:
            take = count + 1
    return ".".join(labels[-take:])

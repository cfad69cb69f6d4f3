# SPDX-License-Identifier: MIT
"""What a certificate will say: what was asked for, or something else.

The setting `certificate`:

    right            as ordered
    wrong-key        for a key that nobody asked for
    foreign-name     for other.invalid instead
    extra-name       with www.extra.invalid as well
    missing-name     without the last name (other.invalid when it is alone)
    expired          ended an hour ago
    not-yet-valid    begins in ten days
    wrong-issuer     signed by a stranger under the intermediate's name
    same             the certificate that was issued before for these names
    instant          expires in a second
"""

from cryptography.hazmat.primitives import serialization

from .identifiers import Identifier

HOUR = 3600
DAY = 86400


class Plan:
    def __init__(self, issuer, order, wanted):
        self.names = list(wanted.names)
        self.common_name = None
        self.public = wanted.public
        self.spki = wanted.spki
        self.start, self.end = issuer.dates(order)
        self.key = issuer.intermediate.key
        self.issuer_name = issuer.intermediate.name
        self.same = False


def wrong_key(plan, issuer):
    plan.public = issuer.stranger.key.public_key()


def foreign_name(plan, _issuer):
    plan.names = [Identifier("dns", "other.invalid")]


def extra_name(plan, _issuer):
    plan.names = plan.names + [Identifier("dns", "www.extra.invalid")]


def missing_name(plan, issuer):
    plan.names = plan.names[:-1]
    if not plan.names:
        foreign_name(plan, issuer)


def expired(plan, issuer):
    now = issuer.ca.clock.now()
    plan.start, plan.end = now - 90 * DAY, now - HOUR


def not_yet_valid(plan, issuer):
    plan.start = issuer.ca.clock.now() + 10 * DAY
    plan.end = plan.start + 90 * DAY


def wrong_issuer(plan, issuer):
    plan.key = issuer.stranger.key


def same(plan, _issuer):
    plan.same = True


def instant(plan, issuer):
    plan.end = issuer.ca.clock.now() + 1


KINDS = {"right": lambda plan, issuer: None, "wrong-key": wrong_key,
         "foreign-name": foreign_name, "extra-name": extra_name,
         "missing-name": missing_name, "expired": expired,
         "not-yet-valid": not_yet_valid, "wrong-issuer": wrong_issuer,
         "same": same, "instant": instant}


def plan(ca, order, wanted):
    made = Plan(ca.issuer, order, wanted)
    KINDS[ca.settings.certificate](made, ca.issuer)
    short = [item.value for item in made.names
             if item.type == "dns" and len(item.value) <= 64]
    if ca.settings.common_name and short:
        made.common_name = wanted.common_name
        if not made.common_name or made.common_name not in short:
            made.common_name = short[0]
    made.spki = made.public.public_bytes(
        serialization.Encoding.DER,
        serialization.PublicFormat.SubjectPublicKeyInfo)
    return made

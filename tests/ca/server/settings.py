# SPDX-License-Identifier: MIT
"""How the CA behaves while no rule of the script says otherwise.

A rule may lay values of its own over them for the request it matches.
"""

import difflib

DEFAULTS = {
    # --- directory and accounts
    "terms": "https://ca.test/terms-1",   # null: no terms of service
    "terms_changed": False,     # every request: 403 userActionRequired
    "meta": {},                 # merged into the directory's meta
    "prefix": "",               # /PREFIX/new-order ...; a change moves them
    "caa_identities": ["ca.test"],
    "profiles": {},             # name: {description, lifetime, types, most}
    "eab_required": False,
    "eab_keys": {},             # kid: MAC key, base64url
    "eab_once": True,           # a kid binds one account
    "algorithms": ["ES256", "ES384", "RS256", "EdDSA"],
    "refuse_contacts": [],      # parts of addresses: invalidContact
    "orders_list": False,       # accounts have `orders`, three a page
    "contacts_kept": True,      # False: forgotten, as at Let's Encrypt
    # --- orders
    "order_lifetime": "7d",
    "pending_lifetime": "7d",   # of an authorization
    "valid_lifetime": "30d",
    "reuse_authorizations": False,
    "reuse_orders": False,      # the same pending or ready order again
    "most_identifiers": 100,
    "refuse_identifiers": [],   # rejectedIdentifier, with subproblems
    "dates": True,              # notBefore and notAfter are obeyed
    "pre_authorization": False,
    "challenges": ["http-01", "dns-01", "tls-alpn-01"],
    "challenge_members": {},    # more members of each challenge
    "more_challenges": [],      # as they are, before ours
    "token": None,              # instead of a random one
    "processing": 0,            # seconds that a finalized order takes
    "finalize": "asynchronous",  # or synchronous: valid at once
    "processing_forever": False,
    "finalize_problem": None,   # {type, detail}: the order becomes invalid
    "order_location": True,     # Location in replies other than newOrder's
    # --- validation
    "validation": "trust",      # or real, or a result: {type, detail}
    "validations": {},          # by name: trust, real, or {type, detail}
    "validation_delay": 0,      # real seconds
    "perspectives": 1,          # looks at each challenge
    "challenge_retry": False,   # a failed one stays pending (step-ca)
    "http_port": 80,
    "tls_port": 443,
    "resolver": None,           # ADDRESS:PORT; None: `address` for all
    "address": "127.0.0.1",
    "patience": 10,             # seconds for an answer by http-01
    "caa": False,               # CAA is asked for at the resolver
    # --- certificates
    "lifetime": "90d",
    "backdate": "1h",
    "certificate": "right",     # see wrong.py
    "chain": "right",           # see chains.py
    "alternates": 0,
    "chain_length": 1,          # intermediates
    "common_name": True,
    "certificate_keys": ["rsa", "ec"],
    "must_staple": False,       # accepted
    "serial": None,             # top: first byte is over 0x7f
    # --- renewal information
    "ari": True,
    "window": "usual",          # see ari.py
    "explanation": None,
    "ari_retry_after": "21600",
    "replaces": "kept",         # ignored, or a problem {type, status, detail}
    # --- time to wait, as the header says it; date:90 is a date in 90 s
    "retry_after_order": None,
    "retry_after_authorization": None,
    # --- limits
    "limits": None,             # letsencrypt, letsencrypt-staging or a table
    "throttle": None,           # letsencrypt: requests a second, else 503
    "suffixes": [],             # more public suffixes
    "pause_url": "https://portal.ca.test/sfe/v1/unpause?jwt=x",
    # --- nonces
    "nonce_reject": 0,          # percent of POSTs that meet badNonce
    "nonce_life": None,         # as 1h
}


class Settings:
    def __init__(self):
        self.values = dict(DEFAULTS)
        self.over = {}

    def __getattr__(self, name):
        if name in self.over:
            return self.over[name]
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    def change(self, **values):
        for name in values:
            self.check(name)
        self.values.update(values)

    def lay_over(self, values):
        """For one request; {} takes it away."""
        self.over = values

    @staticmethod
    def check(name):
        if name in DEFAULTS:
            return
        near = difflib.get_close_matches(name, DEFAULTS, 1)
        hint = f": did you mean '{near[0]}'?" if near else ""
        raise ValueError(f"unknown setting '{name}'{hint}")

# SPDX-License-Identifier: MIT
"""Accounts (RFC 8555, section 7.3): find, create, change, deactivate."""

import re

from .auth import unknown_members
from .binding import Bindings
from .http import json_reply
from .problem import Problem, malformed

ADDRESS = re.compile(r"mailto:[^@?,;\s%]+@[^@?,;\s%]+\.[^@?,;\s%]+\Z")
CREATE = {"contact", "termsOfServiceAgreed", "onlyReturnExisting",
          "externalAccountBinding"}
CHANGE = {"contact", "status", "termsOfServiceAgreed"}
PAGE = 3


class Account:
    def __init__(self, number, url, key):
        self.number = number
        self.url = url
        self.key = key
        self.status = "valid"
        self.contact = []
        self.agreed = False
        self.binding = None
        self.orders = []


class Accounts:
    def __init__(self, ca):
        self.ca = ca
        self.bindings = Bindings(ca)
        self.made = 0  # a number is never given twice
        self.clear()

    def clear(self):
        self.by_url = {}
        self.by_key = {}
        self.bindings.clear()

    # --- newAccount

    def create(self, request):
        unknown_members(self.ca, request, CREATE)
        known = self.by_key.get(request.key.thumbprint)
        if known:
            return self.existing(known)
        if request.payload.get("onlyReturnExisting"):
            raise Problem("accountDoesNotExist",
                          "No account exists with the provided key")
        self.check_terms(request)
        contact = self.check_contact(request)
        binding = self.bindings.check(request)
        self.ca.limits.spend_account(request)
        account = self.add(request.key)
        account.contact, account.binding = contact, binding
        account.agreed = bool(request.payload.get("termsOfServiceAgreed"))
        self.bindings.spend(binding, account)
        return self.show(account, 201)

    def existing(self, account):
        if account.status != "valid":
            raise Problem("unauthorized", "An account with the provided "
                          f"public key exists but is {account.status}")
        return self.show(account, 200)

    def add(self, key):
        self.made += 1
        number = self.made
        account = Account(number, f"{self.ca.base}/account/{number}", key)
        self.by_url[account.url] = account
        self.by_key[key.thumbprint] = account
        return account

    def check_terms(self, request):
        terms = self.ca.settings.terms
        agreed = request.payload.get("termsOfServiceAgreed")
        if agreed is not None and not isinstance(agreed, bool):
            raise malformed("termsOfServiceAgreed is no boolean", "A03")
        if terms and not agreed:
            raise Problem("userActionRequired",
                          "Provided account did not agree to the terms of "
                          "service", rule="A03",
                          headers=[("Link",
                                    f'<{terms}>;rel="terms-of-service"')])

    def check_contact(self, request):
        contact = request.payload.get("contact", [])
        if not isinstance(contact, list) or \
                not all(isinstance(item, str) for item in contact):
            raise malformed("contact is no array of strings", "A04")
        for item in contact:
            self.check_address(item)
        return contact

    def check_address(self, item):
        if not item.startswith("mailto:"):
            raise Problem("unsupportedContact", f"contact '{item}'",
                          rule="A04")
        if not ADDRESS.match(item):
            raise Problem("invalidContact", f"contact '{item}' is not one "
                          "address", rule="A04")
        for part in self.ca.settings.refuse_contacts:
            if part in item:
                raise Problem("invalidContact", "contact email has forbidden"
                              f" domain \"{part}\"")

    # --- account

    def change(self, request):
        account = self.own(request)
        if request.payload is None:
            return self.show(account, 200)
        unknown_members(self.ca, request, CHANGE)
        if "status" in request.payload:
            self.deactivate(account, request.payload["status"])
        elif "contact" in request.payload:
            account.contact = self.check_contact(request)
        elif not request.payload:
            raise malformed("an empty update", "A05")
        return self.show(account, 200)

    def own(self, request):
        account = self.by_url.get(f"{self.ca.base}/account/"
                                  f"{request.argument[0]}")
        if account is not request.account:
            raise Problem("unauthorized", "the account of somebody else",
                          rule="J05")
        return account

    def deactivate(self, account, status):
        if status != "deactivated":
            raise malformed(f"status '{status}'", "A10")
        account.status = "deactivated"
        self.ca.journal.note("account-deactivated", account=account.number)

    def document(self, account):
        document = {"status": account.status}
        if self.ca.settings.contacts_kept and account.contact:
            document["contact"] = account.contact
        if account.agreed:
            document["termsOfServiceAgreed"] = True
        if self.ca.settings.orders_list:
            document["orders"] = f"{account.url}/orders"
        if account.binding:
            document["externalAccountBinding"] = account.binding.document
        return document

    def show(self, account, status):
        reply = json_reply(self.document(account), status)
        reply.add("Location", account.url)
        if self.ca.settings.terms:
            reply.add("Link", f'<{self.ca.settings.terms}>;'
                      'rel="terms-of-service"')
        return reply

    # --- the list of orders (section 7.1.2.1)

    def list_orders(self, request):
        account = self.own(request)
        start = int(request.argument[2]) if len(request.argument) > 2 else 0
        urls = [order.url for order in account.orders
                if order.status != "invalid"]
        reply = json_reply({"orders": urls[start:start + PAGE]})
        if start + PAGE < len(urls):
            reply.add("Link", f'<{account.url}/orders/{start + PAGE}>;'
                      'rel="next"')
        return reply

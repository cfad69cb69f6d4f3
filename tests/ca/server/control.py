# SPDX-License-Identifier: MIT
"""The control port: plain HTTP and JSON on loopback; ../README.md lists it."""

import json

from .http import Reply, json_reply
from .problem import full_type
from .script import merge


class Control:
    """Has the face of a service (http.py)."""

    def __init__(self, ca, listener):
        self.ca = ca
        self.listener = listener

    def connected(self, _connection):
        pass

    disconnected = connected

    def refused(self, _connection, _reason):
        pass

    def answer(self, request):
        parts = request.target.strip("/").split("/")
        verb = VERBS.get((request.method, parts[0]))
        try:
            if not verb:
                return json_reply({"error": "no such verb"}, 404), None
            result = verb(self, parts[1:], request.body.decode())
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return json_reply({"error": f"{error}"}, 400), None
        if isinstance(result, Reply):
            return result, None
        return json_reply({} if result is None else result), None

    # --- script, settings, clock

    def read_script(self, _parts, _body):
        return self.ca.script.describe()

    def add_script(self, _parts, body):
        self.ca.script.read(body)

    def read_settings(self, _parts, _body):
        return self.ca.settings.values

    def change_settings(self, _parts, body):
        self.ca.settings.change(**json.loads(body))

    def read_clock(self, _parts, _body):
        return self.ca.clock.describe()

    def move_clock(self, _parts, body):
        self.ca.move_clock(body)
        return self.ca.clock.describe()

    # --- what happened

    def counts(self, _parts, _body):
        return self.ca.journal.describe()

    def clear_counts(self, _parts, _body):
        self.ca.journal.clear()

    def complaints(self, _parts, _body):
        return self.ca.journal.complaints

    def clear_complaints(self, _parts, _body):
        self.ca.journal.forgive()

    def limits(self, _parts, _body):
        return self.ca.limits.describe()

    # --- what there is

    def accounts(self, _parts, _body):
        return [{"number": item.number, "url": item.url,
                 "status": item.status, "contact": item.contact,
                 "thumbprint": item.key.thumbprint,
                 "algorithm": item.key.algorithm,
                 "kid": item.binding and item.binding.kid}
                for item in self.ca.accounts.by_url.values()]

    def orders(self, _parts, _body):
        now = self.ca.clock.now()
        found = []
        for order in self.ca.orders.all.values():
            order.refresh(now)
            found.append({"number": order.number,
                          "account": order.account.number,
                          **self.ca.orders.document(order)})
        return found

    def authorizations(self, _parts, _body):
        now = self.ca.clock.now()
        found = []
        for item in self.ca.authorizations.all.values():
            item.refresh(now)
            found.append({"number": item.number,
                          "account": item.account.number,
                          **self.ca.authorizations.document(item)})
        return found

    def certificates(self, _parts, _body):
        return [item.describe()
                for item in self.ca.certificates.all.values()]

    def root(self, parts, _body):
        from .chains import pem
        number = int(parts[0]) if parts else 0
        return Reply(200, pem(self.ca.issuer.root(number).certificate)
                     .encode(), "application/x-pem-file")

    # --- what there is, changed

    def change_account(self, parts, body):
        account = self.ca.accounts.by_url[
            f"{self.ca.base}/account/{int(parts[0])}"]
        account.status = json.loads(body)["status"]

    def change_order(self, parts, body):
        """{status, error, expires (in so many seconds)}; a status of null
        lets the order go its own way again."""
        order = self.ca.orders.all[parts[0]]
        wanted = json.loads(body)
        if "status" in wanted:
            order.forced = wanted["status"]
        if "error" in wanted:
            order.error = named(wanted["error"])
        if "expires" in wanted:
            order.expires = self.ca.clock.now() + float(wanted["expires"])

    def change_authorization(self, parts, body):
        found = self.ca.authorizations.all[parts[0]]
        wanted = json.loads(body)
        if "status" in wanted:
            found.forced = wanted["status"]
        if "expires" in wanted:
            found.expires = self.ca.clock.now() + float(wanted["expires"])

    def change_certificate(self, parts, body):
        """{window, revoked}"""
        found = self.ca.certificates.all[parts[0]]
        wanted = json.loads(body)
        found.window = wanted.get("window", found.window)
        found.revoked = wanted.get("revoked", found.revoked)

    # --- the CA itself

    def forget(self, _parts, _body):
        self.ca.forget()

    def restart(self, _parts, _body):
        """All connections are cut, all nonces are void."""
        self.ca.nonces.clear()
        for connection in list(self.ca.connections):
            connection.transport.abort()

    def listen(self, _parts, body):
        """true or false: does it take connections?"""
        self.listener.set(json.loads(body))
        if not json.loads(body):
            self.restart(None, None)

    def unpause(self, _parts, _body):
        self.ca.limits.paused.clear()


def named(error):
    return merge(error, {"type": full_type(error["type"])}) if error else None


VERBS = {
    ("GET", "script"): Control.read_script,
    ("POST", "script"): Control.add_script,
    ("GET", "settings"): Control.read_settings,
    ("POST", "settings"): Control.change_settings,
    ("GET", "clock"): Control.read_clock,
    ("POST", "clock"): Control.move_clock,
    ("GET", "counts"): Control.counts,
    ("DELETE", "counts"): Control.clear_counts,
    ("GET", "complaints"): Control.complaints,
    ("DELETE", "complaints"): Control.clear_complaints,
    ("GET", "limits"): Control.limits,
    ("GET", "accounts"): Control.accounts,
    ("GET", "orders"): Control.orders,
    ("GET", "authorizations"): Control.authorizations,
    ("GET", "certificates"): Control.certificates,
    ("GET", "root"): Control.root,
    ("POST", "account"): Control.change_account,
    ("POST", "order"): Control.change_order,
    ("POST", "authorization"): Control.change_authorization,
    ("POST", "certificate"): Control.change_certificate,
    ("POST", "forget"): Control.forget,
    ("POST", "restart"): Control.restart,
    ("POST", "listen"): Control.listen,
    ("POST", "unpause"): Control.unpause,
}

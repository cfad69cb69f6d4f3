# SPDX-License-Identifier: MIT
"""Renewal information (RFC 9773) and `replaces`.

The setting `window`, or that of one certificate:

    usual        as Let's Encrypt: a third before the end (half under ten
                 days), a hundredth of the lifetime to either side
    past         an hour ago to half an hour ago
    now          from now on for a day
    huge         from 1970 to the year 9999
    later        after the certificate's end
    inverted     ends before it begins
    empty        ends when it begins
    missing      404
    none         an object without a window
    garbage      dates that are none
    {start, end} RFC 3339, or seconds from now as +3600, -2h, 10d
"""

from .http import json_reply
from .problem import Problem, malformed
from .text import duration, parse_rfc3339, rfc3339, unb64, utc

DAY = 86400
FAR = "9999-12-31T23:59:59Z"


def usual(certificate, _now):
    span = certificate.end + 1 - certificate.start
    ideal = certificate.end - span / (2 if span < 10 * DAY else 3)
    return ideal - span / 100, ideal + span / 100


WINDOWS = {
    "usual": usual,
    "past": lambda cert, now: (now - 3600, now - 1800),
    "now": lambda cert, now: (now - 60, now + DAY),
    "huge": lambda cert, now: (0, parse_rfc3339(FAR)),
    "later": lambda cert, now: (cert.end + DAY, cert.end + 2 * DAY),
    "inverted": lambda cert, now: (now + DAY, now - DAY),
    "empty": lambda cert, now: (now, now),
}


def moment(value, now):
    text = str(value)
    if "T" in text:
        return parse_rfc3339(text)
    return now + duration(text)


class RenewalInfo:
    def __init__(self, ca):
        self.ca = ca

    def find(self, text, rule):
        """The certificate of an ID, None when there is none; a Problem when
        it is not one."""
        parts = str(text).split(".")
        try:
            if len(parts) != 2 or not all(parts):
                raise ValueError("not two parts")
            unb64(parts[0])
            serial = unb64(parts[1])
        except ValueError as error:
            raise malformed(f"certificate ID '{text}': {error}", rule) \
                from None
        if serial[:1] >= b"\x80":
            raise malformed(f"certificate ID '{text}': a negative serial",
                            "ARI-03")
        return self.ca.certificates.by_id.get(text)

    # --- renewalInfo

    def read(self, request):
        if not self.ca.settings.ari:
            raise malformed("no renewal information here", None, status=404)
        text = "/".join(request.argument)
        found = self.find(text, "ARI-01")
        if not found:
            raise malformed("Certificate not found", None, status=404)
        self.ca.patience.check(request)
        self.check_use(request, found)
        window = found.window or self.ca.settings.window
        if window == "missing":
            raise malformed("Certificate not found", None, status=404)
        reply = json_reply(self.document(found, window))
        self.ca.patience.tell(reply, None, self.ca.base + request.target,
                              self.ca.settings.ari_retry_after, DAY)
        return reply

    def check_use(self, request, found):
        if self.ca.clock.now() > found.end:
            self.ca.journal.complain(request, "ARI-12", "asked for a "
                                     "certificate that has expired")
        order = found.replaced_by
        if order and order.status == "valid":
            self.ca.journal.complain(request, "ARI-12", "asked for a "
                                     "certificate that was replaced", True)

    def document(self, found, window):
        if window == "none":
            return {}
        if window == "garbage":
            return {"suggestedWindow": {"start": "soon", "end": "later"}}
        start, end = self.bounds(found, window)
        document = {"suggestedWindow": {"start": spell(start),
                                        "end": spell(end)}}
        if self.ca.settings.explanation:
            document["explanationURL"] = self.ca.settings.explanation
        return document

    def bounds(self, found, window):
        now = self.ca.clock.now()
        if isinstance(window, dict):
            return moment(window["start"], now), moment(window["end"], now)
        if found.revoked is not None and window == "usual":
            window = "past"
        return WINDOWS[window](found, now)

    # --- replaces, of newOrder

    def check_replaces(self, request, names):
        """The certificate that an order replaces, or None."""
        text = request.payload.get("replaces")
        if text is None:
            return None
        if not self.ca.settings.ari:
            raise malformed("replaces, without renewalInfo in the directory",
                            "ARI-16")
        handling = self.ca.settings.replaces
        if isinstance(handling, dict):
            raise Problem(handling.get("type", "malformed"),
                          handling.get("detail", "replaces field does not "
                                       "identify a certificate"),
                          status=handling.get("status"))
        if handling == "ignored":
            return None
        return self.predecessor(request, text, names)

    def predecessor(self, request, text, names):
        found = self.find(text, "ARI-01")
        if not found:
            raise malformed("While checking if this order is a replacement: "
                            f"certificate '{text}' not found", "ARI-17",
                            status=404)
        if found.account is not request.account:
            raise Problem("unauthorized", "the certificate of another "
                          "account", rule="ARI-17")
        if not found.names & {item.pair() for item in names}:
            raise malformed("no identifier in common", "ARI-18")
        order = found.replaced_by
        if order:
            order.refresh(self.ca.clock.now())
            if order.status != "invalid":
                raise Problem("alreadyReplaced", "cannot indicate an order "
                              f"replaces certificate with serial "
                              f"\"{found.serial.hex()}\", which already has a"
                              " replacement order")
        return found

    def exempts(self, replaced):
        """From all limits, when it comes within the window."""
        if not replaced:
            return False
        window = replaced.window or self.ca.settings.window
        if window not in WINDOWS and not isinstance(window, dict):
            return False
        start, end = self.bounds(replaced, window)
        return start <= self.ca.clock.now() < end


def spell(seconds):
    """With a fraction, as Pebble does."""
    date = utc(seconds)
    return f"{date:%Y-%m-%dT%H:%M:%S}.{date.microsecond // 1000:03d}Z" \
        if seconds % 1 else rfc3339(seconds)

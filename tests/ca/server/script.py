# SPDX-License-Identifier: MIT
"""The script: which requests meet what. ../README.md has the language.

A rule matches a kind of request (and perhaps a path, a name), counts what it
matches, and acts on some of them: it may lay settings over, answer instead of
the CA, change the CA's answer, and spoil the wire.
"""

import json
import re

from . import wire, words
from .http import Reply
from .problem import STATUS, encode, full_type

FLAGS = {"after", "bad-nonce"}
ANSWERS = {"status", "body", "json", "problem", "detail", "redirect",
           "body-file", "content-type"}
CHANGES = {"header", "drop", "merge", "with"}
MATCHES = {"for", "method", "path"}


class ScriptError(ValueError):
    pass


def value_of(text):
    """JSON if it is any, else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def parse_range(text):
    """(first, last) of 2, 1-3, 3-, every."""
    if text in ("every", "*"):
        return 1, None
    match = re.match(r"(\d+)(-(\d*))?\Z", text)
    if not match:
        return None
    first = int(match[1])
    if not match[2]:
        return first, first
    return first, int(match[3]) if match[3] else None


class Rule:
    def __init__(self, kind, times, actions, text):
        self.kind = kind
        self.first, self.last = times
        self.text = text
        self.seen = self.used = 0
        self.matches, self.answer, self.changes = {}, {}, []
        self.fault, self.settings = {}, {}
        self.after = self.bad_nonce = False
        for name, value in actions:
            self.take(name, value)

    def take(self, name, value):
        if name == "after":
            self.after = True
        elif name == "bad-nonce":
            self.bad_nonce = True
        elif name in MATCHES:
            self.matches[name] = re.compile(value)
        elif name in wire.NAMES:
            self.fault[name] = value
        elif name in ANSWERS:
            self.answer[name] = value
        elif name == "with":
            setting, _, wanted = value.partition("=")
            self.settings[setting] = value_of(wanted)
        elif name in CHANGES:
            self.check_change(name, value)
            self.changes.append((name, value))
        else:
            raise ScriptError(f"unknown action '{name}'")

    @staticmethod
    def check_change(name, value):
        if name == "merge" and not isinstance(value, dict):
            raise ScriptError(f"merge: '{value}' is no JSON object")
        if name == "header" and ":" not in value:
            raise ScriptError(f"header: '{value}' is not Name:value")

    # --- matching

    def fits(self, ca, request):
        if self.kind not in ("*", request.kind):
            return False
        for name, pattern in self.matches.items():
            subject = {"method": request.method, "path": request.target} \
                .get(name)
            if subject is None:
                subject = ca.names_of(request)
            if not pattern.search(subject):
                return False
        return True

    def counts(self):
        """One more that fits: is it one that the rule acts on?"""
        self.seen += 1
        if self.seen < self.first or (self.last and self.seen > self.last):
            return False
        self.used += 1
        return True

    # --- acting

    def replaces(self):
        """Does the CA never hear of the request?"""
        if self.after:
            return False
        return bool(self.answer) or self.fault.keys() & {
            "close", "reset", "hang"}

    def make(self, ca):
        """The reply of the rule alone."""
        answer = self.answer
        status = int(answer.get("status", 200))
        if "problem" in answer:
            return self.problem(answer)
        if "redirect" in answer:
            reply = Reply(int(answer.get("status", 302)))
            reply.add("Location", fill(ca, answer["redirect"]))
            return reply
        kind = answer.get("content-type")
        if "json" in answer:
            body = fill(ca, json.dumps(answer["json"])).encode()
            return Reply(status, body, kind or "application/json")
        body = answer.get("body", "")
        if "body-file" in answer:
            with open(answer["body-file"], "rb") as file:
                return Reply(status, file.read(), kind or "text/html")
        return Reply(status, fill(ca, str(body)).encode(),
                     kind or "text/html")

    @staticmethod
    def problem(answer):
        kind = answer["problem"]
        status = int(answer.get("status", STATUS.get(kind, 400)))
        document = {"type": full_type(kind), "status": status,
                    "detail": answer.get("detail", "scripted")}
        reply = Reply(status, encode(document), "application/problem+json")
        reply.problem = kind
        return reply

    def alter(self, ca, reply):
        """A reply of the CA's own, or of make()."""
        if self.after and self.answer:
            made = self.make(ca)
            reply.status, reply.body = made.status, made.body
            for name, value in made.headers:
                reply.put(name, value)
        for name, value in self.changes:
            if name == "drop":
                reply.drop(value)
            elif name == "header":
                header, _, text = value.partition(":")
                reply.put(header, fill(ca, text.strip()))
            else:
                merge_body(ca, reply, value)


def fill(ca, text):
    return text.replace("{base}", ca.base)


def merge(target, patch):
    """RFC 7396: null takes a member away."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge(result.get(name), value)
    return result


def merge_body(ca, reply, patch):
    patch = json.loads(fill(ca, json.dumps(patch)))
    reply.body = json.dumps(merge(json.loads(reply.body), patch)).encode()


def parse_line(line):
    """A Rule of one line: KIND [TIMES] ACTION..."""
    kind, *rest = words.split(line)
    times, actions = (1, None), []
    for word in rest:
        name, sign, value = word.partition("=")
        if parse_range(word):
            times = parse_range(word)
        elif sign:
            value = value if name in ("with", "for", "path", "body",
                                      "header") else value_of(value)
            actions.append((name, value))
        elif name in FLAGS or name in wire.NAMES:
            actions.append((name, True))
        else:
            raise ScriptError(f"'{word}' is no action")
    if not actions:
        raise ScriptError("a rule without an action")
    return Rule(kind, times, actions, line)


class Script:
    def __init__(self, ca):
        self.ca = ca
        self.clear()

    def clear(self):
        self.rules = []

    def read(self, text):
        """Rules, `set NAME=VALUE ...`, `clock ...`, `clear`; all or none."""
        steps = []
        for number, line in enumerate(text.splitlines(), 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            try:
                steps.append(self.parse_step(line))
            except (ValueError, KeyError) as error:
                raise ScriptError(f"line {number}: {error}") from None
        for step in steps:
            step()

    def parse_step(self, line):
        word, _, rest = line.partition(" ")
        if word == "clear":
            return self.clear
        if word == "clock":
            return lambda: self.ca.move_clock(rest)
        if word == "set":
            pairs = [item.partition("=") for item in words.split(rest)]
            values = {name: value_of(value) for name, _, value in pairs}
            for name in values:
                self.ca.settings.check(name)
            return lambda: self.ca.settings.change(**values)
        rule = parse_line(line)
        if rule.kind != "*" and rule.kind not in self.ca.kinds:
            raise ScriptError(f"unknown kind '{rule.kind}'")
        for name in rule.settings:
            self.ca.settings.check(name)
        return lambda: self.rules.append(rule)

    def choose(self, request):
        """The rule that acts on this request, or None. Every rule that fits
        counts it."""
        chosen = None
        for rule in self.rules:
            if rule.fits(self.ca, request) and rule.counts() and not chosen:
                chosen = rule
        return chosen

    def describe(self):
        return [{"rule": rule.text, "seen": rule.seen, "used": rule.used}
                for rule in self.rules]

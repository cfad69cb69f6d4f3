# SPDX-License-Identifier: MIT
"""What happened: requests counted by kind, a log, complaints on the client.

The log is JSON, one line a request. A complaint names the rule of
protocol.md that the client broke; `should` marks those that only advise.
"""

import json
from collections import Counter

KEPT = 10000


class Journal:
    def __init__(self, path, clock):
        self.clock = clock
        self.file = open(path, "a", buffering=1, encoding="utf-8")
        self.clear()

    def clear(self):
        self.requests = Counter()
        self.problems = Counter()
        self.faults = Counter()
        self.events = Counter()
        self.connections = 0
        self.open = 0
        self.most_open = 0
        self.number = 0
        self.forgive()

    def forgive(self):
        self.complaints = []
        self.advised = set()

    # --- connections

    def connected(self):
        self.connections += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)

    def disconnected(self):
        self.open = max(0, self.open - 1)

    # --- requests

    def count(self, request):
        self.number += 1
        request.number = self.number
        self.requests[request.kind] += 1

    def complain(self, request, rule, detail, should=False):
        """What is only advised is told once for each kind of request."""
        if should and (rule, request.kind) in self.advised:
            return
        if should:
            self.advised.add((rule, request.kind))
        if len(self.complaints) < KEPT:
            self.complaints.append({
                "rule": rule, "detail": detail, "should": should,
                "request": request.number, "kind": request.kind,
                "url": request.target})

    def problem(self, kind):
        self.problems[kind] += 1

    def log(self, request, reply, fault):
        line = {"n": request.number, "time": round(self.clock.now(), 3),
                "kind": request.kind, "method": request.method,
                "url": request.target, "connection": request.connection,
                "account": request.account and request.account.number,
                "payload": request.payload,
                "status": reply.status if reply else None}
        if reply and reply.problem:
            line["problem"] = reply.problem
        if fault:
            line["fault"] = fault
            self.faults[fault] += 1
        self.file.write(json.dumps(line, default=str) + "\n")

    def note(self, event, **members):
        """Something that no request asked for: a validation, an expiry."""
        self.events[event] += 1
        line = {"time": round(self.clock.now(), 3), "event": event, **members}
        self.file.write(json.dumps(line, default=str) + "\n")

    def describe(self):
        return {"requests": dict(self.requests),
                "problems": dict(self.problems),
                "faults": dict(self.faults), "events": dict(self.events),
                "total": self.number, "connections": self.connections,
                "open": self.open, "most_open": self.most_open}

# SPDX-License-Identifier: MIT
"""What the CA refuses with: a problem document (RFC 8555, section 6.7)."""

import json

NAMESPACE = "urn:ietf:params:acme:error:"

# The HTTP status of each type; all others are 400.
STATUS = {
    "accountDoesNotExist": 400,
    "alreadyReplaced": 409,
    "caa": 403,
    "compound": 400,
    "conflict": 409,
    "externalAccountRequired": 403,
    "orderNotReady": 403,
    "rateLimited": 429,
    "serverInternal": 500,
    "unauthorized": 403,
    "userActionRequired": 403,
}


class Problem(Exception):
    """Raised anywhere while a request is handled.

    `rule` is the ID in protocol.md of the rule that the client has broken;
    None when it did nothing wrong. `headers` go into the reply, `members`
    (subproblems, algorithms, instance) into the document.
    """

    def __init__(self, kind, detail, *, status=None, rule=None, headers=(),
                 **members):
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.status = status or STATUS.get(kind, 400)
        self.rule = rule
        self.headers = list(headers)
        self.members = members

    def document(self):
        return {"type": full_type(self.kind), "detail": self.detail,
                "status": self.status, **self.members}

    def subproblem(self, identifier):
        return {"type": full_type(self.kind), "detail": self.detail,
                "identifier": identifier}


def full_type(kind):
    return kind if ":" in kind else NAMESPACE + kind


def malformed(detail, rule, **more):
    return Problem("malformed", detail, rule=rule, **more)


def encode(document):
    return json.dumps(document).encode()

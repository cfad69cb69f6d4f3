# SPDX-License-Identifier: MIT
"""HTTP/1.1 as a server: requests out of a stream, replies into it.

One Connection for each, made by asyncio. Whole requests go one after another
to `service.answer(request)`, which gives (reply, fault); a fault is what goes
wrong on the wire (wire.py) and takes the connection over for its time.
"""

import asyncio
import http
import itertools
import json

from .wire import misbehave

HEAD_MOST = 65536
BODY_MOST = 4 << 20
REASONS = {status.value: status.phrase for status in http.HTTPStatus}
numbers = itertools.count(1)


class Request:
    __slots__ = ("method", "target", "version", "headers", "body", "peer",
                 "connection", "number", "kind", "argument", "account",
                 "key", "protected", "payload", "rule")

    def __init__(self, method, target, headers, body):
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peer = ""
        self.connection = self.number = 0
        self.kind = "unknown"
        self.argument = []
        self.account = self.key = self.protected = self.payload = None
        self.rule = None

    def header(self, name):
        return self.headers.get(name)


class Reply:
    __slots__ = ("status", "headers", "body", "problem")

    def __init__(self, status=200, body=b"", kind=None, headers=()):
        self.status = status
        self.body = body
        self.headers = list(headers)
        self.problem = None
        if kind:
            self.headers.append(("Content-Type", kind))

    def add(self, name, value):
        self.headers.append((name, value))

    def put(self, name, value):
        self.drop(name)
        self.add(name, value)

    def drop(self, name):
        self.headers = [pair for pair in self.headers
                        if pair[0].lower() != name.lower()]

    def head(self, length=None):
        """The status line and all headers, as bytes."""
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Odd')}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if length is not None:
            lines.append(f"Content-Length: {length}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def json_reply(document, status=200, kind="application/json", headers=()):
    return Reply(status, json.dumps(document).encode(), kind, headers)


class Refused(Exception):
    """What is no HTTP request at all: answered and closed."""


def parse_head(data):
    """(method, target, headers) of the bytes before the empty line."""
    lines = data.decode("latin-1").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3 or parts[2] not in ("HTTP/1.1", "HTTP/1.0"):
        raise Refused("no HTTP/1.1 request line")
    headers = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or name != name.strip():
            raise Refused("no header line")
        name, value = name.lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers \
            else value
    return parts[0], parts[1], headers


class Connection(asyncio.Protocol):
    def __init__(self, service):
        self.service = service
        self.number = next(numbers)
        self.data = b""
        self.transport = None
        self.task = None
        self.peer = ""
        self.continued = False

    # --- called by asyncio

    def connection_made(self, transport):
        self.transport = transport
        self.peer = (transport.get_extra_info("peername") or ("",))[0]
        self.service.connected(self)

    def connection_lost(self, _reason):
        self.service.disconnected(self)
        if self.task:
            self.task.cancel()

    def data_received(self, data):
        self.data += data
        if not self.task:
            self.serve()

    # --- requests

    def serve(self):
        """All that have arrived whole, one after another."""
        while not self.task and not self.transport.is_closing():
            try:
                request = self.take()
            except (Refused, ValueError) as error:
                self.transport.write(Reply(400).head(0))
                self.service.refused(self, str(error))
                self.transport.close()
                return
            if request is None:
                return
            self.reply_to(request)

    def take(self):
        """The next whole request, or None."""
        end = self.data.find(b"\r\n\r\n")
        if end < 0:
            if len(self.data) > HEAD_MOST:
                raise Refused("head too large")
            return None
        method, target, headers = parse_head(self.data[:end])
        if "transfer-encoding" in headers:
            raise Refused("a body of unknown length")
        length = int(headers.get("content-length") or 0)
        if not 0 <= length <= BODY_MOST:
            raise Refused("body too large")
        if len(self.data) < end + 4 + length:
            self.encourage(headers)
            return None
        body = self.data[end + 4:end + 4 + length]
        self.data = self.data[end + 4 + length:]
        self.continued = False
        request = Request(method, target, headers, body)
        request.peer, request.connection = self.peer, self.number
        return request

    def encourage(self, headers):
        if headers.get("expect") == "100-continue" and not self.continued:
            self.continued = True
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def reply_to(self, request):
        reply, fault = self.service.answer(request)
        if fault:
            work = misbehave(self, request, reply, fault)
            self.task = asyncio.get_running_loop().create_task(work)
            self.task.add_done_callback(self.go_on)
            return
        self.send(request, reply)

    def send(self, request, reply):
        body = b"" if request.method == "HEAD" else reply.body
        length = None if reply.status in (204, 304) else len(reply.body)
        self.transport.write(reply.head(length) + body)
        if request.header("connection") == "close":
            self.transport.close()

    def go_on(self, _task):
        self.task = None
        if not self.transport.is_closing():
            self.serve()

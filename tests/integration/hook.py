#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A service that takes messages over HTTPS: hook.py PORT KEYS LOG STATUS.

Each body is a line of LOG; the answer is the number in the file STATUS, 200
without one. A status of 302 leads away, one of 0 is no answer at all.
"""

import http.server
import json
import ssl
import sys

PORT, KEYS, LOG, STATUS = int(sys.argv[1]), *sys.argv[2:5]


class Hook(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = wanted()
        if status == 200:
            with open(LOG, "a") as log:
                log.write(json.dumps(json.loads(body)) + "\n")
        if status:
            self.answer(status)
        else:
            self.close_connection = True

    def answer(self, status):
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"https://127.0.0.1:{PORT}/away")
        self.send_header("Content-Length", "5")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"words")


def wanted():
    try:
        with open(STATUS) as file:
            return int(file.read())
    except FileNotFoundError:
        return 200


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{KEYS}/server.pem", f"{KEYS}/server.key")
server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Hook)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()

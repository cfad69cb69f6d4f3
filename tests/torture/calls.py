#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Calls of the control socket, one after another, each on a connection of its
own; what is asked for with `hangup` comes by SIGHUP instead.

    calls.py SOCKET calls|reload|hangup|renew COUNT [PID] [FILE] [NAME...]

A rescan finds FILE changed, and `renew` forces all of NAME at once, COUNT in
all; a vault that a busy machine gives no time (M9) does not count. The first
call that does not end as it should ends it all.
"""

import json
import os
import signal
import socket
import sys

CALLS = [
    ("Status", {}, False),
    ("Status", {"pattern": "*.test"}, False),
    ("History", {"name": "shop.test"}, False),
    ("Metrics", {}, False),
    ("Account", {}, False),
    ("Hold", {"name": "shop.test"}, False),
    ("Unhold", {"name": "shop.test"}, False),
    ("Renew", {"name": "shop.test"}, False),  # not due
    ("Watch", {}, True),  # which the client ends
    ("Hold", {"name": "nobody.test"}, False),  # refused
    ("GetInfo", {}, False),
    ("Nonsense", {}, False),  # not known
]


class Client:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.bytes = b""

    def send(self, method, parameters, more=False):
        interface = "org.acmed.Control"
        if method == "GetInfo":
            interface = "org.varlink.service"
        call = {"method": f"{interface}.{method}", "parameters": parameters}
        if more:
            call["more"] = True
        self.socket.sendall(json.dumps(call).encode() + b"\0")

    def reply(self):
        while b"\0" not in self.bytes:
            got = self.socket.recv(65536)
            if not got:
                raise SystemExit("the daemon hangs up")
            self.bytes += got
        text, self.bytes = self.bytes.split(b"\0", 1)
        return json.loads(text)

    def close(self):
        self.socket.close()


def call(path, method, parameters, more=False):
    client = Client(path)
    client.send(method, parameters, more)
    reply = None if more else client.reply()
    client.close()
    return reply


def change(file, number):
    with open(file + ".new", "w") as out:
        out.write("[Certificate]\nNames=shop.test\n")
        out.write(f"RenewBefore={5 + number % 2}d\n")
    os.rename(file + ".new", file)


def call_all(path, count):
    for number in range(count):
        method, parameters, more = CALLS[number % len(CALLS)]
        call(path, method, parameters, more)


def reload_all(path, count, _pid, file):
    for number in range(count):
        change(file, number)
        reply = call(path, "Reload", {})
        if reply.get("parameters") != {"mistakes": []}:
            raise SystemExit(f"reload: {reply}")


def hang_up(path, count, pid, file):
    client = Client(path)
    client.send("Watch", {}, True)
    call(path, "GetInfo", {})  # it comes after the watch
    for number in range(count):
        change(file, number)
        os.kill(int(pid), signal.SIGHUP)
        while client.reply()["parameters"]["event"]["event"] != "configured":
            pass
    client.close()


def code_of(reply):
    return reply["parameters"].get("failure", {}).get("code")


def renew(path, count, _pid, _file, *names):
    done = 0
    while done < count:
        clients = [Client(path) for _ in names]
        for client, name in zip(clients, names):
            client.send("Renew", {"name": name, "force": True}, True)
        for client, name in zip(clients, names):
            reply = client.reply()
            while reply.get("continues"):
                reply = client.reply()
            if "error" not in reply:
                done += 1
            elif code_of(reply) != "M9":
                raise SystemExit(f"renew {name}: {reply}")
            client.close()


KINDS = {"calls": call_all, "reload": reload_all, "hangup": hang_up,
         "renew": renew}

KINDS[sys.argv[2]](sys.argv[1], int(sys.argv[3]), *sys.argv[4:])

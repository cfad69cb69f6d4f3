#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Connections, many and held, that come to nothing: who gets one hears nothing
of every second one, and of the others the beginning of something.

    flood.py HOST:PORT|PATH COUNT WORDS READY

The file READY is there once a thousand are held (or half of COUNT), and
READY.PID once each of COUNT has been a connection. Who is thrown out stays
out, and it ends with who has started it.
"""

import ctypes
import errno
import os
import resource
import select
import signal
import socket
import sys

where, count, words, ready = sys.argv[1:]
count = int(count)
words = words.encode().decode("unicode_escape").encode("latin-1")
ctypes.CDLL(None).prctl(1, signal.SIGTERM)
resource.setrlimit(resource.RLIMIT_NOFILE, (count + 100, count + 100))
family, address = socket.AF_UNIX, where
if ":" in where:
    host, _, port = where.rpartition(":")
    family, address = socket.AF_INET, (host, int(port))

poll = select.epoll()
held = {}
for number in range(count):
    client = socket.socket(family)
    client.setblocking(family == socket.AF_UNIX)  # that one has a backlog
    if client.connect_ex(address) not in (0, errno.EINPROGRESS):
        sys.exit(f"no connection {number}")
    client.setblocking(False)
    held[client.fileno()] = client, number % 2
    poll.register(client, select.EPOLLOUT | select.EPOLLONESHOT)
    if number == min(1000, count // 2):
        open(ready, "w").close()
made = 0
while True:
    for number, _ in poll.poll():
        client, is_loud = held[number]
        error = client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error not in (0, errno.ECONNRESET, errno.EPIPE):
            sys.exit(f"no connection: {os.strerror(error)}")
        made += 1
        if made == count:
            open(f"{ready}.{os.getpid()}", "w").close()
        try:
            if is_loud:
                client.send(words)
        except OSError:
            pass

# SPDX-License-Identifier: MIT
"""What goes wrong on the wire: a rule's fault, played to one connection.

    delay=2          seconds before the first byte
    cut=100          the body ends after 100 bytes, though more was promised
    cut_head=20      the reply ends after 20 bytes, in its head
    trickle=0.1      one byte, then as many seconds, and so on
    lose             the CA has done it; the reply is lost
    close, reset     ended without a word: in order, or with RST
    hang             never a byte
    endless          a body without end (endless=1e6: bytes, then an end)
    flood=1000       so many more headers
    bomb=1e9         a gzip body that unpacks to so many bytes
    link=1e5         so many Link headers
"""

import asyncio
import socket
import struct
import zlib

CHUNK = 65536


async def misbehave(connection, request, reply, fault):
    """Ends when the reply is out, or cancelled with its connection."""
    if "delay" in fault:
        await asyncio.sleep(float(fault["delay"]))
    for name, play in PLAYS:
        if name in fault:
            await play(connection, reply, fault[name])
            return
    adorn(reply, fault)
    connection.send(request, reply)


def adorn(reply, fault):
    for i in range(int(float(fault.get("flood", 0)))):
        reply.add(f"X-Flood-{i}", "x" * 64)
    for i in range(int(float(fault.get("link", 0)))):
        reply.add("Link", f'<https://127.0.0.1/{i}>;rel="alternate"')


def whole(reply):
    return reply.head(len(reply.body)) + reply.body


def write(connection, data):
    if not connection.transport.is_closing():
        connection.transport.write(data)


async def end(connection):
    """As when the process dies: no close_notify of TLS."""
    await asyncio.sleep(0)
    connection.transport.abort()


async def play_lose(connection, _reply, _value):
    await end(connection)


async def play_close(connection, _reply, _value):
    connection.transport.close()


async def play_reset(connection, _reply, _value):
    peer = connection.transport.get_extra_info("socket")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack("ii", 1, 0))
    connection.transport.abort()


async def play_hang(_connection, _reply, _value):
    await asyncio.Event().wait()


async def play_cut(connection, reply, value):
    head = reply.head(max(len(reply.body), int(value) + 1))
    write(connection, head + reply.body[:int(value)])
    await end(connection)


async def play_cut_head(connection, reply, value):
    write(connection, whole(reply)[:int(value)])
    await end(connection)


async def play_trickle(connection, reply, value):
    for byte in whole(reply):
        write(connection, bytes([byte]))
        await asyncio.sleep(float(value))


async def pour(connection, chunks):
    """Everything, no faster than the other side reads."""
    for chunk in chunks:
        if connection.transport.is_closing():
            return
        connection.transport.write(chunk)
        while connection.transport.get_write_buffer_size() > 4 * CHUNK:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0)


def endless(most):
    sent = 0
    while most is None or sent < most:
        yield b" " * CHUNK
        sent += CHUNK


async def play_endless(connection, reply, value):
    most = None if value is True else int(float(value))
    reply.put("Connection", "close")
    write(connection, reply.head() + reply.body)
    await pour(connection, endless(most))
    connection.transport.close()


def bomb(size):
    """Gzip of that many spaces, a thousandth of it at a time."""
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    while size > 0:
        yield pack.compress(b" " * min(size, CHUNK))
        size -= CHUNK
    yield pack.flush()


async def play_bomb(connection, reply, value):
    reply.put("Content-Encoding", "gzip")
    reply.put("Connection", "close")
    write(connection, reply.head())
    await pour(connection, bomb(int(float(value))))
    connection.transport.close()


PLAYS = (("lose", play_lose), ("close", play_close), ("reset", play_reset),
         ("hang", play_hang), ("cut", play_cut), ("cut_head", play_cut_head),
         ("trickle", play_trickle), ("endless", play_endless),
         ("bomb", play_bomb))
NAMES = {name for name, _ in PLAYS} | {"delay", "flood", "link"}

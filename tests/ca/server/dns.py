# SPDX-License-Identifier: MIT
"""A DNS question over UDP, and over TCP when the answer was cut (RFC 1035)."""

import asyncio
import ipaddress
import secrets
import struct

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "TXT": 16, "AAAA": 28, "CAA": 257}
CODES = {2: "SERVFAIL", 3: "NXDOMAIN", 5: "REFUSED"}
PATIENCE = 5.0


class DnsError(Exception):
    """`code` as the world calls it: NXDOMAIN, SERVFAIL, timeout."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def question(name, kind):
    number = secrets.randbelow(65536)
    packet = struct.pack(">6H", number, 0x0100, 1, 0, 0, 0)
    for label in name.rstrip(".").split("."):
        packet += bytes([len(label)]) + label.encode()
    return number, packet + b"\0" + struct.pack(">2H", TYPES[kind], 1)


def read_name(packet, at):
    """(name, where it ends)."""
    labels, end, jumps = [], None, 0
    while True:
        length = packet[at]
        if length >= 0xc0:
            end = end or at + 2
            at = struct.unpack_from(">H", packet, at)[0] & 0x3fff
            jumps += 1
            if jumps > 20:
                raise DnsError("malformed")
            continue
        at += 1
        if not length:
            return ".".join(labels), end or at
        labels.append(packet[at:at + length].decode("ascii", "replace"))
        at += length


def read_text(data):
    """The strings of a TXT record as one."""
    text, at = b"", 0
    while at < len(data):
        text += data[at + 1:at + 1 + data[at]]
        at += 1 + data[at]
    return text.decode("latin-1")


def read_caa(data):
    """(flags, tag, value)"""
    length = data[1]
    return (data[0], data[2:2 + length].decode().lower(),
            data[2 + length:].decode("latin-1"))


def read_value(packet, at, kind, data):
    if kind in (TYPES["A"], TYPES["AAAA"]):
        return str(ipaddress.ip_address(data))
    if kind == TYPES["TXT"]:
        return read_text(data)
    if kind == TYPES["CAA"]:
        return read_caa(data)
    return read_name(packet, at)[0]


def answers(packet, number):
    """{type: [values]} of all answers."""
    got, flags, questions, count = struct.unpack_from(">4H", packet)
    if got != number:
        raise DnsError("malformed")
    if flags & 15:
        raise DnsError(CODES.get(flags & 15, f"code {flags & 15}"))
    at, found = 12, {}
    for _ in range(questions):
        at = read_name(packet, at)[1] + 4
    for _ in range(count):
        at = read_name(packet, at)[1]
        kind, _, _, length = struct.unpack_from(">HHIH", packet, at)
        at += 10
        value = read_value(packet, at, kind, packet[at:at + length])
        found.setdefault(kind, []).append(value)
        at += length
    return found


class Datagram(asyncio.DatagramProtocol):
    def __init__(self):
        self.answer = asyncio.get_running_loop().create_future()

    def datagram_received(self, data, _peer):
        if not self.answer.done():
            self.answer.set_result(data)

    def error_received(self, error):
        if not self.answer.done():
            self.answer.set_exception(error)


async def ask_udp(server, packet):
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        Datagram, remote_addr=server)
    try:
        transport.sendto(packet)
        return await asyncio.wait_for(protocol.answer, PATIENCE)
    finally:
        transport.close()


async def ask_tcp(server, packet):
    reader, writer = await asyncio.open_connection(*server)
    try:
        writer.write(struct.pack(">H", len(packet)) + packet)
        length = struct.unpack(">H", await reader.readexactly(2))[0]
        return await asyncio.wait_for(reader.readexactly(length), PATIENCE)
    finally:
        writer.close()


async def ask(server, name, kind):
    """{type: [values]}; the server is asked to follow aliases."""
    number, packet = question(name, kind)
    try:
        answer = await ask_udp(server, packet)
        if answer[2] & 2:
            answer = await ask_tcp(server, packet)
        return answers(answer, number)
    except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError):
        raise DnsError("query timed out") from None
    except (struct.error, IndexError, ValueError):
        raise DnsError("malformed") from None


async def look_up(server, name, kind):
    """The values at a name, or where its aliases lead; [] for none."""
    for _ in range(8):
        found = await ask(server, name, kind)
        if TYPES[kind] in found:
            return found[TYPES[kind]]
        alias = found.get(TYPES["CNAME"])
        if not alias:
            return []
        name = alias[-1]
    raise DnsError("too many aliases")


def parse_server(text):
    """ADDRESS[:PORT] or [V6]:PORT as a pair."""
    host, colon, port = text.rpartition(":")
    if not colon or ":" in host and not host.startswith("["):
        return text.strip("[]"), 53
    return host.strip("[]"), int(port)

# SPDX-License-Identifier: MIT
"""http-01 as Let's Encrypt looks at it (RFC 8555, section 8.3): ten redirects
to ports 80 and 443, 128 octets, any certificate."""

import asyncio
import ipaddress
import ssl
from urllib.parse import urljoin, urlsplit

from .problem import Problem

REDIRECTS = 10
MOST = 128
AGENT = "scripted-ca (validation)"


def any_certificate():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def url_of(identifier, token):
    host = identifier.value
    if identifier.type == "ip" and ":" in host:
        host = f"[{host}]"
    return f"http://{host}/.well-known/acme-challenge/{token}"


async def get(address, port, url):
    """(status, headers, start of the body)"""
    parts = urlsplit(url)
    context = any_certificate() if parts.scheme == "https" else None
    reader, writer = await asyncio.open_connection(address, port,
                                                   ssl=context)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
                     f"User-Agent: {AGENT}\r\nAccept: */*\r\n"
                     "Connection: close\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        body = b""
        while len(body) <= MOST:
            chunk = await reader.read(4096)
            if not chunk:
                break
            body += chunk
    finally:
        writer.close()
    lines = head.decode("latin-1").split("\r\n")
    headers = dict((name.lower(), value.strip()) for name, _, value in
                   (line.partition(":") for line in lines[1:]))
    if headers.get("transfer-encoding") == "chunked":
        body = b"".join(body.split(b"\r\n")[1::2])
    return int(lines[0].split(" ")[1]), headers, body


async def fetch(validation, url):
    """One hop; what fails is told as Let's Encrypt tells it."""
    parts = urlsplit(url)
    host = parts.hostname
    port = int(validation.ca.settings.http_port)
    if parts.scheme == "https":
        port = int(validation.ca.settings.tls_port)
    try:
        address = str(ipaddress.ip_address(host))
    except ValueError:
        address = await validation.address(host)
    try:
        got = await asyncio.wait_for(
            get(address, port, url),
            float(validation.ca.settings.patience))
    except asyncio.TimeoutError:
        raise connection(address, url, "Timeout during connect (likely "
                         "firewall problem)") from None
    except ConnectionRefusedError:
        raise connection(address, url, "Connection refused") from None
    except (OSError, asyncio.IncompleteReadError, ValueError,
            asyncio.LimitOverrunError, IndexError):
        raise connection(address, url, "Error getting validation data") \
            from None
    return address, got


def connection(address, url, what):
    return Problem("connection", f"{address}: Fetching {url}: {what}")


def check_target(address, url):
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise connection(address, url, "Invalid protocol scheme in redirect "
                         "target")
    if parts.port not in (None, 80, 443):
        raise connection(address, url, "Invalid port in redirect target. Only"
                         f" ports 80 and 443 are supported, not {parts.port}")


async def look(validation, identifier, token, wanted):
    url = url_of(identifier, token)
    for _ in range(REDIRECTS + 1):
        address, (status, headers, body) = await fetch(validation, url)
        if status in (301, 302, 303, 307, 308):
            url = urljoin(url, headers.get("location", ""))
            check_target(address, url)
            continue
        if status != 200:
            raise Problem("unauthorized", f"{address}: Invalid response from "
                          f"{url}: {status}")
        judge(address, url, body, wanted)
        return
    raise connection("", url, "Too many redirects")


def judge(address, url, body, wanted):
    text = body.decode("latin-1")
    if len(body) > MOST:
        raise Problem("unauthorized", f"{address}: Invalid response from "
                      f"{url}: \"{text[:MOST]}\"")
    if text.rstrip() != wanted:
        raise Problem("unauthorized", "The key authorization file from the "
                      f"server did not match this challenge. Expected "
                      f"\"{wanted}\" (got \"{text}\")")

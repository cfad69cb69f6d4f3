# SPDX-License-Identifier: MIT
"""How bytes and dates are spelt: base64url, RFC 3339, HTTP dates."""

import base64
import re
from datetime import datetime, timedelta, timezone
from email.utils import formatdate, parsedate_to_datetime

ALPHABET = re.compile(r"[A-Za-z0-9_-]*\Z")
RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)\Z")
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def b64(data):
    """Base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    """The bytes of strict base64url: no padding, no other alphabet."""
    if not isinstance(text, str) or not ALPHABET.match(text):
        raise ValueError("not base64url without padding")
    if len(text) % 4 == 1:
        raise ValueError("impossible length")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64(data) != text:
        raise ValueError("left-over bits are not zero")
    return data


def lenient_b64(text):
    """What a MAC key may be given as: any alphabet, padded or not."""
    text = text.strip().rstrip("=").replace("+", "-").replace("/", "_")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def utc(seconds):
    """A datetime that reaches beyond what the platform's time_t does."""
    return EPOCH + timedelta(seconds=seconds)


def rfc3339(seconds):
    return utc(int(seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_rfc3339(text):
    """Seconds since 1970; ValueError when it is no RFC 3339 date."""
    match = RFC3339.match(text) if isinstance(text, str) else None
    if not match:
        raise ValueError(f"'{text}' is no RFC 3339 date")
    day, hour, fraction, zone = match.groups()
    zone = "+00:00" if zone in "Zz" else zone
    date = datetime.fromisoformat(f"{day}T{hour}{zone}")
    return (date - EPOCH).total_seconds() + float(fraction or 0)


def http_date(seconds):
    return formatdate(int(seconds), usegmt=True)


def parse_http_date(text):
    return parsedate_to_datetime(text).timestamp()


UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def duration(value):
    """Seconds of 90, '90', '1.5h', '-20m', '90d'."""
    if isinstance(value, (int, float)):
        return float(value)
    match = re.match(r"([+-]?\d+(?:\.\d+)?)([smhdw]?)\Z", value.strip())
    if not match:
        raise ValueError(f"'{value}' is no duration")
    return float(match[1]) * UNITS[match[2] or "s"]


def go_duration(seconds):
    """As Go prints it, and so Let's Encrypt's texts: 168h0m0s."""
    seconds = int(seconds)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        return f"{hours}h{minutes}m{seconds}s"
    return f"{minutes}m{seconds}s" if minutes else f"{seconds}s"

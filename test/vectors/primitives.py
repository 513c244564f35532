"""Base64url, strict JSON, and derived keys, as docs/format.md has them."""
import base64
import json
import re

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

BASE64URL = "[A-Za-z0-9_-]"
KID = "[A-Za-z0-9_]{1,32}"


class Refused(Exception):
    """For a reason that the format names."""


def check(condition, reason):
    if not condition:
        raise Refused(reason)


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text, reason="malformed"):
    check(re.fullmatch(f"{BASE64URL}*", text) and len(text) % 4 != 1, reason)
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    check(encode(data) == text, reason)
    return data


def expand(material, info, length=32):
    return HKDF(hashes.SHA256(), length, salt=b"", info=info.encode()).derive(material)


def members(pairs):
    found = dict(pairs)
    constructor = found.get("constructor")
    check("__proto__" not in found and not (isinstance(constructor, dict) and "prototype" in constructor), "malformed")
    return found


def parse(text):
    try:
        return json.loads(text, object_pairs_hook=members, parse_constant=lambda _: check(False, "malformed"))
    except ValueError:
        raise Refused("malformed") from None


def is_whole(value):
    return type(value) in (int, float) and 0 <= value < 2**53 and value == int(value)


def is_text(value, pattern):
    return isinstance(value, str) and re.fullmatch(pattern, value)

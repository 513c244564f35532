"""Secrets and key rings, as docs/format.md has them."""
import re
import zlib
from dataclasses import dataclass
from urllib.parse import unquote

from primitives import KID, Refused, check, decode, encode, expand

UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
POLICY = {"propagation": "1h", "absolute": "30d", "skew": "5m"}
DURATION = r"(?=[0-9.]{1,15}[a-z])[0-9]+(\.[0-9]+)?(ms|[smhdw])"
FIELDS = {
    "ring": {"id": KID, "revision": "[1-9][0-9]{0,14}"},
    "policy": dict.fromkeys([*POLICY, "rotate"], DURATION),
    "key": {"id": KID, "secret": ".+", "reason": "([^%]|%[0-9A-Fa-f]{2})*"}
    | dict.fromkeys(["created", "activate", "retire", "revoked"], "[0-9]{1,15}"),
}


def checksum(body):
    return encode(zlib.crc32(body.encode()).to_bytes(4, "big"))


def material_of(secret):
    """The key material of a ring secret or a plain one."""
    secret = secret.strip()
    if secret.lower().startswith("sealed_"):
        match = re.fullmatch("sealed_key_(.{43})(.{6})", secret)
        check(match and checksum(match[1]) == match[2], "refused")
        return decode(match[1], "refused")
    check(len(secret.encode()) >= 32 and checksum(secret[-49:-6]) != secret[-6:], "refused")
    return secret.encode()


@dataclass
class Key:
    id: str
    material: bytes | None
    activate: int = 0
    created: int = 0
    retire: int | None = None
    revoked: int | None = None

    def is_sound(self):
        return self.material is not None and self.revoked is None

    def order(self):
        return self.activate, self.created, self.id

    def takes_over(self):
        return max(self.activate, self.created)

    def ended(self):
        """Until when it can have sealed."""
        if self.revoked is not None or self.material is not None:
            return float("inf") if self.revoked is None else self.revoked
        return self.activate if self.retire is None else self.retire


def state(key, keys, now):
    sound = sorted((other for other in keys if other.is_sound()), key=Key.order)
    if key.material is None:
        return "destroyed"
    if key.revoked is not None:
        return "revoked"
    if key is ([sound[0]] + [other for other in sound if other.activate <= now])[-1]:
        return "active"
    if key.activate > now:
        return "pending"
    return "retired" if key.retire is not None and key.retire <= now else "retiring"


def duration(text):
    number, unit = re.fullmatch("([0-9.]+)([a-z]+)", text).groups()
    ms = int(float(number) * UNITS[unit] + 0.5)
    check(0 < ms <= 36_500 * UNITS["d"], "refused")
    return ms


def read_field(text):
    name, *attributes = text.split(":")
    pairs = [attribute.partition("=")[::2] for attribute in attributes]
    check(name in FIELDS and len(dict(pairs)) == len(pairs), "refused")
    check(all(key in FIELDS[name] and re.fullmatch(FIELDS[name][key], value) for key, value in pairs), "refused")
    return name, dict(pairs)


def read_key(fields):
    check({"id", "activate"} <= fields.keys(), "refused")
    try:
        unquote(fields.get("reason", ""), errors="strict")
    except ValueError:
        raise Refused("refused") from None
    times = {name: int(fields[name]) for name in ("activate", "created", "retire", "revoked") if name in fields}
    material = material_of(fields["secret"]) if "secret" in fields else None
    return Key(fields["id"], material, **{"created": times["activate"]} | times)


def replaced(key, keys):
    """From when on others seal in its place for good; never, where there are none."""
    later = [other for other in keys if other.order() > key.order() and other.ended() > other.activate]
    since = float("inf")
    for other in sorted(later, key=Key.takes_over, reverse=True):
        if other.is_sound() or other.ended() >= since:
            since = min(since, other.takes_over())
    return since if not later or any(other.is_sound() for other in later) else float("-inf")


def read_ring(text):
    """The keys of a ring in one line, or of a secret."""
    line = text.strip()
    if not line.startswith("sealed_") or line.startswith("sealed_key_"):
        material = material_of(line)
        return [Key(expand(material, "sealed-session/1/kid", 5).hex(), material)]
    head, *fields = line.split(",")
    check(head == "sealed_ring_1", "refused")
    read = [read_field(field) for field in fields]
    rings, policies, keys = ([field for name, field in read if name == wanted] for wanted in FIELDS)
    check(len(rings) <= 1 and len(policies) <= 1, "refused")
    keys = [read_key(field) for field in keys]
    materials = [key.material for key in keys if key.material is not None]
    check(len({key.id for key in keys}) == len(keys) and len(set(materials)) == len(materials), "refused")
    check(any(key.is_sound() for key in keys), "refused")
    policy = {name: duration(value) for name, value in (POLICY | (policies or [{}])[0]).items()}
    needed = policy["propagation"] + policy["skew"] + policy["absolute"]
    for key in keys:
        if key.is_sound() and key.retire is not None:
            check(key.retire >= replaced(key, keys) + needed, "refused")
    return keys

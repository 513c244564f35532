"""Tokens, sessions, renewals and flash messages, read by docs/format.md alone: nothing of the package is used."""
import hmac
import re
from itertools import islice, product

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from primitives import BASE64URL, KID, Refused, check, decode, expand, is_text, is_whole, parse
from rings import state

TIME, GENERATION = "[1-9][0-9]{0,15}", "(0|[1-9a-z][0-9a-z]{0,10})"
TOKEN = rf"Fe26\.2\*({KID})\*\*({BASE64URL}{{22}})\*([^*]+)\*({TIME})\*\*({BASE64URL}{{43}})"
SEEN = rf"(({TIME})\.({TIME})\.({KID}))\.({BASE64URL}{{43}})"


def material(v, purpose, kid, text, mac):
    """A key's material, once the MAC over the text holds and the key opens."""
    key = next((key for key in v["ring"] if key.id == kid and key.material is not None), None)
    check(key, "unknown_key")
    integrity = expand(key.material, f"sealed-session/1/{purpose}/{v.get('name', '')}/mac")
    check(hmac.compare_digest(hmac.digest(integrity, text.encode(), "sha256"), mac), "tampered")
    now_is = state(key, v["ring"], v["now"])
    check(now_is not in ("revoked", "retired"), f"key_{now_is}")
    return key.material


def open_token(v, purpose, token):
    parts = re.fullmatch(TOKEN, token)
    check(parts and len(token) <= 16_384 and int(parts[4]) < 2**53, "malformed")
    iv, ciphertext, mac = decode(parts[2]), decode(parts[3]), decode(parts[5])
    check(len(ciphertext) % 16 == 0, "malformed")
    secret = material(v, purpose, parts[1], token[: token.rindex("**")], mac)
    encryption = expand(secret, f"sealed-session/1/{purpose}/{v.get('name', '')}/enc")
    aes, padding = Cipher(algorithms.AES(encryption), modes.CBC(iv)).decryptor(), PKCS7(128).unpadder()
    try:
        plaintext = padding.update(aes.update(ciphertext) + aes.finalize()) + padding.finalize()
        return plaintext.decode(), int(parts[4]), parts[1]
    except ValueError:
        raise Refused("malformed") from None


def open_session(v, token, is_guest):
    plaintext, expiry, kid = open_token(v, "session", token)
    s = parse(plaintext)
    check(isinstance(s, dict) and "dat" in s, "malformed")
    s = {"ren": 0, "sv": 0, "per": 0, "kids": [], "gen": None, "sid": None} | s
    check(is_text(s["sid"], BASE64URL + "{22}") and decode(s["sid"]), "malformed")
    check("sub" not in s or is_text(s["sub"], "(?s:.)+"), "malformed")
    check(len(s.get("sub", "").encode("utf-16-le", "surrogatepass")) <= 512, "malformed")
    check(all(is_whole(s.get(name)) for name in ("iat", "max", "ren", "sv")), "malformed")
    check(is_whole(s.get("idl", 0)) and is_whole(s["per"]) and s["per"] <= 1, "malformed")
    check(is_text(s["gen"], rf"{GENERATION}\.{GENERATION}" if "sub" in s else GENERATION), "malformed")
    check(all(int(part, 36) < 2**53 for part in s["gen"].split(".")), "malformed")
    check(isinstance(s["kids"], list) and len(s["kids"]) <= 64, "malformed")
    check(all(is_text(kid, KID) for kid in s["kids"]), "malformed")
    check(("sub" not in s) == is_guest, "misplaced")
    return s | {"expiry": expiry, "lineage": [*s["kids"], kid], "sealed": s["iat"] + s["ren"] * 1000}


def renewal(v, sid, value):
    parts = re.fullmatch(SEEN, value)
    check(parts and int(parts[2]) <= v["now"] + v["skew"], "malformed")
    material(v, "seen", parts[4], f"{sid}.{parts[1]}", decode(parts[5]))
    return int(parts[2]), int(parts[3])


def judge(v, s, renewals):
    check(not any(key.id in s["lineage"] and key.revoked is not None for key in v["ring"]), "key_revoked")
    check(s["iat"] <= v["now"] + v["skew"], "premature")
    idle, absolute = (v["remember-" * ("idl" in s) + name] for name in ("idle-timeout", "absolute-timeout"))
    last_seen = max([s["sealed"], *(ren for ren, _ in renewals)])
    end = s["iat"] + min(s["max"] * 1000, absolute)
    sealed_end = max([s["expiry"], *(deadline for _, deadline in renewals)])
    deadline = min(sealed_end, last_seen + min(s.get("idl", 2**53) * 1000, idle), end)
    check(v["now"] <= end, "expired")
    check(v["now"] <= deadline, "idle")
    told = {"sid": s["sid"], "subject": s.get("sub"), "data": s["dat"], "lineage": " ".join(s["lineage"])}
    return told | {"issued": s["iat"], "last-seen": last_seen, "deadline": deadline}


def cookies_of(header):
    found = {}
    for piece in header.split(";"):
        name, _, value = (text.strip(" \t") for text in piece.partition("="))
        values = found.setdefault(name, [])
        values += [value] if value and value not in values and len(values) < 16 else []
    return found


def tokens_of(cookies, cookie):
    chunks = [cookies.get(f"{cookie}.{at}", []) for at in range(4)]
    tokens = list(cookies.get(cookie, []))
    for label in dict.fromkeys(value[:5] for value in chunks[0] if re.match(f"[2-4]{BASE64URL}{{4}}", value)):
        rows = [[value[5:] for value in row if value.startswith(label)] for row in chunks[: int(label[0])]]
        tokens += ["".join(parts) for parts in islice(product(*rows), 16)]
    return tokens[:32]


def each(action, values, reasons):
    for value in values:
        try:
            yield action(value)
        except Refused as refused:
            reasons.append(str(refused))


def session(v):
    cookies, told, base = cookies_of(v["body"].replace("\n", "; ")), [], f"__Host-{v['name']}"
    for cookie in (base, f"{base}.guest"):
        found, unauthentic, dead = {}, [], []
        for s in each(lambda token: open_session(v, token, cookie != base), tokens_of(cookies, cookie), unauthentic):
            found[s["sid"]] = max(found.get(s["sid"], s), s, key=lambda each: each["sealed"])
        renewals = lambda s: list(each(lambda value: renewal(v, s["sid"], value), cookies.get(f"{base}.seen", []), []))
        live = list(each(lambda s: judge(v, s, renewals(s)), found.values(), dead))
        if len(live) == 1 and isinstance(live[0]["data"], dict):
            return live[0]
        told += ["ambiguous"] if len(live) > 1 else ["schema"] if live else dead + unauthentic
    raise Refused(told[0] if told else "absent")


def flash(v):
    values = cookies_of(v["body"].replace("\n", "; ")).get(f"__Host-{v['name']}.flash", [])
    opened = each(lambda value: open_token(v, "flash", value), values, [])
    read = list(each(parse, islice((text for text, expiry, _ in opened if v["now"] <= expiry), 1), []))
    check(read and isinstance(read[0], list), "absent")
    for message in read[0]:
        check(isinstance(message, list) and len(message) == 3, "absent")
        check(isinstance(message[0], str) and is_whole(message[2]), "absent")
    shown = {name: content for name, content, until in read[0] if v["now"] <= until}
    check(shown, "absent")
    return {"messages": shown}


def token(v):
    plaintext, expiry, _ = open_token(v, v["purpose"], v["body"])
    check(v["now"] <= expiry, "expired")
    return {"plaintext": parse(plaintext)}

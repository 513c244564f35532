#!/usr/bin/env python3
"""Runs the kit through the reader. `run.py [folder]` tells what came out otherwise than the files expect."""
import json
import sys
from pathlib import Path

from primitives import Refused, expand
from reader import flash, session, token
from rings import material_of, read_ring, state

JSON_TEXTS = ("data", "messages", "plaintext")
TEXTS = (*JSON_TEXTS, "about", "keyring", "kid", "fingerprint", "subject")


def secret(v):
    material = material_of(v["body"])
    return {name: expand(material, f"sealed-session/1/{name}", 5).hex() for name in ("kid", "fingerprint")}


def ring(v):
    keys = read_ring(v["body"])
    return {"keys": " ".join(sorted(f"{key.id}={state(key, keys, v['now'])}" for key in keys))}


KINDS = {"token": token, "session": session, "flash": flash, "secret": secret, "ring": ring}


def scenario(file):
    head, _, body = file.read_bytes().decode().partition("\n\n")
    headers = dict(line.split(": ", 1) for line in head.split("\n"))
    v = {name: int(text) if text.isdecimal() and name not in TEXTS else text for name, text in headers.items()}
    return v | {"body": body[:-1], "ring": read_ring(v["keyring"]) if "keyring" in v else []}


def difference(file):
    v = scenario(file)
    try:
        outcome = {"expect": "open"} | KINDS[v["kind"]](v)
    except Refused as refused:
        outcome = {"expect": str(refused)}
    expected = {name: json.loads(v[name]) if name in JSON_TEXTS and name in v else v.get(name) for name in outcome}
    # As text: to Python 1, 1.0 and True are the same.
    texts = [json.dumps(result, sort_keys=True) for result in (outcome, expected)]
    return "" if texts[0] == texts[1] else f"{file}: {texts[0][:300]}, not {texts[1][:300]}\n"


if __name__ == "__main__":
    files = sorted(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "kit").rglob("*.txt"))
    differences = [text for text in map(difference, files) if text]
    print("".join(differences) + f"{len(files) - len(differences)} of {len(files)} as expected")
    sys.exit(1 if differences or not files else 0)

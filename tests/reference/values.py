# SPDX-License-Identifier: MIT
"""Types of condition values, patterns and variables of the reference evaluator: plain, slow, written from
docs/semantics.md alone. It shares no code and no table with the library."""
import base64
import binascii
import datetime
import ipaddress
import re
from fractions import Fraction

STAR, ONE = object(), object()  # the wildcards in a list of tokens; everything else is one character
UNRESOLVED = "unresolved"       # a value with a variable that has no value (L3.9 - L3.12)
LACKING = "lacking"             # no match, but a variable may have no value
UNKNOWN = None                  # a truth value that unknown facts leave open


def any_of(results):
    """OR of true, false and unknown."""
    results = list(results)
    return True if True in results else UNKNOWN if UNKNOWN in results else False


def all_of(results):
    results = list(results)
    return False if False in results else UNKNOWN if UNKNOWN in results else True


def negate(result):
    return UNKNOWN if result is UNKNOWN else not result


# ---- patterns ----

def wild(text):
    return [STAR if c == "*" else ONE if c == "?" else c for c in text]


def glob(tokens, text, fold=False):
    """Whether the tokens cover the text; by a table, position by position."""
    if fold:
        tokens = [lower(t) if isinstance(t, str) else t for t in tokens]
        text = lower(text)
    reach = {0}
    for token in tokens:
        if token is STAR:
            reach = set(range(min(reach), len(text) + 1)) if reach else reach
        else:
            reach = {i + 1 for i in reach if i < len(text) and (token is ONE or token == text[i])}
    return len(text) in reach


def lower(text):
    """Letter case of ASCII and Latin-1 (AMB-32)."""
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" or ("\xc0" <= c <= "\xde" and c != "\xd7") else c
                   for c in text)


def lower_ascii(text):
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)


# ---- types; each gives None for a text that is not of the type ----

NUMBER = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?")
DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?"
                  r"(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?")


def number(text):
    m = NUMBER.fullmatch(text)
    if not m:
        return None
    sign, whole, part, power = m.groups()
    value = Fraction(int(whole + (part or "")), 10 ** len(part or ""))
    value *= Fraction(10) ** int(power or 0)
    return -value if sign == "-" else value


def date(text, four_digits):
    """An instant as seconds of the epoch; four_digits is the reading of AMB-16."""
    if re.fullmatch("[0-9]+", text) and not (len(text) == 4 and text.isdigit() and four_digits() == "year"):
        return Fraction(int(text)) if len(text.lstrip("0")) <= 18 else None
    m = DATE.fullmatch(text)
    if not m:
        return None
    year, month, day, hour, minute, second, part, zone = m.groups()
    try:
        at = datetime.datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0),
                               int(second or 0))
    except ValueError:
        return None
    seconds = Fraction((at - datetime.datetime(1970, 1, 1)) // datetime.timedelta(seconds=1))
    seconds += Fraction(int(part), 10 ** len(part)) if part else 0
    if zone and zone != "Z":
        if int(zone[1:3]) > 23 or int(zone[4:]) > 59:
            return None
        shift = int(zone[1:3]) * 3600 + int(zone[4:]) * 60
        seconds += shift if zone[0] == "-" else -shift
    return seconds


def network(text, mapped):
    """An address or block; mapped is the reading of AMB-15."""
    try:
        if "%" in text or text.count("/") > 1:
            return None
        if "/" in text and not re.fullmatch("0|[1-9][0-9]*", text.split("/")[1]):
            return None
        net = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    if net.version == 6 and net.prefixlen >= 96 and net.network_address.ipv4_mapped and mapped() == "v4":
        return ipaddress.ip_network((net.network_address.ipv4_mapped, net.prefixlen - 96))
    return net


def binary(text):
    if len(text) % 4 and not text.endswith("="):
        text += "=" * (-len(text) % 4)
    try:
        return base64.b64decode(text.encode("latin-1"), validate=True)
    except (binascii.Error, ValueError):
        return None


def fields(text):
    """The six fields of an ARN: the first five colons cut, the sixth field keeps its own (L1.7.4)."""
    cut = text.split(":", 5)
    return cut if len(cut) == 6 else None


# ---- variables ----

VARIABLE = re.compile(r"\$\{([^{}]*)\}")
NAME = re.compile(r"([^\s,'\"{}$*?]+)(?:, '([^']*)')?")  # AMB-30


def expand(text, version, lookup, wildcards, live):
    """The tokens of a text with its variables replaced, or UNRESOLVED; Open if a variable is unknown. `lookup(name,
    default)` gives the value of a variable, `wildcards` says whether * and ? of the text are wildcards, `live` is the reading of
    AMB-8: whether those of the values are."""
    plain = wild if wildcards else list
    if version != "2012-10-17":
        return plain(text)
    out, at, unknown, lacking = [], 0, False, False
    for m in VARIABLE.finditer(text):
        inside, name = m.group(1), NAME.fullmatch(m.group(1))
        if inside in ("*", "?", "$"):
            value = [inside]
        elif not name:
            continue
        else:
            found = lookup(*name.groups())
            if found is UNRESOLVED:
                return UNRESOLVED
            if found is UNKNOWN:
                unknown, lacking = True, lacking or name.group(2) is None
                out += plain(text[at:m.start()]) + [STAR]
                at = m.end()
                continue
            value = wild(found) if wildcards and ("*" in found or "?" in found) and live() else list(found)
        out += plain(text[at:m.start()]) + value
        at = m.end()
    out += plain(text[at:])
    return Open(out, lacking) if unknown else out


class Open(list):
    """Tokens with "*" for what is unknown: what they do not cover, the text does not match whatever it is. `lacking`:
    without a value a variable leaves the text unresolved."""

    def __init__(self, tokens, lacking):
        super().__init__(tokens)
        self.lacking = lacking

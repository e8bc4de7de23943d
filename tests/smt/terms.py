# SPDX-License-Identifier: MIT
"""SMT-LIB terms as text: patterns, ARNs, and the values of a request that conditions speak about."""

import base64
import binascii
import datetime
import ipaddress
import re
from decimal import Decimal, InvalidOperation

FIELDS = 6


def listed(value):
    return value if isinstance(value, list) else [value]


def any_of(terms):
    terms = list(terms)
    return "false" if not terms else terms[0] if len(terms) == 1 else f"(or {' '.join(terms)})"


def all_of(terms):
    terms = list(terms)
    return "true" if not terms else terms[0] if len(terms) == 1 else f"(and {' '.join(terms)})"


def negation(term):
    return f"(not {term})"


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def regex(pattern, wild=True, nocase=False):
    parts = []
    for c in pattern:
        if wild and c == "*":
            parts.append("re.all")
        elif wild and c == "?":
            parts.append("re.allchar")
        elif nocase and c.lower() != c.upper():
            parts.append(f"(re.union (str.to_re {quoted(c.lower())}) (str.to_re {quoted(c.upper())}))")
        else:
            parts.append(f"(str.to_re {quoted(c)})")
    if not parts:
        return '(str.to_re "")'
    return parts[0] if len(parts) == 1 else f"(re.++ {' '.join(parts)})"


def glob(pattern, nocase):
    parts = [".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern]
    return re.compile("".join(parts), re.S | (re.I if nocase else 0))


def matches(term, pattern, wild=True, nocase=False):
    if term.startswith('"'):
        same = pattern == term[1:-1] if not wild and not nocase else glob(pattern, nocase).fullmatch(term[1:-1])
        return "true" if same else "false"
    if wild and pattern.strip("*") == "" and pattern:
        return "true"
    if not nocase and not (wild and set(pattern) & set("*?")):
        return f"(= {term} {quoted(pattern)})"
    return f"(str.in_re {term} {regex(pattern, wild, nocase)})"


def cut(arn):
    return arn.split(":", FIELDS - 1)


def arn_matches(fields, pattern, nocase=False):
    """Six terms against an ARN pattern of six fields, each by itself; nocase: the first five without letter case."""
    parts = cut(pattern)
    return all_of(matches(term, part, nocase=nocase and 0 < i < FIELDS - 1) for i, (term, part) in enumerate(zip(fields, parts)))


def number(text):
    value = Decimal(text)
    digits = format(abs(value), "f")
    digits = digits if "." in digits else digits + ".0"
    return f"(- {digits})" if value < 0 else digits


def instant(text, four_digits_are_years):
    """Seconds since 1970, or None for a text that is no date."""
    if re.fullmatch(r"\d+", text) and not (len(text) == 4 and four_digits_are_years):
        return int(text)
    if re.fullmatch(r"\d{4}", text):
        text += "-01-01"
    try:
        moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)).timestamp())


class Malformed(Exception):
    """A value of a policy that is not of the operator's type."""


class Value:
    """One value of a request: what a test by an operator family is of it. Subclasses know one type of key."""

    def hit(self, base, text, readings):
        """The positive test of one value of a policy; base: the operator without Not and IfExists."""
        raise NotImplementedError

    def untyped(self, base):
        """The term that says that the value is not of the operator's type, or None: it always is."""
        return None


class Text(Value):
    def __init__(self, term):
        self.term = term

    def hit(self, base, text, readings):
        if base == "Bool":
            if text.lower() not in ("true", "false") or (text != text.lower() and readings["AMB-17"] == "exact"):
                raise Malformed
            return matches(self.term, text.lower(), wild=False, nocase=readings["AMB-17"] == "nocase")
        if base == "BinaryEquals":  # the term is the decoded text
            try:
                decoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
            except binascii.Error as error:
                raise Malformed from error
            return f"(= {self.term} {quoted(decoded.decode('latin-1'))})"
        return matches(self.term, text, "Like" in base, "IgnoreCase" in base)


class Number(Value):
    SIGNS = {"Equals": "=", "LessThan": "<", "LessThanEquals": "<=", "GreaterThan": ">", "GreaterThanEquals": ">="}

    def __init__(self, term):
        self.term = term

    def hit(self, base, text, readings):
        try:
            bound = number(text)
        except InvalidOperation as error:
            raise Malformed from error
        return f"({self.SIGNS[base.removeprefix('Numeric')]} {self.term} {bound})"


class Moment(Number):
    def hit(self, base, text, readings):
        seconds = instant(text, readings["AMB-16"] == "year")
        if seconds is None:
            raise Malformed
        return f"({self.SIGNS[base.removeprefix('Date')]} {self.term} {seconds}.0)"


class Address(Value):
    def __init__(self, is_v4, v4, v6):
        self.is_v4, self.v4, self.v6 = is_v4, v4, v6

    def hit(self, base, text, readings):
        block = ipaddress.ip_network(text, strict=False)
        if block.version == 6:
            mapped = block.network_address.ipv4_mapped if block.prefixlen >= 96 else None
            if mapped is not None and readings["AMB-15"] == "v4":
                block = ipaddress.ip_network((mapped, block.prefixlen - 96), strict=False)
        family, term = (self.is_v4, self.v4) if block.version == 4 else (negation(self.is_v4), self.v6)
        first, last = int(block.network_address), int(block.broadcast_address)
        return f"(and {family} (<= {first} {term}) (<= {term} {last}))"


class Arn(Value):
    """six: the fields; is_arn: the term that says that there are six (None: always); text: the whole."""

    def __init__(self, six, text, is_arn=None):
        self.six, self.term, self.is_arn = six, text, is_arn

    def hit(self, base, text, readings):
        if base.startswith("String"):
            return matches(self.term, text, "Like" in base, "IgnoreCase" in base)
        if text == "*":
            if readings["AMB-13b"] == "none":
                raise Malformed
            return self.is_arn or "true"
        if len(cut(text)) < FIELDS:
            raise Malformed
        return all_of(([self.is_arn] if self.is_arn else []) + [arn_matches(self.six, text)])

    def untyped(self, base):
        return negation(self.is_arn) if base.startswith("Arn") and self.is_arn else None

"""The digits of a number by the places of a format code, rounded as Excel rounds."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import NamedTuple

_LONGEST = 20  # digits behind the first that are written out; no code or telephone number has more


class Token(NamedTuple):
    """A piece of a section: its kind (a group name of the grammar, or "literal") and its characters."""

    kind: str
    text: str


def show_general(value: float) -> str:
    """A number in the General format, all its digits where Excel cuts those of a code to an exponent (1.23457E+11)."""
    number = Decimal(f"{value:.15g}")
    size = abs(number)
    if not number:
        return "0"
    exponent = size.adjusted()
    if exponent > _LONGEST or exponent < -9:
        return _exponential(number)
    places = 9 if exponent < 0 else 9 - exponent
    text = _trimmed(_rounded(number, max(places, 0)))
    if exponent < -4 and Decimal(text) != number:
        return _exponential(number)
    return text


def _is_fraction(tokens: tuple[Token, ...]) -> bool:
    """Returns whether the format is that of a fraction: # ?/?."""
    return Token("mark", "/") in tokens


def show_digits(tokens: tuple[Token, ...], number: Decimal) -> str | None:
    """A number by its digit places; None for fractions (1/2 in # ?/?) and shapes Excel would not write."""
    if _is_fraction(tokens):  # a whole number is shown without one
        return f"{number:f}" if number == number.to_integral() and Token("mark", ".") not in tokens else None
    places = [index for index, token in enumerate(tokens) if token.kind == "digit"]
    first, last = places[0], places[-1]
    if tokens.count(Token("mark", ".")) > 1:
        return None
    while last + 1 < len(tokens) and tokens[last + 1].text in (",", ".") and tokens[last + 1].kind == "mark":
        last += 1
    if first and tokens[first - 1] == ("mark", "."):
        first -= 1
    before, body, after = tokens[:first], tokens[first : last + 1], tokens[last + 1 :]
    percents = sum(token == ("mark", "%") for token in tokens)
    if percents > 2:
        return None
    with localcontext(prec=400):
        shown = _render_body(body, abs(number).scaleb(2 * percents))
    if shown is None:
        return None
    sign = "-" if number < 0 else ""
    return (sign + "".join(token.text for token in before) + shown + "".join(token.text for token in after)).strip()


def _render_body(body: tuple[Token, ...], number: Decimal) -> str | None:
    """The digits with the characters among them; `number` is not negative."""
    split = next((index for index, token in enumerate(body) if token.kind == "exponent"), None)
    if split is not None:
        return _render_exponent(body[:split], body[split:], number)
    point = next((index for index, token in enumerate(body) if token == ("mark", ".")), len(body))
    whole, fraction = list(body[:point]), body[point + 1 :]
    while whole and whole[-1] == ("mark", ","):
        whole.pop()
        number = number.scaleb(-3)
    while fraction and fraction[-1] == ("mark", ","):
        fraction = fraction[:-1]
        number = number.scaleb(-3)
    grouped = ("mark", ",") in whole
    rounded = _rounded(number, sum(token.kind == "digit" for token in fraction))
    digits, _, decimals = f"{rounded:f}".partition(".")
    text = _fill_whole([token for token in whole if token != ("mark", ",")], digits.lstrip("0"), grouped=grouped)
    if point == len(body):
        return text
    return text + "." + _fill_fraction(fraction, decimals)


def _fill_whole(tokens: list[Token], digits: str, *, grouped: bool) -> str:
    """The whole part, from the right: a place takes one digit, the first place all that are left."""
    out: list[str] = []
    left = sum(token.kind == "digit" for token in tokens)
    count = 0

    def put(digit: str) -> None:
        nonlocal count
        if grouped and count and count % 3 == 0 and digit.isdigit():
            out.append(",")
        out.append(digit)
        count += 1

    for token in reversed(tokens):
        if token.kind != "digit":
            out.append(token.text)
            continue
        left -= 1
        taken, digits = (digits, "") if left == 0 else (digits[-1:], digits[:-1])
        for digit in reversed(taken or {"0": "0", "?": " "}.get(token.text, "")):
            put(digit)
    if left or not tokens:
        out.extend(reversed(digits))
    return "".join(reversed(out))


def _fill_fraction(tokens: tuple[Token, ...], decimals: str) -> str:
    """The decimals; places of # and ? drop the zeros at the end."""
    needed = len(decimals.rstrip("0"))
    out: list[str] = []
    place = 0
    for token in tokens:
        if token.kind != "digit":
            out.append(token.text)
            continue
        if place < needed or token.text == "0":
            out.append(decimals[place])
        elif token.text == "?":
            out.append(" ")
        place += 1
    return "".join(out)


def _render_exponent(body: tuple[Token, ...], tail: tuple[Token, ...], number: Decimal) -> str | None:
    if any(token.kind not in ("digit", "mark", "exponent") for token in (*body, *tail)):
        return None
    point = next((index for index, token in enumerate(body) if token.text == "."), len(body))
    places = sum(token.kind == "digit" for token in body[point:])
    step = max(sum(token.kind == "digit" for token in body[:point]), 1)
    exponent = 0
    for _ in range(2):  # a second time where rounding makes one digit more: 9.996 is 1.00E+01
        exponent = number.adjusted() // step * step if number else 0
        number = _rounded(number.scaleb(-exponent), places).scaleb(exponent)
    mantissa = _render_body(body, number.scaleb(-exponent))
    sign = "-" if exponent < 0 else tail[0].text[1].replace("-", "")
    width = sum(token.kind == "digit" for token in tail)
    return f"{mantissa}E{sign}{abs(exponent):0{width}d}"


def _exponential(number: Decimal) -> str:
    mantissa, _, exponent = f"{number:.5E}".partition("E")
    return f"{_trimmed(Decimal(mantissa))}E{exponent[0]}{exponent[1:]:0>2}"


def _rounded(number: Decimal, places: int) -> Decimal:
    with localcontext(prec=400):
        return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _trimmed(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

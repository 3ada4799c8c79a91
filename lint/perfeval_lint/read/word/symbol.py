"""Characters of symbol fonts (Wingdings, Symbol), which a Word file keeps by number."""

from __future__ import annotations

UNKNOWN = "\N{REPLACEMENT CHARACTER}"

_WINGDINGS = {
    0x6E: "■", 0x6F: "☐", 0x71: "☐", 0x72: "☐", 0x78: "☒", 0x6C: "●", 0x6D: "○", 0x75: "◆",
    0xA1: "○", 0xA7: "▪", 0xA8: "☐", 0xAB: "★", 0xB6: "☆", 0xD8: "➢", 0xDF: "←", 0xE0: "→",
    0xFB: "×", 0xFC: "√", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_WINGDINGS_2 = {
    0x4F: "×", 0x50: "√", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x96: "●", 0x99: "○", 0xA2: "■", 0xA3: "☐",
}  # fmt: skip
_SYMBOL = {
    0x25: "%", 0x28: "(", 0x29: ")", 0x2B: "+", 0x2C: ",", 0x2D: "-", 0x2E: ".", 0x2F: "/", 0x3A: ":", 0x3B: ";",
    0x3C: "<", 0x3D: "=", 0x3E: ">", 0x61: "α", 0x62: "β", 0x67: "γ", 0x6C: "λ", 0x6D: "μ", 0x70: "π", 0x73: "σ",
    0x7E: "~", 0xA3: "≤", 0xA5: "∞", 0xAC: "←", 0xAE: "→", 0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×",
    0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xBC: "…", 0xD6: "√", 0xE5: "∑",
    **{0x30 + digit: str(digit) for digit in range(10)},
}  # fmt: skip
_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOL}


def _is_symbol_font(font: str) -> bool:
    """Returns whether characters of this font are numbers of signs, not letters."""
    return font.lower() in _FONTS


def symbol(font: str, code: int) -> str:
    """The character a code shows in a font; UNKNOWN for a sign without a known counterpart."""
    private = 0xF000 <= code <= 0xF0FF
    known = _FONTS.get(font.lower(), {}).get(code - 0xF000 if private else code)
    if known:
        return known
    usable = 0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xF8FF and not _is_symbol_font(font)
    return chr(code) if usable else UNKNOWN


def symbols(font: str, text: str) -> str:
    """Text typed in a font; only signs are changed, so that words wrongly set in Symbol stay words."""
    out: list[str] = []
    for character in text:
        code = ord(character)
        sign = 0xE000 <= code <= 0xF8FF or (code > 0x7F and font.lower().startswith("wingdings"))
        out.append(symbol(font, code) if sign and code < 0xF100 else character)
    return "".join(out)

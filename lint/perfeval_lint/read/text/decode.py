"""The text of a file's bytes."""

from __future__ import annotations

from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.files import encodings_of, marked_encoding

MAX_CHARACTERS = 8_000_000
_HEAD = 4096
_USUAL = ((0x20, 0x7E), (0x2000, 0x27BF), (0x3000, 0x303F), (0x4E00, 0x9FFF), (0xFF00, 0xFFEF))


def decode_text(data: bytes, file: str) -> str:
    """Text by its byte order mark, as UTF-8, GB18030, or UTF-16 without a mark; raises UnreadableFile else."""
    if len(data) > MAX_CHARACTERS * 4:
        raise _too_large(len(data), file)
    unmarked = "" if marked_encoding(data) else utf16_of(data)
    for name in (unmarked,) if unmarked else encodings_of(data):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            if len(text) > MAX_CHARACTERS:
                raise _too_large(len(data), file)
            return text
    message = "不是文本，或编码不是 UTF-8、GB18030；请用记事本另存为 UTF-8"
    raise UnreadableFile(Problem("encoding", message, file))


def utf16_of(data: bytes) -> str:
    """The name of UTF-16 in the byte order in which bytes without a mark are usual Chinese text; "" where in none."""
    head = data[:_HEAD]
    if b"\0" not in head or len(data) % 2:
        return ""
    for name in ("utf-16-le", "utf-16-be"):
        text = head.decode(name, "replace")
        usual = sum(sign in "\t\r\n" or any(low <= ord(sign) <= high for low, high in _USUAL) for sign in text)
        if usual > 0.95 * len(text):
            return name
    return ""


def _too_large(size: int, file: str) -> UnreadableFile:
    return UnreadableFile(Problem("too-large", f"文本有 {size // 1_000_000} MB，超过上限；请拆分", file))

"""YAML text to nodes: libyaml's composer with bounds, and every error turned into a Problem."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import Protocol

import yaml
from yaml._yaml import CParser
from yaml.resolver import BaseResolver

from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.files import encodings_of, marked_encoding
from perfeval_lint.form.model import Plain
from perfeval_lint.form.origin import Position

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 20
MAX_CELL = 1_000_000
_DEEP_INDENT = " " * 40

# An alias or anchor can only begin where a value can; quoted and block text is settled by the event scan.
_MAYBE_ALIAS = re.compile(r"(?:^|[\s\[{,:?])[&*][^\s&*]", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SURROGATES = re.compile(r"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)

_CAUSES = (
    ("did not find expected alphabetic or numeric", "* 或 & 开头的值会被当作引用；请给值加引号"),
    ("mapping values are not allowed", "这里不该出现冒号；值里有“: ”时请给值加引号"),
    ("could not find expected ':'", "缺少冒号，或上一行的引号没有成对"),
    ("did not find expected key", "缩进不齐，或引号、括号没有成对"),
    ("did not find expected '-' indicator", "列表项缩进不齐"),
    ("did not find expected ',' or", "方括号或花括号里缺少逗号，或没有成对"),
    ("did not find expected node content", "括号里缺少内容，或括号没有成对"),
    (
        "found character that cannot start any token",
        "这里的字符不能作为值的开头（如 @、`、制表符）；请给值加引号",
    ),
    ("found unexpected end of stream", "引号或括号没有成对"),
    ("found undefined alias", "星号开头的值会被当作引用；请给值加引号"),
    ("control characters are not allowed", "文件里有控制字符；请删除"),
)


class Mark(Protocol):
    """A place as libyaml gives it, counting from 0; the index is in characters of the text."""

    index: int
    line: int
    column: int


class _Stopped(yaml.YAMLError):
    """Composition stopped by a bound of ours."""

    def __init__(self, code: str, message: str, mark: Mark | None) -> None:
        super().__init__(message)
        self.code, self.message, self.place = code, message, position(mark)


class _Composer(CParser, BaseResolver):
    """Nodes without tags: a scalar's type is its field's, so nothing is resolved."""

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        BaseResolver.__init__(self)

    def descend_resolver(self, parent: yaml.Node | None, index: object) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass

    def resolve(self, kind: object, value: object, implicit: object) -> str:  # noqa: ARG002
        return ""


class _BoundedComposer(_Composer):
    """The same with the depth counted, for text that could nest deeper than the C stack bears."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def descend_resolver(self, parent: yaml.Node | None, index: object) -> None:  # noqa: ARG002
        if self._depth > MAX_DEPTH:
            raise _too_deep(parent.start_mark if parent is not None else None)
        self._depth += 1

    def ascend_resolver(self) -> None:
        self._depth -= 1


def _too_deep(mark: Mark | None) -> _Stopped:
    return _Stopped("too-deep", f"嵌套超过 {MAX_DEPTH} 层；规范格式最多 3 层", mark)


def _is_shallow(text: str) -> bool:
    """Whether the text cannot nest more than a few hundred levels.

    A level takes a bracket, an indicator with a space after it, or a deeper indentation.
    """
    openers = text.count("[") + text.count("{") + text.count("- ") + text.count("? ")
    return openers < 200 and _DEEP_INDENT not in text and "\t" not in text


def decode(data: bytes, file: str) -> str:
    """Bytes to text: a byte-order mark decides, else UTF-8, else GB18030; raises UnreadableFile."""
    if len(data) > MAX_BYTES:
        raise UnreadableFile(
            Problem("too-large", f"文件超过 {MAX_BYTES // 1024 // 1024} MiB，不像自评表；请拆分后再检查", file)
        )
    if b"\x00" in data and not marked_encoding(data):
        raise UnreadableFile(Problem("not-text", "不是文本文件（含空字节）；请提供 YAML 或 JSON 文件", file))
    for encoding in encodings_of(data):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            place = error.start + (3 if encoding == "utf-8-sig" else 0)
    message = f"第 {place + 1} 个字节起认不出文字编码；请另存为 UTF-8 后再检查"
    raise UnreadableFile(Problem("unreadable-encoding", message, file))


def compose(text: str, file: str) -> Iterator[yaml.Node]:
    """The root nodes of the documents in `text`, one by one; raises UnreadableFile at the first fault.

    Aliases and anchors are refused: a form has no use for them and they can blow up.
    """
    try:
        yield from _composed(text)
    except _Stopped as stop:
        raise UnreadableFile(_problem(stop.code, stop.message, file, stop.place)) from None
    except (yaml.reader.ReaderError, UnicodeEncodeError) as error:
        raise UnreadableFile(_reader_problem(str(error.reason), text, file)) from None
    except yaml.MarkedYAMLError as error:
        raise UnreadableFile(_syntax_problem(error, text, file)) from None


def _composed(text: str) -> Iterator[yaml.Node]:
    suspicious = ("*" in text or "&" in text) and _MAYBE_ALIAS.search(text)
    bounds = _keep_bounds(text) if suspicious else repeat(None)
    composer = _Composer(text) if _is_shallow(text) else _BoundedComposer(text)
    while next(bounds, None) is None and composer.check_node():
        node = composer.get_node()
        if node is not None:
            yield node


def _keep_bounds(text: str) -> Iterator[None]:
    """Yields after each document; raises _Stopped at the first anchor or alias, or where it nests too deep."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _too_deep(event.start_mark)
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            what = f"“*{anchor}”" if isinstance(event, yaml.AliasEvent) else f"“&{anchor}”"
            message = f"{what}是 YAML 的锚点或引用，这里不支持；如果是文字，请给它加引号"
            raise _Stopped("alias", message, event.start_mark)
        if isinstance(event, yaml.DocumentEndEvent):
            yield


Shifts = Mapping[int, Sequence[int]]  # line: the columns at which surrogate pairs were joined, both counting from 1


def join_surrogates(text: str) -> tuple[str, Shifts]:
    """JSON's \\ud83d\\ude00, which libyaml does not know, as YAML's \\U0001f600; and where that was done."""
    if text.lstrip()[:1] not in ("{", "["):
        return text, {}
    shifts: dict[int, list[int]] = {}
    pieces = []
    end = 0
    for pair in _SURROGATES.finditer(text):
        pieces.append(text[end : pair.start()])
        high, low = (int(half, 16) for half in pair.groups())
        pieces.append(f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}")
        end = pair.end()
        line = text.count("\n", 0, pair.start())
        column = pair.start() - text.rfind("\n", 0, pair.start())
        shifts.setdefault(line + 1, []).append(column)
    return "".join([*pieces, text[end:]]), shifts


def original(place: Position, shifts: Shifts) -> Position:
    """A place in the text before join_surrogates(): each pair before it on its line was two characters longer."""
    column = place.column
    for joined in shifts.get(place.line, ()):
        if joined < column:
            column += 2
    return Position(place.line, column)


def position(mark: Mark | None) -> Position:
    """A mark of libyaml as a position counting from 1; the start of the file where there is none."""
    return Position(1, 1) if mark is None else Position(mark.line + 1, mark.column + 1)


def _problem(code: str, message: str, file: str, place: Position) -> Problem:
    return Problem(code, message, file, place.line, place.column)


def _reader_problem(reason: str, text: str, file: str) -> Problem:
    found = _CONTROL.search(text) or re.search(r"[\ud800-\udfff\ufffe\uffff]", text)
    if found is None:
        return Problem("syntax", f"YAML 读不了：{reason}", file)
    before = text[: found.start()]
    place = Position(before.count("\n") + 1, found.start() - before.rfind("\n"))
    return _problem("control-character", f"含控制字符 U+{ord(found.group()):04X}；请删除", file, place)


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    try:  # libyaml reads ahead: a bound of ours may be passed before the error, or be one of libyaml's too
        for _ in _keep_bounds(text[: mark.index if mark else 0]):
            pass
    except _Stopped as stop:
        return _problem(stop.code, stop.message, file, stop.place)
    except yaml.MarkedYAMLError:
        pass
    cause = error.problem or ""
    told = next((chinese for english, chinese in _CAUSES if english in cause), "请检查缩进、冒号后的空格和引号")
    return _problem("syntax", f"YAML 语法有误：{told}（{cause}）", file, position(mark))


def control_character(text: str) -> str | None:
    """The first control character in a value, as U+XXXX; None where there is none."""
    found = _CONTROL.search(text)
    return f"U+{ord(found.group()):04X}" if found else None


def plain(node: yaml.Node) -> Plain:
    """A node as nested dicts, lists and strings; a repeated key has its last value."""
    if isinstance(node, yaml.MappingNode):
        return {key_text(key): plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [plain(item) for item in node.value]
    return str(node.value)


def key_text(node: yaml.Node) -> str:
    """A mapping key as text; a key that is itself a list or mapping becomes its JSON."""
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    import json  # only such a key needs it

    return json.dumps(plain(node), ensure_ascii=False)

"""Forms to canonical YAML text."""

from __future__ import annotations

from collections.abc import Iterable

import yaml

from perfeval_lint.form.definition import SECTIONS, Kind
from perfeval_lint.form.model import Form, Plain, to_plain

_NUMERIC = {
    field.name for section in SECTIONS for field in section.fields if field.kind in (Kind.NUMBER, Kind.RATE, Kind.YEAR)
}


class _Number(str):
    """A number written without quotes, digits as printed."""

    __slots__ = ()


class _Dumper(yaml.CSafeDumper):
    """Block style; strings that YAML would take for something else are quoted."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def _number_node(dumper: _Dumper, data: _Number) -> yaml.ScalarNode:
    # The tag a YAML reader will give the digits, so that they are written without a tag of their own.
    tag = dumper.resolve(yaml.ScalarNode, str(data), (True, False))  # type: ignore[no-untyped-call]
    return dumper.represent_scalar(tag, str(data))


_Dumper.add_representer(_Number, _number_node)


def dump(forms: Iterable[Form]) -> str:
    """Forms as canonical YAML, one document each; loading it gives equal forms."""
    return yaml.dump_all(
        [_ready(to_plain(form)) for form in forms],
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=1_000_000,
        explicit_start=None,
    )


def _ready(plain: Plain, key: str = "") -> Plain:
    if isinstance(plain, dict):
        is_group = key == "指标分组"
        return {name: _ready(value, "分值" if is_group else name) for name, value in plain.items()}
    if isinstance(plain, list):
        return [_ready(item, key) for item in plain]
    numeric = key in _NUMERIC and Kind.NUMBER.readable(plain)
    return _Number(plain) if numeric else plain

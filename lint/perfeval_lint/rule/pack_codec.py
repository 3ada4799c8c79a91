"""Packs to JSON and back, by the types of their fields: a new field of a rule needs nothing here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin

from perfeval_lint.rule.model import Pack

_DECIMAL = "$decimal"
Decode = Callable[[Any], Any]


def to_json(pack: Pack) -> str:
    """Returns a pack as JSON text."""
    return json.dumps(_plain(pack), ensure_ascii=False)


def from_json(data: bytes) -> Pack:
    """Returns the pack of a JSON text; raises ValueError, KeyError, TypeError or the like where it is of no pack."""
    pack: Pack = _required(Pack)(json.loads(data, object_hook=_decimal))
    return pack


def _plain(value: object) -> object:
    """Returns a value in the types of JSON; a mapping whose keys are no texts becomes a list of its items."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Decimal):
        return {_DECIMAL: f"{value:f}"}
    if isinstance(value, Mapping):
        if all(isinstance(key, str) for key in value):
            return {key: _plain(item) for key, item in value.items()}
        return [[_plain(key), _plain(item)] for key, item in value.items()]
    return list(map(_plain, value)) if isinstance(value, list | tuple) else value


def _decimal(content: dict[str, Any]) -> Any:
    return Decimal(content[_DECIMAL]) if _DECIMAL in content else content


def _required(kind: Any) -> Decode:
    return _decoder(kind) or (lambda value: value)


@cache
def _decoder(kind: Any) -> Decode | None:
    """Returns the function that makes a value of a type out of JSON; None where JSON holds the value itself."""
    if is_dataclass(kind):
        return _of_fields(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple:
        return _of_tuple(inner[0])
    if origin is Mapping:
        return _of_mapping(*inner)
    if origin is UnionType and inner[1:] == (type(None),) and (decode := _decoder(inner[0])):
        return lambda value: None if value is None else decode(value)
    return None


def _of_fields(kind: Any) -> Decode:
    hints: dict[str, Any] = {field.name: field.type for field in fields(kind)}
    decoders = [(name, decode) for name, hint in hints.items() if (decode := _decoder(hint))]

    def made(content: dict[str, Any]) -> Any:
        for name, decode in decoders:
            content[name] = decode(content[name])
        return kind(**content)

    return made


def _of_tuple(item: Any) -> Decode:
    decode = _decoder(item)
    return (lambda value: tuple(map(decode, value))) if decode else tuple


def _of_mapping(key: Any, item: Any) -> Decode | None:
    decode = _decoder(item)
    if key is str:
        return (lambda value: {name: decode(one) for name, one in value.items()}) if decode else None
    keys, items = _required(key), _required(item)
    return lambda value: {keys(name): items(one) for name, one in value}

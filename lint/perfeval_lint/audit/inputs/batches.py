"""Files in batches that take about as long as each other to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from perfeval_lint.audit.inputs.inputs import Item
from perfeval_lint.form.load import CANONICAL

BATCH: Final = 400  # weight of a batch for a reader process: about a second
_WEIGHTS = {".doc": 100, ".wps": 100, ".rtf": 100, ".odt": 100, ".pdf": 50, ".txt": 50, ".md": 50, ".csv": 50}
_OTHER = 20  # Word, Excel and web pages take some twenty times as long as YAML


def batches(items: Iterable[Item], weight: int = BATCH) -> Iterator[Sequence[Item]]:
    """Yields items in their order, in batches that take about as long as `weight` says."""
    batch: list[Item] = []
    gathered = 0
    for item in items:
        batch.append(item)
        gathered += weight_of(item)
        if gathered >= weight:
            yield batch
            batch, gathered = [], 0
    if batch:
        yield batch


def weight_of(item: Item) -> int:
    """Returns how long a file takes to read, in small YAML files."""
    lower = item.name.lower()
    if lower.endswith(CANONICAL):
        return 1 + item.size // 20_000
    return _WEIGHTS.get(lower[lower.rfind(".") :], _OTHER)

"""The known word nearest to a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The most similar known word, None where nothing is close enough to be worth offering."""
    import difflib  # only a mistake needs it

    found = difflib.get_close_matches(word[:100], list(known), n=1, cutoff=0.5)
    return found[0] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence to append to a message: 是否想写“…”？ Empty where nothing is close."""
    close = nearest(word, known)
    return f"；是否想写“{close}”？" if close else ""

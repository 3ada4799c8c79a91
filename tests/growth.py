"""How work grows with its input, in processor time of this thread: what else keeps the machine busy hardly counts.

Eight times the input is eight times the work, or 64 times where it grows with the square: a test asks for less than 30.
"""

from __future__ import annotations

import time
from collections.abc import Callable


def growth(work: Callable[[int], object], small: int, large: int, *, rounds: int = 2) -> float:
    """How many times the work on the large input is that on the small one; the quickest of some rounds counts."""
    pairs = [(_spent(work, small), _spent(work, large)) for _ in range(rounds)]
    least = 0.001  # seconds; below it the clock of the processor says nothing
    return max(min(after for _, after in pairs), least) / max(min(before for before, _ in pairs), least)


def _spent(work: Callable[[int], object], size: int) -> float:
    begun = time.thread_time()
    work(size)
    return time.thread_time() - begun

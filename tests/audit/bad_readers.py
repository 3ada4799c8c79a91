"""Readers that fail as libraries do on some files, for real reader processes to run."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import replace

from perfeval_lint.audit.inputs.inputs import Item
from perfeval_lint.audit.run import reader
from perfeval_lint.audit.run.reader import Part


def read_badly(items: Sequence[Item], folder: str, seconds: float) -> Part:
    """Reads files, but the process dies, hangs where no signal reaches it, or swells on those whose name says so."""
    whole = reader._bytes_of

    def bytes_of(item: Item) -> bytes:
        if "crash" in item.name:
            os.abort()
        if "hang" in item.name:
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
            time.sleep(600)  # after which it would be read
        if "loop" in item.name:
            while True:
                pass
        if "swell" in item.name:
            return b"x" * (64 << 30)
        if "wrong" in item.name:
            raise RecursionError
        return whole(replace(item))

    reader._bytes_of = bytes_of
    try:
        return reader.read_items(items, folder, seconds)
    finally:
        reader._bytes_of = whole

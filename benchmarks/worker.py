"""Converts files in one process and tells how long it took: `worker.py CONVERTER WARM-UP-FOLDER FOLDER SECONDS`.

Runs in the environment of the converter it measures and needs nothing else. Every file is converted once, so that
nothing kept from an earlier reading of the same file helps; the warm-up converts other files of the same kind. Seconds
are those of the processor, of the process and of what it starts: on a busy machine they are steadier than the clock's.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

Answer = object  # what JSON holds: markdown text, rows of cells, or forms in their canonical shape
Converter = Callable[[bytes, str], Answer]


def tool() -> Converter:
    """This tool, bytes to forms."""
    from perfeval_lint.form.model import to_plain
    from perfeval_lint.recognise.convert import documents

    def convert(data: bytes, name: str) -> Answer:
        return [to_plain(found.form) for found in documents(data, name) if found.form and not found.problems]

    return convert


def stages() -> Converter:
    """This tool, its two stages timed one by one: seconds of reading and of recognising."""
    from perfeval_lint.read.read import read
    from perfeval_lint.recognise.recognise import recognise

    def convert(data: bytes, name: str) -> Answer:
        begin = time.process_time()
        reading = read(data, name)
        middle = time.process_time()
        list(recognise(reading, name))
        return [middle - begin, time.process_time() - middle]

    return convert


def markitdown() -> Converter:
    """Markitdown, bytes to markdown."""
    from markitdown import MarkItDown, StreamInfo

    engine = MarkItDown()

    def convert(data: bytes, name: str) -> Answer:
        info = StreamInfo(extension=Path(name).suffix, filename=name)
        return engine.convert_stream(io.BytesIO(data), stream_info=info).text_content

    return convert


def docling() -> Converter:
    """Docling, bytes to markdown."""
    from docling.datamodel.base_models import DocumentStream
    from docling.document_converter import DocumentConverter

    engine = DocumentConverter()

    def convert(data: bytes, name: str) -> Answer:
        return engine.convert(DocumentStream(name=name, stream=io.BytesIO(data))).document.export_to_markdown()

    return convert


def pdfplumber() -> Converter:
    """Pdfplumber, bytes to the rows of every table."""
    import pdfplumber

    def convert(data: bytes, name: str) -> Answer:  # noqa: ARG001
        with pdfplumber.open(io.BytesIO(data)) as pages:
            tables = [table for page in pages.pages for table in page.extract_tables()]
        return [[cell or "" for cell in row] for table in tables for row in table]

    return convert


CONVERTERS = {maker.__name__: maker for maker in (tool, stages, markitdown, docling, pdfplumber)}


def run(maker: Callable[[], Converter], warm_up: Path, folder: Path, seconds: float) -> dict[str, object]:
    """Seconds for the files converted before the time was up, peak memory in MiB, and what was made of each file."""
    convert = maker()
    for path in sorted(warm_up.iterdir()):
        convert(path.read_bytes(), path.name)
    files = [(path.read_bytes(), path.name) for path in sorted(folder.iterdir())]
    answers: list[Answer] = []
    begin = processor_seconds()
    for data, name in files:
        answers.append(convert(data, name))
        if processor_seconds() - begin > seconds:
            break
    spent = processor_seconds() - begin
    return {"seconds": spent, "memory": _peak(), "answers": answers}


def processor_seconds() -> float:
    """Processor seconds of this process and of those it started and waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _peak() -> float:
    """The peak resident size of this process in MiB; on Linux ru_maxrss would begin with that of its parent."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    _, name, warm_up, folder, seconds = sys.argv
    try:
        found = run(CONVERTERS[name], Path(warm_up), Path(folder), float(seconds))
    except Exception as error:  # noqa: BLE001  a peer may raise anything; the table says so
        found = {"error": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"}
    json.dump(found, sys.stdout)

"""Old office files (.doc, .wps, .rtf, .odt, Office 2003 XML) by way of LibreOffice.

`seconds` is what the reading of the file may take in all, where something ends it then.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.read.model import Reading
from perfeval_lint.read.sheet.xlsx import read_xlsx
from perfeval_lint.read.word.docx import read_docx

MAX_BYTES = 64 * 1024 * 1024
MAX_SECONDS = 60.0
_SHARE = 0.8  # of the time for a file that its conversion may take: it ends, and is cleared away, before its reader
_PLACES = (
    "/usr/bin/libreoffice",
    "/usr/local/bin/soffice",
    "/opt/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.exe",
    "C:/Program Files (x86)/LibreOffice/program/soffice.exe",
)

# No macros, nothing fetched from elsewhere, no links brought up to date: the file is a stranger's.
_SETTINGS = (
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Writer/Content/Update", "Link", "0"),
    ("Calc/Content/Update", "Link", "2"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)


def read_doc(data: bytes, file: str, seconds: float | None = None) -> Reading:
    """A Word 97-2003 or WPS document. Raises UnreadableFile, also where LibreOffice is not installed."""
    return _noted(read_docx(_converted(data, "doc", "docx", file, seconds), file), file)


def read_rtf(data: bytes, file: str, seconds: float | None = None) -> Reading:
    """An RTF document. Raises UnreadableFile, also where LibreOffice is not installed."""
    return _noted(read_docx(_converted(data, "rtf", "docx", file, seconds), file), file)


def read_odt(data: bytes, file: str, seconds: float | None = None) -> Reading:
    """An OpenDocument text. Raises UnreadableFile, also where LibreOffice is not installed."""
    return _noted(read_docx(_converted(data, "odt", "docx", file, seconds), file), file)


def read_word_xml(data: bytes, file: str, seconds: float | None = None) -> Reading:
    """A Word 2003 XML document. Raises UnreadableFile, also where LibreOffice is not installed."""
    return _noted(read_docx(_converted(data, "xml", "docx", file, seconds), file), file)


def read_excel_xml(data: bytes, file: str, seconds: float | None = None) -> Reading:
    """An Excel 2003 XML workbook. Raises UnreadableFile, also where LibreOffice is not installed."""
    return _noted(read_xlsx(_converted(data, "xml", "xlsx", file, seconds), file), file)


def soffice() -> str | None:
    """The LibreOffice program, None where it is not installed."""
    return shutil.which("soffice") or next((place for place in _PLACES if Path(place).is_file()), None)


def _noted(reading: Reading, file: str) -> Reading:
    note = Problem("through-libreoffice", "本文件经 LibreOffice 转换后读入；位置按转换后的文件标注", file)
    return replace(reading, notes=(note, *reading.notes))


def _converted(data: bytes, source: str, target: str, file: str, seconds: float | None) -> bytes:
    """The file in the format of the suffix `target`, converted in a folder of its own."""
    limit = MAX_SECONDS if seconds is None else min(MAX_SECONDS, _SHARE * seconds)
    program = soffice()
    if program is None:
        message = (
            f"这种文件要经 LibreOffice 读取，本机没有安装；请在 Word、Excel 或 WPS 中打开，另存为 .{target}，"
            "或安装 LibreOffice（如 apt install libreoffice-writer libreoffice-calc）"
        )
        raise UnreadableFile(Problem("no-libreoffice", message, file))
    if len(data) > MAX_BYTES:
        message = f"文件超过 {MAX_BYTES // 1024 // 1024} MiB，不像自评表；请拆分后再检查"
        raise UnreadableFile(Problem("too-large", message, file))
    with tempfile.TemporaryDirectory(prefix="perfeval-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _write_settings(folder / "profile")
        given = folder / f"form.{source}"
        given.write_bytes(data)
        made = folder / "out" / f"form.{target}"
        options = ("--headless", "--norestore", "--nolockcheck", "--nologo", "--convert-to", target)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        if not _run([program, profile, *options, "--outdir", str(made.parent), str(given)], folder, limit):
            message = f"LibreOffice 转换超过 {limit:.0f} 秒；请在 Word、Excel 或 WPS 中另存为 .{target}"
            raise UnreadableFile(Problem("too-slow", message, file))
        if not made.is_file():
            message = f"LibreOffice 打不开，文件可能已损坏或设有密码；请在 Word、Excel 或 WPS 中另存为 .{target}"
            raise UnreadableFile(Problem("damaged", message, file))
        return made.read_bytes()


def _write_settings(profile: Path) -> None:
    items = "".join(
        f'<item oor:path="/org.openoffice.{path if path.startswith("Inet") else "Office." + path}">'
        f'<prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        f"{items}</oor:items>",
        encoding="utf-8",
    )


def _run(command: list[str], folder: Path, limit: float) -> bool:
    """Runs LibreOffice; False if it did not end in time. It is stopped with its children, also where its reader is."""
    process = subprocess.Popen(  # noqa: S603  (the program found above, and paths of our own)
        command,
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "TMPDIR": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(limit)
    except subprocess.TimeoutExpired:
        return False
    finally:
        if process.poll() is None:
            _stop(process)
    return True


def _stop(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], check=False, capture_output=True)  # noqa: S603, S607
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()

"""Packs what Spark's workers run: this very installation in a zip, or an environment the user has packed.

The zip holds perfeval_lint with its rules, what it depends on and pyarrow, native libraries as they are: Spark
unpacks it in the folder of each executor. Workers need Python of the same minor version on the same kind of machine.
"""

from __future__ import annotations

import hashlib
import re
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from perfeval_lint.errors import UsageError
from perfeval_lint.files import keep_newest, written_whole
from perfeval_lint.rule.locate import PACKAGE, shipped_rules
from perfeval_lint.rule.pack_cache import cache_folder

_OURS = "perfeval-lint"
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_SUFFIXES = (".tar.gz", ".tgz", ".zip")  # what Spark unpacks, by these endings
_LEFT_OUT = re.compile(
    r"(^|/)(__pycache__|tests?)/"  # not needed to run
    r"|^\.\./|^/"  # scripts, beside the packages
    r"|^pyarrow/(include|src)/"  # to build other libraries against pyarrow
    r"|\.(pyc|pyx|pxd|h|hpp|lib)$"
)
_KEEP = 3  # zips kept; older ones are removed when a new one is written

File = tuple[str, Path]  # the name in the zip, and where it is


@dataclass(frozen=True, slots=True)
class Shipped:
    """The value of `spark.archives`, the path of Python on the workers, and its search path for packages."""

    archives: str
    python: str
    path: str


def shipped(archives: str | None, python: str, scratch: Path) -> Shipped:
    """Returns the packed environment where one is given, else this installation; raises UsageError."""
    if archives is not None:
        return Shipped(f"{_checked(archives)}#env", "./env/bin/python", "")
    return Shipped(f"{pack(scratch).as_uri()}#perfeval", python, "./perfeval")


def _checked(archives: str) -> str:
    """Checks a packed environment on this machine; Spark finds one on a file system of the cluster (hdfs://…)."""
    if "://" in archives:
        return archives
    path = Path(archives)
    if not path.is_file():
        raise UsageError(f"--archives 写的「{archives}」没有这个文件；应是 venv-pack 或 conda-pack 打好的 .tar.gz")
    is_archive = zipfile.is_zipfile(path) if path.suffix == ".zip" else tarfile.is_tarfile(path)
    if not archives.endswith(_SUFFIXES) or not is_archive:
        wanted = "、".join(_SUFFIXES)
        raise UsageError(f"--archives 写的「{archives}」不是压缩包；应是 venv-pack 或 conda-pack 打好的 {wanted}")
    return path.resolve().as_uri()


def pack(scratch: Path) -> Path:
    """Packs this installation as a zip, unless the cache has it; in `scratch` where there is no cache."""
    found = _distributions()
    own = list(_own_files())
    folder = (cache_folder() or scratch) / "spark"
    path = folder / f"{_digest(found, own)[:32]}.zip"
    if path.is_file():
        return path
    try:
        with (
            written_whole(path) as part,
            zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
        ):
            for name, file in [*own, *(file for one in found for file in _files_of(one))]:
                target.write(file, name)
        keep_newest(folder, "*.zip", _KEEP)
    except OSError as error:
        remedy = "请核对磁盘空间和权限，或用 PERFEVAL_LINT_CACHE 指定另一个目录"
        raise UsageError(f"给 worker 的程序包写不了：{folder}（{error.strerror}）；{remedy}") from None
    return path


def _distributions() -> list[Distribution]:
    """Returns the packages needed at run time, pyarrow among them, by name. Those with a marker are taken if they are
    installed: pip has judged the marker."""
    found: dict[str, Distribution] = {}
    wanted = [(name, False) for name in (_OURS, "pyarrow")]
    while wanted:
        name, optional = wanted.pop()
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            if optional:
                continue
            raise UsageError(f"安装不完整：缺 {name}，没法给 worker 打包；请重新安装 perfeval-lint[spark]") from None
        wanted += _requirements(found[name])
    del found[_OURS]  # its files are found from the package itself: an editable installation lists none
    return [found[name] for name in sorted(found)]


def _requirements(one: Distribution) -> Iterator[tuple[str, bool]]:
    for line in one.requires or ():
        requirement, _, marker = line.partition(";")
        name = _NAME.match(requirement)
        if name and not re.search(r"\bextra\b", marker):
            yield re.sub(r"[-_.]+", "-", name[0]).lower(), bool(marker)


def _own_files() -> Iterator[File]:
    rules = shipped_rules()
    folders = [("perfeval_lint", PACKAGE), *([] if rules.parent == PACKAGE else [("perfeval_lint/rules", rules)])]
    for prefix, folder in folders:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and not _LEFT_OUT.search(name):
                yield f"{prefix}/{name}", path


def _files_of(one: Distribution) -> Iterator[File]:
    if one.files is None:
        name = one.metadata["Name"]
        raise UsageError(f"{name} 没有文件清单（不是 pip 装的？），没法给 worker 打包；请用 --archives 给出打好的环境")
    for file in one.files:
        path = Path(str(file.locate()))
        if not _LEFT_OUT.search(file.as_posix()) and path.is_file():
            yield file.as_posix(), path


def _digest(found: Sequence[Distribution], own: Sequence[File]) -> str:
    total = hashlib.sha256("\n".join(f"{one.metadata['Name']} {one.version}" for one in found).encode())
    for name, path in own:
        total.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()

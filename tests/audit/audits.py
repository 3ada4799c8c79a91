"""Audits as tests see them: small forms, and what came of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from perfeval_lint.audit.run.engine import Request, run_audit
from perfeval_lint.audit.run.pool import Limits
from perfeval_lint.audit.store.store import Store
from perfeval_lint.rule.profile import Overrides

Rows = list[tuple[Any, ...]]

# Enough to see that forms were judged, by themselves and with each other: all the rules take three times as long.
FEW = Overrides(select=("PE001", "PE101", "PE401", "PE901"))
FEW_AND_ACROSS = Overrides(select=("PE001", "PE401", "PE9"))


class Silent:
    """Watches a run without a word."""

    def __init__(self) -> None:
        self.files = self.forms = 0

    def listed(self, files: int, unread: int, unjudged: int) -> None: ...

    def read(self, files: int, forms: int) -> None:
        self.files += files

    def judged(self, forms: int) -> None:
        self.forms += forms


class Audited:
    """A finished audit: its store, and how much was read and judged for it."""

    def __init__(self, store: Store, watcher: Silent) -> None:
        self.store = store
        self.read, self.judged = watcher.files, watcher.forms

    def rows(self, sql: str) -> Rows:
        return self.store.database.execute(sql).fetchall()

    def findings(self) -> Rows:
        """Every finding, by the file and form it belongs to."""
        columns = "规则, 级别, 部分, 路径, 所指, 所在, 消息, 豁免"
        return self.rows(f"SELECT 文件, 序号, {columns} FROM 问题 p JOIN 表 USING (表号) ORDER BY ALL")

    def files(self) -> dict[str, tuple[str, str | None]]:
        """Every file's name without its folder: state and code."""
        return {Path(name).name: (state, code) for name, state, code in self.rows("SELECT 文件, 状态, 代码 FROM 文件")}


Audit = Callable[..., Audited]


@contextmanager
def audited(path: Path, out: Path) -> Iterator[Audited]:
    """An audit of one's own, whose store is closed after the block: for what tests of a module share."""
    watcher = Silent()
    store = run_audit(Request((str(path),), out, Limits(2)), watcher)
    try:
        yield Audited(store, watcher)
    finally:
        store.close()


EXAMPLES = Path(__file__).parents[2] / "examples"


def write_published(folder: Path) -> Path:
    """A new folder with published forms, one of them with mistakes, and a file that is no Word file."""
    folder.mkdir()
    for name in ("flawed.yaml", "beijing-2021-ip-operation.txt", "zhongguancun-2021-patent-standards.yaml"):
        shutil.copy(EXAMPLES / name, folder)
    (folder / "坏.docx").write_bytes(b"PK\x03\x04 broken")
    return folder


def write_form(path: Path, **fields: Any) -> Path:
    """A small canonical form; the fields given are put into it."""
    form: dict[str, Any] = {
        "格式": "perfeval/1",
        "表式": "项目支出绩效自评表",
        "年度": "2024",
        "项目名称": path.stem,
        "主管部门": "市教育局",
        "实施单位": "市第一中学",
        "绩效指标": [{"三级指标": "培训", "分值": "10", "得分": "9"}],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(form | fields, ensure_ascii=False), "utf-8")
    return path

"""What an audit is given: folders, archives, lists, and what is wrong with them."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
import unicodedata
import warnings
import zipfile
from pathlib import Path

import duckdb
import pytest

from perfeval_lint.audit.inputs.inputs import Item, listed, reason, shown
from perfeval_lint.audit.run.pool import Limits, Readers
from perfeval_lint.audit.store import store
from perfeval_lint.audit.store.store import FILE_NAME, VERSION, create
from perfeval_lint.errors import RulePackBroken, UsageError
from tests.audit.audits import FEW, Audit, write_form


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as opened:
        for name, data in members.items():
            opened.writestr(name, data)
    return path


def test_the_members_of_an_archive(forms: Path, tmp_path: Path, audit: Audit) -> None:
    expected = [row[2:] for row in audit(forms, overrides=FEW).findings()]
    members = {f"学校/{path.name}": path.read_bytes() for path in sorted(forms.iterdir())}
    members |= {"读我.exe": b"MZ", "__MACOSX/._a.json": b"x", "内.zip": b"PK\5\6" + b"\0" * 18}
    packed = archive(tmp_path / "packed.zip", members)
    found = audit(packed, overrides=FEW)
    assert [row[2:] for row in found.findings()] == expected
    assert found.rows("SELECT 文件, 代码 FROM 文件 WHERE 状态 = '读不了'") == [(f"{packed}/内.zip", "archive")]
    assert (audit(packed, overrides=FEW).read, audit(packed, overrides=FEW).judged) == (0, 0)


def test_names_in_gbk(tmp_path: Path, audit: Audit) -> None:
    same_length = "甲乙.json", "培训.json"
    form = write_form(tmp_path / "x.json").read_bytes()
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as opened:
        for number in range(len(same_length)):
            entry = zipfile.ZipInfo("????.json"[:2] + str(number) + "_.json")
            opened.writestr(entry, form + b" " * number)
    data = packed.read_bytes()
    for number, name in enumerate(same_length):
        data = data.replace(b"??%d_.json" % number, name.encode("gb18030"))
    packed.write_bytes(data)
    names = {name for (name,) in audit(packed, overrides=FEW).rows("SELECT 文件 FROM 文件")}
    assert names == {f"{packed}/{name}" for name in same_length}


def test_names_of_a_mac(tmp_path: Path, audit: Audit) -> None:
    """UTF-8 without the flag, letters decomposed, and what a Mac keeps of each file beside it."""
    name = "é教育局/自评表.json"
    mac = unicodedata.normalize("NFD", name).encode()
    form = write_form(tmp_path / "x.json").read_bytes()
    members = {"~" * len(mac): form, f"__MACOSX/{'~' * len(mac)}": b"x", "._自评表.json": b"\0\5\x16\7"}
    packed = archive(tmp_path / "packed.zip", members)
    packed.write_bytes(packed.read_bytes().replace(b"~" * len(mac), mac))
    found = audit(packed, overrides=FEW)
    assert found.rows("SELECT 文件, 状态 FROM 文件") == [(f"{packed}/{name}", "已读")]


def test_several_members_of_one_name(tmp_path: Path, audit: Audit) -> None:
    """Each is read, also of names that only look alike once they are composed."""
    names = ["é.json", unicodedata.normalize("NFD", "é.json"), "é.json"]
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as opened, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        for number, name in enumerate(names):
            opened.writestr(name, write_form(tmp_path / "x.json", 项目名称=f"项目{number}").read_bytes())
    found = audit(packed, overrides=FEW)
    assert found.files() == dict.fromkeys(("é.json", "é（同名第2个）.json", "é（同名第3个）.json"), ("已读", None))
    assert {name for (name,) in found.rows("SELECT 项目名称 FROM 表")} == {"项目0", "项目1", "项目2"}


@pytest.mark.skipif(os.name == "nt", reason="Windows 的文件名都是 Unicode")
def test_a_file_name_in_gbk(tmp_path: Path, audit: Audit) -> None:
    folder = tmp_path / "gbk"
    form = write_form(folder / "x.json")
    form.rename(os.fsdecode(os.fsencode(folder) + b"/" + "培训.json".encode("gb18030")))
    found = audit(folder, overrides=FEW)
    assert found.rows("SELECT 文件, 状态 FROM 文件") == [(f"{folder}/培训.json", "已读")]
    assert shown(os.fsdecode("培训".encode("gb18030"))) == "培训"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"not a zip", "damaged"), (b"", "damaged"), (b"PK\5\6" + b"\0" * 18, "no-forms")],
)
def test_archives_that_give_nothing(data: bytes, code: str, tmp_path: Path, audit: Audit) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    assert audit(tmp_path / "a.zip", overrides=FEW).files() == {"a.zip": ("读不了", code)}


def test_a_damaged_member_and_one_under_a_password(tmp_path: Path, audit: Audit) -> None:
    form = write_form(tmp_path / "x.json").read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for name in ("damaged.json", "good.json", "secret.json"):
            opened.writestr(name, form + b"\n" * len(name))
    data = bytearray(buffer.getvalue())
    start = data.index(b"damaged.json") + len(b"damaged.json")
    data[start : start + 20] = b"\xff" * 20
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        local = opened.getinfo("secret.json").header_offset
    data[local + 6] |= 1
    central = data.rindex(b"secret.json") - 46
    data[central + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert audit(tmp_path / "a.zip", overrides=FEW).files() == {
        "damaged.json": ("读不了", "damaged"),
        "good.json": ("已读", None),
        "secret.json": ("读不了", "protected"),
    }


def test_links(tmp_path: Path, audit: Audit) -> None:
    folder = tmp_path / "forms"
    form = write_form(folder / "a" / "form.json")
    (folder / "a" / "circle").symlink_to(folder)
    (folder / "loop.json").symlink_to("loop.json")
    (folder / "gone.json").symlink_to("nowhere.json")
    (folder / "again.json").symlink_to(form)
    assert audit(folder, overrides=FEW).files() == {
        "form.json": ("已读", None),
        "again.json": ("重复", "duplicate"),
        "gone.json": ("读不了", "unreadable"),
        "loop.json": ("读不了", "unreadable"),
    }


def test_a_pipe_is_not_opened(tmp_path: Path, audit: Audit) -> None:
    os.mkfifo(tmp_path / "form.json")
    assert audit(tmp_path / "form.json", overrides=FEW).files() == {"form.json": ("读不了", "unreadable")}


def test_a_list_of_paths(tmp_path: Path) -> None:
    for charset in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        (tmp_path / "list.txt").write_bytes("甲.json\r\n\r\n  乙/丙.json \n".encode(charset))
        assert listed(str(tmp_path / "list.txt")) == ["甲.json", "乙/丙.json"]
    (tmp_path / "list.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(UsageError, match="清单"):
        listed(str(tmp_path / "list.txt"))
    with pytest.raises(UsageError, match="打不开清单"):
        listed(str(tmp_path / "none.txt"))


def test_nothing_there(tmp_path: Path, audit: Audit) -> None:
    with pytest.raises(UsageError, match=r"没有这个文件或目录：.*none"):
        audit(tmp_path / "none", overrides=FEW)


def test_different_settings_are_not_mixed(tmp_path: Path, audit: Audit) -> None:
    for name in ("a", "b"):
        write_form(tmp_path / name / "form.json", 项目名称=name)
    (tmp_path / "b" / "perfeval.yaml").write_text("rules: {PE401: off}\n", "utf-8")
    with pytest.raises(UsageError, match=r"perfeval\.yaml 不同"):
        audit(tmp_path / "a", tmp_path / "b")
    assert "PE401" not in {row[2] for row in audit(tmp_path / "b").findings()}


def test_the_same_settings_in_several_places_are_one(tmp_path: Path, audit: Audit) -> None:
    """What is excluded goes by each folder's own settings; all else has to be the same, wherever it stands."""
    for name in ("甲", "乙", "乙/丙"):
        write_form(tmp_path / name / "form.json", 项目名称=name)
        write_form(tmp_path / name / "草稿.json")
        (tmp_path / name / "perfeval.yaml").write_text("rules: {PE401: off}\nexclude: [草稿*]\n", "utf-8")
    (tmp_path / "乙" / "丙" / "perfeval.yaml").write_text("extends: ../perfeval.yaml\nexclude: [form*]\n", "utf-8")
    found = audit(tmp_path / "甲", tmp_path / "乙")
    assert {Path(name).parent.name for (name,) in found.rows("SELECT 文件 FROM 文件")} == {"甲", "乙"}
    assert "PE401" not in {row[2] for row in found.findings()}


def test_other_settings_in_a_folder_below_are_refused_in_words(tmp_path: Path, audit: Audit) -> None:
    for name in ("forms", "forms/sub", "forms/.hidden", "forms/empty"):
        write_form(tmp_path / name / "form.json", 项目名称=name)
        (tmp_path / name / "perfeval.yaml").write_text("rules: {PE401: off}\n", "utf-8")
    (tmp_path / "forms" / "perfeval.yaml").unlink()
    (tmp_path / "forms" / "empty" / "form.json").unlink()
    with pytest.raises(UsageError) as raised:
        audit(tmp_path / "forms")
    assert str(tmp_path / "forms" / "sub" / "perfeval.yaml") in str(raised.value)
    assert "单独审核" in str(raised.value)
    (tmp_path / "forms" / "sub" / "perfeval.yaml").write_text("exclude: ['*']\n", "utf-8")
    assert [*audit(tmp_path / "forms").files()] == ["form.json"]


def test_faulty_settings_in_a_folder_below_are_told(tmp_path: Path, audit: Audit) -> None:
    write_form(tmp_path / "forms" / "sub" / "form.json")
    (tmp_path / "forms" / "sub" / "perfeval.yaml").write_text("rules: [\n", "utf-8")
    with pytest.raises(RulePackBroken, match=r"sub/perfeval\.yaml"):
        audit(tmp_path / "forms", overrides=FEW)


def test_settings_of_the_year_before_bear_on_nothing(forms: Path, tmp_path: Path, audit: Audit) -> None:
    write_form(tmp_path / "before" / "form.json", 年度="2023")
    (tmp_path / "before" / "perfeval.yaml").write_text("rules: {PE401: off}\n", "utf-8")
    expected = audit(forms).findings()
    assert audit(forms, previous=(str(tmp_path / "before"),)).findings() == expected


def test_settings_in_an_archive_are_told(tmp_path: Path, audit: Audit) -> None:
    form = write_form(tmp_path / "x.json").read_bytes()
    members = {"校/form.json": form, "校/perfeval.yaml": b"rules: {PE401: off}\n"}
    found = audit(archive(tmp_path / "packed.zip", members), overrides=FEW)
    assert found.files() == {"form.json": ("已读", None), "perfeval.yaml": ("读不了", "settings")}


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "perfeval_lint", "audit", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def test_a_second_run_on_the_same_folder_is_refused(forms: Path, tmp_path: Path, audit: Audit) -> None:
    audit(forms, overrides=FEW)
    second = run(forms, "--out", tmp_path / "out")
    assert second.returncode == 2
    assert "正被另一个审核使用" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_store_of_a_later_version(forms: Path, tmp_path: Path, audit: Audit) -> None:
    found = audit(forms, overrides=FEW)
    found.rows(f"UPDATE 库 SET 值 = '{VERSION + 1}' WHERE 项 = '版本' RETURNING 值")
    with pytest.raises(UsageError, match=f"更新版本的工具写的（库版本 {VERSION + 1}）"):
        audit(forms, overrides=FEW)


def test_a_store_appears_only_when_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ends_half_way(database: duckdb.DuckDBPyConnection) -> None:
        create(database)
        assert not (tmp_path / FILE_NAME).exists()
        raise duckdb.IOException("disk full")

    monkeypatch.setattr(store, "create", ends_half_way)
    with pytest.raises(UsageError, match="写不了：disk full；请换一个输出目录"):
        store.open_store(tmp_path, threads=1, memory="1GB")
    assert not (tmp_path / FILE_NAME).exists()
    monkeypatch.undo()
    store.open_store(tmp_path, threads=1, memory="1GB").close()
    assert (tmp_path / FILE_NAME).is_file()


@pytest.mark.parametrize("data", [b"something else entirely" * 100, b"\0" * 8192])
def test_a_store_that_is_none(data: bytes, forms: Path, tmp_path: Path, audit: Audit) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / FILE_NAME).write_bytes(data)
    with pytest.raises(UsageError, match="打不开，或不是审核结果"):
        audit(forms, overrides=FEW)
    assert (tmp_path / "out" / FILE_NAME).read_bytes() == data


@pytest.mark.parametrize("place", [20, 12])  # where the checksum speaks up, and the version of what is stored
def test_a_store_that_duckdb_does_not_open(place: int, forms: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    path = tmp_path / "out" / FILE_NAME
    with duckdb.connect(str(path)) as database:
        create(database)
    data = bytearray(path.read_bytes())
    data[place] ^= 0xFF
    path.write_bytes(data)
    ended = run(forms, "--out", tmp_path / "out")
    assert ended.returncode == 2
    assert "打不开，是更新版本的工具写的，或已损坏；请升级 perfeval-lint，或换一个输出目录" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_resume_where_there_is_nothing(forms: Path, tmp_path: Path) -> None:
    ended = run(forms, "--out", tmp_path / "out", "--resume")
    assert ended.returncode == 2
    assert "没有可以接着做的审核" in ended.stderr


def test_an_output_folder_that_cannot_be_made(forms: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = run(forms, "--out", tmp_path / "file" / "out")
    assert ended.returncode == 2
    assert "建不了" in ended.stderr


def test_a_file_that_goes_or_changes_while_the_run_lasts(forms: Path, tmp_path: Path) -> None:
    """Listed, and gone or grown by the time it is read."""
    grown = write_form(forms / "grown.json")
    items = [Item(str(forms / "gone.json"), str(forms / "gone.json"), size=9), Item(str(grown), str(grown), size=1)]
    with Readers(Limits(1), tmp_path) as readers:
        (part,) = readers.read([items])
    assert (part.files, part.forms) == (2, 1)
    rows = duckdb.sql(f"SELECT 状态, 代码, 说明 FROM '{part.folder}/文件.parquet' ORDER BY 文件号").fetchall()
    assert rows == [("读不了", "unreadable", "文件不存在，检查期间被移走或删除；请核对"), ("已读", None, None)]


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EACCES, "没有权限"), (errno.ENAMETOOLONG, "名字太长"), (errno.EIO, os.strerror(errno.EIO))],
)
def test_why_a_file_could_not_be_opened(number: int, words: str) -> None:
    assert reason(OSError(number, os.strerror(number))) == words

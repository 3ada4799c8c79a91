"""The web page as a person uses it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

import perfeval_lint
from perfeval_lint.form.model import to_plain
from perfeval_lint.render.render import render
from tests.serve.browsing import browser, choose, drop, page
from tests.serve.serving import EXAMPLES, ROOT, Server, served

FLAWED = ROOT / "examples/flawed.yaml"
_GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def running() -> Iterator[Browser]:
    with browser() as one:
        yield one


@pytest.fixture
def opened(running: Browser, server: Server) -> Iterator[Page]:
    with page(running, server.base) as one:
        yield one


def figures(opened: Page) -> dict[str, str]:
    """The batch's figures by their names."""
    names = opened.locator("#figures dt").all_text_contents()
    return dict(zip(names, opened.locator("#figures dd").all_text_contents(), strict=True))


def test_five_files_dropped(opened):
    drop(opened, *EXAMPLES)
    summary = perfeval_lint.lint(ROOT / "examples").summary
    assert summary.forms > len(EXAMPLES)
    reports = [perfeval_lint.lint(path).summary for path in EXAMPLES]
    assert figures(opened) == {
        "文件": "5",
        "表": "5",
        "错误": str(sum(one.error for one in reports)),
        "警告": str(sum(one.warning for one in reports)),
        "提示": str(sum(one.info for one in reports)),
    }
    assert opened.locator("#list tr").count() == 5
    assert opened.locator("#charts figure").count() == 2
    opened.get_by_role("button", name="中关村企业专利、技术标准等资助资金项目").click()
    expect(opened.locator("#drawn h2, #drawn h3").first).to_contain_text("中关村企业专利")


def test_a_finding_leads_to_its_cell(opened):
    choose(opened, FLAWED)
    finding = opened.locator("li.finding", has_text="PE101").first
    target = finding.get_attribute("data-target")
    finding.locator("a").first.click()
    cell = opened.locator(f"#{target}")
    expect(cell).to_be_in_viewport()
    assert opened.locator(":target").get_attribute("id") == target
    assert cell.get_attribute("data-path") == "项目资金[0].全年执行数"
    assert (
        opened.evaluate("() => document.activeElement.closest('[data-path]').dataset.path") == "项目资金[0].全年执行数"
    )


def test_a_value_mended_until_the_finding_goes(opened, tmp_path):
    choose(opened, FLAWED)
    expect(opened.locator("li.finding", has_text="PE101")).to_have_count(1)
    value = opened.get_by_role("textbox", name="全年执行数")
    value.fill("62")
    value.press("Enter")
    opened.get_by_text("已按“62”重新审核").wait_for()
    expect(opened.locator("li.finding", has_text="PE101")).to_have_count(1)
    value = opened.get_by_role("textbox", name="全年执行数")
    value.fill("58.5")
    value.press("Enter")
    opened.get_by_text("已按“58.5”重新审核").wait_for()
    expect(opened.locator("li.finding", has_text="PE101")).to_have_count(0)
    saved = tmp_path / "mended.yaml"
    with opened.expect_download() as download:
        opened.get_by_role("button", name="下载改后的 YAML").click()
    download.value.save_as(saved)
    assert download.value.suggested_filename == "flawed-改后.yaml"
    assert yaml.safe_load(saved.read_text("utf-8"))["项目资金"][0]["全年执行数"] == 58.5
    assert not [one for one in perfeval_lint.lint(saved).files[0].forms[0].verdict.findings if one.rule.id == "PE101"]
    opened.get_by_role("button", name="撤销全部修改").click()
    expect(opened.locator("li.finding", has_text="PE101")).to_have_count(1)


def test_a_merged_cell_mended(opened, tmp_path):
    choose(opened, FLAWED)
    value = opened.locator(".value[data-path='绩效指标[0].一级指标']")
    value.fill("产出类指标")
    value.press("Enter")
    opened.get_by_text("已按“产出类指标”重新审核").wait_for()
    with opened.expect_download() as download:
        opened.get_by_role("button", name="下载改后的 YAML").click()
    download.value.save_as(tmp_path / "mended.yaml")
    mended = yaml.safe_load((tmp_path / "mended.yaml").read_text("utf-8"))
    assert [row["一级指标"] for row in mended["绩效指标"]].count("产出类指标") == 3


def test_a_value_left_alone_and_one_given_up_ask_nothing(opened):
    choose(opened, FLAWED)
    asked: list[str] = []
    opened.on("request", lambda one: asked.append(one.url))
    value = opened.get_by_role("textbox", name="全年执行数")
    value.focus()
    value.blur()
    value.fill("1")
    value.press("Escape")
    expect(value).to_have_text("63.5")
    assert asked == []


# Questions are held back until the test lets them go, so that it can do something else meanwhile.
LATE = """() => {
    const fetched = window.fetch;
    window.gate = {open: false, held: [], asked: 0, answered: 0};
    window.fetch = async (...asked) => {
        gate.asked += 1;
        try {
            if (!gate.open) await new Promise((done) => gate.held.push(done));
            const answer = await fetched(...asked);
            await answer.clone().arrayBuffer();
            return answer;
        } finally {
            gate.answered += 1;
        }
    };
}"""
BUDGET, SCORE = "项目资金[0].全年执行数", "绩效指标[0].得分"


def cell(opened: Page, path: str) -> Locator:
    """The text field of a value."""
    return opened.locator(f".value[data-path='{path}']")


def put(opened: Page, path: str, text: str) -> None:
    """Types a value and Enter; its answer comes later."""
    cell(opened, path).fill(text)
    cell(opened, path).press("Enter")


def let_go(opened: Page) -> None:
    """Asks what was held back, and from here on at once."""
    opened.evaluate("() => { gate.open = true; gate.held.splice(0).forEach((done) => done()); }")


def hold(opened: Page) -> None:
    """Holds back requests from here on."""
    opened.evaluate("() => { gate.open = false; }")


def focused(opened: Page) -> str | None:
    path: str | None = opened.evaluate("() => document.activeElement.dataset.path")
    return path


def test_what_is_typed_while_another_value_is_judged_stays(opened):
    choose(opened, FLAWED)
    opened.evaluate(LATE)
    put(opened, BUDGET, "58.5")
    cell(opened, SCORE).click()
    opened.keyboard.press("Control+a")
    opened.keyboard.type("13")
    let_go(opened)
    opened.get_by_text("已按“58.5”重新审核").wait_for()
    hold(opened)
    expect(cell(opened, SCORE)).to_have_text("13")
    opened.keyboard.press("Backspace")
    opened.keyboard.type("4")
    opened.keyboard.press("Enter")
    let_go(opened)
    opened.get_by_text("已按“14”重新审核").wait_for()
    expect(cell(opened, SCORE)).to_have_text("14")
    expect(cell(opened, BUDGET)).to_have_text("58.5")
    expect(opened.locator("li.finding", has_text="PE101")).to_have_count(0)


def test_what_is_selected_while_another_value_is_judged_stays(opened):
    choose(opened, FLAWED)
    opened.evaluate(LATE)
    put(opened, BUDGET, "58.5")
    cell(opened, SCORE).click()
    opened.keyboard.press("Control+a")
    let_go(opened)
    opened.get_by_text("已按“58.5”重新审核").wait_for()
    opened.keyboard.type("13")
    expect(cell(opened, SCORE)).to_have_text("13")


def test_what_was_judged_while_a_value_was_given_up_is_drawn(opened):
    choose(opened, FLAWED)
    opened.evaluate(LATE)
    put(opened, BUDGET, "58.5")
    cell(opened, SCORE).click()
    opened.keyboard.type("13")
    let_go(opened)
    opened.get_by_text("已按“58.5”重新审核").wait_for()
    expect(opened.locator("li.finding", has_text="PE101")).to_have_count(1)
    opened.keyboard.press("Escape")
    expect(cell(opened, SCORE)).to_have_text("20")
    expect(opened.locator("li.finding", has_text="PE101")).to_have_count(0)


def test_after_a_value_focus_and_scrolling_stay(running, server):
    with page(running, server.base, width=390) as one:
        choose(one, FLAWED)
        cell(one, SCORE).focus()
        before = one.evaluate("() => document.querySelector('.sheet').scrollLeft")
        assert before > 0
        put(one, SCORE, "13")
        one.get_by_text("已按“13”重新审核").wait_for()
        assert focused(one) == SCORE
        assert one.evaluate("() => document.querySelector('.sheet').scrollLeft") == before


def press(opened: Page, target: Locator) -> None:
    """Puts the mouse on something and its button down."""
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box is not None
    opened.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2)
    opened.mouse.down()


def test_a_click_that_outlasts_the_judging(opened):
    choose(opened, FLAWED, EXAMPLES[0])
    opened.locator("#list button").nth(0).click()
    opened.evaluate(LATE)
    cell(opened, BUDGET).fill("62")
    press(opened, opened.locator("li.finding", has_text="PE101").locator("a").first)  # leaves the cell
    let_go(opened)
    opened.get_by_text("已按“62”重新审核").wait_for()
    hold(opened)
    opened.mouse.up()
    expect(opened.locator("li.finding", has_text="PE101")).to_contain_text("62")
    assert focused(opened) == BUDGET
    cell(opened, BUDGET).fill("58.5")
    press(opened, opened.locator("#list button").nth(1))
    let_go(opened)
    opened.get_by_text("已按“58.5”重新审核").wait_for()
    opened.mouse.up()
    expect(opened.locator("#list tr").nth(1)).to_have_attribute("aria-current", "true")


def test_undone_before_it_is_judged(opened):
    choose(opened, FLAWED)
    opened.evaluate(LATE)
    cell(opened, BUDGET).fill("58.5")
    opened.get_by_role("button", name="撤销全部修改").click()
    let_go(opened)
    opened.get_by_text("已恢复成原来的表").wait_for()
    expect(cell(opened, BUDGET)).to_have_text("63.5")
    expect(opened.get_by_role("button", name="撤销全部修改")).to_be_disabled()
    expect(opened.locator("li.finding", has_text="PE101")).to_have_count(1)


def test_saved_before_it_is_judged(opened, tmp_path):
    choose(opened, FLAWED)
    opened.evaluate(LATE)
    cell(opened, BUDGET).fill("58.5")
    with opened.expect_download() as download:
        opened.get_by_role("button", name="下载改后的 YAML").click()
        let_go(opened)
    download.value.save_as(tmp_path / "mended.yaml")
    assert yaml.safe_load((tmp_path / "mended.yaml").read_text("utf-8"))["项目资金"][0]["全年执行数"] == 58.5


def test_another_form_shown_before_it_is_judged(opened):
    choose(opened, FLAWED, EXAMPLES[0])
    opened.locator("#list button").nth(0).click()
    opened.evaluate(LATE)
    put(opened, BUDGET, "58.5")
    opened.locator("#list button").nth(1).click()
    opened.locator("#list button").nth(0).click()
    let_go(opened)
    opened.get_by_text("已按“58.5”重新审核").wait_for()
    expect(cell(opened, BUDGET)).to_have_text("58.5")
    expect(opened.locator("li.finding", has_text="PE101")).to_have_count(0)


def test_a_profile_chosen_before_it_is_judged(opened):
    choose(opened, FLAWED)
    opened.evaluate(LATE)
    put(opened, BUDGET, "58.5")
    opened.select_option("#profile", "湖北")
    let_go(opened)
    expect(opened.locator("#drawn")).to_contain_text("规则集：湖北")
    expect(cell(opened, BUDGET)).to_have_text("58.5")
    expect(opened.get_by_role("button", name="下载改后的 YAML")).to_be_enabled()


def test_what_was_mended_outlives_the_server(running):
    with served() as server, page(running, server.base, may_complain=True) as one:
        choose(one, FLAWED)
        put(one, BUDGET, "58.5")
        one.get_by_text("已按“58.5”重新审核").wait_for()
        server.stop()
        put(one, SCORE, "13")
        one.get_by_text("“13”没有改上：连不上审核服务").wait_for()
        expect(cell(one, SCORE)).to_have_text("20")
        one.select_option("#profile", "湖北")
        one.get_by_text("还有一部分没有审核：连不上审核服务").wait_for()
        with one.expect_download() as download:
            one.get_by_role("button", name="下载改后的 YAML").click()
        assert "全年执行数: 58.5" in download.value.path().read_text("utf-8")


def test_words_being_composed_are_not_given_up(opened):
    choose(opened, FLAWED)
    cell(opened, "项目名称").click()
    keys = opened.context.new_cdp_session(opened)
    keys.send("Input.imeSetComposition", {"text": "pei", "selectionStart": 3, "selectionEnd": 3})
    for key in ("Enter", "Escape"):
        opened.evaluate(
            "(key) => document.activeElement.dispatchEvent("
            "new KeyboardEvent('keydown', { key, isComposing: true, bubbles: true }))",
            key,
        )
    assert "pei" in (cell(opened, "项目名称").text_content() or "")
    keys.send("Input.insertText", {"text": "培"})
    opened.keyboard.press("Enter")
    opened.get_by_text("重新审核").wait_for()
    assert "培" in (cell(opened, "项目名称").text_content() or "").replace("基层业务培训", "", 1)


def test_several_lines(opened):
    choose(opened, FLAWED)
    goal = "年度总体目标.预期目标"
    cell(opened, goal).fill("一、办班。")
    cell(opened, goal).press("Control+End")
    opened.keyboard.press("Enter")
    opened.keyboard.type("二、轮训。")
    opened.keyboard.press("Control+Enter")
    opened.get_by_text("重新审核").wait_for()
    expect(cell(opened, goal)).to_have_js_property("textContent", "一、办班。\n二、轮训。")


def test_a_weight_that_stands_among_others_is_of_one_line(opened, tmp_path):
    path = tmp_path / "表.yaml"
    path.write_text(f"{FLAWED.read_text('utf-8')}指标分组: {{没有的: 5, 也没有: 6}}\n", "utf-8")
    choose(opened, path)
    put(opened, "指标分组.没有的", "7")
    opened.get_by_text("已按“7”重新审核").wait_for()
    expect(cell(opened, "指标分组.没有的")).to_have_text("7")


def test_a_form_opened_by_the_keyboard_has_the_focus(opened):
    choose(opened, *EXAMPLES[:2])
    opened.locator("#list button").nth(1).focus()
    opened.keyboard.press("Enter")
    assert opened.evaluate("() => document.activeElement.id") == "one"
    opened.keyboard.press("Tab")
    assert opened.evaluate("() => document.activeElement.closest('#tools') !== null")


def test_what_was_left_out_is_told(opened, tmp_path):
    import openpyxl

    path = tmp_path / "自评表.xlsx"
    path.write_bytes(render(perfeval_lint.convert(FLAWED)[0], ".xlsx"))
    book = openpyxl.load_workbook(path)
    book.create_sheet("往年").sheet_state = "hidden"
    book["往年"]["A1"] = "有字"
    book.save(path)
    choose(opened, path)
    expect(opened.locator("#list")).to_contain_text("工作表“往年”是隐藏的，没有读取")


def test_a_file_the_browser_cannot_read(running, server, tmp_path):
    path = tmp_path / "自评表.yaml"
    path.write_bytes(FLAWED.read_bytes())
    with page(running, server.base, may_complain=True) as one:
        choose(one, path)
        path.write_bytes(b"x" + FLAWED.read_bytes())
        one.get_by_role("button", name="下载网页").click()
        one.get_by_text("浏览器读不到这个文件").wait_for()
        one.evaluate("() => scrollTo(0, document.body.scrollHeight)")
        expect(one.locator("#status")).to_be_in_viewport()


def test_cleared_while_files_are_judged(opened):
    opened.evaluate(LATE)
    opened.set_input_files("#files", EXAMPLES)
    opened.wait_for_function("() => gate.held.length")
    opened.evaluate("() => gate.held.shift()()")  # the first alone
    opened.get_by_text("正在审核：").wait_for()
    opened.get_by_role("button", name="清空").click()
    let_go(opened)
    opened.wait_for_function("() => gate.asked > 0 && gate.answered === gate.asked")
    opened.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    expect(opened.locator("#one")).to_be_hidden()
    expect(opened.locator("#batch")).to_be_hidden()
    expect(opened.locator("#status")).to_have_text("已清空")


def test_a_link_with_the_token_on_another_page(running):
    with served("--token", "0123456789abcdefXYZ") as server:
        context = running.new_context()
        one = context.new_page()
        link = f"<a href='{server.address}'>link</a>"
        one.route("http://portal.example/", lambda asked: asked.fulfill(body=link, content_type="text/html"))
        one.goto("http://portal.example/")
        one.get_by_text("link").click()
        one.wait_for_selector("html[data-ready]", state="attached")
        assert one.url == f"{server.base}/"
        context.close()


@pytest.mark.parametrize("kind", [".docx", ".xlsx"])
def test_the_annotated_original(opened, tmp_path, kind):
    form = perfeval_lint.convert(FLAWED)[0]
    original = tmp_path / f"自评表{kind}"
    original.write_bytes(render(form, kind))
    choose(opened, original)
    with opened.expect_download() as download:
        opened.get_by_role("button", name="下载加批注的原件").click()
    saved = tmp_path / f"saved{kind}"
    download.value.save_as(saved)
    assert download.value.suggested_filename == f"自评表-批注{kind}"
    assert "全年执行数 63.5 万元超过全年预算数 60 万元" in comments_of(saved)


def comments_of(path: Path) -> str:
    """The comments of a Word or Excel file, as its own libraries read them."""
    if path.suffix == ".docx":
        import docx

        return "\n".join(comment.text for comment in docx.Document(str(path)).comments)
    import openpyxl

    book = openpyxl.load_workbook(path)
    return "\n".join(cell.comment.text for sheet in book for row in sheet for cell in row if cell.comment)


def test_the_page_to_keep(opened, tmp_path):
    choose(opened, EXAMPLES[0])
    with opened.expect_download() as download:
        opened.get_by_role("button", name="下载网页").click()
    saved = tmp_path / "page.html"
    download.value.save_as(saved)
    assert saved.read_text("utf-8").startswith("<!DOCTYPE html>")
    with opened.expect_download() as download:
        opened.get_by_role("button", name="下载 YAML").click()
    download.value.save_as(saved)
    assert [to_plain(one) for one in perfeval_lint.convert(saved.read_bytes())] == [
        to_plain(one) for one in perfeval_lint.convert(EXAMPLES[0])
    ]


def test_another_profile(opened):
    choose(opened, FLAWED)
    before = opened.locator("#drawn").inner_text()
    opened.select_option("#profile", "101号")
    expect(opened.locator("#drawn")).to_contain_text("规则集：101号")
    assert opened.locator("#drawn").inner_text() != before


def test_a_profile_chosen_after_mending_keeps_what_was_mended(opened):
    choose(opened, FLAWED)
    value = opened.get_by_role("textbox", name="全年执行数")
    value.fill("58.5")
    value.press("Enter")
    opened.get_by_text("重新审核").wait_for()
    opened.select_option("#profile", "湖北")
    expect(opened.locator("#drawn")).to_contain_text("规则集：湖北")
    expect(opened.get_by_role("textbox", name="全年执行数")).to_have_text("58.5")
    expect(opened.get_by_role("button", name="下载改后的 YAML")).to_be_enabled()


def test_files_that_cannot_be_read_are_told_beside_the_others(opened, tmp_path):
    picture = tmp_path / "<img src=x onerror=alert(1)>.docx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    large = tmp_path / "大.docx"
    with large.open("wb") as stream:
        stream.truncate(21 * 1024 * 1024)
    choose(opened, picture, FLAWED, large)
    rows = opened.locator("#list tr").all_text_contents()
    assert "这是图片" in rows[0]
    assert rows[0].startswith("<img src=x onerror=alert(1)>.docx")
    assert "基层业务培训" in rows[1]
    assert "文件超过 20 MB" in rows[2]
    assert figures(opened)["没有审核"] == "2"


def test_too_many_files_at_once(opened, tmp_path):
    opened.evaluate(
        """() => {
            const transfer = new DataTransfer();
            for (let n = 0; n < 510; n += 1) transfer.items.add(new File(["x"], `${n}.txt`));
            document.getElementById("drop").dispatchEvent(
                new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
        }"""
    )
    opened.get_by_text("一次最多 500 个文件，其余 10 个没有审核").wait_for(timeout=300_000)
    assert figures(opened)["文件"] == "500"


def test_markup_in_a_form_stays_text(opened, tmp_path):
    nasty = tmp_path / "表.yaml"
    text = FLAWED.read_text("utf-8").replace("基层业务培训", "'<img src=x onerror=alert(1)>\"</table>'", 1)
    nasty.write_text(text, "utf-8")
    dialogs: list[str] = []
    opened.on("dialog", lambda one: dialogs.append(one.message))
    choose(opened, nasty)
    assert opened.locator("#drawn img").count() == 0
    assert '<img src=x onerror=alert(1)>"</table>' in opened.locator("#drawn").inner_text()
    assert dialogs == []


def test_everything_by_the_keyboard(opened):
    choose(opened, FLAWED)
    opened.locator("li.finding a").first.focus()
    opened.keyboard.press("Enter")
    opened.keyboard.press("Control+a")
    opened.keyboard.type("58.5")
    opened.keyboard.press("Enter")
    opened.get_by_text("已按“58.5”重新审核").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_grave_fault_of_accessibility_and_nothing_too_wide(running, server, width, scheme):
    with page(running, server.base, width=width, scheme=scheme) as one:
        assert_accessible(one)
        choose(one, *EXAMPLES, FLAWED)
        assert_accessible(one)
        assert one.evaluate("() => document.documentElement.scrollWidth") <= width


def assert_accessible(opened: Page) -> None:
    found = Axe().run(opened).response["violations"]
    grave = [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in found if one["impact"] in _GRAVE]
    assert grave == []


def test_behind_a_token(running):
    with served("--token", "0123456789abcdefXYZ") as server, page(running, server.address) as one:
        assert one.url == f"{server.base}/"  # the token does not stay in the address
        choose(one, FLAWED)
        expect(one.locator("li.finding", has_text="PE101")).to_have_count(1)


def test_a_server_that_has_gone(running):
    with served() as server, page(running, server.base, may_complain=True) as one:
        server.stop()
        one.set_input_files("#files", FLAWED)
        one.get_by_text("连不上审核服务").wait_for()

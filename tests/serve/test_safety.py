"""The server withstands strangers and hostile files, and stays up and quick for others."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from perfeval_lint.serve.guard import Access
from perfeval_lint.serve.model import Limits
from tests.serve.serving import EXAMPLES, ROOT, broken, connect, hanging_office, in_thread, post, refusal_on, served

FLAWED = ROOT / "examples/flawed.yaml"
TOKEN = "0123456789abcdefXYZ"


# --- who may ask ------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "", "a@b:c", "[::1"])
def test_a_name_that_is_not_ours(server, host):
    answer = httpx.get(server.base, headers={"Host": host})
    assert answer.status_code in (400, 421)
    if answer.status_code == 421:
        assert answer.json()["code"] == "host"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1", "[::1]:8765", "LOCALHOST"])
def test_names_that_are(server, host):
    assert httpx.get(server.base, headers={"Host": host}).status_code == 200


FOREIGN = {
    "another site": {"Origin": "https://evil.example"},
    "another port": {"Origin": "http://127.0.0.1:1"},
    "no origin of its own": {"Origin": "null"},
    "another scheme": {"Origin": "https://{host}"},
    "said by the browser": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    "a neighbour": {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_request_from_another_page(server, name):
    host = server.base.removeprefix("http://")
    headers = {key: value.format(host=host) for key, value in FOREIGN[name].items()}
    answer = httpx.post(f"{server.base}/lint?name=a.yaml", content=FLAWED.read_bytes(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "origin")
    assert "access-control-allow-origin" not in answer.headers


def test_a_request_from_our_own_page_and_a_link_to_it(server):
    own = {"Origin": server.base, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
    answer = httpx.post(f"{server.base}/lint?name=a.yaml", content=FLAWED.read_bytes(), headers=own, timeout=300)
    assert answer.status_code == 200
    visit = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert httpx.get(server.base, headers=visit).status_code == 200


def test_behind_a_proxy_that_speaks_https():
    access = Access(names=frozenset({"zping.example"}))
    with in_thread(Limits(processes=1), access) as base:

        def ask(host: str, origin: str) -> int:
            headers = {"Host": host, "Origin": origin, "Sec-Fetch-Site": "same-origin"}
            return post(base, "/lint", FLAWED, headers=headers).status_code

        assert ask("zping.example", "https://zping.example") == 200
        assert ask("zping.example", "http://zping.example") == 200
        assert ask("zping.example", "https://evil.example") == 403
        assert ask("zping.example", "https://zping.example:8443") == 403
        assert ask("127.0.0.1", "https://127.0.0.1") == 403


def test_every_answer_forbids_the_browser(server):
    for answer in (
        httpx.get(server.base),
        httpx.get(f"{server.base}/nothing"),
        httpx.get(server.base, headers={"Host": "evil.example"}),
        post(server.base, "/lint", FLAWED, format="html"),
    ):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


def test_a_token():
    with in_thread(Limits(processes=1), Access(token=TOKEN)) as base:

        def ask(**headers: str | bytes) -> int:
            return httpx.get(f"{base}/about", headers=headers, timeout=300).status_code  # type: ignore[arg-type]

        assert ask() == 401
        assert ask(Authorization="Bearer wrong") == 401
        assert ask(Authorization=f"Bearer {TOKEN}x") == 401
        assert ask(Cookie="perfeval-token=wrong") == 401
        assert ask(Authorization="Bearer \u53e3".encode()) == 401
        assert ask(Authorization=f"Bearer {TOKEN}") == 200
        assert httpx.get(f"{base}/?token=wrong").status_code == 401
        assert httpx.get(f"{base}/about?token={TOKEN}").status_code == 401  # an address is seen by others
        with httpx.Client(base_url=base, timeout=300) as browser:
            answer = browser.get(f"/?token={TOKEN}")
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            cookie = answer.headers["set-cookie"].lower()
            assert "httponly" in cookie
            assert "samesite=lax" in cookie
            assert browser.get("/about").status_code == 200


def test_two_servers_on_one_machine_keep_their_tokens():
    limits, first, second = Limits(processes=1), Access(token=TOKEN), Access(token=TOKEN[::-1])
    with (
        in_thread(limits, first) as one,
        in_thread(limits, second) as other,
        httpx.Client(timeout=300) as browser,  # which, like any other, gives cookies to every port
    ):
        browser.get(f"{one}/?token={first.token}")
        browser.get(f"{other}/?token={second.token}")
        assert [browser.get(f"{base}/about").status_code for base in (one, other)] == [200, 200]


def test_another_address_makes_a_token():
    with served("--host", "0.0.0.0") as server:
        assert "口令" in server.printed
        assert "/?token=" in server.address
        assert "0.0.0.0 换成" in server.printed
        base = server.base.replace("0.0.0.0", "127.0.0.1")
        assert httpx.get(base).status_code == 401
        token = server.address.partition("token=")[2]
        assert httpx.get(base, headers={"Authorization": f"Bearer {token}"}).status_code == 200
        assert server.stop() == 0


# --- uploads ----------------------------------------------------------------------------------------


def test_two_gigabytes_are_refused_before_they_come(server):
    with connect(server.base) as connection:
        connection.sendall(b"POST /lint?name=a.docx HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2147483648\r\n\r\n")
        assert refusal_on(connection) == (413, "too-large")


def test_chunks_without_an_end_are_refused(server):
    with connect(server.base) as connection:
        connection.sendall(b"POST /lint?name=a.docx HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(40):  # MiB
            connection.sendall(b"100000\r\n" + b"x" * 2**20 + b"\r\n")
        assert refusal_on(connection) == (413, "too-large")
    assert post(server.base, "/lint", FLAWED).status_code == 200


def test_an_upload_that_trickles_is_stopped():
    with in_thread(Limits(processes=1, arriving=0.5)) as base, connect(base) as connection:
        connection.sendall(b"POST /lint?name=a.docx HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx")
        assert refusal_on(connection) == (408, "slow-upload")


@pytest.mark.parametrize(
    ("name", "code"), [("hang.docx", "too-slow"), ("crash.docx", "crashed"), ("swell.docx", "crashed")]
)
def test_a_file_that_brings_its_process_down(name, code):
    with in_thread(Limits(processes=2, judging=15)) as base, ThreadPoolExecutor() as threads:
        assert post(base, "/lint", FLAWED).status_code == 200  # both are awake
        bad = threads.submit(post, base, "/lint", b"x", name)
        waited = []
        for example in EXAMPLES:
            assert post(base, "/lint", example).status_code == 200
            waited.append(bad.done())
        assert name != "hang.docx" or not waited[0]  # others are answered while it hangs
        answer = bad.result()
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert post(base, "/lint", FLAWED).status_code == 200


def test_a_conversion_that_hangs_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with in_thread(Limits(processes=1, judging=10), job=hanging_office) as base:
        assert post(base, "/lint", FLAWED).status_code == 200
        answer = post(base, "/lint", rb"{\rtf1 x}", "a.rtf")
        assert answer.json()["files"][0]["errors"][0]["message"].startswith("LibreOffice 转换超过 8 秒")
        assert not list(tmp_path.glob("perfeval-*"))


def test_an_error_nobody_expected_is_one_answer():
    with in_thread(Limits(processes=1), job=broken) as base:
        answer = post(base, "/lint", FLAWED, "broken.yaml")
        assert (answer.status_code, answer.json()["code"]) == (500, "failed")
        assert "ZeroDivisionError" in answer.json()["detail"]
        assert post(base, "/lint", FLAWED).status_code == 200


def test_ten_thousand_at_once_wait_their_turn_or_are_sent_away():
    limits = Limits(processes=1, judging=2, waiting=5)
    with in_thread(limits) as base, ThreadPoolExecutor(30) as threads:
        answers = list(threads.map(lambda number: post(base, "/lint", b"x", f"hang{number}.docx"), range(30)))
        codes = {answer.json()["code"] for answer in answers}
        assert codes == {"busy", "too-slow"}
        sent_away = next(answer for answer in answers if answer.status_code == 503)
        assert sent_away.headers["retry-after"]
        assert post(base, "/lint", FLAWED).status_code == 200


def test_uploads_in_hand_are_bounded():
    limits = Limits(processes=1, judging=2, upload=1000, in_hand=1500)
    with in_thread(limits) as base, ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda number: post(base, "/lint", b"x" * 1000, f"hang{number}.docx"), range(4)))
        assert sorted(answer.status_code for answer in answers)[-1] == 503


def test_markup_in_a_form_is_text(server):
    text = FLAWED.read_text("utf-8").replace("基层业务培训", "<img src=x onerror=alert(1)>\"'</script>", 1)
    drawn = post(server.base, "/draw", text.encode(), "<b>表.yaml").json()
    html = drawn["forms"][0]["html"]
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


# --- starting ---------------------------------------------------------------------------------------


def test_a_port_that_is_taken(server):
    port = server.base.rpartition(":")[2]
    with pytest.raises(AssertionError) as refused, served("--port", port):
        pass
    assert "端口上开服务" in str(refused.value)


@pytest.mark.parametrize("token", ["short", "with a space in it 1234", "口令口令口令口令口令口令口令口令"])
def test_a_poor_token(token):
    with pytest.raises(AssertionError) as refused, served("--token", token):
        pass
    assert "--token" in str(refused.value)


@pytest.mark.parametrize("name", ["https://zping.example/", "zping.example:8443", "a b", "x..y"])
def test_a_name_that_nobody_can_ask_for(name):
    with pytest.raises(AssertionError) as refused, served("--name", name):
        pass
    assert "主机名" in str(refused.value)


def test_a_name_in_chinese():
    with served("--name", "自评.Example.") as server:
        assert httpx.get(server.base, headers={"Host": "xn--ub1at5r.example"}).status_code == 200
        assert server.stop() == 0


def test_faulty_settings_are_told_before_it_opens(tmp_path):
    (tmp_path / "perfeval.yaml").write_text("profil: 通用\n", "utf-8")
    with pytest.raises(AssertionError) as refused, served(folder=tmp_path):
        pass
    assert "profil" in str(refused.value)
    assert "Traceback" not in str(refused.value)


def test_settings_of_the_folder_hold(tmp_path):
    (tmp_path / "perfeval.yaml").write_text("rules: {PE101: off}\n", "utf-8")
    with served(folder=tmp_path) as server:
        found = post(server.base, "/lint", FLAWED).json()["files"][0]["forms"][0]["findings"]
        assert found
        assert "PE101" not in {one["rule"] for one in found}
        assert server.stop() == 0


# --- ending -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_all_its_processes(by):
    with served("--jobs", "2") as server:
        assert post(server.base, "/lint", FLAWED).status_code == 200
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text("ascii").split()
        assert len(children) >= 2
        assert server.stop(by) == 0
        assert (server.out.strip(), server.errors) == ("已停止。", "")
        while any(is_alive(child) for child in children):
            time.sleep(0.01)


def is_alive(process: str) -> bool:
    """Returns whether a process runs: it exists and is no zombie."""
    try:
        return Path("/proc", process, "stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False

"""The web page and the HTTP interface: the table of all addresses."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from urllib.parse import quote

import yaml
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from perfeval_lint.report.html.form import form_style
from perfeval_lint.serve.guard import SECURITY_HEADERS, Access, Guard, as_response
from perfeval_lint.serve.model import JSON, PAGE, Answer, Upload, problem
from perfeval_lint.serve.workers import BUSY, Workers

_PAGES = {
    "/": ("index.html", PAGE),
    "/app.js": ("app.js", "text/javascript; charset=utf-8"),
    "/app.css": ("app.css", "text/css; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}
_LONGEST_NAME = 255
_MOST_ROWS = 1000  # that one merged level cell covers
_NOT_IN_NAMES = re.compile(r"[/\\\x00-\x1f\x7f-\x9f\ud800-\udfff]")

Endpoint = Callable[[Request], Awaitable[Response]]
Read = Callable[[Upload, QueryParams], Upload | Answer]


def application(workers: Workers, access: Access, about: Answer) -> Starlette:
    """Returns the server as an ASGI application that judges with `workers`; `about` is the answer at /about."""
    routes = [Route(path, _page(name, kind)) for path, (name, kind) in _PAGES.items()]
    routes += [
        Route("/form.css", _fixed(form_style().encode(), "text/css; charset=utf-8")),
        Route("/openapi.json", _fixed(json.dumps(openapi(), ensure_ascii=False).encode(), JSON)),
        Route("/about", _fixed(about.body, about.kind)),
    ]
    routes += [Route(path, _posted(workers, *task), methods=["POST"]) for path, task in _TASKS.items()]
    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, access=access)],
        exception_handlers={404: _missing, 405: _missing, 500: _failed},
    )


@cache
def openapi() -> dict[str, object]:
    """Returns the description of the HTTP interface, an OpenAPI document."""
    content: dict[str, object] = yaml.load(_file("openapi.yaml"), yaml.CSafeLoader)
    return content


def _file(name: str) -> bytes:
    return files("perfeval_lint.serve").joinpath("static", name).read_bytes()


def _page(name: str, kind: str) -> Endpoint:
    return _fixed(_file(name), kind)


def _fixed(body: bytes, kind: str) -> Endpoint:
    async def endpoint(_: Request) -> Response:
        return Response(body, media_type=kind)

    return endpoint


def _posted(workers: Workers, task: str, read: Read) -> Endpoint:
    """Returns an endpoint that takes a file as the body of a POST, its name and the profile as parameters."""

    async def endpoint(request: Request) -> Response:
        size = _announced(request, workers.limits.upload)
        if isinstance(size, Answer):
            return _closing(size)
        with workers.reserved(size) as has_room:
            if not has_room:
                return _closing(BUSY)
            data = await _body(request, workers)
            if isinstance(data, Answer):
                return _closing(data)
            upload = _upload(request, data, read)
            answer = upload if isinstance(upload, Answer) else await workers.answer(task, upload)
            return _sent(answer)

    return endpoint


def _announced(request: Request, limit: int) -> int | Answer:
    """Returns the length a request announces, or `limit` if it announces none; an answer where it is above `limit`."""
    text = request.headers.get("content-length")
    if text is None:
        return limit
    size = int(text) if text.isdecimal() and len(text) < 19 else limit + 1
    return size if size <= limit else _too_large(limit)


async def _body(request: Request, workers: Workers) -> bytes | Answer:
    """Returns the body of a request; an answer where it is too large, too slow or cut off."""
    limits = workers.limits
    data = bytearray()
    try:
        async with asyncio.timeout(limits.arriving):
            async for chunk in request.stream():
                data += chunk
                if len(data) > limits.upload:
                    return _too_large(limits.upload)
    except TimeoutError:
        return problem(408, "slow-upload", f"上传超过 {limits.arriving:g} 秒还没有传完，已停止；请重试")
    except ClientDisconnect:
        return problem(400, "cut-off", "上传中断")
    return bytes(data)


def _upload(request: Request, data: bytes, read: Read) -> Upload | Answer:
    """Returns the upload of a request; an answer where its parameters are not valid."""
    name = request.query_params.get("name", "")
    if not name or len(name) > _LONGEST_NAME or _NOT_IN_NAMES.search(name):
        message = "请用参数 name 写明文件名，如 name=自评表.docx；文件名里不能有 / \\ 和控制字符，最长 255 个字"
        return problem(400, "name", message)
    return read(Upload(name, data, request.query_params.get("profile", "")), request.query_params)


def _as_it_is(upload: Upload, _: QueryParams) -> Upload:
    return upload


def _in_format(upload: Upload, given: QueryParams) -> Upload | Answer:
    """Adds the format of the report to an upload."""
    value = given.get("format") or "json"
    if value not in ("json", "html"):
        return problem(400, "format", f"没有这种格式：“{value[:50]}”；可用 json、html")
    return replace(upload, more=value)


def _mending(upload: Upload, _: QueryParams) -> Upload | Answer:
    """Splits an upload in JSON into a form as YAML and the one value to change in it."""
    try:
        content = json.loads(upload.data)
        form = content["yaml"].encode()
        change = {"path": content["path"], "value": content["value"], "rows": content.get("rows", 1)}
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError):
        change = {}
    rows = change.get("rows")
    has_rows = type(rows) is int and 1 <= rows < _MOST_ROWS
    if not all(isinstance(change.get(key), str) for key in ("path", "value")) or not has_rows:
        message = '请求的内容要是 JSON：{"yaml": 表, "path": 位置, "value": 改成什么}'
        return problem(400, "body", message)
    return replace(upload, name=f"{upload.name}.yaml", data=form, more=json.dumps(change))


# The addresses of POST requests: the task of each, and the function that adds its parameters to the upload.
_TASKS: dict[str, tuple[str, Read]] = {
    "/lint": ("lint", _in_format),
    "/convert": ("convert", _as_it_is),
    "/annotate": ("annotate", _as_it_is),
    "/draw": ("draw", _as_it_is),
    "/mend": ("mend", _mending),
}


def _too_large(limit: int) -> Answer:
    return problem(413, "too-large", f"文件超过 {limit / 1024 / 1024:g} MB，不像自评表；请只留下自评表再试")


def _sent(answer: Answer) -> Response:
    response = as_response(answer)
    if answer.name:
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(answer.name, safe='')}"
    return response


def _closing(answer: Answer) -> Response:
    """Returns a response that closes the connection: it is sent before the whole request has come."""
    response = as_response(answer)
    response.headers["Connection"] = "close"
    return response


async def _missing(request: Request, error: Exception) -> Response:
    path, method = request.url.path[:100], request.method
    if isinstance(error, HTTPException) and error.status_code == 405:
        return as_response(problem(405, "method", f"{path} 不能用 {method} 请求；见 /openapi.json"))
    return as_response(problem(404, "address", f"没有这个地址：{path}；见 /openapi.json"))


async def _failed(_: Request, __: Exception) -> Response:
    response = as_response(problem(500, "failed", "审核程序出错，这个文件没有审核；请把文件和版本告诉维护者"))
    response.headers.update(SECURITY_HEADERS)  # this response does not pass through the guard
    return response

"""One client's connection: bounds the header of a request in bytes and seconds, and answers what it refuses.

Where there are too many connections, one that waits for its client is closed first.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import quote_from_bytes

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from perfeval_lint.serve.guard import SECURITY_HEADERS, as_response
from perfeval_lint.serve.model import Answer, Limits, problem

_ANSWERING = (h11.SEND_RESPONSE, h11.SEND_BODY)
_UNREAD = (h11.SEND_BODY, h11.ERROR)  # of a client whose request has not been read to its end
_ASCII = bytes(range(128))

CROWDED = problem(503, "busy", "现在的连接太多，这个请求还没有传完，已停止；请稍等再试")
MALFORMED = problem(400, "malformed", "收到的不是合格的 HTTP 请求；请核对地址（以 http:// 开头）和发送请求的程序")


def connections(limits: Limits) -> type[Connection]:
    """Returns a class of connections for uvicorn's `http`; the connections of one server share its limits."""

    class Bounded(Connection):
        bounds = limits
        waiting = Waiting(limits.connections)

    return Bounded


class Waiting:
    """The connections that wait for their client, the oldest first; beyond `most` the oldest is closed."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._those: dict[Connection, None] = {}

    def add(self, one: Connection) -> None:
        """Adds a connection that is not there yet."""
        self._those.setdefault(one)
        while len(self._those) > self._most:
            oldest = next(iter(self._those))
            self.discard(oldest)
            oldest.give_way()

    def discard(self, one: Connection) -> None:
        """Takes a connection out, if it is there."""
        self._those.pop(one, None)


class Timer:
    """Calls `then` once, `seconds` after start(); starting it again while it runs changes nothing."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, then: Callable[[], None]) -> None:
        self._loop, self._seconds, self._then = loop, seconds, then
        self._handle: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Starts the timer, unless it runs already."""
        if self._handle is None:
            self._handle = self._loop.call_later(self._seconds, self._then)

    def stop(self) -> None:
        """Stops the timer."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None


class Lingering(asyncio.Transport):
    """A transport that closes only its own half while the client still sends, and drops what comes for some seconds.

    Closed at once, the system would reset the connection, and the client might never see the answer.
    """

    def __init__(self, whole: asyncio.Transport, request: h11.Connection, end: Timer) -> None:
        super().__init__()
        self._whole = whole
        self._request = request
        self._end = end
        self.is_half_closed = False

    def close(self) -> None:
        """Closes the connection: its own half first where the request has not been read to its end."""
        if self._request.their_state in _UNREAD:
            self.close_half()
        else:
            self._whole.close()

    def close_half(self) -> None:
        """Closes the sending half, and lets the client finish."""
        if self.is_closing():
            return
        self.is_half_closed = True
        self._end.start()
        self._whole.resume_reading()
        with contextlib.suppress(OSError):  # the client is gone already
            self._whole.write_eof()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Sends bytes, unless its half is closed."""
        if not self.is_half_closed:
            self._whole.write(data)

    def is_closing(self) -> bool:
        """Returns whether nothing more is sent."""
        return self.is_half_closed or self._whole.is_closing()

    def abort(self) -> None:
        """Ends the connection at once."""
        self._whole.abort()

    def pause_reading(self) -> None:
        """Leaves incoming bytes in the system's buffer."""
        self._whole.pause_reading()

    def resume_reading(self) -> None:
        """Reads on."""
        self._whole.resume_reading()

    def get_extra_info(self, name: str, default: object = None) -> object:
        """Returns the socket or an address of it, by asyncio's names."""
        return self._whole.get_extra_info(name, default)


class Connection(H11Protocol):
    """uvicorn's connection within `bounds`; it is among those `waiting` while none of its requests is in hand."""

    bounds: Limits
    waiting: Waiting

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begins to wait for the first header."""
        self._header = Timer(self.loop, self.bounds.heading, self._header_is_late)
        self._taking = Timer(self.loop, self.bounds.arriving, transport.abort)
        self._end = Timer(self.loop, self.bounds.lingering, transport.abort)
        self._line = Lingering(transport, self.conn, self._end)
        transport.set_write_buffer_limits(0)  # an answer counts as taken when all of it is
        super().connection_made(self._line)
        self._header.start()
        self._count()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops the timers, and is no longer among those waiting."""
        for timer in (self._header, self._taking, self._end):
            timer.stop()
        self.waiting.discard(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Takes bytes of a request, of a header no more than its limit. A slow header does not get more time."""
        while data and not self._line.is_closing():
            piece, data = self._next_piece(data)
            super().data_received(piece)
            if self.conn.our_state in _ANSWERING:
                self._header.stop()
            else:
                self._header.start()
            self._count()

    def on_response_complete(self) -> None:
        """Waits for the next request, unless it has come already."""
        super().on_response_complete()
        self._count()

    def pause_writing(self) -> None:
        """Gives the client its time to take an answer."""
        super().pause_writing()
        self._taking.start()
        self._count()

    def resume_writing(self) -> None:
        """Stops the clock: the client has taken the answer."""
        super().resume_writing()
        self._taking.stop()
        self._count()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  (uvicorn's own words, in English)
        """Refuses what h11 cannot read."""
        most = self.bounds.header
        too_large = f"请求头超过 {most // 1024} KB；请缩短网址，或清除浏览器里本站的 cookie，再试"
        is_too_large = len(self.conn.trailing_data[0]) > most
        self._refuse(problem(431, "long-header", too_large) if is_too_large else MALFORMED)

    def shutdown(self) -> None:
        """Ends with the server: at once where only the client may still send."""
        if self._line.is_half_closed:
            self._line.abort()
        else:
            super().shutdown()

    def give_way(self) -> None:
        """Closes at once to make room; answers a client that has begun a request."""
        if self._has_begun():
            self._refuse(CROWDED)
        self._line.abort()

    def _next_piece(self, data: bytes) -> tuple[bytes, bytes]:
        """Splits incoming bytes into what h11 gets now, at most one byte beyond the limit of a header, and the rest.

        People type Chinese names into addresses. In a request's first line, where only ASCII is allowed, such bytes
        are escaped as browsers do, %E8…; nothing that marks where a request ends is changed.
        """
        if self.conn.their_state is not h11.IDLE:
            return data, b""
        begun = self.conn.trailing_data[0]
        room = self.bounds.header + 1 - len(begun)
        piece, rest = data[:room], data[room:]
        if b"\n" not in begun:
            line, end, more = piece.partition(b"\n")
            piece = quote_from_bytes(line, _ASCII).encode("ascii") + end + more
        return piece, rest

    def _count(self) -> None:
        """Adds the connection to those that wait for their client, or takes it out."""
        if self.conn.our_state in _ANSWERING and not self.flow.write_paused:
            self.waiting.discard(self)
        else:
            self.waiting.add(self)

    def _has_begun(self) -> bool:
        """Returns whether a part of a header has come."""
        return self.conn.our_state is h11.IDLE and bool(self.conn.trailing_data[0])

    def _header_is_late(self) -> None:
        if self._has_begun():
            seconds = f"{self.bounds.heading:g}"
            self._refuse(problem(408, "slow-header", f"请求头超过 {seconds} 秒还没有传完，已停止；请重试"))
        else:
            self._line.close()

    def _refuse(self, answer: Answer) -> None:
        """Answers a request that is not complete, unless it has an answer already, and reads no more of it."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._line.write(self._written(answer))
        self._line.close_half()
        if self.cycle is not None:  # wakes the task that waits for the rest of the request
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def _written(self, answer: Answer) -> bytes:
        """Returns an answer as the bytes of an HTTP response."""
        response = as_response(answer)
        response.headers.update({**SECURITY_HEADERS, "Connection": "close"})
        reason = HTTPStatus(answer.status).phrase.encode()
        head = h11.Response(status_code=answer.status, headers=response.raw_headers, reason=reason)
        return b"".join(self.conn.send(event) or b"" for event in (head, h11.Data(answer.body), h11.EndOfMessage()))

"""The command serve: a server from the options."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass

import click

from perfeval_lint.errors import UsageError
from perfeval_lint.serve.model import Limits
from perfeval_lint.serve.run import Place, is_local, serve

_MEBIBYTE = 1024 * 1024
_SHORTEST_TOKEN = 16
_EVERY = ("0.0.0.0", "::")  # noqa: S104  (every address of the machine, not one to open)


@dataclass(frozen=True, kw_only=True)
class ServeOptions:
    """The options of serve."""

    host: str
    port: int
    names: tuple[str, ...]
    token: str
    jobs: int | None
    time_limit: float
    max_size: int

    def place(self) -> Place:
        """Returns where to listen; raises UsageError for a token that is too short or cannot be sent."""
        token = self.token
        if token and (len(token) < _SHORTEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token):
            raise UsageError(f"--token 太短或有特殊字符；请用至少 {_SHORTEST_TOKEN} 个字母和数字，或不写（自动生成）")
        return Place(self.host, self.port, self.names, token)

    def limits(self) -> Limits:
        """Returns the limits of an upload and of the server."""
        return Limits(
            upload=self.max_size * _MEBIBYTE,
            judging=self.time_limit,
            # One more than there are cores: a file that keeps its process busy does not stop the others.
            processes=self.jobs or (os.cpu_count() or 1) + 1,
            in_hand=max(256, 4 * self.max_size) * _MEBIBYTE,
        )


def run_serve(options: ServeOptions) -> None:
    """Serves the web page until Ctrl-C."""
    place = options.place()

    def announce(address: str) -> None:
        click.echo(f"请在浏览器里打开 {address}")
        if place.host in _EVERY:
            click.echo(f"在别的机器上打开时，把 {place.host} 换成这台机器的名字或地址。")
        if not is_local(place.host):
            click.echo("地址里有口令，只告诉要用的人；传输没有加密，请只在内网用，或放在 HTTPS 代理后面。")
        click.echo("文件只在这台机器上审核，不保存。按 Ctrl-C 停止。")

    with contextlib.suppress(KeyboardInterrupt):
        serve(place, options.limits(), announce)
    click.echo("已停止。")

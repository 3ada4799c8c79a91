"""python -m perfeval_lint"""

from __future__ import annotations

from perfeval_lint.cli.main import run

if __name__ == "__main__":
    run()

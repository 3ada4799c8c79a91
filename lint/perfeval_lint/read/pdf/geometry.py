"""Places on a page of a PDF: from the page's own space to the page as displayed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

Box = tuple[float, float, float, float]  # left, top, right, bottom in points from the page's top left
Matrix = tuple[float, float, float, float, float, float]
UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class TooMuch(Exception):
    """The page holds more than any form does."""


_MOST_LOOKS = 20_000_000  # how often things on one page are held against each other


def bound(looks: int) -> None:
    """Raises TooMuch where a page takes longer than any form does."""
    if looks > _MOST_LOOKS:
        raise TooMuch


class Frame(NamedTuple):
    """The part of a page that is displayed (left, bottom, right, top in its own space), and its quarter turns."""

    bounds: tuple[float, float, float, float]
    rotation: int

    def shown(self, x: float, y: float) -> tuple[float, float]:
        """A point of the page's own space, as displayed: from the top left, turned."""
        left, bottom, right, top = self.bounds
        if self.rotation == 0:
            return x - left, top - y
        return ((y - bottom, x - left), (right - x, y - bottom), (top - y, right - x))[self.rotation - 1]

    def own(self, x: float, y: float) -> tuple[float, float]:
        """A point as displayed, in the page's own space."""
        left, bottom, right, top = self.bounds
        return ((left + x, top - y), (left + y, bottom + x), (right - x, bottom + y), (right - y, top - x))[
            self.rotation
        ]

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A box of the page's own space, as displayed."""
        (x1, y1), (x2, y2) = self.shown(left, bottom), self.shown(right, top)
        return (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as displayed."""
        left, bottom, right, top = self.bounds
        return (top - bottom, right - left) if self.rotation % 2 else (right - left, top - bottom)


def box_of(points: Sequence[tuple[float, float]]) -> Box:
    """The smallest box that holds all points."""
    xs, ys = zip(*points, strict=True)
    return (min(xs), min(ys), max(xs), max(ys))


def turned_back(box: Box, turn: int) -> Box:
    """A box along the direction of reading, as it is on the page."""
    left, top, right, bottom = box
    if turn == 1:
        return (top, -right, bottom, -left)
    if turn == 2:
        return (-right, -bottom, -left, -top)
    return (-bottom, left, -top, right) if turn == 3 else box


def is_inside(inner: Box, outer: Box) -> bool:
    """Returns whether the middle of a box lies in another."""
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def unturned(box: Box, turn: int, size: tuple[float, float]) -> Box:
    """A box of a page read turned by `turn` quarters, on the page as displayed, which has that width and height."""
    left, top, right, bottom = box
    width, height = size
    if turn == 1:
        return (top, height - right, bottom, height - left)
    if turn == 2:
        return (width - right, height - bottom, width - left, height - top)
    return (width - bottom, left, width - top, right) if turn == 3 else box


def turned(x: float, y: float, turn: int) -> tuple[float, float]:
    """A point of the page along and across the direction of text turned by `turn` quarters anticlockwise."""
    return (x, y) if turn == 0 else ((-y, x), (-x, -y), (y, -x))[turn - 1]


def times(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that does `first`, then `then`."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def moved(x: float, y: float, matrix: Matrix) -> tuple[float, float]:
    """A point moved by a matrix."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f

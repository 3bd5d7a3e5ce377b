"""Pictures of an evaluation: the confusion matrix (SVG and PNG) and the calibration (SVG), drawn by hand."""

import struct
import zlib
from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.understanding.evaluate import Case, bins

_CELL, _MARGIN = 12, 150
_SIDE, _PAD = 400, 50
_HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" font-family="sans-serif" font-size="9">'
_RIGHT, _WRONG = (28, 100, 62), (178, 34, 34)


def draw(cases: Sequence[Case], folder: Path) -> list[Path]:
    """Write the pictures of `cases` (in-scope ones) into `folder` and return where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    names, shares = _matrix(cases)
    matrix, grid, reliability = (
        folder / name for name in ("confusion-matrix.svg", "confusion-matrix.png", "calibration.svg")
    )
    matrix.write_text(_matrix_svg(names, shares), encoding="utf-8")
    grid.write_bytes(_matrix_png(shares))
    reliability.write_text(_calibration_svg(cases), encoding="utf-8")
    return [matrix, grid, reliability]


def _matrix(cases: Sequence[Case]) -> tuple[list[str], NDArray[np.float64]]:
    """Return the intents, and of each (row) the share that was read as each (column)."""
    names = sorted({case.example.intent for case in cases} | {case.reading.intent for case in cases})
    number = {name: at for at, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)))
    pairs = Counter((case.example.intent, case.reading.intent) for case in cases)
    for (wanted, read), count in pairs.items():
        counts[number[wanted], number[read]] = count
    return names, counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def _colour(share: float, right: bool) -> tuple[int, int, int]:
    strength = share if right else min(1.0, share * 6)  # a confusion of one in six is as dark as can be
    red, green, blue = (round(255 - strength * (255 - full)) for full in (_RIGHT if right else _WRONG))
    return red, green, blue


def _matrix_svg(names: Sequence[str], shares: NDArray[np.float64]) -> str:
    size = _MARGIN + _CELL * len(names) + 10
    parts = [_HEAD.format(size), f'<rect width="{size}" height="{size}" fill="#fff"/>']
    for at, name in enumerate(names):
        middle = _MARGIN + _CELL * at + _CELL - 3
        label = escape(name or "(nothing)")
        parts.append(f'<text x="{_MARGIN - 4}" y="{middle}" text-anchor="end">{label}</text>')
        parts.append(f'<text transform="translate({middle},{_MARGIN - 4}) rotate(-90)">{label}</text>')
    for row, column in zip(*np.nonzero(shares), strict=True):
        share, right = float(shares[row, column]), row == column
        x, y = _MARGIN + _CELL * column, _MARGIN + _CELL * row
        colour = "rgb({},{},{})".format(*_colour(share, right))
        title = f"{escape(names[row])} read as {escape(names[column] or '(nothing)')}: {share:.1%}"
        parts.append(
            f'<rect x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" fill="{colour}"><title>{title}</title></rect>'
        )
    side = _CELL * len(names)
    parts.append(f'<rect x="{_MARGIN}" y="{_MARGIN}" width="{side}" height="{side}" fill="none" stroke="#888"/>')
    return "\n".join([*parts, "</svg>\n"])


def _matrix_png(shares: NDArray[np.float64]) -> bytes:
    """Return the matrix without its words; those are in the SVG."""
    count = len(shares)
    pixels = np.full((count, count, 3), 255, np.uint8)
    for row, column in zip(*np.nonzero(shares), strict=True):
        pixels[row, column] = _colour(float(shares[row, column]), row == column)
    large = pixels.repeat(_CELL, axis=0).repeat(_CELL, axis=1)
    lines = b"".join(b"\x00" + line.tobytes() for line in large)  # 0: no filter (PNG, section 9.2)
    head = struct.pack(">IIBBBBB", large.shape[1], large.shape[0], 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, body) for name, body in ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _calibration_svg(cases: Sequence[Case]) -> str:
    size = _SIDE + 2 * _PAD
    end = _PAD + _SIDE
    parts = [
        _HEAD.format(size),
        f'<rect width="{size}" height="{size}" fill="#fff"/>',
        f'<rect x="{_PAD}" y="{_PAD}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#888"/>',
        f'<line x1="{_PAD}" y1="{end}" x2="{end}" y2="{_PAD}" stroke="#888" stroke-dasharray="4"/>',
        f'<text x="{size / 2}" y="{size - 12}" text-anchor="middle">confidence</text>',
        f'<text transform="translate(14,{size / 2}) rotate(-90)" text-anchor="middle">share that was right</text>',
    ]
    for tenth in range(0, 11, 2):
        at = _SIDE * tenth / 10
        parts.append(f'<text x="{_PAD + at}" y="{end + 14}" text-anchor="middle">{tenth / 10}</text>')
        parts.append(f'<text x="{_PAD - 6}" y="{end - at + 3}" text-anchor="end">{tenth / 10}</text>')
    points = [(_PAD + _SIDE * one.sure, end - _SIDE * one.right, one) for one in bins(cases)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#1c643e" stroke-width="2"/>')
    for x, y, one in points:
        title = f"{one.count} readings, sure {one.sure:.2f}, right {one.right:.2f}"
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#1c643e"><title>{title}</title></circle>')
    return "\n".join([*parts, "</svg>\n"])

"""Cover art: a square drawn by the program, with the title on it.

Design choices
- The picture is a function of title and seed text, so the same show keeps its cover and two shows differ: a
  gradient of two neighbouring hues, waves as of a sound, and the title large enough to read at 60 pixels.
- 1400 pixels, the least that directories take, as a JPEG of about 100 KB, so that it can go into the MP3.
- Letters that the built-in font lacks are written in Latin ones, never as boxes.

podcasters.apple.com: artwork requirements (1400 to 3000 pixels square, JPEG or PNG, RGB).
"""

from __future__ import annotations

import colorsys
import hashlib
import io
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageDraw

__all__ = ["SIZE", "cover"]

SIZE = 1400
_MARGIN = 110


def cover(title: str, subtitle: str = "", *, seed: str = "", size: int = SIZE) -> bytes:
    """A JPEG of `size` pixels square. seed: what the colours are drawn from, the title by default."""
    from PIL import Image, ImageDraw

    digest = hashlib.sha256((seed or title).encode()).digest()
    hue = digest[0] / 256
    top, bottom = _rgb(hue, 0.62, 0.42), _rgb(hue + 0.09, 0.72, 0.16)
    ramp = Image.linear_gradient("L").resize((SIZE, SIZE))
    image = Image.composite(Image.new("RGB", (SIZE, SIZE), bottom), Image.new("RGB", (SIZE, SIZE), top), ramp)
    waves = Image.new("RGBA", (SIZE, SIZE), (0, 0, 0, 0))
    _draw_waves(ImageDraw.Draw(waves), digest, _rgb(hue + 0.04, 0.45, 0.95))
    image.paste(waves, mask=waves)
    draw = ImageDraw.Draw(image)
    _write(draw, _drawable(title), 150, 3, _MARGIN, (255, 255, 255))
    if subtitle:
        _write(draw, _drawable(subtitle), 62, 2, SIZE - _MARGIN - 150, _rgb(hue, 0.15, 0.95))
    if size != SIZE:
        image = image.resize((size, size), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=86, optimize=True)
    return out.getvalue()


def _rgb(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return round(255 * red), round(255 * green), round(255 * blue)


def _draw_waves(draw: ImageDraw.ImageDraw, digest: bytes, colour: tuple[int, int, int]) -> None:
    """Bars whose heights swell and fall, as a sound does on a screen."""
    bars = 35
    width = (SIZE - 2 * _MARGIN) / bars
    middle = 0.66 * SIZE
    for i in range(bars):
        swell = 0.35 + 0.65 * math.sin(math.pi * (i + 0.5) / bars) ** 2
        height = swell * (0.15 + 0.85 * digest[1 + i % 31] / 255) * 0.17 * SIZE
        left = _MARGIN + i * width
        box = (left + 0.2 * width, middle - height, left + 0.8 * width, middle + height)
        draw.rounded_rectangle(box, radius=0.3 * width, fill=(*colour, 70 + digest[31 - i % 31] // 3))


def _drawable(text: str) -> str:
    """Text in letters that the built-in font has: Latin 1 and a few signs."""
    from anyascii import anyascii

    plain = "".join(c if ord(c) < 0x17F or c in "–—‘’“”…" else anyascii(c) for c in text)
    return " ".join("".join(c if c.isprintable() else " " for c in plain).split())


def _write(
    draw: ImageDraw.ImageDraw, text: str, size: int, most: int, top: int, colour: tuple[int, int, int]
) -> None:
    """`text` in at most `most` lines, smaller the longer it is, cut off with an ellipsis at last."""
    from PIL import ImageFont

    room = SIZE - 2 * _MARGIN
    while True:
        font = ImageFont.load_default(size)
        lines: list[str] = []
        for word in text.split():
            joined = f"{lines[-1]} {word}" if lines else word
            if lines and draw.textlength(joined, font) <= room:
                lines[-1] = joined
            else:
                lines.append(word)
        fits = len(lines) <= most and all(draw.textlength(line, font) <= room for line in lines)
        if fits or size <= 48:
            break
        size = round(size * 0.88)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1] + " …"]
    for i, line in enumerate(lines):
        draw.text((_MARGIN, top + i * size * 1.16), line, font=font, fill=colour)

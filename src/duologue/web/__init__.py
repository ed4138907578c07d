"""The web room: the pages that people use, and what they are drawn with."""

from __future__ import annotations

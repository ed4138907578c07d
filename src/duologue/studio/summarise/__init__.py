"""Summaries without a model: the sentences that matter, in the order of the text, standing by themselves."""

from __future__ import annotations

from duologue.studio.summarise.reading import Reading, read

__all__ = ["Reading", "read"]

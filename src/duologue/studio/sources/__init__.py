"""Where the studio's material comes from: feeds, pages, documents, folders, standard input."""

from __future__ import annotations

from duologue.studio.sources.article import Article, Problem

__all__ = ["Article", "Problem"]

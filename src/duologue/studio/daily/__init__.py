"""The daily briefing: from articles to an episode, with or without a text model."""

from __future__ import annotations

from duologue.studio.daily.briefing import Briefing, Edition, brief
from duologue.studio.daily.listener import Listener

__all__ = ["Briefing", "Edition", "Listener", "brief"]

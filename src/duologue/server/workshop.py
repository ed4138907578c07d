"""The workshop: an order becomes the work of a job, with the gateway's models behind the studio's protocols.

Design choices
- Nothing is made here: `make_daily`, `make_podcast`, `make_expression` and `render_episode` of the studio are
  called, each with a watch.
- What is spoken and written goes through the gateway, so policy, quotas and the ledger hold for episodes too.
- `files=False`: nobody names a file of this machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duologue.gateway.errors import GatewayError
from duologue.server.job import Job, Outcome, Work
from duologue.server.jobs import Jobs
from duologue.server.orders import DailyOrder, ExpressionOrder, PodcastOrder, RenderOrder
from duologue.server.shelf import Shelf
from duologue.server.uploads import Uploads
from duologue.studio.errors import StudioError
from duologue.studio.podcast.formats import find_format
from duologue.studio.sources.gather import uploaded

if TYPE_CHECKING:
    from duologue.gateway.caller import Caller
    from duologue.gateway.gateway import Gateway
    from duologue.studio.episode import Source
    from duologue.studio.produce import Produced
    from duologue.studio.protocols import Write
    from duologue.studio.sources.fetch import Fetcher
    from duologue.studio.watch import Watch

__all__ = ["Workshop", "owner_of"]

Orders = DailyOrder | PodcastOrder | ExpressionOrder | RenderOrder
_FORMS: Mapping[str, Any] = {
    "daily": DailyOrder, "podcast": PodcastOrder, "expression": ExpressionOrder, "render": RenderOrder,
}  # fmt: skip


def owner_of(caller: Caller) -> str:
    """Whose episodes and jobs a caller sees: those of the key, or of this machine's user."""
    return caller.key_id or "local"


class Workshop:
    """The studio of a server: its shelf, its jobs, the files that were sent; all below the folder `home`."""

    def __init__(self, home: str | Path, gateway: Gateway, *, private: bool = False) -> None:
        """private: whether feeds may lie at private addresses, for a server in one's own network."""
        home = self._home = Path(home)
        self.shelf = Shelf(home / "episodes")
        self.uploads = Uploads(home / "uploads")
        self.jobs = Jobs(home / "jobs")
        self._gateway, self._private = gateway, private

    def order(self, caller: Caller, order: Orders) -> Job:
        """Take an order; returns its job. Raises GatewayError or StudioError for what can't be made."""
        owner = owner_of(caller)
        self._check(owner, order)
        title = self.shelf.draft(owner, order.episode).title if order.kind == "render" else order.heading()
        return self.jobs.submit(
            owner, order.kind, title, order.model_dump(mode="json"), self._work(caller, order)
        )

    def again(self, caller: Caller, job_id: str) -> Job:
        """Start an ended job once more, from its order."""
        owner = owner_of(caller)
        job = self.jobs.get(owner, job_id)
        order = _FORMS[job.kind].model_validate(job.request)
        self._check(owner, order)
        return self.jobs.again(owner, job_id, self._work(caller, order))

    def close(self) -> None:
        """Stop the jobs; they can be started again."""
        self.jobs.close()

    def _check(self, owner: str, order: Orders) -> None:
        """Refuse at once what could only fail later."""
        if isinstance(order, RenderOrder):
            self.shelf.folder(owner, order.episode)
            return
        if isinstance(order, ExpressionOrder):
            if not any(c.isalnum() for c in order.text):
                raise GatewayError("there is no word in this text", param="text")
            return
        self.uploads.check(owner, order.uploads)
        if isinstance(order, PodcastOrder):
            find_format(order.format, len(order.speakers) or order.speaker_count)
            if not (order.uploads or order.addresses or order.text.strip()):
                raise GatewayError("there is nothing to talk about; give a file, an address or a text")
        elif not (order.uploads or order.feeds):
            raise GatewayError("there is nothing to read; give a feed's address or a file", param="feeds")

    def _work(self, caller: Caller, order: Orders) -> Work:
        make: Mapping[str, Any] = {
            "daily": self._daily, "podcast": self._podcast, "expression": self._expression,
        }  # fmt: skip
        if isinstance(order, RenderOrder):
            return lambda job_id, watch: self._render(caller, order, watch)
        owner = owner_of(caller)

        def work(job_id: str, watch: Watch) -> Outcome:
            self.shelf.abandon(owner, job_id)  # what a killed run left
            try:
                made: Produced = make[order.kind](caller, order, self.shelf.staging(owner, job_id), watch)
                episode = self.shelf.adopt(owner, job_id, made.episode)
            finally:
                self.shelf.abandon(owner, job_id)
            told = (*map(str, getattr(made, "problems", ())), *made.notices)
            return Outcome(episode=episode, made=made.made, cached=made.cached, notices=told)

        return work

    def _fetcher(self) -> Fetcher:
        from duologue.studio.sources.fetch import Fetcher, Limits
        from duologue.studio.sources.webcache import WebCache

        return Fetcher(Limits(private=self._private), WebCache(self._home / "web"))

    def _writer(self, caller: Caller, order: DailyOrder | PodcastOrder) -> Write | None:
        return self._gateway.writer(caller, order.writer) if order.writer else None

    def _daily(self, caller: Caller, order: DailyOrder, folder: Path, watch: Watch) -> Produced:
        from duologue.studio.daily.listener import Listener
        from duologue.studio.daily.making import make_daily
        from duologue.studio.daily.script import Lines

        watch.at("reading")
        owner = owner_of(caller)
        memory = self._home / "memory" / f"{owner}.json"
        return make_daily(
            Listener(
                name=order.name, feeds=tuple(order.feeds), minutes=order.minutes, style=order.style,
                voice=order.voice, title=order.title, more=tuple(order.more), less=tuple(order.less),
                never=tuple(order.never),
            ),
            self._gateway.speaker(caller, order.model),
            folder,
            write=self._writer(caller, order),
            memory=memory if order.remember else None,
            fetcher=self._fetcher() if order.feeds else None,
            files=False,
            lines=Lines(weather=order.weather, calendar=tuple(order.calendar) or None),
            articles=self.uploads.read(owner, order.uploads).articles,
            mastering=order.mastering(),
            formats=order.sounds(),
            watch=watch,
        )  # fmt: skip

    def _podcast(self, caller: Caller, order: PodcastOrder, folder: Path, watch: Watch) -> Produced:
        from duologue.studio.podcast.making import make_podcast
        from duologue.studio.sources.gather import gather

        watch.at("writing")
        articles = list(self.uploads.read(owner_of(caller), order.uploads).articles)
        problems: list[str] = []
        if order.addresses:
            found = gather(order.addresses, self._fetcher(), files=False)
            articles += found.articles
            problems += map(str, found.problems)
        sources = [article.source(f"s{number}") for number, article in enumerate(articles, 1)]
        if order.text.strip():
            sources.append(_pasted(order, len(sources) + 1))
        if not sources:
            raise StudioError(f"there is no source to talk about ({'; '.join(problems[:3])})")
        made = make_podcast(
            sources,
            self._gateway.speaker(caller, order.model),
            folder,
            minutes=order.minutes,
            format=order.format,
            speakers=order.speaker_count if not order.speakers else None,
            personas=[speaker.persona(i) for i, speaker in enumerate(order.speakers)],
            title=order.title,
            write=self._writer(caller, order),
            mastering=order.mastering(),
            formats=order.sounds(),
            watch=watch,
        )
        return replace(made, notices=(*problems, *made.notices))

    def _expression(self, caller: Caller, order: ExpressionOrder, folder: Path, watch: Watch) -> Produced:
        from duologue.studio.expressions.making import make_expression

        return make_expression(
            order.text,
            self._gateway.speaker(caller, order.model),
            folder,
            mode=order.mode,
            voice=order.voice,
            style=order.style,
            speed=order.speed,
            title=order.title,
            mastering=order.mastering(),
            formats=order.sounds(),
            watch=watch,
        )

    def _render(self, caller: Caller, order: RenderOrder, watch: Watch) -> Outcome:
        from duologue.studio.revision import render_episode

        owner = owner_of(caller)
        folder = self.shelf.folder(owner, order.episode)
        before, draft = self.shelf.record(owner, order.episode), self.shelf.draft(owner, order.episode)
        made = render_episode(
            folder,
            self._gateway.speaker(caller, order.model),
            episode=draft,
            before=before,
            formats=tuple(order.formats) or None,
            watch=watch,
        )
        self.shelf.rendered(owner, order.episode, draft)
        return Outcome(episode=order.episode, made=made.made, cached=made.cached, notices=made.notices)


def _pasted(order: PodcastOrder, number: int) -> Source:
    """The text of an order as a source; read like a file, so wrapped lines are joined and a title found."""
    found = uploaded({"text.txt": order.text.encode("utf-8", "replace")})
    source = found.sources()[0]
    return source.model_copy(update={"id": f"s{number}", "title": order.title or source.title})

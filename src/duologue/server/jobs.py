"""Jobs: work that takes longer than a request, in a bounded queue, seen and stopped from anywhere.

    jobs = Jobs(folder)
    job = jobs.submit(owner, "podcast", "The bridge", request, work)     # work(id, watch) -> Outcome
    jobs.get(owner, job.id).share

Design choices
- One file of JSON per job, whole or absent, is the truth: another worker process, or the same after a
  restart, reads it. The process that has the job also keeps it in memory.
- A job names the process it belongs to. If that process is gone, whatever ended it, the job is "interrupted";
  it kept its request, so it can be started again, and the studio's cache makes that quick.
- To cancel is to leave a note beside the file; the work looks for it between turns. So it can be done from
  any process.
- The queue is bounded as a whole and for each owner; beyond that the answer is 429. The owner who was
  served longest ago comes first, and of one owner the jobs in their order.
- The share of the whole comes from what each stage of such a job usually takes; it never goes back.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from duologue.gateway.errors import GatewayError
from duologue.server.job import STAGES, Job, Work
from duologue.server.presence import Presence, alive
from duologue.store.ulid import new_ulid
from duologue.studio.errors import StudioError
from duologue.studio.files import write_whole
from duologue.studio.watch import Cancelled, Watch

__all__ = ["Jobs"]

log = logging.getLogger("duologue.server")

_ID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_WRITE_EVERY = 1.0  # seconds between two writings of mere progress
_OLDEST = 30 * 86_400.0


class Jobs:
    """The jobs of a folder. `close` stops what runs and leaves it to be started again.

    lanes: jobs at once; limit: jobs waiting or running in this process; per_owner: the same of one owner.
    """

    def __init__(self, folder: str | Path, *, lanes: int = 1, limit: int = 32, per_owner: int = 8) -> None:
        self._folder = Path(folder)
        self._here = Presence(self._folder / "hosts")
        self._limit, self._per_owner, self._lanes = limit, per_owner, lanes
        self._lock = threading.Condition()
        self._queue: list[str] = []
        self._jobs: dict[str, Job] = {}
        self._work: dict[str, Work] = {}
        self._written: dict[str, float] = {}
        self._served: dict[str, float] = {}
        self._threads: list[threading.Thread] = []
        self.closed = False

    # Asked for

    def submit(
        self,
        owner: str,
        kind: Literal["daily", "podcast", "expression", "render"],
        title: str,
        request: Mapping[str, Any],
        work: Work,
    ) -> Job:
        """Take `work` into the queue. Raises GatewayError 429 where that is full, 503 at the end."""
        job = Job(
            id=new_ulid(), kind=kind, title=title[:200], created=_now(), request=dict(request),
            owner=owner, host=self._here.name,
        )  # fmt: skip
        return self._enter(job, work)

    def again(self, owner: str, job_id: str, work: Work) -> Job:
        """Start a job that has ended once more. Raises GatewayError 409 while it runs."""
        old = self._find(owner, job_id)
        if not old.over:
            raise GatewayError("the job is still under way", status=409, code="job_running")
        gone = {"state": "queued", "stage": "", "share": 0.0, "left": None, "started": None, "ended": None}
        fresh = {"error": "", "notices": (), "made": None, "cached": None, "host": self._here.name}
        self._note(job_id).unlink(missing_ok=True)
        return self._enter(old.model_copy(update=gone | fresh), work)

    def get(self, owner: str, job_id: str) -> Job:
        """The job of that id. Raises GatewayError 404, also for another's."""
        return self._shown(self._find(owner, job_id))

    def all(self, owner: str) -> list[Job]:
        """The owner's jobs, newest first."""
        found = []
        for path in self._folder.glob("*.json"):
            with contextlib.suppress(GatewayError):
                found.append(self.get(owner, path.stem))
        return sorted(found, key=lambda j: j.id, reverse=True)

    def cancel(self, owner: str, job_id: str) -> Job:
        """Have the job stop: at once if it waits, else before its next turn. An ended one stays so."""
        job = self._find(owner, job_id)
        if job.over:
            return self._shown(job)
        with self._lock:
            if job_id in self._queue:
                self._queue.remove(job_id)
                self._change(job_id, state="cancelled", ended=_now(), left=None)
                self._forget(job_id)
                return self.get(owner, job_id)
        write_whole(self._note(job_id), "")
        return self.get(owner, job_id)

    def remove(self, owner: str, job_id: str) -> None:
        """Forget an ended job. Raises GatewayError 409 while it is under way."""
        if not self._find(owner, job_id).over:
            raise GatewayError("the job is still under way; cancel it first", status=409, code="job_running")
        with self._lock:
            self._jobs.pop(job_id, None)
        self._note(job_id).unlink(missing_ok=True)
        self._path(job_id).unlink(missing_ok=True)

    def close(self, wait: float = 10.0) -> None:
        """Stop; what runs ends before its next turn, and it and what waits are left as interrupted."""
        with self._lock:
            self.closed = True
            for job_id in self._queue:
                self._change(job_id, state="interrupted", left=None)
            self._queue.clear()
            self._lock.notify_all()
        until = time.monotonic() + wait
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self._here.close()

    # The files

    def _path(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.json"

    def _note(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.cancel"

    def _find(self, owner: str, job_id: str) -> Job:
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None and _ID.fullmatch(job_id):
            with contextlib.suppress(OSError, ValidationError):
                job = Job.model_validate_json(self._path(job_id).read_bytes())
        if job is None or job.owner != owner:
            raise GatewayError(f"there is no job '{job_id[:40]}'", status=404, code="not_found")
        if not job.over and job.host != self._here.name and not alive(self._folder / "hosts", job.host):
            job = job.model_copy(update={"state": "interrupted", "left": None})
            self._write(job)
        return job

    def _shown(self, job: Job) -> Job:
        with self._lock:
            ahead = self._queue.index(job.id) if job.id in self._queue else 0
        return job.model_copy(update={"ahead": ahead})

    def _write(self, job: Job) -> None:
        kept = job.model_dump(mode="json") | {"owner": job.owner, "host": job.host}
        write_whole(self._path(job.id), json.dumps(kept, ensure_ascii=False))
        self._written[job.id] = time.monotonic()

    def _sweep(self) -> None:
        """Forget ended jobs that are older than a month."""
        for path in self._folder.glob("*.json"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _OLDEST:
                    path.unlink()

    # The queue

    def _enter(self, job: Job, work: Work) -> Job:
        with self._lock:
            if self.closed:
                raise GatewayError("the server is stopping", status=503, code="stopping", retry_after=10)
            mine = sum(j.owner == job.owner for j in self._jobs.values() if not j.over)
            if len(self._work) >= self._limit or mine >= self._per_owner:
                raise GatewayError(
                    f"{mine} jobs of yours, {len(self._work)} in all, are under way; wait for one to end",
                    status=429, code="too_many_jobs", retry_after=30,
                )  # fmt: skip
            self._write(job)
            self._jobs[job.id], self._work[job.id] = job, work
            self._queue.append(job.id)
            if len(self._threads) < self._lanes:
                name = f"jobs-{len(self._threads)}"
                self._threads.append(threading.Thread(target=self._serve, name=name, daemon=True))
                self._threads[-1].start()
                self._sweep()
            self._lock.notify()
        return self.get(job.owner, job.id)

    def _next(self) -> str | None:
        """The job whose turn it is; None at the end of the day."""
        with self._lock:
            while not self.closed:
                if self._queue:  # `min` keeps the order of coming among equals
                    first = min(self._queue, key=lambda i: self._served.get(self._jobs[i].owner, 0.0))
                    self._served[self._jobs[first].owner] = time.monotonic()
                    self._queue.remove(first)
                    self._change(first, state="running", started=_now())
                    return first
                self._lock.wait()
        return None

    def _serve(self) -> None:
        while (job_id := self._next()) is not None:
            self._run(job_id)
            with self._lock:
                self._forget(job_id)

    def _run(self, job_id: str) -> None:
        begun = time.monotonic()
        watch = Watch(
            lambda stage, share: self._progress(job_id, stage, share, begun),
            lambda: self.closed or self._note(job_id).exists(),
        )
        try:
            made = self._work[job_id](job_id, watch)
            ended: dict[str, Any] = {
                "state": "done", "share": 1.0, "episode": made.episode, "made": made.made,
                "cached": made.cached, "notices": made.notices,
            }  # fmt: skip
        except Cancelled:
            ended = {"state": "interrupted" if self.closed else "cancelled"}
        except (StudioError, GatewayError, ValueError) as error:
            ended = {"state": "failed", "error": str(error)[:2000]}
            if not isinstance(error, (StudioError, GatewayError)):
                log.error("job failed", exc_info=error, extra={"job": job_id})
        except OSError as error:
            log.error("job failed", exc_info=error, extra={"job": job_id})
            ended = {"state": "failed", "error": f"the disk: {error.strerror or error}"}
        except Exception as error:  # the thread must live on for the other jobs
            log.error("job failed", exc_info=error, extra={"job": job_id})
            ended = {"state": "failed", "error": "something went wrong here; the server's log says what"}
        with contextlib.suppress(OSError):
            self._note(job_id).unlink(missing_ok=True)
        self._change(job_id, **ended | {"ended": _now(), "left": None})

    def _progress(self, job_id: str, stage: str, share: float, begun: float) -> None:
        job = self._jobs[job_id]
        parts = STAGES[job.kind]
        before = 0.0
        for name, part in parts.items():
            if name == stage:
                before += part * min(1.0, max(0.0, share))
                break
            before += part
        whole = max(job.share, min(before, 0.99) if stage in parts else job.share)
        took = time.monotonic() - begun
        left = took * (1 - whole) / whole if whole > 0.08 and took > 0.5 else None
        self._change(job_id, lazy=True, stage=stage, share=whole, left=left)

    def _change(self, job_id: str, *, lazy: bool = False, **parts: Any) -> None:
        with self._lock:
            job = self._jobs[job_id].model_copy(update=parts)
            self._jobs[job_id] = job
        if not lazy or time.monotonic() - self._written.get(job_id, 0.0) > _WRITE_EVERY:
            try:
                self._write(job)
            except OSError as error:  # a full disk: what is in memory goes on
                log.error("job can't be kept", exc_info=error, extra={"job": job_id})

    def _forget(self, job_id: str) -> None:
        """Let go of an ended job's work; the last ones stay in memory. Not of one that was started again."""
        if job_id in self._jobs and not self._jobs[job_id].over:
            return
        self._work.pop(job_id, None)
        self._written.pop(job_id, None)
        ended = [i for i, j in self._jobs.items() if j.over]
        for old in ended[:-50]:
            del self._jobs[old]


def _now() -> datetime:
    return datetime.now(UTC)

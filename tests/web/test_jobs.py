"""Jobs: queue, progress, cancel, kill -9."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from duologue.gateway.errors import GatewayError
from duologue.server.job import Job, Outcome
from duologue.server.jobs import Jobs
from duologue.server.presence import Presence, alive
from duologue.studio.errors import StudioError
from duologue.studio.watch import Watch


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    made = Jobs(tmp_path, limit=4, per_owner=3)
    yield made
    made.close()


def ended(jobs: Jobs, owner: str, job_id: str) -> Job:
    until = time.monotonic() + 10
    while not (job := jobs.get(owner, job_id)).over:
        assert time.monotonic() < until, job
        time.sleep(0.005)
    return job


def test_a_job_runs_to_its_end(jobs: Jobs) -> None:
    seen: list[float] = []
    looked = threading.Event()

    def work(job_id: str, watch: Watch) -> Outcome:
        for stage in ("writing", "speaking", "encoding"):
            watch.at(stage, 0.5)
            seen.append(jobs.all("ada")[0].share)
        assert looked.wait(10)
        return Outcome(episode="E1", made=3, cached=1, notices=("one word",))

    job = jobs.submit("ada", "podcast", "The bridge", {"minutes": 2}, work)
    assert job.state in ("queued", "running")
    assert job.request == {"minutes": 2}
    looked.set()
    done = ended(jobs, "ada", job.id)
    assert (done.state, done.share, done.episode, done.made, done.cached) == ("done", 1.0, "E1", 3, 1)
    assert done.notices == ("one word",)
    assert 0 < seen[0] < seen[1] < seen[2] < 1
    assert "owner" not in done.model_dump()


def test_progress_never_goes_back(jobs: Jobs) -> None:
    shares: list[float] = []

    def work(job_id: str, watch: Watch) -> Outcome:
        for _ in range(2):  # a podcast is fitted to its length in rounds
            watch.at("writing", 0.0)
            shares.append(jobs.all("ada")[0].share)
            watch.at("speaking", 0.8)
            shares.append(jobs.all("ada")[0].share)
        return Outcome(episode="E1")

    ended(jobs, "ada", jobs.submit("ada", "podcast", "x", {}, work).id)
    assert shares == sorted(shares)
    assert shares[-1] > 0.5


def test_what_goes_wrong_is_told_in_a_line(jobs: Jobs) -> None:
    def refuses(job_id: str, watch: Watch) -> Outcome:
        raise StudioError("there is nothing to say in this text")

    def breaks(job_id: str, watch: Watch) -> Outcome:
        raise RuntimeError("/secret/path")

    job = ended(jobs, "ada", jobs.submit("ada", "expression", "x", {}, refuses).id)
    assert (job.state, job.error) == ("failed", "there is nothing to say in this text")
    job = ended(jobs, "ada", jobs.submit("ada", "expression", "x", {}, breaks).id)
    assert job.state == "failed"
    assert "secret" not in job.error


def test_cancelling(jobs: Jobs) -> None:
    begun, go = threading.Event(), threading.Event()

    def slow(job_id: str, watch: Watch) -> Outcome:
        begun.set()
        while True:
            watch.at("speaking", 0.1)
            go.wait(0.01)

    first = jobs.submit("ada", "daily", "first", {}, slow)
    waiting = jobs.submit("ada", "daily", "second", {}, slow)
    assert begun.wait(5)
    assert jobs.get("ada", waiting.id).ahead == 0
    assert jobs.cancel("ada", waiting.id).state == "cancelled"
    with pytest.raises(GatewayError, match="cancel it first"):
        jobs.remove("ada", first.id)
    jobs.cancel("ada", first.id)
    assert ended(jobs, "ada", first.id).state == "cancelled"
    again = jobs.again("ada", waiting.id, lambda *_: Outcome(episode="E2"))
    assert again.id == waiting.id
    assert ended(jobs, "ada", waiting.id).episode == "E2"
    jobs.remove("ada", first.id)
    assert [j.id for j in jobs.all("ada")] == [waiting.id]


def test_the_queue_is_bounded_and_private(jobs: Jobs) -> None:
    go = threading.Event()

    def slow(job_id: str, watch: Watch) -> Outcome:
        go.wait(10)
        return Outcome(episode="E")

    mine = [jobs.submit("ada", "daily", str(i), {}, slow) for i in range(3)]
    with pytest.raises(GatewayError) as refused:
        jobs.submit("ada", "daily", "one too many", {}, slow)
    assert (refused.value.status, refused.value.code) == (429, "too_many_jobs")
    assert refused.value.retry_after
    theirs = jobs.submit("ben", "daily", "theirs", {}, slow)
    with pytest.raises(GatewayError, match="all"):
        jobs.submit("eve", "daily", "the house is full", {}, slow)
    for wrong in (theirs.id, "../../etc/passwd", "", "0" * 26):
        with pytest.raises(GatewayError) as unknown:
            jobs.get("ada", wrong)
        assert unknown.value.status == 404
    go.set()
    assert ended(jobs, "ben", theirs.id).state == "done"
    # Ben waited for one of Ada's at most, though all three of hers came before.
    order = sorted([*(ended(jobs, "ada", j.id) for j in mine), jobs.get("ben", theirs.id)], key=_started)
    assert [j.title for j in order].index("theirs") <= 1


def _started(job: Job) -> float:
    assert job.started is not None
    return job.started.timestamp()


def test_an_orderly_stop_leaves_jobs_to_be_started_again(tmp_path: Path) -> None:
    jobs, begun = Jobs(tmp_path), threading.Event()

    def slow(job_id: str, watch: Watch) -> Outcome:
        begun.set()
        while True:
            watch.at("speaking", 0.1)
            time.sleep(0.005)

    running = jobs.submit("ada", "daily", "a", {"minutes": 1}, slow)
    waiting = jobs.submit("ada", "daily", "b", {}, slow)
    assert begun.wait(5)
    jobs.close()
    with pytest.raises(GatewayError, match="stopping"):
        jobs.submit("ada", "daily", "c", {}, slow)
    later = Jobs(tmp_path)
    assert {j.id: j.state for j in later.all("ada")} == {running.id: "interrupted", waiting.id: "interrupted"}
    assert later.get("ada", running.id).request == {"minutes": 1}
    later.again("ada", running.id, lambda *_: Outcome(episode="E"))
    assert ended(later, "ada", running.id).state == "done"
    later.close()


def test_a_killed_process_leaves_its_jobs_interrupted(tmp_path: Path) -> None:
    code = (
        "import os, sys, time\nfrom duologue.server.jobs import Jobs\n"
        "def say(line):\n    os.write(1, (line + '\\n').encode())\n"  # whole lines, from two threads
        "def slow(job_id, watch):\n    watch.at('speaking', 0.5)\n    say('begun')\n    time.sleep(60)\n"
        "jobs = Jobs(sys.argv[1])\nsay(jobs.submit('ada', 'podcast', 'x', {'a': 1}, slow).id)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = {process.stdout.readline().strip(), process.stdout.readline().strip()}
        (job_id,) = lines - {"begun"}
        here = Jobs(tmp_path)
        assert here.get("ada", job_id).state == "running"  # seen from another process
        process.send_signal(signal.SIGKILL)
    job = here.get("ada", job_id)
    assert (job.state, job.request) == ("interrupted", {"a": 1})
    here.again("ada", job_id, lambda *_: Outcome(episode="E"))
    assert ended(here, "ada", job_id).state == "done"
    assert len(list((tmp_path / "hosts").iterdir())) == 1  # the dead one's file is gone
    here.close()


def test_presence(tmp_path: Path) -> None:
    here = Presence(tmp_path)
    assert alive(tmp_path, here.name)
    assert not alive(tmp_path, "nobody")
    here.close()
    assert not alive(tmp_path, here.name)

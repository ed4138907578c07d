"""Votes that were acknowledged survive kill -9, a thousand times."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "arena_durability.py"
BUDGET = 60.0
"""Seconds: a busy machine does what it can of the thousand, and never less than a hundred."""


def test_no_acknowledged_vote_is_lost_to_a_thousand_kills() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(SCRIPT), "--kills", "1000", "--budget", str(BUDGET)],
        capture_output=True,
        text=True,
        timeout=10 * BUDGET,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout)
    assert result["kills"] >= 1_000 or result["seconds"] >= BUDGET
    assert result["kills_of_writers_at_work"] >= min(result["kills"] // 4, 100)
    assert result["kept"] >= result["acknowledged"] > 0
    assert (result["lost"], result["broken_groups"], result["chain_verifies"]) == (0, 0, True)

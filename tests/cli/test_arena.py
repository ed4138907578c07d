"""`duologue arena` as a person calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from duologue.cli import main

VOTES = """model_a,model_b,winner,count,length_a,length_b
Ärger,B,model_a,30,100,50
B,Ärger,model_a,10,60,100
B,C,model_a,25,70,40
C,B,both_bad,5,40,70
C,B,model_a,8,80,60
C,Ärger,tie,4,40,120
"""


@pytest.fixture
def votes(tmp_path: Path) -> Path:
    path = tmp_path / "votes.csv"
    path.write_text(VOTES, "utf-8")
    return path


def test_rank_prints_and_writes(votes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = {name: tmp_path / "out" / name for name in ("r.json", "r.png", "w.svg", "p.pdf")}
    code = main(
        [
            *("arena", "rank", str(votes), "--json", str(out["r.json"]), "--plot", str(out["r.png"])),
            *("--winrates", str(out["w.svg"]), "--pairs", str(out["p.pdf"])),
        ]
    )
    assert code == 0
    table = capsys.readouterr().out.splitlines()
    assert table[0].split() == ["rank", "name", "rating", "95", "%", "interval", "battles"]
    assert [line.split()[1] for line in table[1:]] == ["Ärger", "B", "C"]
    held = json.loads(out["r.json"].read_text("utf-8"))
    assert [set(c) for c in held["contestants"]] == [
        {"name", "rating", "lower", "upper", "rank", "battles"}
    ] * 3
    assert [c["battles"] for c in held["contestants"]] == [44, 78, 42]
    assert held["votes"] == 82
    assert out["r.png"].read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert b"<svg" in out["w.svg"].read_bytes()
    assert out["p.pdf"].read_bytes()[:4] == b"%PDF"


def test_rank_with_style_anchor_and_bootstrap(votes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["arena", "rank", str(votes), "--style-control", "--anchor", "B=900", "--json", "-"]) == 0
    held = json.loads(capsys.readouterr().out)
    assert next(c for c in held["contestants"] if c["name"] == "B")["rating"] == 900
    assert [s["name"] for s in held["style"]] == ["length"]
    assert main(["arena", "rank", str(votes), "--bootstrap", "20", "--reweight", "--confidence", "0.9"]) == 0
    assert "90 % interval" in capsys.readouterr().out


def test_open_ends_are_null(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text('{"model_a": "A", "model_b": "B", "winner": "model_a"}\n')
    assert main(["arena", "rank", str(path), "--json", "-"]) == 0
    first, last = json.loads(capsys.readouterr().out)["contestants"]
    assert (first["name"], first["upper"], first["rank"]) == ("A", None, 1)
    assert (last["name"], last["lower"]) == ("B", None)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "the following arguments are required: VOTES"),
        (["nowhere.csv"], "nowhere.csv: No such file or directory"),
        (["VOTES", "--anchor", "B"], "give NAME=RATING"),
        (["VOTES", "--anchor", "Z=1000"], "'Z' is no contestant"),
        (["VOTES", "--plot", "x.gif"], "end it in .png, .svg or .pdf"),
        (["VOTES", "--covariates", "bold"], "has no columns 'bold_a' and 'bold_b'"),
        (["VOTES", "--cluster"], "has no column 'voter'"),
        (["VOTES", "--bootstrap", "x"], "invalid int value"),
        (["VOTES", "--format", "xml"], "'xml' is no format"),
    ],
)
def test_bad_requests_are_one_line_and_2(
    votes: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main(["arena", "rank", *(str(votes) if a == "VOTES" else a for a in arguments)])
    except SystemExit as stopped:  # argparse's own complaints
        code = int(str(stopped.code))
    said = capsys.readouterr().err
    assert code == 2
    assert words in said
    assert said.count("\n") == 1


def test_a_bad_row_is_named(votes: Path) -> None:
    votes.write_text(VOTES + "A,B,left,1,1,1\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "duologue.cli", "arena", "rank", str(votes)], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.endswith(
        "votes.csv, line 8: winner is 'left'; give model_a, model_b, tie or both_bad\n"
    )
    assert done.stderr.count("\n") == 1


def test_help_needs_no_numpy() -> None:
    code = (
        "import sys\nfor name in ('numpy', 'scipy', 'sqlalchemy', 'matplotlib'): sys.modules[name] = None\n"
        "from duologue.cli import main\nmain(['arena', 'rank', '--help'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--style-control" in done.stdout

"""`duologue arena` as a person calls it."""

from __future__ import annotations

import json
import sqlite3
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


def test_checks_leave_out_what_they_would_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"{'AB'[k % 2]},{'BA'[k % 2]},{'model_a' if k < 60 else 'tie'},v{k // 60}" for k in range(90)]
    path = tmp_path / "lefty.csv"
    path.write_text("model_a,model_b,winner,voter\n" + "\n".join(lines), "utf-8")
    assert main(["arena", "rank", str(path), "--checks", "--json", "-"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["votes"] == 30
    assert "60 votes held by the check 'side': v0 60 of 60 decided votes are for the left side" in said.err


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


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DUOLOGUE_DATABASE", f"sqlite:///{tmp_path / 'arena.db'}")
    return tmp_path / "arena.db"


def test_votes_go_in_and_out_and_are_audited(
    votes: Path, database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["arena", "import", str(votes), "--kind", "text"]) == 0
    assert "6 rows of votes imported, 0 skipped" in capsys.readouterr().out
    out = tmp_path / "out.csv"
    assert main(["arena", "export", str(out)]) == 0
    boards = []
    for path in (votes, out):
        capsys.readouterr()
        assert main(["arena", "rank", str(path), "--json", "-"]) == 0
        boards.append(json.loads(capsys.readouterr().out)["contestants"])
    assert boards[0] == boards[1]
    assert main(["arena", "audit"]) == 0
    head = capsys.readouterr().out.split("the head is ")[1].split(";")[0]
    assert main(["arena", "audit", "--noted", head]) == 0
    assert main(["arena", "export", "-", "--preferences"]) == 0
    capsys.readouterr()
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE arena_votes SET winner = 'tie' WHERE number = 2")
    connection.close()
    assert main(["arena", "audit"]) == 1
    assert capsys.readouterr().out.startswith("record 2 is broken: its hash doesn't follow")
    assert main(["arena", "audit", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["broken"] == 2


def test_findings_are_made_and_reviewed(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        f"{'AB'[k % 2]},{'BA'[k % 2]},{'model_a' if k < 60 else 'tie'},v{k // 60},{k * 60}" for k in range(90)
    ]
    path = tmp_path / "lefty.csv"
    path.write_text("model_a,model_b,winner,voter,time\n" + "\n".join(lines), "utf-8")
    assert main(["arena", "import", str(path)]) == 0
    assert main(["arena", "review", "--check"]) == 0
    said = capsys.readouterr()
    assert "60 of 60 decided votes are for the left side" in said.out
    assert "60 votes are held" in said.err
    id_ = said.out.splitlines()[-1].split()[0]
    assert main(["arena", "review", id_, "--release", "--note", "fine", "--reviewer", "mira"]) == 0
    said = capsys.readouterr()
    assert "released by mira (fine)" in said.out
    assert "0 votes are held" in said.err
    assert main(["arena", "review", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["state"] == "released"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["review", "--release"], "needs the ID of a finding"),
        (["review", "01K"], "there is no finding '01K'"),
        (["audit", "--noted", "5:abc"], "give NUMBER:HASH"),
        (["export", "x.xml"], "end it in .csv, .jsonl, .parquet"),
        (["export", "x.csv", "--preferences"], "end it in .jsonl"),
        (["import", "nowhere.csv"], "No such file"),
    ],
)
def test_bad_requests_to_the_store_are_one_line(
    arguments: list[str], words: str, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["arena", *arguments]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1

"""Files of votes: every form that people have, and one clear line for what is none."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from duologue.arena import ArenaError, Outcome, Votes, read_votes
from duologue.arena.reading import parse_votes

HEAD = "model_a,model_b,winner"


def shape(votes: Votes) -> list[tuple[str, str, int, int]]:
    """Votes as one compares them."""
    names = votes.names
    rows = zip(votes.a, votes.b, votes.outcome, votes.count, strict=True)
    return [(names[a], names[b], int(o), int(n)) for a, b, o, n in rows]


ODD = [('Ünï, "q"', "日本語", 0, 2), ("日本語", "x\ny", 2, 1), ("x\ny", 'Ünï, "q"', 3, 7)]


def as_csv(delimiter: str = ",", line: str = "\n") -> str:
    held = io.StringIO()
    writer = csv.writer(held, delimiter=delimiter, lineterminator=line)
    writer.writerow(["note", "winner", "count", "Model_B ", "model_a"])
    for a, b, o, n in ODD:
        writer.writerow(["a, note", ["model_a", "model_b", "tie", "both_bad"][o].upper(), n, b, f" {a} "])
    return held.getvalue()


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(("delimiter", "line"), [(",", "\n"), (",", "\r\n"), (";", "\r\n"), ("\t", "\n")])
def test_csv_of_every_kind(coding: str, delimiter: str, line: str) -> None:
    text = as_csv(delimiter, line)
    assert shape(parse_votes(text.encode(coding), "csv")) == ODD
    assert shape(parse_votes((text + line + line).encode(coding), "csv")) == ODD  # blank lines at the end


OBJECTS = [
    {
        "model_a": a,
        "model_b": b,
        "winner": ["model_a", "model_b", "tie", "both_bad"][o],
        "count": n,
        "more": [1],
    }
    for a, b, o, n in ODD
]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(OBJECTS),
        json.dumps({"votes": OBJECTS, "made": "today"}, ensure_ascii=False),
        "\n".join(map(json.dumps, OBJECTS)) + "\n\n",
        "\r\n".join(json.dumps(o, ensure_ascii=False) for o in OBJECTS),
        json.dumps({"votes": {key: [o[key] for o in OBJECTS] for key in OBJECTS[0]}}),
    ],
)
def test_json_of_every_kind(text: str, tmp_path: Path) -> None:
    assert shape(parse_votes(text.encode())) == ODD  # told by how it begins
    path = tmp_path / ("votes.json" if text.lstrip()[0] == "[" or '"votes"' in text[:10] else "votes.jsonl")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert shape(read_votes(path)) == ODD


def test_parquet(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    path = tmp_path / "votes.parquet"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(OBJECTS), path)
    assert shape(read_votes(path)) == ODD
    path.rename(tmp_path / "votes")
    assert shape(read_votes(tmp_path / "votes")) == ODD


def test_names_that_look_alike_are_one() -> None:
    votes = parse_votes(f"{HEAD}\ncafe\u0301,B,tie\nB,caf\u00e9,tie".encode())
    assert votes.names == ("café", "B")


def test_what_is_known_of_votes_is_read() -> None:
    text = (
        f"{HEAD},voter,address,prompt,time,seconds,length_a,length_b,note_a,note_b\n"
        "A,B,tie,v1,h1,p1,2026-11-25T22:00:00Z,4.5,10,20,x,y\n"
        "B,A,both_bad,,h1,p2,2026-11-25T23:00:00+01:00,,12,,z,\n"
        "B,A,model_b,v1,h2,,1795644000,0.5,1e2,7,,\n"
    )
    votes = parse_votes(text.encode())
    assert votes.voter is not None
    assert votes.voter.names == ("v1",)
    assert votes.voter.codes.tolist() == [0, -1, 0]
    assert votes.time is not None
    assert np.ptp(votes.time) == 0
    assert votes.seconds is not None
    assert np.isnan(votes.seconds).tolist() == [False, True, False]
    assert list(votes.covariates) == ["length"]
    assert votes.covariates["length"][0].tolist() == [10, 12, 100]
    assert np.isnan(votes.covariates["length"][1]).tolist() == [False, True, False]
    assert votes.outcome.tolist() == [Outcome.TIE, Outcome.BOTH_BAD, Outcome.MODEL_B]
    bare = parse_votes(text.encode(), covariates=(), context=())
    assert not bare.covariates
    assert bare.voter is None


def test_the_style_of_texts_is_measured() -> None:
    row = {
        "model_a": "A",
        "model_b": "B",
        "winner": "tie",
        "answer_a": "# Yes\n\n**bold** it is",
        "answer_b": "no",
    }
    votes = parse_votes(json.dumps([row, {**row, "answer_b": None}]).encode())
    assert votes.covariates["length"][0].tolist() == [5, 5]
    assert votes.covariates["headings"][0].tolist() == [1, 1]
    assert votes.covariates["length"][1][0] == 1
    assert np.isnan(votes.covariates["bold"][1][1])


BAD = [
    (f"{HEAD}\nA,B,model_a\nA,B,wins", "line 3: winner is 'wins'; give model_a, model_b, tie or both_bad"),
    (f"{HEAD}\nA,B,model_a\n\n\"x\ny\",x,tie\nA,A,tie", "line 6: 'A' on both sides; give two contestants"),
    (f"{HEAD}\nA,B,tie\nA,B", "line 3: 2 cells; the header has 3"),
    (f"{HEAD}\nA,B,tie\nA,B,tie,1", "line 3: 4 cells; the header has 3"),
    (f"{HEAD}\n,B,tie", "line 2: model_a is empty; give the name of a contestant"),
    (f"{HEAD},count\nA,B,tie,2.5", "line 2: count is '2.5'; give a whole number, 0 or more"),
    (f"{HEAD},count\nA,B,tie,-1", "count is '-1'"),
    (f"{HEAD},count\nA,B,tie,nan", "count is 'nan'"),
    (f"{HEAD},count\nA,B,tie,1e30", "count is '1e30'"),
    (f"{HEAD},count\nA,B,tie,many", "count is 'many'"),
    (f"{HEAD},seconds\nA,B,tie,-3", "seconds is '-3'"),
    (f"{HEAD},time\nA,B,tie,yesterday", "time is 'yesterday'; give seconds since 1970 or"),
    (f"{HEAD}\n\"A,B,tie\n", "line 2: unexpected end of data; give CSV with quotes in pairs"),
    ("a,b,winner\nA,B,tie", "has no column 'model_a' but a, b, winner"),
    (f"{HEAD},winner\nA,B,tie,tie", "has two columns 'winner'; give one"),
    (HEAD, "holds no votes"),
    ("", "is empty"),
    (" \n ", "is empty"),
    ('{"votes": 3}', "holds no votes; give a list"),
    ('[{"model_a": "A"}, 3]', "vote 2 is no object"),
    ('[{"model_a": "A", "model_b": "B", "winner": "tie"}, {"winner": "tie"}]', "vote 2: model_a is empty"),
    ('[{"model_a": "A", "model_b": ["B"], "winner": "tie"}]', "vote 1: model_b is '['B']'"),
    ('[{"model_a": "A", "model_b": "B", "winner": 1}]', "vote 1: winner is '1'"),
    ("[1, 2", "is no JSON"),
    ("[" * 100_000, "is no JSON"),
    ('{"model_a": "A", "model_b": "B", "winner": "tie"}\n{"a": ', "line 2: no JSON; give one object a line"),
    ("PAR1 and no more", "is no Parquet file that can be read"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), BAD, ids=range(len(BAD)))
def test_what_is_no_votes_is_named(text: str, words: str) -> None:
    with pytest.raises(ArenaError) as caught:
        parse_votes(text.encode())
    assert words in str(caught.value)


def test_bytes_that_are_no_text_are_named() -> None:
    with pytest.raises(ArenaError, match="line 2: not UTF-8"):
        parse_votes(f"{HEAD}\nA,".encode() + b"\xff\xfe,tie", "csv")
    with pytest.raises(ArenaError, match="'xml' is no format"):
        parse_votes(b"", "xml")


def test_covariates_that_are_asked_for_must_be_numbers() -> None:
    text = f"{HEAD},length_a,length_b\nA,B,tie,1,2\nA,B,tie,short,2".encode()
    assert not parse_votes(text).covariates
    with pytest.raises(ArenaError, match="line 3: length_a is 'short'; give a number"):
        parse_votes(text, covariates=("length",))


def test_parquet_without_pyarrow_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ArenaError, match=r"pip install 'duologue\[parquet\]'"):
        parse_votes(b"PAR1")


def test_broken_bytes_are_refused_and_never_crash() -> None:
    """Four hundred files with a few bytes changed, lost or put in: votes, or one clear error."""
    import random

    import pyarrow
    import pyarrow.parquet

    from duologue.arena import rate

    source = random.Random(0)
    sink = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(OBJECTS), sink)
    whole = [
        as_csv().encode(),
        as_csv(";", "\r\n").encode("utf-16"),
        json.dumps(OBJECTS).encode(),
        "\n".join(map(json.dumps, OBJECTS)).encode(),
        sink.getvalue().to_pybytes(),
    ]
    pieces = [b'"', b",", b"\n", b"\x00", b"\xff", b"[", b"{", b"null", b"1e999", b"-1", b"NaN", b"9" * 40]
    read = 0
    for _ in range(400):
        data = bytearray(source.choice(whole))
        for _ in range(source.randint(1, 3)):
            place = source.randrange(len(data))
            if source.random() < 0.5:
                data[place:place] = source.choice(pieces)
            else:
                del data[place : place + source.randint(1, 8)]
        try:
            votes = parse_votes(bytes(data))
            rate(votes)
            read += 1
        except ArenaError as error:
            assert str(error)
    assert read

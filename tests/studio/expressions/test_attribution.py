"""Who says what, on quotations labelled by hand.

`quotations/*.txt` hold 249 quotations: short passages of Austen, Carroll, Dickens, Doyle, Stevenson,
Twain, some shortened, and others written for this test. `{Name}` before a quotation is its label.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from duologue.studio.expressions import attribute
from duologue.studio.expressions.characters import Cast
from duologue.studio.expressions.quotations import paragraphs
from duologue.studio.expressions.said import Said

PASSAGES = sorted((Path(__file__).parent / "quotations").glob("*.txt"))
_LABEL = re.compile(r"\{([^}]*)\}")
_TITLES = {"mr", "mrs", "miss", "sir"}
# What the text itself calls them, where it never gives the name of the label.
_ALSO = {
    "Mrs. Bennet": ("wife", "lady"), "Fred": ("nephew",), "Scrooge": ("uncle",), "lady": ("mother",),
    "boy": ("Edmund",), "Dr. Livesey": ("doctor",), "clerk": ("clerk",), "tall boy": ("George",),
}  # fmt: skip


def _load(path: Path) -> tuple[str, list[tuple[int, str]]]:
    """(text, [(where the quotation begins, who says it)])."""
    raw = path.read_text("utf-8")
    text, labels, at = "", [], 0
    for match in _LABEL.finditer(raw):
        text += raw[at : match.start()]
        labels.append((len(text), match[1]))
        at = match.end()
    return text + raw[at:], labels


def _words(name: str) -> set[str]:
    return {
        w for w in re.sub(r"[^\w ]", " ", name.lower()).split() if w not in ("the", "old", "young", "little")
    }


def _same(label: str, name: str) -> bool:
    mine, its = _words(label), _words(name)
    if mine & _TITLES and its & _TITLES and mine & _TITLES != its & _TITLES:
        return False
    return (mine - _TITLES) <= (its - _TITLES) or (its - _TITLES) <= (mine - _TITLES)


def _right(label: str, said: Said | None) -> bool:
    if said is None or said.speaker is None:
        return False
    names = (said.speaker.name, *said.speaker.aliases)
    return any(_same(one, name) for one in (label, *_ALSO.get(label, ())) for name in names)


def test_at_least_nine_of_ten_speakers_are_found() -> None:
    right = total = 0
    for path in PASSAGES:
        text, labels = _load(path)
        said = {s.start: s for s in attribute(text)}
        total += len(labels)
        right += sum(_right(who, said.get(at)) for at, who in labels)
    assert total >= 200
    assert right / total >= 0.9, f"{right} of {total}"


@pytest.mark.parametrize("path", PASSAGES, ids=[p.stem for p in PASSAGES])
def test_every_quotation_is_found_and_nothing_else(path: Path) -> None:
    text, labels = _load(path)
    assert [s.start for s in attribute(text)] == [at for at, _ in labels]


def _who(text: str) -> list[str]:
    return [s.speaker.name if s.speaker is not None else "?" for s in attribute(text)]


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ('"Come in," said Anna. "Sit down."', ["Anna", "Anna"]),
        ('Anna met Paul.\n\n"Well?" asked Anna.\n\n"Quite well."\n\n"I am glad."', ["Anna", "Paul", "Anna"]),
        ('Paul turned round. "Who is there?"', ["Paul"]),
        ('Paul and Anna sat down.\n\n"I am cold, Paul," she said.\n\n"Then come nearer."', ["Anna", "Paul"]),
        ('"Well, Watson," said Holmes, "what now?"\n\n"Nothing," I answered.', ["Holmes", "Holmes", "I"]),
        ('Mr. Hill looked at Mrs. Hill. "My dear," said he, "no."\n\n"Yes," said Mrs. Hill.',
         ["Mr. Hill", "Mr. Hill", "Mrs. Hill"]),
        ('Anna saw Paul. She went on:\n\n"It rains."\n\n"It does," was the reply.', ["Anna", "Paul"]),
        ('Anna came in with Paul.\n\n"Stop!" rang Paul\'s voice.\n\n"Go on," came the voice of Anna.',
         ["Paul", "Anna"]),
        ('I met a man.\n\n"Cold," he said.\n\n"Very," I said.\n\n"And dark."', ["man", "I", "man"]),
        ('"Who goes?" asked Colonel Reed.\n\nThe Colonel rose and said, "Speak!"',
         ["Colonel Reed", "Colonel Reed"]),
        ('"Halt!" cried one of the policemen.\n\n"Why?" asked Anna.', ["policeman", "Anna"]),
        ('"Sit, Paul," said Anna.\n\nAnna choked with rage, but Paul went on coolly: "I stand."',
         ["Anna", "Paul"]),
    ],
)  # fmt: skip
def test_the_rules_one_by_one(text: str, speakers: list[str]) -> None:
    assert _who(text) == speakers


def test_sex_and_age_are_read_from_the_text() -> None:
    text = (
        'Little Nell ran in. "Grandfather!" cried Nell.\n\nOld Mr. Trent rose. "My child," said he.\n\n'
        '"Here comes Kim," said Nell. Kim shook her wet hair. "Rain," said Kim.'
    )
    cast = {c.name: c for c in Cast(text, paragraphs(text)).characters}
    assert (cast["Nell"].sex, cast["Nell"].age) == ("female", "child")
    assert cast["Mr. Trent"].sex == "male"
    assert cast["Kim"].sex == "female"


@pytest.mark.parametrize("text", ["", "“", '"' * 999, "a" * 50_000, '"a" ' * 2_000, "No speech here at all."])
def test_odd_texts_have_no_speakers_and_do_no_harm(text: str) -> None:
    assert all(s.end <= len(text) for s in attribute(text))

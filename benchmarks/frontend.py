"""The front end beside its peers: normalisation by category, homographs, time per sentence.

The cases (`frontend_cases/normalisation.tsv`: written TAB spoken, alternatives apart by " | ", a line
"# name" before each category) were written before the rules that read them; the categories "fresh ..."
were added after the first were passed, and scored once before anything was changed for them.

Two measures:
- words: what is said, compared word by word (case, punctuation and the "and" of "hundred and" aside).
- phonemes: the written form read aloud is the same as one of the spoken forms read aloud, both by the
  system's own pronunciation, stress and spacing aside. That is how a peer that shows no words is judged.

    python benchmarks/frontend.py [--wrong]
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from duologue.voice.frontend import Frontend
from report import RESULTS, machine, table

CASES = Path(__file__).parent / "frontend_cases" / "normalisation.tsv"
HISTORY = (
    "First scores, before anything was changed for the cases: first batch 455 of 482 words right (94.4 %, "
    "commit f4a753e), fresh batch 93 of 99 (93.9 %, commit a4320d4; the code of f4a753e has 83)."
)
SENTENCES = [
    "The quick brown fox jumps over the lazy dog near the river bank.",
    "She said that it would be better to wait until the morning before making a decision.",
    "It was a bright cold day in April, and the clocks were striking thirteen.",
    "Nobody knew where the old man had come from, or why he stayed so long.",
    "The committee will publish its report on January 5, 2024, at 9:30am.",
    "In 1905 he paid $3.2 billion for 5 km of land near St. Petersburg, didn't he?",
    "NASA launched the rocket yesterday, and the FBI is still looking for its owner.",
    "Please send the invoice to bob@example.com before Friday.",
    "“I never read the book,” he said, “but I have read about it.”",
    "Prices rose by 12.5% last year, while wages grew only 3%.",
]

Case = tuple[str, str, list[str]]
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_AND = re.compile(
    r"\b(hundred|thousand) and (?=(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
    rf"|(?:\w+teen|{_TENS})\b)"
)


def cases() -> list[Case]:
    """(category, written, accepted spoken forms)."""
    found: list[Case] = []
    category = ""
    for line in CASES.read_text("utf-8").splitlines():
        if line.startswith("# "):
            category = line[2:]
        elif line:
            written, spoken = line.split("\t")
            written = re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), written)
            found.append((category, written, spoken.split(" | ")))
    return found


def words(said: str) -> str:
    """The words of what is said, in a form that can be compared."""
    plain = re.sub(r"[-/—–]", " ", said.lower().replace("'", "").replace("’", ""))
    return _AND.sub(r"\1 ", " ".join(re.sub(r"[^\w ]", " ", plain).split()))


def bare(phonemes: str) -> str:
    """Phonemes without stress, spaces and punctuation, weak vowels as one."""
    return (
        re.sub(r"[^\w]|[ˈˌː]", "", phonemes)
        .replace("ɐ", "ə")
        .replace("ᵻ", "ɪ")
        .replace("T", "t")
        .replace("ɾ", "t")
    )


def forms(spoken: list[str]) -> list[str]:
    """The accepted forms as a pronouncer may want them: letters apart or together, with and without "and"."""
    joined = [re.sub(r"\b(?:[A-Z] )+[A-Z]\b", lambda m: m[0].replace(" ", ""), s) for s in spoken]
    return [
        v
        for s in dict.fromkeys([*spoken, *joined])
        for v in dict.fromkeys([s, s.replace("hundred ", "hundred and ")])
    ]


def by_words(normalize: Callable[[str], str]) -> Callable[[str, list[str]], bool]:
    """Judge a normaliser by its words."""
    return lambda written, spoken: words(normalize(written)) in [words(s) for s in spoken]


def by_phonemes(phonemize: Callable[[str], str]) -> Callable[[str, list[str]], bool]:
    """Judge a whole front end by its phonemes."""

    def right(written: str, spoken: list[str]) -> bool:
        said = bare(phonemize(written))
        return any(said == bare(phonemize(form)) for form in forms(spoken))

    return right


def hibari() -> Callable[[str], str] | None:
    """The front end of hibari-tts, None where it is not installed."""
    try:
        from hibari.g2p import G2P
    except ImportError:
        return None
    return G2P()


def num2words() -> Callable[[str], str] | None:
    """What a script of ten lines does: every figure through num2words, the rest as it is."""
    try:
        from num2words import num2words as spell
    except ImportError:
        return None

    def normalize(text: str) -> str:
        def figure(match: re.Match[str]) -> str:
            plain = match.group("n").replace(",", "")
            return str(spell(float(plain) if "." in plain else int(plain), ordinal=bool(match.group("th"))))

        return re.sub(r"(?P<n>\d+(?:,\d{3})*(?:\.\d+)?)(?P<th>st|nd|rd|th)?", figure, text)

    return normalize


def milliseconds(call: Callable[[str], object], repeats: int = 40) -> list[float]:
    """The least time of each sentence over `repeats` runs."""
    for sentence in SENTENCES:
        call(sentence)
    best = [float("inf")] * len(SENTENCES)
    for _ in range(repeats):
        for i, sentence in enumerate(SENTENCES):
            started = time.perf_counter()
            call(sentence)
            best[i] = min(best[i], 1000 * (time.perf_counter() - started))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wrong", action="store_true", help="print the cases that we read wrong")
    options = parser.parse_args()

    frontend = Frontend()
    peer, spelled = hibari(), num2words()
    judges = {
        "duologue, words": by_words(frontend.normalize),
        "duologue, phonemes": by_phonemes(frontend.phonemize),
    }
    if peer is not None:
        judges["hibari-tts, phonemes"] = by_phonemes(peer)
    if spelled is not None:
        judges["num2words, words"] = by_words(spelled)
    total: Counter[str] = Counter()
    right: dict[str, Counter[str]] = {name: Counter() for name in judges}
    for category, written, spoken in cases():
        for key in (category, "all", "all fresh" if category.startswith("fresh") else "all first batch"):
            total[key] += 1
        for name, judge in judges.items():
            try:
                good = judge(written, spoken)
            except Exception as error:
                good = False
                print(f"{name} fails on {written!r}: {error!r}")
            if options.wrong and not good and name.startswith("duologue"):
                said = frontend.normalize(written) if name.endswith("words") else frontend.phonemize(written)
                print(f"{name}: {written!r} -> {said!r}, wanted {spoken[0]!r}")
            if good:
                for key in (
                    category,
                    "all",
                    "all fresh" if category.startswith("fresh") else "all first batch",
                ):
                    right[name][key] += 1
    order = sorted(total, key=lambda key: key.startswith("all"))
    rows = [
        {"category": key, "cases": str(total[key])}
        | {name: f"{100 * right[name][key] / total[key]:.1f} %" for name in judges}
        for key in order
    ]

    ours, theirs = milliseconds(frontend.script), milliseconds(peer) if peer is not None else None
    normal = milliseconds(frontend.normalize)
    speed = [
        {
            "system": "duologue, whole front end with spans",
            "mean": f"{sum(ours) / len(ours):.3f} ms",
            "worst": f"{max(ours):.3f} ms",
        },
        {
            "system": "duologue, normalisation alone",
            "mean": f"{sum(normal) / len(normal):.3f} ms",
            "worst": f"{max(normal):.3f} ms",
        },
    ]
    lines = [
        "# The front end",
        "",
        *machine(["hibari-tts", "num2words"]),
        "",
        "## Normalisation",
        "",
        table(rows),
        "",
        HISTORY,
        "",
    ]
    if theirs is not None:
        speed.append(
            {
                "system": "hibari-tts, g2p",
                "mean": f"{sum(theirs) / len(theirs):.3f} ms",
                "worst": f"{max(theirs):.3f} ms",
            }
        )
    lines += [
        "## Time per sentence",
        "",
        f"{len(SENTENCES)} sentences, least of 40 runs each, one thread.",
        "",
        table(speed),
        "",
    ]
    if theirs is not None:
        lines += [f"hibari-tts takes {sum(theirs) / sum(ours):.2f} times our time.", ""]
    try:
        import frontend_homographs
    except ImportError:
        pass
    else:
        found = frontend_homographs.run()
        shares = [{"system": k, "right": f"{100 * v:.1f} %"} for k, v in found.items() if k != "cases"]
        lines += [
            "## Homographs",
            "",
            f"{found['cases']:.0f} sentences, American English.",
            "",
            table(shares),
            "",
        ]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "frontend.md").write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()

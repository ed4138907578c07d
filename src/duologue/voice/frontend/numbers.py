"""Numerals spelled out in English words.

Design choices
- Input is the written digits (a string), so leading zeros and trailing decimals stay visible.
- American by default; British puts "and" before the last two digits ("one hundred and five").
- Words are joined by single spaces and never hyphenated: each is one lookup in the lexicon.
- What is too long to be a quantity is read digit by digit; nothing fails for being large.
"""

from __future__ import annotations

from functools import lru_cache

__all__ = ["cardinal", "century_pairs", "decimal", "digits", "number", "ordinal", "plural", "year"]

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = (
    "_ thousand million billion trillion quadrillion quintillion sextillion septillion octillion "
    "nonillion decillion"
).split()
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}

LONGEST = 3 * len(_SCALES)
"""Digits of the longest number that is read as a quantity."""


def _below_hundred(n: int) -> str:
    if n < 20:
        return _ONES[n]
    tens, ones = divmod(n, 10)
    return f"{_TENS[tens]} {_ONES[ones]}" if ones else _TENS[tens]


def _below_thousand(n: int, british: bool) -> str:
    hundreds, rest = divmod(n, 100)
    if not hundreds:
        return _below_hundred(rest)
    head = f"{_ONES[hundreds]} hundred"
    if not rest:
        return head
    return f"{head} and {_below_hundred(rest)}" if british else f"{head} {_below_hundred(rest)}"


@lru_cache(maxsize=4096)
def cardinal(written: str, british: bool = False) -> str:
    """ "1024" or "1,024" -> "one thousand twenty four"; longer than 36 digits: digit by digit."""
    plain = written.replace(",", "")
    if len(plain) > LONGEST:
        return digits(plain)
    n = int(plain)
    if n < 1000:
        return _below_thousand(n, british)
    groups: list[str] = []
    scale = 0
    last = n % 1000
    while n:
        n, group = divmod(n, 1000)
        if group:
            words = _below_thousand(group, british)
            groups.append(f"{words} {_SCALES[scale]}" if scale else words)
        scale += 1
    if british and 0 < last < 100:
        groups[0] = "and " + groups[0]
    return " ".join(reversed(groups))


def ordinal(written: str, british: bool = False) -> str:
    """ "21" -> "twenty first"."""
    head, _, last = cardinal(written, british).rpartition(" ")
    if last in _ORDINALS:
        last = _ORDINALS[last]
    elif last.endswith("y"):
        last = last[:-1] + "ieth"
    else:
        last += "th"
    return f"{head} {last}" if head else last


def digits(written: str, zero: str = "zero") -> str:
    """ "007" -> "zero zero seven"; characters that are not ASCII digits are passed over."""
    return " ".join(zero if c == "0" else _ONES[ord(c) - 48] for c in written if "0" <= c <= "9")


def decimal(written: str, british: bool = False) -> str:
    """ "3.14" -> "three point one four"; ".5" -> "point five"; "1,024" is fine too."""
    whole, dot, fraction = written.partition(".")
    head = number_words(whole, british) if whole else ""
    if not dot or not fraction:
        return head
    return f"{head} point {digits(fraction)}".strip()


def number_words(written: str, british: bool = False) -> str:
    """A whole number; with leading zeros it is a code and read digit by digit."""
    plain = written.replace(",", "")
    if len(plain) > 1 and plain[0] == "0":
        return digits(plain)
    return cardinal(plain, british)


def number(written: str, british: bool = False) -> str:
    """A signed whole or decimal number: "-7", "−3.5", "1,234.5"."""
    if written and written[0] in "-−–":
        return "minus " + decimal(written[1:], british)
    if written and written[0] == "+":
        return "plus " + decimal(written[1:], british)
    return decimal(written, british)


def year(written: str, british: bool = False) -> str:
    """ "1905" -> "nineteen oh five", "2001" -> "two thousand one", "2024" -> "twenty twenty four"."""
    n = int(written)
    if n < 1000 or n > 9999 or len(written) != 4:
        return cardinal(str(n), british)
    century, rest = divmod(n, 100)
    if rest == 0:
        return cardinal(str(n)) if century % 10 == 0 else f"{_below_hundred(century)} hundred"
    if century % 10 == 0 and rest < 10:
        return cardinal(str(n), british)
    if rest < 10:
        return f"{_below_hundred(century)} oh {_ONES[rest]}"
    return f"{_below_hundred(century)} {_below_hundred(rest)}"


def century_pairs(written: str) -> str:
    """Numbers of flights, rooms, models: "747" -> "seven forty seven", "101" -> "one oh one",
    "1549" -> "fifteen forty nine", "800" -> "eight hundred"."""
    if len(written) not in (3, 4) or written[0] == "0":
        return number_words(written)
    head, tail = written[:-2], int(written[-2:])
    if tail == 0:
        if head.endswith("0"):
            return cardinal(written)
        return f"{cardinal(head)} hundred"
    return f"{cardinal(head)} oh {_ONES[tail]}" if tail < 10 else f"{cardinal(head)} {_below_hundred(tail)}"


def plural(words: str) -> str:
    """The plural of the last word of a spelled-out number: "nineteen ninety" -> "nineteen nineties"."""
    if words.endswith("y"):
        return words[:-1] + "ies"
    if words.endswith(("x", "s", "ch", "sh")):
        return words + "es"
    return words + "s"

"""Money: amounts with a currency before or behind ("$3.2 billion", "£5.50", "99¢", "5 USD").

Design choices
- The amount is that of any quantity, so ranges and scales ("$10-$15", "$1.5M") read alike.
- The currency is said last, on the last written word of the amount, so spans stay in order; cents are
  said where exactly two decimals are written.
- "A $20 bill": after an article and before a noun the currency is singular.
"""

from __future__ import annotations

import re

from duologue.voice.frontend.numbers import cardinal
from duologue.voice.frontend.quantities import AMOUNT, NUMBER, SCALE, amount, attributive, split_scale
from duologue.voice.frontend.rule import Part, Rule, Site

__all__ = ["MONEY_RULES"]

_CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "US$": ("U S dollar", "U S dollars", "cent", "cents"),
    "C$": ("Canadian dollar", "Canadian dollars", "cent", "cents"),
    "A$": ("Australian dollar", "Australian dollars", "cent", "cents"),
    "NZ$": ("New Zealand dollar", "New Zealand dollars", "cent", "cents"),
    "HK$": ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
    "S$": ("Singapore dollar", "Singapore dollars", "cent", "cents"),
    "R$": ("Brazilian real", "Brazilian reais", "centavo", "centavos"),
    "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"),
    "¥": ("yen", "yen", "sen", "sen"),
    "₹": ("rupee", "rupees", "paisa", "paise"),
    "₩": ("won", "won", "jeon", "jeon"),
    "₽": ("ruble", "rubles", "kopek", "kopeks"),
    "₿": ("bitcoin", "bitcoin", "satoshi", "satoshi"),
    "₪": ("shekel", "shekels", "agora", "agorot"),
    "₺": ("lira", "lira", "kurush", "kurush"),
    "₴": ("hryvnia", "hryvnias", "kopiyka", "kopiykas"),
    "₦": ("naira", "naira", "kobo", "kobo"),
    "₫": ("dong", "dong", "xu", "xu"),
    "฿": ("baht", "baht", "satang", "satang"),
    "₱": ("peso", "pesos", "centavo", "centavos"),
    "CHF": ("Swiss franc", "Swiss francs", "centime", "centimes"),
    "kr": ("krone", "kroner", "øre", "øre"),
    "zł": ("zloty", "zlotys", "grosz", "groszy"),
    "¢": ("cent", "cents", "", ""),
    "Rs": ("rupee", "rupees", "paisa", "paise"),
    "CNY": ("yuan", "yuan", "fen", "fen"),
    "ZAR": ("rand", "rand", "cent", "cents"),
    "SEK": ("Swedish krona", "Swedish kronor", "öre", "öre"),
    "MXN": ("Mexican peso", "Mexican pesos", "centavo", "centavos"),
}
_ALIASES = {
    "USD": "US$", "GBP": "£", "EUR": "€", "JPY": "¥", "INR": "₹", "AUD": "A$", "CAD": "C$", "CA$": "C$",
    "AU$": "A$", "NZD": "NZ$", "HKD": "HK$", "SGD": "S$", "BRL": "R$", "KRW": "₩", "RUB": "₽", "BTC": "₿",
    "ILS": "₪", "TRY": "₺", "UAH": "₴", "NGN": "₦", "THB": "฿", "PHP": "₱", "DKK": "kr", "NOK": "kr",
    "PLN": "zł", "Rs.": "Rs", "RMB": "CNY", "CN¥": "CNY", "SFr": "CHF", "SFr.": "CHF", "￥": "¥", "￡": "£",
}  # fmt: skip
_SYMBOLS = "|".join(
    re.escape(s) for s in sorted({*_CURRENCIES, *_ALIASES} - {"¢", "kr", "zł"}, key=len, reverse=True)
)
_BEHIND = "|".join(
    re.escape(s) for s in sorted({*_CURRENCIES, *_ALIASES} - {"$", "Rs.", "Rs", "R$"}, key=len, reverse=True)
)
_MONEY_SCALE = SCALE.replace("[kKMBT]", "[kKmMbBT]")


def _money(match: re.Match[str], site: Site) -> list[Part] | None:
    symbol = match.group("symbol")
    name = _ALIASES.get(symbol, symbol)
    one, many_name, cent, cents = _CURRENCIES[name]
    start, end = match.span()
    whole, dot, fraction = match.group("a").partition(".")
    scale, b = match.group("scale"), match.group("b")
    singular = attributive(site, start, end)
    if dot and len(fraction) == 2 and not scale and not b:
        units = whole.replace(",", "").lstrip("0") or "0"
        small = fraction.lstrip("0")
        if not small:
            return [
                Part(
                    start,
                    end,
                    f"{cardinal(units, site.british)} {one if units == '1' or singular else many_name}",
                )
            ]
        minor = f"{cardinal(small)} {cent if small == '1' or singular else cents}"
        if units == "0":
            return [Part(start, end, minor)]
        major = f"{cardinal(units, site.british)} {one if units == '1' or singular else many_name}"
        return [Part(start, end, f"{major} {cardinal(small)}" if singular else f"{major} and {minor}")]
    read = amount(match, site)
    if read is None:
        return None
    words, many = read
    return split_scale(match, words, many_name if many and not singular else one)


MONEY_RULES = [
    Rule(
        "money",
        re.compile(rf"(?P<symbol>{_SYMBOLS}) ?{AMOUNT}{_MONEY_SCALE}(?![\w]|[.,]\d)"),
        _money,
    ),
    Rule(
        "money without range",
        re.compile(rf"(?P<symbol>{_SYMBOLS}) ?(?P<a>{NUMBER})(?P<b>)(?P<to>){_MONEY_SCALE}(?![^\W_])"),
        _money,
    ),
    Rule(
        "money behind",
        re.compile(rf"{AMOUNT}{SCALE} ?(?P<symbol>{_BEHIND})(?![\w])"),
        _money,
    ),
]

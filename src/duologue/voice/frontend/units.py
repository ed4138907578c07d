"""Units of measure: how their symbols are said.

Design choices
- A symbol is a unit only after a number; case tells (m, M; g, G; mb and MB are both allowed).
- Compound units are composed ("km/h", "m/s²", "mg/dL") instead of listed.
- Symbols that are also words or letters ("in", "A", "C") count only when written against the number.
"""

from __future__ import annotations

import re

__all__ = ["SYMBOLS", "TIGHT", "UNIT", "unit_words"]

_TABLE = """
m meter|km kilometer|cm centimeter|mm millimeter|dm decimeter|nm nanometer|µm micrometer|um micrometer
ft foot feet|yd yard|yds yard|mi mile|ly light_year|in inch inches|nmi nautical_mile
g gram|kg kilogram|kgs kilogram|mg milligram|µg microgram|mcg microgram|ng nanogram|t tonne|lb pound|lbs pound
oz ounce|gr grain|l liter|L liter|ml milliliter|mL milliliter|cl centiliter|cL centiliter|dl deciliter
dL deciliter|µL microliter|µl microliter|gal gallon|gals gallon|qt quart|pt pint|tsp teaspoon|tbsp tablespoon
cc c_c c_c|ha hectare
h hour|hr hour|hrs hour|min minute|mins minute|s second|sec second|secs second|ms millisecond|µs microsecond
ns nanosecond|wk week|wks week|mo month|mos month|yr year|yrs year
mph mile_per_hour miles_per_hour|kph kilometer_per_hour kilometers_per_hour
kmh kilometer_per_hour kilometers_per_hour
mpg mile_per_gallon miles_per_gallon|rpm R_P_M R_P_M|bpm beat_per_minute beats_per_minute
fps frame_per_second frames_per_second|dpi D_P_I D_P_I|ppm part_per_million parts_per_million
ppb part_per_billion parts_per_billion|psi P_S_I P_S_I|kt knot|kts knot|kn knot
Hz hertz hertz|kHz kilohertz kilohertz|MHz megahertz megahertz|GHz gigahertz gigahertz|THz terahertz terahertz
W watt|kW kilowatt|MW megawatt|GW gigawatt|TW terawatt|mW milliwatt|hp horsepower horsepower
Wh watt_hour|kWh kilowatt_hour|MWh megawatt_hour|GWh gigawatt_hour|TWh terawatt_hour
V volt|kV kilovolt|mV millivolt|mA milliamp|mAh milliamp_hour|Ah amp_hour|kA kiloamp
J joule|kJ kilojoule|MJ megajoule|GJ gigajoule|cal calorie|kcal kilocalorie|eV electron_volt
keV kiloelectron_volt
MeV megaelectron_volt|GeV gigaelectron_volt|TeV teraelectron_volt
Pa pascal|hPa hectopascal|kPa kilopascal|MPa megapascal|GPa gigapascal|mbar millibar|atm atmosphere
mmHg millimeter_of_mercury millimeters_of_mercury|N newton|kN kilonewton|Nm newton_meter
dB decibel|dBA decibel|lm lumen|lx lux lux|cd candela candela|mol mole|mmol millimole|Ω ohm|kΩ kilohm
MΩ megohm
F farad|µF microfarad|nF nanofarad|pF picofarad|Bq becquerel|mSv millisievert|Sv sievert|Gy gray
B byte|kB kilobyte|KB kilobyte|MB megabyte|mb megabyte|GB gigabyte|gb gigabyte|TB terabyte|PB petabyte
KiB kibibyte|MiB mebibyte|GiB gibibyte|TiB tebibyte|kb kilobit|Kb kilobit|Mb megabit|Gb gigabit
kbps kilobit_per_second kilobits_per_second|Kbps kilobit_per_second kilobits_per_second
Mbps megabit_per_second megabits_per_second|Gbps gigabit_per_second gigabits_per_second
bps bit_per_second bits_per_second|MBps megabyte_per_second megabytes_per_second
°C degree_celsius degrees_celsius|°F degree_fahrenheit degrees_fahrenheit|℃ degree_celsius degrees_celsius
℉ degree_fahrenheit degrees_fahrenheit|° degree|deg degree|K kelvin kelvin|px pixel|pp percentage_point
"""


def _load() -> dict[str, tuple[str, str]]:
    table: dict[str, tuple[str, str]] = {}
    for entry in _TABLE.replace("\n", "|").split("|"):
        if fields := entry.split():
            symbol, one = fields[0], fields[1].replace("_", " ")
            many = fields[2].replace("_", " ") if len(fields) > 2 else one + "s"
            table[symbol] = (one, many)
            if "µ" in symbol:
                table[symbol.replace("µ", "μ")] = table[symbol]
    return table


_UNITS = _load()

SYMBOLS = frozenset(_UNITS)
"""All simple symbols."""

TIGHT = frozenset({"in", "F", "K", "N", "B", "t", "gr", "mo", "pt", "cd", "pp", "ac", "L", "kn", "deg", "um"})
"""Symbols that may be another word or letter: units only when nothing stands between them and the number
("in", "t"), or not even then ("F", "K", "B", "N": see the quantity rule)."""

_SQUARED = {"²": "square", "2": "square", "^2": "square", "³": "cubic", "3": "cubic", "^3": "cubic"}
_LENGTHS = frozenset({"m", "km", "cm", "mm", "ft", "in", "mi", "yd", "dm", "nm", "µm", "μm"})

_SYMBOL = "|".join(re.escape(u) for u in sorted(_UNITS, key=len, reverse=True))
UNIT = (
    rf"(?:sq\.? ?(?:ft|mi|km|m|in|yd|cm)\b\.?|cu\.? ?(?:ft|in|m|yd)\b\.?|fl\.? ?oz\b\.?"
    rf"|(?:{_SYMBOL})(?:\^?[23²³](?![\d.,]\d))?(?:/(?:{_SYMBOL})(?:\^?[23²³])?)?(?![\w²³°]|['’]\w|/\w)|°)"
)
"""Pattern of a unit's symbol, simple or compound."""

_COMPOUND = re.compile(r"([^\d²³^/]+)(\^?[23²³])?(?:/([^\d²³^/]+)(\^?[23²³])?)?")
_WORDED = re.compile(r"(sq|cu|fl)\.? ?([a-z]+)\.?")


def unit_words(symbol: str, many: bool) -> str:
    """ "km/h" -> "kilometers per hour"; `many` False gives the singular of the first unit."""
    if worded := _WORDED.fullmatch(symbol):
        kind = {"sq": "square", "cu": "cubic", "fl": "fluid"}[worded.group(1)]
        return f"{kind} {_UNITS[worded.group(2)][many]}"
    match = _COMPOUND.fullmatch(symbol)
    if match is None or match.group(1) not in _UNITS:
        return symbol
    first, power, per, per_power = match.groups()
    words = _UNITS[first][many]
    if power:
        words = f"{_SQUARED[power]} {words}" if first in _LENGTHS else f"{words} squared"
    if per:
        words += f" per {_UNITS[per][0]}"
        if per_power:
            squared = _SQUARED[per_power] == "square"
            if per in _LENGTHS:
                words = words[: -len(_UNITS[per][0])] + f"{'square' if squared else 'cubic'} {_UNITS[per][0]}"
            else:
                words += " squared" if squared else " cubed"
    return words

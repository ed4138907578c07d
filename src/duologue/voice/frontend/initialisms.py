"""Words in capitals: initialisms read by letter (FBI), acronyms read as words (NASA), and shouting.

Design choices
- Lists decide the common cases; for the rest the shape does: without a vowel it is letters; up to three
  letters it is letters unless the lexicon knows the word; longer it is a word if it can be said.
- In a sentence that is all capitals the capitals tell nothing: known words are words, and only listed
  initialisms that are no words stay letters.
- Dotted letters ("U.S.A.", "J.R.R.") are letters; "-s" and "-'s" stay on the last one.
"""

from __future__ import annotations

import re

from duologue.voice.frontend.rule import Part, Rule, Site

__all__ = ["CAPITAL_RULES", "INITIALISMS", "capitals"]

_ACRONYMS = frozenset(
    """NASA NATO UNESCO UNICEF OPEC AIDS ASCII LASER RADAR SCUBA NAFTA NASDAQ FIFA UEFA FEMA NORAD SWAT
    POTUS SCOTUS
    FLOTUS GIF PIN RAM ROM SIM ZIP BASIC COBOL FORTRAN JPEG MIDI GUI WASP YOLO LOL FOMO COVID SARS MERS EBITDA
    DARPA HAMAS PETA IKEA LEGO ASEAN APEC NIMBY SONAR CAPTCHA TED CAD TASER AWOL BAFTA ERIC OSHA HIPAA
    INTERPOL
    NAND VAT LIDAR GULAG CERN ESPRIT ISIS ISIL BRICS MAGA DACA MOMA TOEFL LAN WAN NATO
    JSON YAML TOML WASM CRUD GNU BIOS DOS SAAS IMAX HEPA NOAA UNIX LINUX TESLA NSYNC AMOLED SOHO BOGO
    MENSA QANTAS FIAT SAAB BIC QUANGO SAG AFTRA CAT WIMAX WYSIWYG
    ALGOL EPCOT FICA CHIP SNAP ELISA PET EULA MILF WAG CPAP DOOM LASIK GMAT LSAT MCAT NASCAR NORML
    TIMSS PISA ICANN HIMARS JAG MASH""".split()
)
INITIALISMS = frozenset(
    """US USA UK EU UN USSR UAE FBI CIA NSA DOJ EPA FDA CDC FCC FTC SEC IRS DEA DHS TSA ATF DOD DOE GOP
    DNC RNC
    IT WHO WTO IMF ICC ICU ER MRI CT DNA RNA HIV ADHD OCD PTSD IQ EQ AI ML API CPU GPU TPU USB HDMI SSD
    HDD LCD LED OLED CRT TV DVD CD VHS HD UHD HDR PC OS UI UX URL HTML CSS PHP SQL XML HTTP HTTPS FTP
    SSH SSL TLS
    TCP IP DNS VPN ISP IOT AR VR FAQ PDF DOC AM FM PM AD BC BCE CE GMT UTC EST PST CST EDT PDT CEO CFO CTO COO
    HR PR VP VIP MVP BBC CNN NBC ABC CBS HBO MTV ESPN NFL NBA NHL MLB MLS UFC WWE NCAA PGA UCLA USC NYU
    MIT LSE
    LSD DUI ATM BMW GM GE IBM HP AMD AOL AT KFC BLT OJ PB PhD MD RN BA BS MBA MA MS GPA SAT ACT GED GRE ESL ID
    DIY ETA FYI BTW OMG WTF TBA TBD AKA RIP RSVP SOS UFO DJ MC EP LP CV NGO NPO LLC PLC KKK NRA ACLU AARP
    LGBT LGBTQ BYOB TNT PVC GPS SUV RV MPG RPM MPH AC DC UV IR EMF IVF STD STI PMS TB IBS BMI CPR EKG ECG EEG
    EMT OBGYN PO POW MIA KIA USAF USMC USN RAF SAS SS IRA PLO IDF KGB MI GDP GNP CPI IPO ETF ROI DC LA
    NY NYC SF DMV PTA ROTC YMCA PGP RSA AES CIO NYPD LAPD MPAA RIAA GOP EV PHEV SMS MMS NFC RFID LTE WPA
    ISO ANSI IEC EEC EEA ECB OECD MEP MP PBS NPR PSA BP EDF UPS USPS DHL JFK LAX FDR LBJ MLK RFK OJ
    AFC NFC AAA BB CC DD EE FF GG SUV TD QB RBI POV RPG FPS NPC MMO CGI SDK IDE CLI LLM GPT NLP
    TTS ASR CNN RNN GAN MLP CPC KPI CRM ERP B2B ISS ESA EVA NTSB FAA NHS BSE GMO THC CBD
    UEA ULA OAS OAU AU EPL FA ITV RTE EMI RCA ELO MGM RKO UA BA AA EZ""".split()
)
_WORDS = frozenset(
    """AN AND AS AT BE BY DO GO HE IF IN IS ME MY NO OF ON OR SO TO UP WE ALL ARE BUT CAN DAY DID FOR
    GET GOT HAD HAS
    HER HIM HIS HOW ITS LET MAN MAY NEW NOT NOW OLD ONE OUR OUT OWN PUT SAY SEE SHE THE TOO TWO USE WAS
    WAY WHY YES
    YET YOU AM BAD BIG BOY CAR DOG EAT END FUN GOD HOT JOB KEY LAW LOT MOM DAD NEVER OFF OWL PAY RED RUN
    SIR SIT
    SON SUN TEN TOP TRY WAR WET WIN WON WOW BOO HEY HAI HA AH OH EH UH HMM YO HI BYE LOVE STOP FREE SALE
    HELP GOOD
    EVER ONLY VERY THIS THAT WITH FROM HAVE WILL WHAT WHEN YOUR JUST OPEN EXIT PUSH PULL BAR SEX AGE AIR
    ART ASK BOX
    BUY CUT FAR FEW GUN HIT ICE ILL LOW MEN NOR OIL RAW SEA SET SKY TEA TIE TOY VAN VIA ADD ACE AID""".split()
)
_VOWEL = re.compile(r"[AEIOUY]")
_UNSAYABLE = re.compile(
    r"[^AEIOUY]{4}|^(?:[BCDFGHJKLMNPQRSTVWXZ](?![RLHWYAEIOU]))|[^AEIOUYLRSTNMDKPHXZFCBG]$|[BCDFGJKLMNPTVZ]{3}"
)
_SYLLABLES = re.compile(
    r"(?:[^AEIOUY]{0,2}[AEIOU][^AEIOUY]{1,2}){1,2}[AEIOUY]?|[^AEIOUY][AEIOU][^AEIOUY][AEIOUY]"
)
_MIXED = {
    "macOS": "mac O S", "PhD": "P H D", "PhDs": "P H Ds", "pH": "P H", "LaTeX": "lay tech", "WiFi": "wi fi",
    "iPadOS": "I pad O S", "tvOS": "T V O S", "watchOS": "watch O S", "MSc": "M S C", "BSc": "B S C",
    "LLMs": "L L Ms", "GmbH": "G M B H", "IoT": "I O T", "QoS": "Q O S", "SaaS": "sass", "DoD": "D O D",
    "VoIP": "voip", "NumPy": "num pie", "SciPy": "sigh pie", "PyPI": "pie P I", "kB": "kilobyte",
}  # fmt: skip
"""Mixed case that is neither a name nor a compound."""
_SPECIAL = {
    "NAACP": "N double A C P",
    "NCAA": "N C double A",
    "IEEE": "I triple E",
    "AAA": "triple A",
    "JPEG": "J peg",
    "JPEGS": "J pegs",
    "MPEG": "M peg",
    "OK": "okay",
    "WWI": "world war one",
    "WWII": "world war two",
    "CDROM": "C D rom",
    "TTYL": "T T Y L",
    "MS": "M S",
    "PHD": "P H D",
    "XML": "X M L",
}


def capitals(start: int, end: int, written: str, site: Site, tail: str = "") -> Part:
    """The part for a run of capitals, with a tail of "s" or "'s"."""
    if written in _SPECIAL and not (site.shouting and written == "MS"):
        return Part(start, end, _SPECIAL[written] + tail)
    if len(written) == 1:
        return Part(start, end, written + tail)
    if written in _ACRONYMS:
        return Part(start, end, written + tail, "word")
    word = Part(start, end, written.lower() + tail, "word")
    if site.shouting:
        if written in INITIALISMS and written not in _AMBIGUOUS:
            return Part(start, end, written + tail)
        if _VOWEL.search(written):
            return word
        return Part(start, end, written + tail)
    if written in INITIALISMS:
        return Part(start, end, written + tail)
    if written in _WORDS or not _VOWEL.search(written):
        return word if written in _WORDS else Part(start, end, written + tail)
    known = site.known(written.lower()) if site.known else False
    if len(written) <= 3:
        return (
            word
            if known and len(written) == 3 and written.lower() not in _ABBREVIATED
            else Part(start, end, written + tail)
        )
    sayable = not _UNSAYABLE.search(written) if len(written) > 4 else _SYLLABLES.fullmatch(written)
    return word if known or sayable else Part(start, end, written + tail)


_AMBIGUOUS = frozenset(
    """US IT WHO AM AT OF ALL ACT SAT LED RAM PIN ID MAY MS MA PA OR IN ME HI OK AD ERA CD AIDS LA DOE DOC
    AA""".split()
)
_ABBREVIATED = frozenset(
    """abs aba ada alt ana app ara bio cal col cam com con dis dom eta fed gov int mac mus nat pol pro reg rep
    rev sec""".split()
)

_LETTERS = re.compile(r"[^\W\d_]")


def _capitals(match: re.Match[str], site: Site) -> list[Part] | None:
    tail = match.group("tail") or ""
    return [capitals(match.start(), match.end(), match.group("run"), site, tail)]


def _dotted(match: re.Match[str], site: Site) -> list[Part] | None:
    letters = "".join(_LETTERS.findall(match.group("run"))).upper()
    return [Part(match.start(), match.end(), letters + (match.group("tail") or ""))]


def _joined(match: re.Match[str], site: Site) -> list[Part] | None:
    """R&B, Q&A, AT&T, B&Bs."""
    first, second = match.group("first"), match.group("second")
    joint = match.start("joint")
    return [
        Part(match.start(), joint, first),
        Part(joint, joint + 1, "and"),
        Part(joint + 1, match.end(), second + (match.group("tail") or "")),
    ]


def _mixed(match: re.Match[str], site: Site) -> list[Part] | None:
    """iOS, mRNA, and what is listed."""
    written = match.group()
    if written in _MIXED:
        return [Part(*match.span(), _MIXED[written])]
    if re.fullmatch(r"[a-z][A-Z]{2,}s?", written):
        return [Part(*match.span(), written.rstrip("s").upper() + ("s" if written.endswith("s") else ""))]
    return None


CAPITAL_RULES = [
    Rule(
        "letters joined by and",
        re.compile(r"(?P<first>[A-Z]{1,2})(?P<joint>[&+])(?P<second>[A-Z]{1,2})(?P<tail>'?s)?(?!\w)"),
        _joined,
    ),
    Rule("dotted letters", re.compile(r"(?P<run>(?:[A-Za-z]\.){2,}[A-Za-z]?)(?P<tail>'s)?(?!\w)"), _dotted),
    Rule("capitals", re.compile(r"(?P<run>[A-ZÀ-ÖØ-Þ]{2,})(?P<tail>'?s)?(?!\w)"), _capitals),
    Rule("mixed case", re.compile(r"[A-Za-z]+(?!\w)"), _mixed),
]

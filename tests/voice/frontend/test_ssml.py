import time

import pytest

from duologue.voice.frontend import Frontend, FrontendError
from duologue.voice.frontend.sayas import say_as

frontend = Frontend()


def script(body: str, **options):
    return frontend.script(f"<speak>{body}</speak>", ssml=True, **options)


def only(body: str):
    (utterance,) = script(body).utterances
    return utterance


def test_spans_point_into_the_document():
    document = "<speak>caf&#233; &amp; <emphasis>naïve</emphasis> <!-- no --> <![CDATA[<b>]]> end.</speak>"
    (utterance,) = frontend.script(document, ssml=True).utterances
    for word in utterance.words:
        assert document[word.start : word.end] == word.text
    assert [w.text for w in utterance.words][:3] == ["caf&#233;", "&amp;", "naïve"]
    assert utterance.words[-1].text == "end"


def test_prosody_nests_and_multiplies():
    utterance = only(
        '<prosody rate="50%" pitch="+2st" volume="+6dB">slow '
        '<prosody rate="200%" pitch="-1st">x ray</prosody></prosody> off'
    )
    prosodies = [utterance.phonemes[w.first].prosody for w in utterance.words]
    assert (prosodies[0].rate, prosodies[0].pitch, prosodies[0].volume) == (0.5, 2.0, 6.0)
    assert (prosodies[1].rate, prosodies[1].pitch, prosodies[1].volume) == (1.0, 1.0, 6.0)
    assert (prosodies[-1].rate, prosodies[-1].pitch) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("attribute", "field", "value"),
    [
        ('rate="x-slow"', "rate", 0.5),
        ('rate="+10%"', "rate", 1.1),
        ('rate="1.5"', "rate", 1.5),
        ('pitch="high"', "pitch", 3.0),
        ('pitch="+100%"', "pitch", 12.0),
        ('range="x-low"', "pitch_range", 0.4),
        ('volume="soft"', "volume", -6.0),
        ('volume="silent"', "volume", -120.0),
        ('volume="50%"', "volume", -6.0206),
    ],
)
def test_prosody_values(attribute, field, value):
    prosody = only(f"<prosody {attribute}>word</prosody>").phonemes[0].prosody
    assert getattr(prosody, field) == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize(
    "body",
    [
        '<prosody pitch="200Hz">w</prosody>',
        '<prosody rate="quick">w</prosody>',
        '<prosody contour="(0%,+20Hz)">w</prosody>',
        '<emphasis level="huge">w</emphasis>',
        '<audio src="a.wav">w<desc>sound</desc></audio>',
        "<foo>w</foo>",
        '<say-as interpret-as="expletive">w</say-as>',
        '<say-as interpret-as="date">w</say-as>',
        '<phoneme alphabet="x-sampa" ph="w">w</phoneme>',
        '<lang xml:lang="fr-FR">w</lang>',
        "<sub>w</sub>",
        'w<break time="long"/>',
        "w<mark/>",
    ],
)
def test_what_is_not_supported_is_reported_and_spoken(body):
    found = script(body)
    assert len(found.notices) == 1
    notice = found.notices[0]
    assert "<speak>" not in found.text[notice.start : notice.end]
    assert notice.end > notice.start
    assert "".join(map(str, found.utterances)).startswith("dˈʌbᵊlju"[:2])


@pytest.mark.parametrize(
    ("body", "pauses"),
    [
        ('One.<break time="750ms"/> Two.', [0.75, None]),
        ('One.<break strength="strong"/><break time="1s"/> Two.', [2.0, None]),
        ("One.<break/> Two.", [0.5, None]),
        ('One <break strength="none"/>two.', [None]),
    ],
)
def test_breaks(body, pauses):
    assert [u.pause_after for u in script(body).utterances] == pauses


def test_paragraphs_and_sentences():
    found = script("<p><s>one</s><s>two</s></p><p>three</p>").utterances
    assert [u.words[0].text for u in found] == ["one", "two", "three"]
    assert [u.paragraph for u in found] == [False, True, True]


def test_voice_style_and_language():
    found = script(
        'a cat <voice name="emma" style="sad">bath</voice> <lang xml:lang="en-GB">bath</lang> '
        '<style name="whisper">now</style>',
        lang_of_voice={"emma": "en-gb"}.get,
    ).utterances
    assert [(u.voice, u.style, u.lang) for u in found] == [
        (None, None, "en-us"),
        ("emma", "sad", "en-gb"),
        (None, None, "en-gb"),
        (None, "whisper", "en-us"),
    ]
    assert "ɑː" in str(found[1])


def test_sub_phoneme_and_marks():
    utterance = only(
        'See <sub alias="World Wide Web">WWW</sub>, '
        '<mark name="here"/><phoneme ph="təˈmeɪtoʊ">tomato</phoneme>.'
    )
    assert [w.text for w in utterance.words] == ["See", "WWW", "tomato"]
    assert "təmˈAtO" in str(utterance)
    (mark,) = utterance.marks
    assert mark.name == "here"
    assert str(utterance)[mark.phoneme :].strip().startswith("təm")


@pytest.mark.parametrize(
    ("kind", "text", "detail", "spoken"),
    [
        ("characters", "a1-", "", "A one dash"),
        ("spell-out", "cat", "", "C A T"),
        ("cardinal", "1,234", "", "one thousand two hundred thirty four"),
        ("cardinal", "XIV", "", "fourteen"),
        ("ordinal", "3", "", "third"),
        ("digits", "123", "", "one two three"),
        ("fraction", "3/4", "", "three quarters"),
        ("date", "01/02/2003", "dmy", "February first two thousand three"),
        ("date", "20030201", "yyyymmdd", "February first two thousand three"),
        ("date", "13/40/2003", "dmy", None),
        ("time", "9:05pm", "", "nine oh five P M"),
        ("telephone", "555-0198", "", "five five five , zero one nine eight"),
    ],
)
def test_say_as(kind, text, detail, spoken):
    assert say_as(kind, text, detail) == spoken


@pytest.mark.parametrize(
    ("document", "advice", "line", "column"),
    [
        ("<speak>\n<p>x</speak>", "</p>", 2, 7),
        ("<speak>a & b</speak>", "&amp;", 1, 11),
        ("<speak>é &nbsp; x</speak>", "&amp;", 1, 10),
        ("<speak>open", "closed", 1, None),
        ("plain", "<speak>", 1, 1),
        ("<p>x</p>", "<speak>", 1, 1),
        ("", "<speak>", 1, 1),
    ],
)
def test_broken_documents(document, advice, line, column):
    with pytest.raises(FrontendError) as caught:
        frontend.script(document, ssml=True)
    assert advice in str(caught.value)
    assert caught.value.line == line
    assert column is None or caught.value.column == column


def test_entity_bombs_are_refused_at_once():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)
    )
    started = time.perf_counter()
    with pytest.raises(FrontendError, match="DOCTYPE"):
        frontend.script(bomb + "]><speak>&j;</speak>", ssml=True)
    with pytest.raises(FrontendError, match="DOCTYPE"):
        frontend.script('<!DOCTYPE s SYSTEM "file:///etc/passwd"><speak>x</speak>', ssml=True)
    assert time.perf_counter() - started < 1.0


def test_nesting_has_a_floor():
    with pytest.raises(FrontendError, match="nested deeper"):
        script("<s>" * 100_000 + "x" + "</s>" * 100_000)

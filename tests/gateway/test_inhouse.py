"""The in-house models behind the gateway: the real ones, small requests."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from duologue.gateway import Caller, ChatRequest, Gateway, GatewayError, SpeechRequest
from duologue.gateway.config import Config, PolicyConfig, in_house_text, in_house_voice
from duologue.gateway.manner import style_of
from duologue.gateway.prices import Prices
from duologue.gateway.toolcalls import ToolGrammar, plain_messages
from duologue.voice import Voice

TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a town.",
        "parameters": {
            "type": "object",
            "properties": {"town": {"enum": ["Leeds", "York"]}, "days": {"enum": [1, 3, 7]}},
            "required": ["town", "days"],
            "additionalProperties": False,
        },
    },
}


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    """Both, with a price on the machine."""
    from dataclasses import replace

    prices = Prices(machine_second=Decimal("0.0001"))
    both = [replace(d, prices=prices, threads=1) for d in (in_house_voice(), in_house_text())]
    with Gateway.open(
        Config(
            deployments={d.name: d for d in both},
            groups={"here": tuple(d.name for d in both)},
            policies={"default": PolicyConfig(name="default", groups=("here",))},
            tasks={"*": "default"},
        )
    ) as opened:
        opened.warm()
        yield opened


def chat(gateway: Gateway, text: str, **more: Any) -> tuple[str, Any]:
    usual: dict[str, Any] = {"max_tokens": 20, "temperature": 0.0, "seed": 1}
    request = ChatRequest(messages=({"role": "user", "content": text},), **(usual | more))
    with gateway.chat(request) as served:
        pieces = list(served)
    assert served.state == "done"
    return "".join(p.text for p in pieces), (pieces, served)


def test_speech_is_what_the_voice_says(gateway: Gateway, voice: Voice) -> None:
    text = "Good morning. It is a fine day, isn't it?"
    request = SpeechRequest(text=text, voice="emma", style="cheerful", speed=1.1, seed=3)
    with gateway.speak(request) as served:
        pieces = list(served)
    speech = voice.speak(text, voice="emma", style="cheerful", speed=1.1, seed=3)
    np.testing.assert_array_equal(np.concatenate([p.audio for p in pieces]), speech.audio)
    assert [w.text for p in pieces for w in p.words] == [w.text for w in speech.words]
    charge = served.charge
    assert charge.audio_seconds == pytest.approx(speech.duration)
    assert charge.characters == len(text)
    assert charge.money == Decimal(str(round(charge.compute_seconds, 6))) * Decimal("0.0001")
    assert 0 < charge.first_seconds < charge.seconds
    assert 0 < charge.compute_seconds < charge.seconds


def test_the_names_that_clients_use_lead_here(gateway: Gateway) -> None:
    for model in ("tts-1", "tts-1-hd", "gpt-4o-mini-tts", "duologue-voice", ""):
        with gateway.speak(SpeechRequest(text="Yes.", model=model)) as served:
            assert next(served).sample_rate == 24_000
        assert served.choice.deployment == "duologue-voice"
    for model in ("duologue", "duologue-tiny", ""):
        plan = gateway.explain(ChatRequest(messages=({"role": "user", "content": "x"},), model=model))
        assert plan[0].deployment == "duologue-tiny"


def test_a_lexicon_markup_and_instructions(gateway: Gateway) -> None:
    def spoken(**more: Any) -> Any:
        with gateway.speak(SpeechRequest(**({"text": "Nguyen is here."} | more))) as served:
            return list(served)

    plain = spoken()
    assert len(spoken(lexicon={"Nguyen": "elephantine"})[0].audio) != len(plain[0].audio)
    ssml = "<speak>One <break time='400ms'/> two <audio src='x'/></speak>"
    assert spoken(text=ssml, ssml=True)[0].notices
    whispered, quiet = spoken(style="whisper"), spoken(instructions="Please whisper this.")
    np.testing.assert_array_equal(whispered[0].audio, quiet[0].audio)


@pytest.mark.parametrize(
    ("words", "style"),
    [
        ("", "neutral"),
        ("Speak in a cheerful and positive tone.", "cheerful"),
        ("Like a news anchor, brisk", "news"),
        ("Tell it as a bedtime story, slow and soft", "story"),
        ("not sad, please; calm and soothing", "calm"),
        ("WHISPER it", "whisper"),
        ("Voice: warm, empathetic. Tone: sympathetic", "gentle"),
        ("x" * 100_000, "neutral"),
    ],
)
def test_free_words_become_a_style(words: str, style: str) -> None:
    assert style_of(words) == style


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (SpeechRequest(text=""), "nothing to say"),
        (SpeechRequest(text="Hi", voice="nobody"), "nobody"),
        (SpeechRequest(text="Hi", speed=9.0), "speed is 9; give 0.25 to 4"),
        (SpeechRequest(text="Hi", style="bored"), "unknown style"),
        (SpeechRequest(text="<speak>", ssml=True), "."),
        (SpeechRequest(text="Hi", lexicon={"a\nb": "c"}), "lexicon"),
    ],
)
def test_what_the_voice_cannot_take_is_the_callers_fault(
    gateway: Gateway, request_: SpeechRequest, words: str
) -> None:
    with pytest.raises(GatewayError, match=words) as caught:
        gateway.speak(request_)
    assert caught.value.status == 400


def test_chat_streams_counts_and_repeats_with_a_seed(gateway: Gateway) -> None:
    text, (pieces, served) = chat(gateway, "Hello, how are you?")
    again, _ = chat(gateway, "Hello, how are you?")
    assert text == again
    assert len(pieces) > 3
    assert pieces[-1].finish_reason in ("stop", "length")
    assert served.charge.completion_tokens > 3
    assert not served.charge.estimated
    assert served.charge.money > 0
    _, (pieces, _) = chat(gateway, "Hello", logprobs=2, max_tokens=3)
    assert len(pieces[0].logprobs[0].top) == 2


def test_json_of_a_schema(gateway: Gateway) -> None:
    schema = TOOL["function"]["parameters"]  # type: ignore[index]
    text, _ = chat(gateway, "York, three days", json_schema=schema, max_tokens=60)
    jsonschema.validate(json.loads(text), schema)


def test_a_tool_that_must_be_called_is_called_with_arguments_that_fit(gateway: Gateway) -> None:
    for choice in ("required", "weather"):
        text, (pieces, served) = chat(
            gateway, "How is the weather in York?", tools=(TOOL,), tool_choice=choice, max_tokens=100
        )
        assert text == ""
        [call] = [call for p in pieces for call in p.tool_calls]
        assert call.name == "weather"
        assert call.id.startswith("call_")
        jsonschema.validate(json.loads(call.arguments), TOOL["function"]["parameters"])  # type: ignore[index]
        assert pieces[-1].finish_reason == "tool_calls"
        assert served.charge.completion_tokens > 5


def test_with_auto_it_is_a_call_or_an_answer(gateway: Gateway) -> None:
    text, (pieces, _) = chat(gateway, "Thank you!", tools=(TOOL,), max_tokens=120)
    calls = [call for p in pieces for call in p.tool_calls]
    if pieces[-1].finish_reason == "tool_calls":
        assert (len(calls), text) == (1, "")
    else:
        assert calls == []
    text, _ = chat(gateway, "Hello", tools=(TOOL,), tool_choice="none")
    assert text


def test_tools_that_are_none(gateway: Gateway) -> None:
    for tools, choice, words in (
        (({"type": "retrieval"},), "auto", "a tool is"),
        ((TOOL,), "sunshine", "tool_choice names 'sunshine'"),
    ):
        with pytest.raises(GatewayError, match=words) as caught:
            chat(gateway, "x", tools=tools, tool_choice=choice)
        assert caught.value.status == 400


def test_a_grammar_of_calls_and_answers() -> None:
    request = ChatRequest(messages=(), tools=(TOOL,))
    grammar = ToolGrammar.of(request)
    assert grammar is not None
    for made in ({"function": "weather", "arguments": {"town": "York", "days": 3}}, {"answer": "Hello."}):
        jsonschema.validate(made, grammar.schema)
    for wrong in ({"function": "x", "arguments": {}}, {"function": "weather", "arguments": {"town": "Rome"}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, grammar.schema)


def test_openais_messages_are_brought_down_to_turns() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "weather", "arguments": '{"town": "York"}'}}
    messages = (
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "How is "}, {"type": "text", "text": "York?"}]},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": "Rain."},
    )
    assert plain_messages(messages) == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "How is York?"},
        {"role": "assistant", "content": '{"function": "weather", "arguments": {"town": "York"}}'},
        {"role": "user", "content": "Result of the function: Rain."},
    ]
    with pytest.raises(GatewayError, match="a part of the kind 'image_url'"):
        plain_messages(({"role": "user", "content": [{"type": "image_url"}]},))


def test_what_the_text_model_cannot_take_is_the_callers_fault(gateway: Gateway) -> None:
    for messages, code in (
        ((), "invalid_request"),
        (({"role": "robot", "content": "x"},), "invalid_request"),
        (({"role": "user", "content": "word " * 5000},), "context_length_exceeded"),
    ):
        with pytest.raises(GatewayError) as caught:
            gateway.chat(ChatRequest(messages=messages))
        assert (caught.value.status, caught.value.code) == (400, code)


def test_a_caller_who_goes_away_stops_the_model(gateway: Gateway) -> None:
    request = ChatRequest(messages=({"role": "user", "content": "Tell me a long story."},), temperature=1.5)
    served = gateway.chat(request)
    next(served)
    begun = time.monotonic()
    served.close()
    assert time.monotonic() - begun < 20
    assert served.state == "cancelled"
    assert served.charge.estimated
    assert served.charge.completion_tokens >= 1
    long = SpeechRequest(text="This goes on and on. " * 2000)
    spoken = gateway.speak(long)
    next(spoken)
    spoken.close()
    assert spoken.charge.audio_seconds < 30


def test_missing_weights_are_not_the_callers_fault(tmp_path: Path) -> None:
    from dataclasses import replace

    from duologue.gateway.config import default

    config = default()
    nowhere = {n: replace(d, weights=tmp_path / "nowhere") for n, d in config.deployments.items()}
    with Gateway.open(replace(config, deployments=nowhere)) as gateway:
        with pytest.raises(GatewayError) as caught:
            gateway.speak(SpeechRequest(text="Hi"))
        assert (caught.value.status, caught.value.code) == (503, "model_unavailable")
        with pytest.raises(GatewayError) as caught:
            gateway.chat(ChatRequest(messages=({"role": "user", "content": "x"},)))
        assert caught.value.status == 503


def test_the_studio_gets_a_voice_and_a_writer(gateway: Gateway, voice: Voice) -> None:
    from duologue.studio.protocols import Speak, Write

    speaker = gateway.speaker(Caller.local())
    as_protocol: Speak = speaker
    turn = as_protocol.speak("Good morning. How are you?", voice="emma", style="news", speed=1.0, seed=1)
    same = voice.speak("Good morning. How are you?", voice="emma", style="news", seed=1)
    np.testing.assert_array_equal(turn.audio, same.audio)
    assert [(w.text, round(w.start, 6)) for w in turn.words] == [
        (w.text, round(w.start, 6)) for w in same.words
    ]
    assert speaker.model == voice.model
    assert speaker.money == speaker.charges[0].money > 0
    writer = gateway.writer(Caller.local())
    to_write: Write = writer
    text = to_write.write([{"role": "user", "content": "Hello."}], max_tokens=8, temperature=0.0, seed=1)
    assert text
    assert writer.model == "duologue-tiny"
    assert writer.charges[0].completion_tokens <= 8
    with pytest.raises(GatewayError, match="isn't for speech"):
        gateway.speaker(Caller(key_id=None, name="x", scopes=frozenset({"chat"})))


def test_any_gguf_on_this_machine() -> None:
    import duologue
    from duologue.gateway.toml import parse

    [weights] = (Path(duologue.__file__).parent / "weights" / "text").glob("*.gguf")
    config = parse(f'[deployments.own]\nkind = "local"\nmodel = "{weights}"\nthreads = 1\nslots = 1')
    with Gateway.open(config) as gateway:
        _, (pieces, served) = chat(gateway, "Hello", max_tokens=5)
        assert served.choice.kind == "local"
        assert pieces[-1].usage is not None
        assert pieces[-1].usage.completion_tokens <= 5
    with pytest.raises(GatewayError):
        gateway.chat(ChatRequest(messages=({"role": "user", "content": "x"},)))

"""OpenAI's own client, unchanged, against our server."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest
import soundfile
from pydantic import BaseModel

from runningserver import Running


@pytest.fixture
def ai(server: Running) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="unused", max_retries=0) as client:
        yield client


HELLO = [{"role": "user", "content": "Hello, who are you?"}]


def test_speech_streams_to_a_file(ai: openai.OpenAI, tmp_path: Path) -> None:
    with ai.audio.speech.with_streaming_response.create(
        model="gpt-4o-mini-tts",
        voice="alloy",
        input="Hello there. This is the second sentence.",
        instructions="Speak in a cheerful and positive tone.",
        response_format="wav",
    ) as answer:
        assert answer.headers["x-duologue-deployment"] == "duologue-voice"
        answer.stream_to_file(tmp_path / "a.wav")
    audio, rate = soundfile.read(tmp_path / "a.wav")
    assert rate == 24_000
    assert 2 < len(audio) / rate < 6


def test_speech_at_once_and_by_a_voice_object(ai: openai.OpenAI) -> None:
    made = ai.audio.speech.create(
        model="tts-1", voice={"id": "emma"}, input="Hello there.", response_format="opus"
    )
    audio, _ = soundfile.read(io.BytesIO(made.read()))
    assert len(audio) > 10_000


def test_speech_events(ai: openai.OpenAI) -> None:
    with ai.audio.speech.with_streaming_response.create(
        model="gpt-4o-mini-tts", voice="nova", input="One. Two.", response_format="pcm", stream_format="sse"
    ) as answer:
        events = [json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: ")]
    assert [e["type"] for e in events[:-1]] == ["speech.audio.delta"] * (len(events) - 1)
    assert events[-1]["type"] == "speech.audio.done"
    assert events[-1]["usage"]["total_tokens"] > 0
    assert [w["text"] for e in events[:-1] for w in e.get("words", [])] == ["One", "Two"]


def test_chat(ai: openai.OpenAI) -> None:
    made = ai.chat.completions.create(model="duologue-tiny", messages=HELLO, max_tokens=12, seed=1)
    again = ai.chat.completions.create(model="duologue-tiny", messages=HELLO, max_tokens=12, seed=1)
    assert made.choices[0].message.content == again.choices[0].message.content
    assert made.choices[0].finish_reason in ("stop", "length")
    assert made.usage is not None
    assert 0 < made.usage.completion_tokens <= 12


def test_chat_streams_the_same_with_usage(ai: openai.OpenAI) -> None:
    whole = ai.chat.completions.create(model="duologue-tiny", messages=HELLO, max_tokens=12, seed=2)
    chunks = list(
        ai.chat.completions.create(
            model="duologue-tiny",
            messages=HELLO,
            max_tokens=12,
            seed=2,
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == whole.choices[0].message.content
    assert [c.usage for c in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert chunks[-1].usage == whole.usage
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == whole.choices[0].finish_reason


def test_chat_stream_helper(ai: openai.OpenAI) -> None:
    with ai.chat.completions.stream(model="duologue-tiny", messages=HELLO, stop=[" "], seed=3) as stream:
        kinds = {event.type for event in stream}
        final = stream.get_final_completion()
    assert {"chunk", "content.delta", "content.done"} <= kinds
    assert final.choices[0].message.content


def test_stop_and_logprobs(ai: openai.OpenAI) -> None:
    made = ai.chat.completions.create(
        model="", messages=HELLO, max_tokens=10, seed=1, logprobs=True, top_logprobs=3
    )
    logprobs = made.choices[0].logprobs
    assert logprobs is not None
    assert logprobs.content
    assert "".join(t.token for t in logprobs.content) == made.choices[0].message.content
    assert all(len(t.top_logprobs) == 3 and t.logprob <= 0 for t in logprobs.content)
    text = made.choices[0].message.content or ""
    stop = text[len(text) // 2 :][:3]
    cut = ai.chat.completions.create(model="", messages=HELLO, max_tokens=10, seed=1, stop=[stop])
    assert stop not in (cut.choices[0].message.content or "")
    assert cut.choices[0].finish_reason == "stop"


class Person(BaseModel):
    """What the answer is to be."""

    name: str
    age: int


ANN = [{"role": "user", "content": "Ann is 34 and lives in Leeds."}]


def test_parsed_json(ai: openai.OpenAI) -> None:
    made = ai.chat.completions.parse(
        model="duologue-tiny", messages=ANN, response_format=Person, max_tokens=100, seed=1
    )
    assert isinstance(made.choices[0].message.parsed, Person)


def test_json_object(ai: openai.OpenAI) -> None:
    made = ai.chat.completions.create(
        model="", messages=ANN, response_format={"type": "json_object"}, max_tokens=24, seed=5, temperature=0
    )
    if made.choices[0].finish_reason == "stop":
        assert isinstance(json.loads(made.choices[0].message.content or ""), dict)
    else:
        assert (made.choices[0].message.content or "").startswith("{")


TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a town.",
        "parameters": {
            "type": "object",
            "properties": {"town": {"enum": ["Leeds", "York"]}},
            "required": ["town"],
            "additionalProperties": False,
        },
    },
}


@pytest.mark.parametrize("stream", [False, True])
def test_tools(ai: openai.OpenAI, stream: bool) -> None:
    asked = {
        "model": "duologue-tiny",
        "messages": [{"role": "user", "content": "What is the weather in Leeds?"}],
        "tools": [TOOL],
        "tool_choice": {"type": "function", "function": {"name": "get_weather"}},
        "max_tokens": 100,
        "seed": 1,
    }
    if stream:
        with ai.chat.completions.stream(**asked) as running:
            for _ in running:
                pass
            made = running.get_final_completion()
    else:
        made = ai.chat.completions.create(**asked)
    calls = made.choices[0].message.tool_calls
    assert calls
    assert calls[0].function.name == "get_weather"
    assert json.loads(calls[0].function.arguments)["town"] in ("Leeds", "York")
    assert made.choices[0].finish_reason == "tool_calls"
    messages = [
        *asked["messages"],
        {"role": "assistant", "tool_calls": [calls[0].model_dump(exclude={"parsed_arguments"})]},
        {"role": "tool", "tool_call_id": calls[0].id, "content": "It rains."},
    ]
    after = ai.chat.completions.create(model="", messages=messages, max_tokens=8)
    assert after.choices[0].message.role == "assistant"


def test_completions(ai: openai.OpenAI) -> None:
    made = ai.completions.create(model="duologue-tiny", prompt="Hello.", max_tokens=8, seed=1, logprobs=2)
    assert made.object == "text_completion"
    assert made.choices[0].logprobs is not None
    assert "".join(made.choices[0].logprobs.tokens or []) == made.choices[0].text
    chunks = list(
        ai.completions.create(model="duologue-tiny", prompt="Hello.", max_tokens=8, seed=1, stream=True)
    )
    assert "".join(c.choices[0].text for c in chunks) == made.choices[0].text


def test_responses(ai: openai.OpenAI) -> None:
    made = ai.responses.create(
        model="duologue-tiny", instructions="Be kind.", input="Hello.", max_output_tokens=10
    )
    assert made.status in ("completed", "incomplete")
    assert made.output_text
    assert made.usage is not None
    assert made.usage.total_tokens == made.usage.input_tokens + made.usage.output_tokens


def test_responses_stream(ai: openai.OpenAI) -> None:
    with ai.responses.create(
        model="duologue-tiny", input="Hello.", max_output_tokens=10, stream=True
    ) as stream:
        events = list(stream)
    assert events[0].type == "response.created"
    assert events[-1].type in ("response.completed", "response.incomplete")
    assert [e.sequence_number for e in events] == list(range(len(events)))
    deltas = "".join(e.delta for e in events if e.type == "response.output_text.delta")
    assert deltas == events[-1].response.output_text
    yes = {"type": "json_schema", "name": "yes", "schema": {"enum": ["yes", "no"]}}
    with ai.responses.stream(model="", input="Hello?", text={"format": yes}) as helper:
        for _ in helper:
            pass
        assert helper.get_final_response().output_text in ('"yes"', '"no"')


def test_responses_parse_and_call(ai: openai.OpenAI) -> None:
    made = ai.responses.parse(model="", input="Ann is 34.", text_format=Person, max_output_tokens=100)
    assert isinstance(made.output_parsed, Person)
    tool = {"type": "function", "strict": True, **TOOL["function"]}
    called = ai.responses.create(
        model="", input="Weather in York?", tools=[tool], tool_choice="required", max_output_tokens=100
    )
    call = called.output[0]
    assert call.type == "function_call"
    assert json.loads(call.arguments)["town"] in ("Leeds", "York")
    after = ai.responses.create(
        model="",
        input=[
            {"role": "user", "content": "Weather in York?"},
            call.model_dump(exclude_none=True),
            {"type": "function_call_output", "call_id": call.call_id, "output": "Sun."},
        ],
        max_output_tokens=5,
    )
    assert after.output_text


def test_models(ai: openai.OpenAI) -> None:
    names = [model.id for model in ai.models.list()]
    assert {"duologue-voice", "duologue-tiny", "tts-1", "gpt-4o-mini-tts"} <= set(names)
    assert ai.models.retrieve("duologue-tiny").owned_by == "duologue"
    with pytest.raises(openai.NotFoundError):
        ai.models.retrieve("gpt-99")


def test_errors_are_the_clients_own(ai: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="unknown voice 'nobody'"):
        ai.audio.speech.create(model="tts-1", voice="nobody", input="Hello.")
    with pytest.raises(openai.BadRequestError, match="nothing to say"):
        ai.audio.speech.create(model="tts-1", voice="heart", input="  ")
    with pytest.raises(openai.NotFoundError):
        ai.chat.completions.create(model="gpt-99", messages=HELLO)
    with pytest.raises(openai.BadRequestError) as caught:
        ai.audio.speech.create(model="tts-1", voice="heart", input="Hello.", speed=9)
    assert caught.value.param == "speed"
    with pytest.raises(openai.BadRequestError, match="only text is read"):
        ai.chat.completions.create(
            model="",
            messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}],
        )

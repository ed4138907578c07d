"""A partner over HTTP: what it is sent, what is made of its answers, and of its faults."""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import loopbackpartner
from configured import HELLO, SAY, a_partner, configured
from duologue.gateway import Cancel, ChatRequest, Gateway, GatewayError, Served, SpeechRequest
from duologue.gateway.backends.partner import retry_after
from duologue.gateway.config import Timeouts
from duologue.gateway.requests import LogProb, ToolCall
from loopbackpartner import Behave, Handler, Partner


def opened(partner: Partner, **more: Any) -> Gateway:
    return Gateway.open(configured(a_partner("friend", partner.url, **more)))


def text_of(served: Served[Any]) -> str:
    return "".join(piece.text for piece in served)


def test_a_chat_is_asked_and_charged_by_what_the_partner_tells(partner: Partner) -> None:
    with opened(partner) as gateway, gateway.chat(HELLO) as served:
        pieces = list(served)
    assert [p.text for p in pieces] == ["Good ", "day", ".", ""]
    assert pieces[-1].finish_reason == "stop"
    assert served.state == "done"
    charge = served.charge
    assert (charge.prompt_tokens, charge.cached_tokens, charge.completion_tokens) == (100, 40, 20)
    assert charge.money == (60 * Decimal("0.15") + 40 * Decimal("0.075") + 20 * Decimal("0.60")) / 10**6
    assert not charge.estimated
    assert served.choice.deployment == "friend"
    assert served.choice.model == "friend-model"


def test_every_field_of_a_chat_reaches_the_partner(partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRIENDS_KEY", "sesame")
    tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    request = ChatRequest(
        messages=({"role": "user", "content": "Hi"},), model="friend", max_tokens=7,
        temperature=0.5, top_p=0.9,
        presence_penalty=0.1, frequency_penalty=0.2, seed=3, stop=("END",), logprobs=2, json_schema=schema,
        tools=(tool,), tool_choice="look",
    )  # fmt: skip
    more = {
        "key_env": "FRIENDS_KEY", "extra": {"reasoning_effort": "low"},
        "max_tokens_field": "max_completion_tokens",
    }  # fmt: skip
    with opened(partner, **more) as gateway, gateway.chat(request) as served:
        text_of(served)
    path, body, headers = partner.requests[0]
    assert path == "/v1/chat/completions"
    assert headers["authorization"] == "Bearer sesame"
    assert headers["user-agent"].startswith("duologue/")
    assert body == {
        "model": "friend-model", "messages": [{"role": "user", "content": "Hi"}], "stream": True,
        "stream_options": {"include_usage": True}, "max_completion_tokens": 7, "temperature": 0.5,
        "top_p": 0.9,
        "presence_penalty": 0.1, "frequency_penalty": 0.2, "seed": 3, "stop": ["END"], "logprobs": True,
        "top_logprobs": 2, "tools": [tool], "tool_choice": {"type": "function", "function": {"name": "look"}},
        "response_format": {
            "type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True},
        },
        "reasoning_effort": "low",
    }  # fmt: skip


def test_a_key_of_another_header_and_a_query_in_the_url(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRIENDS_KEY", " sesame\n")
    with Gateway.open(
        configured(
            a_partner(
                "azure", partner.url + "?api-version=2026-01", key_env="FRIENDS_KEY", key_header="api-key"
            )
        )
    ) as gateway:
        assert text_of(gateway.chat(HELLO)) == "Good day."
    path, _, headers = partner.requests[0]
    assert path == "/v1/chat/completions?api-version=2026-01"
    assert headers["api-key"] == "sesame"
    assert "authorization" not in headers


def test_a_missing_key_is_our_fault_and_a_key_is_never_told(
    partner: Partner, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.delenv("FRIENDS_KEY", raising=False)
    with opened(partner, key_env="FRIENDS_KEY") as gateway:
        with pytest.raises(GatewayError, match="in the environment as FRIENDS_KEY") as caught:
            gateway.chat(HELLO)
        assert caught.value.status == 503
        monkeypatch.setenv("FRIENDS_KEY", "open-sesame")
        partner.behave = loopbackpartner.refusing(401)
        with pytest.raises(GatewayError, match="answers 401") as caught:
            gateway.chat(HELLO)
        assert caught.value.status == 502
        assert "sesame" not in str(caught.value)
    assert "sesame" not in caplog.text


def test_log_probabilities_and_calls_in_parts(partner: Partner) -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        handler.head()
        top = [{"token": "a", "logprob": -0.1}, {"token": "b", "logprob": -2.0}]
        listed = {"content": [{"token": "a", "logprob": -0.1, "top_logprobs": top}]}
        handler.event({"choices": [{"delta": {"content": "a"}, "logprobs": listed}]})
        for call in (
            {"index": 0, "id": "c1", "function": {"name": "look", "arguments": '{"a"'}},
            {"index": 0, "function": {"arguments": ": 1}"}},
        ):
            handler.event({"choices": [{"delta": {"tool_calls": [call]}}]})
        handler.event({"choices": [{"delta": {}, "finish_reason": "tool_calls"}]})
        handler.chunk(b"")

    partner.behave = behave
    with opened(partner) as gateway, gateway.chat(HELLO) as served:
        pieces = list(served)
    tops = (LogProb(text="a", logprob=-0.1), LogProb(text="b", logprob=-2.0))
    assert pieces[0].logprobs == (LogProb(text="a", logprob=-0.1, top=tops),)
    assert pieces[1].tool_calls == (ToolCall(index=0, id="c1", name="look", arguments='{"a"'),)
    assert pieces[2].tool_calls[0].arguments == ": 1}"
    assert pieces[3].finish_reason == "tool_calls"
    # Nothing was told of tokens, so they are estimated and marked.
    assert served.charge.estimated
    assert served.charge.completion_tokens == 4


def test_a_server_that_answers_whole_is_understood(partner: Partner) -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        choice = {"message": {"role": "assistant", "content": "All at once."}, "finish_reason": "length"}
        handler.head(kind="application/json")
        whole = '{"choices": [%s], "usage": {"prompt_tokens": 5, "completion_tokens": 4}}'
        import json

        handler.chunk((whole % json.dumps(choice)).encode())
        handler.chunk(b"")

    partner.behave = behave
    with opened(partner) as gateway, gateway.chat(HELLO) as served:
        pieces = list(served)
    assert pieces[0].text == "All at once."
    assert pieces[-1].finish_reason == "length"
    assert served.charge.prompt_tokens == 5


def test_speech_comes_as_floats_and_is_charged_by_the_minute(partner: Partner) -> None:
    request = SpeechRequest(text="Hello", voice="heart", style="sad", speed=1.5)
    with opened(partner, voices={"heart": "coral"}) as gateway, gateway.speak(request) as served:
        pieces = list(served)
    audio = np.concatenate([p.audio for p in pieces])
    assert audio.dtype == np.float32
    assert len(audio) == 4 * 4800
    expected = np.repeat(np.arange(4), 4800).astype(np.float32) / 32768
    np.testing.assert_array_equal(audio, expected)
    assert {p.sample_rate for p in pieces} == {24_000}
    assert served.charge.audio_seconds == pytest.approx(0.8)
    assert served.charge.money == Decimal("0.8") / 60 * Decimal("0.015")
    path, body, _ = partner.requests[0]
    assert path == "/v1/audio/speech"
    assert body["voice"] == "coral"
    assert body["response_format"] == "pcm"
    assert body["speed"] == 1.5
    assert body["instructions"].startswith("Speak in the style 'sad'")


def test_a_wav_file_instead_of_pcm_is_read(partner: Partner) -> None:
    import io
    import wave

    def behave(handler: Handler, body: dict[str, Any]) -> None:
        data = io.BytesIO()
        with wave.open(data, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes(np.arange(8000, dtype="<i2").tobytes())
        handler.head(kind="audio/wav")
        for i in range(0, len(data.getvalue()), 777):
            handler.chunk(data.getvalue()[i : i + 777])
        handler.chunk(b"")

    partner.behave = behave
    with opened(partner) as gateway, gateway.speak(SAY) as served:
        pieces = list(served)
    audio = np.concatenate([p.audio for p in pieces])
    np.testing.assert_array_equal(audio * 32768, np.arange(8000))
    assert pieces[0].sample_rate == 16_000


FAULTS: list[tuple[Behave, int, str, str]] = [
    (loopbackpartner.stuck, 504, "timeout", "took too long"),
    (loopbackpartner.trickling, 504, "timeout", "took too long"),
    (loopbackpartner.refusing(429, Retry_After="7"), 429, "rate_limit_exceeded", "no, thanks"),
    (loopbackpartner.refusing(402), 429, "rate_limit_exceeded", "answers 402"),
    (loopbackpartner.refusing(500), 502, "partner_error", "answers 500"),
    (loopbackpartner.refusing(503, Retry_After="3"), 503, "model_unavailable", "answers 503"),
    (loopbackpartner.refusing(401), 502, "partner_error", "answers 401"),
    (loopbackpartner.refusing(404), 502, "partner_error", "answers 404"),
    (loopbackpartner.refusing(301, Location="http://127.0.0.1:1/"), 502, "partner_error", "answers 301"),
    (loopbackpartner.refusing(400), 400, "refused", "answers 400: no, thanks"),
    (loopbackpartner.garbage, 502, "partner_error", "nonsense|instead of PCM"),
]


@pytest.mark.parametrize(("behave", "status", "code", "words"), FAULTS, ids=range(len(FAULTS)))
@pytest.mark.parametrize("sort", ["chat", "speech"])
def test_a_fault_before_the_first_piece_is_one_clear_error(
    partner: Partner, behave: Behave, status: int, code: str, words: str, sort: str
) -> None:
    partner.behave = behave
    with opened(partner) as gateway:
        begun = time.monotonic()
        with pytest.raises(GatewayError, match=words) as caught:
            gateway.chat(HELLO) if sort == "chat" else gateway.speak(SAY)
        assert time.monotonic() - begun < 20
        assert "'friend'" in str(caught.value)
        assert (caught.value.status, caught.value.code) == (status, code)
        assert caught.value.retry_after == {429: 7.0, 503: 3.0}.get(status if "402" not in words else 0)


@pytest.mark.parametrize("sort", ["chat", "speech"])
def test_a_stream_that_is_cut_ends_with_a_fault_and_is_charged_for_what_came(
    partner: Partner, sort: str
) -> None:
    partner.behave = loopbackpartner.cutting
    with opened(partner) as gateway:
        served: Served[Any] = gateway.chat(HELLO) if sort == "chat" else gateway.speak(SAY)
        assert next(served) is not None
        with pytest.raises(GatewayError, match="broke off") as caught:
            next(served)
        assert caught.value.status == 502
        assert served.state == "broken"
        assert list(served) == []
        if sort == "chat":
            assert served.charge.completion_tokens == 2
            assert served.charge.estimated
        else:
            assert served.charge.audio_seconds == pytest.approx(0.2)
        assert served.charge.money > 0


def test_events_that_are_no_events(partner: Partner) -> None:
    def nonsense(text: bytes) -> Behave:
        def behave(handler: Handler, body: dict[str, Any]) -> None:
            handler.head()
            for part in (text, b"")[not text :]:
                handler.chunk(part)

        return behave

    with opened(partner) as gateway:
        for text, words in (
            (b"data: {not json}\n\n", "isn't JSON"),
            (b"data: [1, 2]\n\n", "no object"),
            (b'data: {"choices": [3]}\n\n', "choices that are none"),
            (b'data: {"choices": [{"delta": {"tool_calls": [{"index": "x"}]}}]}\n\n', "unknown shape"),
            (b'data: {"error": {"message": "overloaded"}}\n\n', "failed: overloaded"),
            (b"what is this?\n\n", "no server-sent events"),
            (b"", "broke off"),
            (b"data: " + b"[" * 100_000 + b"\n\n", "isn't JSON"),
        ):
            partner.behave = nonsense(text)
            with pytest.raises(GatewayError, match=words) as caught:
                gateway.chat(HELLO)
            assert caught.value.status == 502, text


def test_nobody_there(partner: Partner) -> None:
    with Gateway.open(configured(a_partner("gone", "http://127.0.0.1:9/v1"))) as gateway:
        with pytest.raises(GatewayError, match="'gone' can't be reached") as caught:
            gateway.chat(HELLO)
        assert caught.value.status == 502


def test_a_caller_who_goes_away_frees_the_partner_at_once(partner: Partner) -> None:
    partner.behave = loopbackpartner.endless
    with opened(partner) as gateway:
        served = gateway.chat(HELLO)
        next(served)
        begun = time.monotonic()
        served.close()
        assert time.monotonic() - begun < 5
        assert served.state == "cancelled"
        assert partner.hung_up.wait(30)
        assert served.charge.money > 0


def test_a_caller_can_go_away_while_the_first_piece_is_awaited(partner: Partner) -> None:
    partner.behave = loopbackpartner.stuck
    cancel = Cancel()
    with opened(partner, timeouts=Timeouts(first=30.0)) as gateway:
        threading.Timer(0.2, cancel).start()
        begun = time.monotonic()
        with pytest.raises(GatewayError) as caught:
            gateway.chat(HELLO, cancel=cancel)
        assert time.monotonic() - begun < 15
        assert (caught.value.status, caught.value.code) == (499, "cancelled")


def test_another_thread_closes_what_waits(partner: Partner) -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        handler.head()
        handler.event(loopbackpartner.delta("one"))
        partner.over.wait(30)

    partner.behave = behave
    times = Timeouts(first=30.0, between=30.0)
    with opened(partner, timeouts=times) as gateway:
        served = gateway.chat(HELLO)
        assert next(served).text == "one"
        threading.Timer(0.2, served.close).start()
        begun = time.monotonic()
        assert list(served) == []
        assert time.monotonic() - begun < 15
        assert served.state == "cancelled"


def test_retry_after_as_a_number_a_date_and_nonsense() -> None:
    now = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
    assert retry_after({"retry-after": "2.5"}, now) == 2.5
    assert retry_after({"retry-after-ms": "1500", "retry-after": "9"}, now) == 1.5
    assert retry_after({"retry-after": "Thu, 01 Jan 2026 12:00:30 GMT"}, now) == 30.0
    assert retry_after({"retry-after": "Thu, 01 Jan 2026 11:00:00 GMT"}, now) == 0.0
    for nonsense in ("soon", "-3", "nan", "", "1e99"):
        assert retry_after({"retry-after": nonsense}, now) is None

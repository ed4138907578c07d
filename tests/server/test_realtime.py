"""A conversation over a WebSocket: OpenAI's own client, and the time it takes to fall silent."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from duologue.gateway.access import Access
from duologue.server.sentences import Sentences
from runningserver import Running


@pytest.fixture
def socket(server: Running) -> Iterator[ClientConnection]:
    with connect(f"ws://127.0.0.1:{server.port}/v1/realtime") as opened:
        assert _next(opened)["type"] == "session.created"
        yield opened


def _next(socket: ClientConnection, timeout: float = 30) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(socket.recv(timeout=timeout))
    return made


def _send(socket: ClientConnection, kind: str, **facts: Any) -> None:
    socket.send(json.dumps({"type": kind, **facts}))


def _say(socket: ClientConnection, text: str) -> None:
    _send(
        socket,
        "conversation.item.create",
        item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]},
    )


def _until(socket: ClientConnection, kind: str) -> list[dict[str, Any]]:
    events = [_next(socket)]
    while events[-1]["type"] not in (kind, "error"):
        events.append(_next(socket))
    assert events[-1]["type"] == kind, events[-1]
    return events


@pytest.mark.filterwarnings("ignore:connect.. must be used:DeprecationWarning")  # openai's own call
def test_openais_client_hears_an_answer(server: Running) -> None:
    client = openai.OpenAI(base_url=f"{server.url}/v1", api_key="unused", max_retries=0)
    with client, client.realtime.connect(model="gpt-realtime") as connection:
        connection.session.update(
            session={
                "type": "realtime",
                "instructions": "Be brief.",
                "output_modalities": ["audio"],
                "audio": {"output": {"voice": "alloy", "speed": 1.2}},
                "max_output_tokens": 24,
            }
        )
        connection.conversation.item.create(
            item={
                "type": "message",
                "role": "user",
                "content": [{"type": "input_text", "text": "Hello there."}],
            }
        )
        connection.response.create()
        sound, text, kinds = b"", "", []
        for event in connection:
            kinds.append(event.type)
            if event.type == "response.output_audio.delta":
                sound += base64.b64decode(event.delta)
            elif event.type == "response.output_audio_transcript.delta":
                text += event.delta
            elif event.type == "response.output_audio_transcript.done":
                assert event.transcript == text
            elif event.type == "response.done":
                done = event.response
                break
    assert done.status in ("completed", "incomplete")
    assert done.usage is not None
    assert done.usage.output_tokens
    assert text
    assert len(sound) > 4_800
    assert kinds[:4] == [
        "session.created",
        "session.updated",
        "conversation.item.added",
        "conversation.item.done",
    ]
    order = [kind for kind in dict.fromkeys(kinds) if kind.startswith("response.")]
    assert order[0] == "response.created"
    assert order[1:3] == ["response.output_item.added", "response.content_part.added"]
    assert order[-1] == "response.done"


def test_breaking_in_silences_within_a_tenth_of_a_second(server: Running, socket: ClientConnection) -> None:
    """The text model is made to go on and on; a new user's item stops it."""
    for kind, reason in (("item", "turn_detected"), ("cancel", "client_cancelled")):
        _say(socket, "Tell me a very long story about everything you know.")
        _send(socket, "response.create", response={"max_output_tokens": 600})
        while _next(socket)["type"] != "response.output_audio.delta":
            pass
        before = time.perf_counter()
        if kind == "item":
            _say(socket, "Stop.")
        else:
            _send(socket, "response.cancel")
        last = before
        while (event := _next(socket))["type"] != "response.done":
            if event["type"] == "response.output_audio.delta":
                last = time.perf_counter()
        assert event["response"]["status"] == "cancelled"
        assert event["response"]["status_details"]["reason"] == reason
        assert last - before < 0.1
        assert time.perf_counter() - before < 0.5
        if kind == "item":
            assert {_next(socket)["type"] for _ in range(2)} == {
                "conversation.item.added",
                "conversation.item.done",
            }
        assert server.idle(5)  # both models have stopped
        with pytest.raises(TimeoutError):
            socket.recv(timeout=0.2)  # and not a word more


def test_text_only_and_what_was_heard_of_an_answer(socket: ClientConnection) -> None:
    _say(socket, "Hello.")
    assert _next(socket)["type"] == "conversation.item.added"
    _send(socket, "response.create", response={"output_modalities": ["text"], "max_output_tokens": 8})
    events = _until(socket, "response.done")
    assert not any("audio" in event["type"] for event in events)
    written = next(e["text"] for e in events if e["type"] == "response.output_text.done")
    assert events[-1]["response"]["output"][0]["content"][0]["text"] == written
    _say(socket, "And then?")
    _send(socket, "response.create", response={"max_output_tokens": 12})
    events = _until(socket, "response.done")
    item = next(e["item"] for e in events if e["type"] == "response.output_item.done")
    words = [w for e in events for w in e.get("words", [])]
    transcript = item["content"][0]["transcript"]
    assert words
    assert all(transcript[w["char_start"] : w["char_end"]] == w["text"] for w in words)
    _send(
        socket, "conversation.item.truncate", item_id=item["id"], content_index=0,
        audio_end_ms=round(words[0]["end"] * 1000) + 1,
    )  # fmt: skip
    assert _until(socket, "conversation.item.truncated")
    _send(socket, "conversation.item.retrieve", item_id=item["id"])
    kept = _until(socket, "conversation.item.retrieved")[-1]["item"]
    assert kept["content"][0]["transcript"] == transcript[: words[0]["char_end"]]


def test_a_function_is_called(socket: ClientConnection) -> None:
    tool = {
        "type": "function",
        "name": "look_up",
        "parameters": {"type": "object", "properties": {"town": {"enum": ["Leeds"]}}, "required": ["town"]},
    }
    _send(socket, "session.update", session={"type": "realtime", "tools": [tool], "tool_choice": "required"})
    assert _next(socket)["session"]["tools"][0]["name"] == "look_up"
    _say(socket, "The weather in Leeds?")
    _send(socket, "response.create")
    done = _until(socket, "response.done")[-1]["response"]
    call = done["output"][0]
    assert (call["type"], call["name"]) == ("function_call", "look_up")
    assert json.loads(call["arguments"]) == {"town": "Leeds"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not json", "JSON object"),
        ("[1]", "JSON object"),
        ('{"type": "x"}', "unknown event"),
        ('{"type": "input_audio_buffer.append", "audio": "AAAA"}', "no recogniser"),
        ('{"type": "response.cancel"}', "no answer under way"),
        ('{"type": "response.create"}', "nothing to answer"),
        ('{"type": "session.update", "session": {"audio": {"output": {"speed": 99}}}}', "speed"),
        ('{"type": "session.update"}', "session is an object"),
        ('{"type": "conversation.item.delete", "item_id": "none"}', "no item"),
        ('{"type": "conversation.item.create", "item": {"type": "message", "role": "king"}}', "role"),
    ],
)
def test_nonsense_is_told_and_the_conversation_goes_on(
    socket: ClientConnection, text: str, said: str
) -> None:
    socket.send(text)
    event = _next(socket)
    assert event["type"] == "error"
    assert said in event["error"]["message"]
    _say(socket, "Still there?")
    assert _next(socket)["type"] == "conversation.item.added"


def test_a_wrong_voice_fails_the_answer_not_the_conversation(socket: ClientConnection) -> None:
    _send(socket, "session.update", session={"audio": {"output": {"voice": "nobody"}}})
    _say(socket, "Hello.")
    _send(socket, "response.create", response={"max_output_tokens": 30})
    done = _until(socket, "response.done")[-1]["response"]
    assert done["status"] == "failed"
    assert "unknown voice" in done["status_details"]["error"]["message"]


def test_who_may_come_in(running: Any) -> None:
    server: Running = running(keys_required=True)
    url = f"ws://127.0.0.1:{server.port}/v1/realtime"
    secret = Access(server.store).create_key("tester", ["speech", "chat"])
    with pytest.raises(InvalidStatus):
        connect(url).__enter__()
    with pytest.raises(InvalidStatus):
        connect(url, origin="https://elsewhere.example").__enter__()
    with connect(url, subprotocols=["realtime", f"openai-insecure-api-key.{secret}"]) as opened:
        assert opened.subprotocol == "realtime"
        assert _next(opened)["type"] == "session.created"
    with connect(url, additional_headers={"Authorization": f"Bearer {secret}"}) as opened:
        assert _next(opened)["type"] == "session.created"
    poor = Access(server.store).create_key("poor", ["speech"])
    with pytest.raises(InvalidStatus):
        connect(url, additional_headers={"Authorization": f"Bearer {poor}"}).__enter__()


def test_sentences_come_as_they_are_whole() -> None:
    text = 'Mr. Brown came. "Who is it?" she said, and then nothing happened for a while. The end'
    cutter = Sentences()
    found = [s for n in range(0, len(text), 3) for s in cutter.feed(text[n : n + 3])]
    assert found[0] == "Mr. Brown came."
    found += cutter.finish()
    assert " ".join(found).split() == text.split()
    long = Sentences()
    early = [s for word in ("word, " * 40).split(" ") for s in long.feed(word + " ")]
    assert early
    assert len(early[0]) < 130

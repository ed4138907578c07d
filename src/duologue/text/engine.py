"""The runtime of the text room: messages in, an answer out, on the CPU.

    with Text.load() as text:
        answer = text.chat([{"role": "user", "content": "Hello."}], seed=1)

Design choices
- llama.cpp's server inside this process (`xllamacpp`): the model is loaded once, requests of many threads
  share the batches, each in its slot; more requests than slots wait.
- `chat` is `stream` joined; there is no second way to make an answer.
- Prompts are rendered and counted before they are sent: one that doesn't fit is an error with both numbers,
  and nothing is ever cut.
- The server listens on a port of the loopback that only this process has the key for; that is how a foreign
  model's template is rendered and how tokens are counted.
- Nothing is printed by llama.cpp, nothing of a call is kept on `Text`, and every request is stopped at exit.
"""

from __future__ import annotations

import atexit
import http.client
import json
import os
import secrets
import threading
import urllib.parse
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Unpack

from duologue.text.answer import Answer, Finish, Piece, Token, Usage
from duologue.text.chat import TEMPLATE, Message, render, validate
from duologue.text.errors import TextError
from duologue.text.gguf import Gguf
from duologue.text.running import Completes, Run
from duologue.text.sampling import OURS, Options, Sampling
from duologue.text.weights import find

__all__ = ["Text"]

LARGEST_DEFAULT = 4096
"""Tokens of context at most when none are asked for: the cache of a long context takes gigabytes."""
_OPEN: weakref.WeakSet[Text] = weakref.WeakSet()


class Text:
    """Answers messages with a language model. Made by `Text.load`; a context manager, or `close` it."""

    def __init__(self, gguf: Gguf, server: Completes, key: str, context: int, slots: int) -> None:
        self.model = str(gguf.metadata.get("general.name") or gguf.path.stem)
        self.path = gguf.path
        self.context = context
        self.slots = slots
        self._server: Completes | None = server
        self._key = key
        self._ours = gguf.metadata.get("tokenizer.chat_template") == TEMPLATE
        self._markers = gguf.markers
        self._runs: set[Run] = set()
        self._lock = threading.Lock()
        _OPEN.add(self)

    @classmethod
    def load(
        cls,
        name: str | Path | None = None,
        *,
        threads: int | None = None,
        context: int | None = None,
        slots: int = 4,
    ) -> Text:
        """The model that ships, or `name`: the path of any GGUF chat model, or "smollm2".

        threads: processor threads, at most four of those there are unless given. context: tokens of prompt
        and answer together; the model's own, at most 4096, unless given. slots: requests at once.
        Raises TextError for weights missing or damaged and for impossible numbers.
        """
        gguf = find(name)
        longest = int(gguf.setting("context_length", 0))
        if longest < 1 or not gguf.metadata.get("tokenizer.chat_template"):
            raise TextError(f"'{gguf.path}' is no chat model: it has no chat template")
        if threads is None:
            threads = min(_processors(), 4)
        _whole("threads", threads, 1, 256)
        _whole("slots", slots, 1, 64)
        context = _whole(
            "context", min(longest, LARGEST_DEFAULT) if context is None else context, 16, longest
        )
        key = secrets.token_urlsafe(32)
        return cls(gguf, _serve(gguf, key, threads, context, slots), key, context, slots)

    def chat(self, messages: Sequence[Message], **options: Unpack[Options]) -> Answer:
        """The whole answer to `messages`.

        messages: mappings of `role` (system, user, assistant) and `content`, the last not the assistant's.
        options: see `Sampling`. Raises TextError for anything it can't take: no messages, an unknown role, a
        prompt past the context, an impossible schema, bad options.
        """
        return Answer.join(self.stream(messages, **options))

    def stream(self, messages: Sequence[Message], **options: Unpack[Options]) -> Iterator[Piece]:
        """The same in pieces, each as soon as it is there; joined they equal `chat` with the same seed.

        Faults are raised here, before the first piece is asked for. A consumer that stops iterating stops the
        model.
        """
        sampling = Sampling.of({**OURS, **options} if self._ours else options)
        request = sampling.request()
        tokens = self._tokens(messages)
        if len(tokens) >= self.context:
            raise TextError(
                f"the messages are {len(tokens)} tokens long and the context is {self.context}; "
                "shorten them, and leave room for the answer"
            )
        room = self.context - len(tokens)
        request["n_predict"] = min(sampling.max_tokens or room, room)
        request |= {"prompt": tokens, "stream": True, "stream_options": {"include_usage": True}}
        return self._pieces(request, sampling.alternatives)

    def count(self, messages: Sequence[Message]) -> int:
        """Tokens of `messages` as a prompt, the head of the answer included; `context` is what there is."""
        return len(self._tokens(messages))

    def close(self) -> None:
        """Stop what is under way and free the model; nothing happens the second time."""
        with self._lock:
            server, self._server = self._server, None
            runs = list(self._runs)
        for run in runs:
            run.cancel()
        _OPEN.discard(self)
        del server

    def __enter__(self) -> Text:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Text {self.model}, context {self.context}, {'open' if self._server else 'closed'}>"

    def _open(self) -> Completes:
        if self._server is None:
            raise TextError("this Text is closed; load another")
        return self._server

    def _tokens(self, messages: Sequence[Message]) -> list[int]:
        plain = validate(messages, self._markers)
        if self._ours:
            prompt = render(plain)
        else:
            prompt = str(self._ask("/apply-template", {"messages": plain})["prompt"])
        asked = {"content": prompt, "add_special": True, "parse_special": True}
        return list(self._ask("/tokenize", asked)["tokens"])

    def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What the server answers to a request that computes nothing."""
        place = urllib.parse.urlsplit(self._open().listening_address)
        connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=60)
        try:
            headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
            connection.request("POST", path, json.dumps(body).encode(), headers)
            found = json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise TextError(f"the model stopped answering: {error}") from error
        finally:
            connection.close()
        if not isinstance(found, dict) or "error" in found:
            raise TextError(f"{self.model} can't take these messages: {_message(found)}")
        return found

    def _pieces(self, request: dict[str, Any], alternatives: int | None) -> Iterator[Piece]:
        with self._lock:
            run = Run(self._open(), request)
            self._runs.add(run)
        finish, usage = None, None
        try:
            for chunk in run:
                if "error" in chunk:
                    raise TextError(f"{self.model} can't answer this: {_message(chunk)}")
                for choice in chunk.get("choices", []):
                    finish = choice.get("finish_reason") or finish
                    if choice.get("text"):
                        yield Piece(
                            text=choice["text"], logprobs=_logprobs(choice, alternatives), model=self.model
                        )
                usage = _usage(chunk) or usage
        except (RuntimeError, ValueError) as error:
            if isinstance(error, TextError):
                raise
            raise TextError(f"{self.model} can't answer this: {error}") from error
        finally:
            run.cancel()
            with self._lock:
                self._runs.discard(run)
        if finish is None or usage is None:
            raise TextError("the answer was cut: this Text was closed")
        reason: Finish = "length" if finish == "length" else "stop"
        yield Piece(finish_reason=reason, usage=usage, seed=request["seed"], model=self.model)


def _serve(gguf: Gguf, key: str, threads: int, context: int, slots: int) -> Completes:
    """llama.cpp with this model, silent, behind `key`."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.verbosity = -1
    params.model.path = str(gguf.path)
    params.n_ctx = context * slots
    params.n_parallel = slots
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.cache_ram_mib = 0  # what slots keep is enough, and memory stays flat
    params.api_keys = [key]
    params.n_threads_http = 2
    params.ui = False
    params.endpoint_metrics = True
    try:
        server: Completes = xllamacpp.Server(params)
        server.handle_metrics()  # answers once the loop runs; one that is freed before would wait for ever
    except (RuntimeError, ValueError) as error:
        raise TextError(f"llama.cpp can't load '{gguf.path}' ({gguf.architecture}): {error}") from None
    return server


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _message(chunk: object) -> str:
    error = chunk.get("error") if isinstance(chunk, dict) else None
    return str(error.get("message", error) if isinstance(error, dict) else chunk)[:300]


def _logprobs(choice: dict[str, Any], alternatives: int | None) -> tuple[Token, ...]:
    if alternatives is None:
        return ()
    listed = (choice.get("logprobs") or {}).get("content") or []
    return tuple(
        Token(
            text=t["token"],
            id=t["id"],
            logprob=t["logprob"],
            top=tuple(
                Token(text=o["token"], id=o["id"], logprob=o["logprob"])
                for o in t["top_logprobs"][:alternatives]
            ),
        )
        for t in listed
    )


def _usage(chunk: dict[str, Any]) -> Usage | None:
    counts, timings = chunk.get("usage"), chunk.get("timings") or {}
    if not counts:
        return None
    return Usage(
        prompt_tokens=counts["prompt_tokens"],
        completion_tokens=counts["completion_tokens"],
        cached_tokens=(counts.get("prompt_tokens_details") or {}).get("cached_tokens", 0),
        prefill_seconds=timings.get("prompt_ms", 0.0) / 1000,
        decode_seconds=timings.get("predicted_ms", 0.0) / 1000,
    )


def _whole(name: str, value: object, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise TextError(f"{name} is {value!r:.40}; give a whole number from {low} to {high}")
    return value


@atexit.register
def _close_all() -> None:
    for text in list(_OPEN):
        text.close()

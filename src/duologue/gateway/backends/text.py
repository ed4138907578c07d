"""The in-house text model, or any GGUF chat model on this machine, as a backend.

Design choices
- Loaded once, when it is first used; llama.cpp shares its batches among requests.
- OpenAI's message shapes are brought down to what such a model reads: parts of text are joined, "developer"
  is the system, names are dropped.
- Tools by a grammar (see `toolcalls`); log probabilities and JSON schemas as the engine has them.
- Cancelling closes llama.cpp's request between two tokens.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duologue.gateway.errors import GatewayError
from duologue.gateway.protocol import Cancel, Kind
from duologue.gateway.requests import ChatPiece, ChatRequest, ChatUsage, LogProb, SpeechPiece, SpeechRequest
from duologue.gateway.toolcalls import ToolGrammar, plain_messages
from duologue.text.errors import TextError

if TYPE_CHECKING:
    from duologue.text.answer import Piece, Token
    from duologue.text.engine import Text

__all__ = ["TextBackend"]


class TextBackend:
    """Writes with `duologue.text`."""

    def __init__(
        self,
        kind: Kind = "in-house",
        model: str | Path | None = None,
        *,
        threads: int | None = None,
        slots: int | None = None,
        context: int | None = None,
    ) -> None:
        self.kind = kind
        self._model, self._threads, self._slots, self._context = model, threads, slots or 4, context
        self._lock = threading.Lock()
        self._text: Text | None = None
        self._closed = False

    def text(self) -> Text:
        """The loaded model. Raises GatewayError where the weights are missing or damaged."""
        with self._lock:
            if self._closed:
                raise GatewayError("the gateway is closing", status=503, code="shutting_down")
            if self._text is None:
                from duologue.text.engine import Text

                try:
                    self._text = Text.load(
                        self._model, threads=self._threads, slots=self._slots, context=self._context
                    )
                except TextError as error:
                    raise GatewayError(str(error), status=503, code="model_unavailable") from error
            return self._text

    def speak(self, request: SpeechRequest, cancel: Cancel) -> Iterator[SpeechPiece]:
        """It only writes."""
        raise GatewayError("this model writes and doesn't speak; name one that does", param="model")

    def count(self, request: ChatRequest) -> int:
        """Tokens of the prompt."""
        try:
            return self.text().count(plain_messages(request.messages))
        except TextError as error:
            raise _fault(error) from error

    def chat(self, request: ChatRequest, cancel: Cancel) -> Iterator[ChatPiece]:
        """See `Backend`."""
        text = self.text()
        tools = ToolGrammar.of(request)
        messages = plain_messages(request.messages)
        options: dict[str, Any] = {
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "top_p": request.top_p,
            "presence_penalty": request.presence_penalty,
            "frequency_penalty": request.frequency_penalty,
            "seed": request.seed,
            "stop": request.stop or None,
            "logprobs": request.logprobs,
            "json_schema": request.json_schema,
        }
        if tools is not None:
            messages = tools.told(messages)
            options["json_schema"] = tools.schema
        try:
            pieces = text.stream(messages, **{k: v for k, v in options.items() if v is not None})
        except TextError as error:
            raise _fault(error) from error
        made = _pieces(pieces, cancel)
        yield from made if tools is None else tools.read(made)

    def close(self) -> None:
        """Stop what is under way and free the model."""
        with self._lock:
            text, self._text, self._closed = self._text, None, True
        if text is not None:
            text.close()


def _pieces(pieces: Iterator[Piece], cancel: Cancel) -> Iterator[ChatPiece]:
    try:
        for piece in pieces:
            if cancel:
                return
            usage = piece.usage
            yield ChatPiece(
                text=piece.text,
                logprobs=tuple(map(_logprob, piece.logprobs)),
                finish_reason=piece.finish_reason,
                seed=piece.seed,
                usage=None
                if usage is None
                else ChatUsage(
                    prompt_tokens=usage.prompt_tokens,
                    completion_tokens=usage.completion_tokens,
                    cached_tokens=usage.cached_tokens,
                ),
            )
            if cancel:
                return
    except TextError as error:
        raise _fault(error) from error
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()


def _logprob(token: Token) -> LogProb:
    return LogProb(text=token.text, logprob=token.logprob, top=tuple(map(_logprob, token.top)))


def _fault(error: TextError) -> GatewayError:
    """TextErrors speak of the request, but for those of an engine that is gone."""
    said = str(error)
    if "stopped answering" in said or "was closed" in said or "is closed" in said:
        return GatewayError(said, status=503, code="model_unavailable")
    code = "context_length_exceeded" if "the context is" in said else "invalid_request"
    return GatewayError(said, code=code, param="messages" if "message" in said else None)

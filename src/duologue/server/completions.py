"""/v1/completions: OpenAI's older dialect, for clients that still speak it.

The models here are chat models: the prompt is asked as a user's message, and `echo` and `suffix` are refused.
"""

from __future__ import annotations

import functools
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from duologue.gateway.requests import ChatPiece, ChatRequest, LogProb
from duologue.server.access import Who
from duologue.server.bodies import Body, Whole
from duologue.server.bridge import Flow
from duologue.server.chat import ANSWERS, gathered, usage_of
from duologue.server.chatbody import Stop, StreamOptions, seed_of, stops_of
from duologue.server.errors import refuse
from duologue.server.events import DONE, event, fault
from duologue.server.speech import bill
from duologue.server.state import Here, State, headers_of
from duologue.server.stream import Stream

__all__ = ["router"]

router = APIRouter(tags=["text"])


class CompletionBody(Body):
    """OpenAI's parameters. prompt: one text, or a list of one."""

    prompt: (
        Annotated[str, Field(min_length=1)]
        | Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1, max_length=1)]
    )
    model: str = Field(default="", max_length=200)
    max_tokens: Whole | None = Field(default=None, ge=1, le=1_000_000)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    presence_penalty: float | None = Field(default=None, ge=-2, le=2)
    frequency_penalty: float | None = Field(default=None, ge=-2, le=2)
    seed: Whole | None = None
    stop: Stop | list[Stop] | None = None
    n: Whole | None = Field(default=None, ge=1, le=1)
    best_of: Whole | None = Field(default=None, ge=1, le=1)
    logprobs: Whole | None = Field(default=None, ge=0, le=5)
    echo: bool | None = None
    suffix: str | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None

    def asked(self) -> ChatRequest:
        """What the gateway is asked."""
        if self.echo or self.suffix:
            raise refuse(
                "echo and suffix aren't possible with a chat model", param="echo" if self.echo else "suffix"
            )
        prompt = self.prompt if isinstance(self.prompt, str) else self.prompt[0]
        return ChatRequest(
            messages=({"role": "user", "content": prompt},),
            model=self.model,
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            top_p=max(self.top_p, 0.001) if self.top_p is not None else None,
            presence_penalty=self.presence_penalty,
            frequency_penalty=self.frequency_penalty,
            seed=seed_of(self.seed),
            stop=stops_of(self.stop),
            logprobs=self.logprobs,
        )


@router.post("/v1/completions", response_class=JSONResponse, responses=ANSWERS)
async def complete(body: CompletionBody, request: Request, here: Here, who: Who) -> Response:
    """Answer a prompt."""
    begun = time.perf_counter()
    flow = await here.chat(body.asked(), who, request)
    here.metrics.first.labels("chat").observe(time.perf_counter() - begun)
    if body.stream:
        headers = {**headers_of(flow), "cache-control": "no-store"}
        return Stream(
            _chunks(flow, body, request, here),
            "text/event-stream",
            headers,
            functools.partial(_last, flow, request, here),
        )
    answer, charge = await gathered(flow, request, here)
    choice = _choice(answer.text, answer.finish, answer.logprobs if body.logprobs is not None else None)
    made = {**_head(flow), "choices": [choice], "usage": usage_of(charge), "duologue": bill(flow, charge)}
    return JSONResponse(made, headers=headers_of(flow, charge))


async def _last(flow: Flow[Any], request: Request, here: State, left: bool) -> None:
    await here.ended(flow, request, left)


def _head(flow: Flow[Any]) -> dict[str, Any]:
    model = flow.served.choice.deployment
    return {
        "id": f"cmpl-{flow.served.id}",
        "object": "text_completion",
        "created": int(time.time()),
        "model": model,
    }


def _choice(text: str, finish: str | None, logprobs: list[LogProb] | None, offset: int = 0) -> dict[str, Any]:
    listed = None
    if logprobs is not None:
        offsets = []
        for token in logprobs:
            offsets.append(offset)
            offset += len(token.text)
        listed = {
            "tokens": [token.text for token in logprobs],
            "token_logprobs": [token.logprob for token in logprobs],
            "top_logprobs": [{other.text: other.logprob for other in token.top} for token in logprobs],
            "text_offset": offsets,
        }
    return {"index": 0, "text": text, "logprobs": listed, "finish_reason": finish}


async def _chunks(
    flow: Flow[ChatPiece], body: CompletionBody, request: Request, here: State
) -> AsyncIterator[bytes]:
    head, finish, at = _head(flow), "stop", 0
    usage = body.stream_options is not None and body.stream_options.include_usage
    nothing: dict[str, Any] = {"usage": None} if usage else {}
    try:
        async for piece in flow:
            finish = piece.finish_reason or finish
            if piece.text:
                logprobs = list(piece.logprobs) if body.logprobs is not None else None
                yield event({**head, "choices": [_choice(piece.text, None, logprobs, at)], **nothing})
                at += len(piece.text)
    except Exception as error:
        yield fault(error)
        return
    charge = await here.ended(flow, request)
    yield event({**head, "choices": [_choice("", finish, None)], **nothing})
    if usage:
        yield event({**head, "choices": [], "usage": usage_of(charge), "duologue": bill(flow, charge)})
    yield DONE

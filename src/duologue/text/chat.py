"""Messages and how they become one prompt: ChatML.

    render([{"role": "user", "content": "Hello."}])
    "<|im_start|>user\\nHello.<|im_end|>\\n<|im_start|>assistant\\n"

Design choices
- A message is a mapping with `role` and `content`, as OpenAI's API has it; roles are system, user, assistant.
- No default system prompt and no BOS: the model sees what was said and nothing else.
- The control markers can't be smuggled in: content that holds one is refused, so nobody forges a turn.
- Text is composed (NFC), as the tokenizer does in training; llama.cpp's copy of it doesn't.
- `TEMPLATE` says the same in Jinja, for transformers, vLLM and the GGUF; a test holds the two together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from duologue.text.errors import TextError

__all__ = ["MARKERS", "ROLES", "TEMPLATE", "Message", "render", "validate"]

Message = Mapping[str, Any]
ROLES = ("system", "user", "assistant")
MARKERS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content']"
    " + '<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def _message(number: int, message: object, markers: Sequence[str]) -> dict[str, str]:
    if not isinstance(message, Mapping):
        raise TextError(f"message {number} is {message!r:.60}; give a mapping with 'role' and 'content'")
    role, content = message.get("role"), message.get("content")
    if role not in ROLES:
        raise TextError(f"message {number} has the role {role!r:.60}; there are {', '.join(ROLES)}")
    if not isinstance(content, str):
        raise TextError(f"the content of message {number} is {type(content).__name__}; give text")
    if extra := set(message) - {"role", "content"}:
        raise TextError(
            f"message {number} has {', '.join(map(repr, sorted(map(str, extra))))} beside role and content"
        )
    try:
        content.encode()
    except UnicodeEncodeError:
        raise TextError(
            f"message {number} holds half a character (a lone surrogate); give valid Unicode"
        ) from None
    for marker in markers:
        if marker in content:
            raise TextError(f"message {number} holds the control marker {marker}; take it out")
    return {"role": str(role), "content": content}


def validate(messages: Sequence[Message], markers: Sequence[str] = MARKERS) -> list[dict[str, str]]:
    """`messages` as plain dicts. Raises TextError where the model couldn't answer them.

    There must be a message, the last not the assistant's, something said in each of the user's, and none of
    the control `markers`.
    """
    if isinstance(messages, (str, bytes, Mapping)) or not isinstance(messages, Sequence):
        raise TextError(
            f"messages is {type(messages).__name__}; "
            "give a list such as [{'role': 'user', 'content': 'Hello.'}]"
        )
    if not messages:
        raise TextError("there are no messages; give at least one, of the user")
    plain = [_message(i, m, markers) for i, m in enumerate(messages, 1)]
    for i, message in enumerate(plain, 1):
        if message["role"] == "user" and not message["content"].strip():
            raise TextError(f"message {i} is empty; say something")
    if plain[-1]["role"] == "assistant":
        raise TextError("the last message is the assistant's; end with one of the user")
    return plain


def render(messages: Sequence[Message], *, generation: bool = True) -> str:
    """The prompt: each message framed, then the head of the answer if `generation`.

    Roles and content are taken as they are; `validate` checks them.
    """
    turns = "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages)
    return unicodedata.normalize("NFC", turns + ("<|im_start|>assistant\n" if generation else ""))

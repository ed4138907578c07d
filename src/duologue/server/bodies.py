"""What all request bodies have in common: their types are meant.

Design choices
- Strict, nested objects too: "1" is no number and 1 is no truth, so that a client's mistake is told. JSON
  knows one kind of number, so 1.0 is a whole one.
- Fields that aren't known are passed over, as clients send new ones unasked.
- What a field's own code checks, with words a person understands, stands in the document as a pattern or a
  list.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

__all__ = ["SOUNDS", "Body", "Seed", "Whole"]


class Body(BaseModel):
    """A JSON object of a request."""

    model_config = ConfigDict(strict=True)


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number, also written 1.0."""
Seed = Annotated[Whole, Field(ge=0, le=2**32 - 1)]
SOUNDS = (
    r"^(mp3|opus|ogg|aac|flac|wav|pcm|ulaw|alaw)(_(8000|16000|22050|24000|32000|44100|48000))?(_[0-9]{2,3})?$"
)
"""Names of sound formats."""

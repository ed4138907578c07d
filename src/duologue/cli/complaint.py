"""Which exceptions are the user's business, and how they read on one line.

Our rooms raise ValueErrors of their own kind (VoiceError, FrontendError); the disk raises OSError. Any other
ValueError is a fault of ours and keeps its traceback.
"""

from __future__ import annotations

__all__ = ["is_complaint", "one_line"]


def is_complaint(error: BaseException) -> bool:
    """True where the message is written for the user."""
    if isinstance(error, OSError):
        return True
    return isinstance(error, ValueError) and type(error).__module__.startswith("duologue.")


def one_line(error: BaseException) -> str:
    """The message without line breaks or control characters, and no longer than a screenful."""
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    else:
        text = str(error) or type(error).__name__
    text = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return text if len(text) <= 400 else text[:399] + "…"

"""The bank of voices: who there is, and blends of them.

Design choices
- A voice is two vectors (one for prosody, one for sound) and a few measured facts: level and mean pitch.
- A blend "heart(2)+emma(1)" is the weighted mean of all of these; weights are relative.
- Language, and with it the accent of the front end, is that of the heaviest part.
"""

from __future__ import annotations

import difflib
import json
import math
import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from duologue.voice.errors import VoiceError
from duologue.voice.frontend.tensors import read
from duologue.voice.weights import VOICES, Weights

__all__ = ["Bank", "Speaker", "VoiceInfo"]

_PART = re.compile(r"\s*([^\s()+]+)\s*(?:\(\s*([^()]*?)\s*\))?\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceInfo:
    """What a user sees of a voice."""

    name: str
    language: str
    sex: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """What the engine needs of a voice or blend.

    prosody, decoder: (1, V) float32; gain: factor to the common level; pitch: mean of log F0 in nats.
    """

    name: str
    language: str
    prosody: NDArray[np.float32]
    decoder: NDArray[np.float32]
    gain: float
    pitch: float


class Bank:
    """The voices of a folder of weights."""

    def __init__(self, weights: Weights) -> None:
        weights.read(VOICES)  # checks it
        arrays, metadata = read(weights.folder / VOICES)
        self._speakers: dict[str, Speaker] = {}
        self.infos: list[VoiceInfo] = []
        for fact in json.loads(metadata["voices"]):
            name = fact["name"]
            self.infos.append(VoiceInfo(**{k: fact[k] for k in ("name", "language", "sex", "description")}))
            self._speakers[name] = Speaker(
                name=name,
                language=fact["language"],
                prosody=np.asarray(arrays[f"{name}.prosody"], np.float32)[None],
                decoder=np.asarray(arrays[f"{name}.decoder"], np.float32)[None],
                gain=float(fact["gain"]),
                pitch=float(fact["pitch"]),
            )
        self.find = lru_cache(maxsize=256)(self._find)

    def language(self, name: str) -> str | None:
        """The language of a voice or blend, None for one that isn't there."""
        try:
            return self.find(name).language
        except VoiceError:
            return None

    def _find(self, name: str) -> Speaker:
        """The speaker for a name or blend. Raises VoiceError naming the voices there are."""
        if not isinstance(name, str):
            raise VoiceError(f"a voice is a name such as '{self.infos[0].name}', not {type(name).__name__}")
        parts: dict[str, float] = {}
        for text in name.split("+"):
            match = _PART.fullmatch(text)
            if match is None:
                raise VoiceError(f"'{name}' is neither a voice nor a blend; write it as {self._example()}")
            part, share = match[1].lower(), self._share(name, match[2])
            if part not in self._speakers:
                close = difflib.get_close_matches(part, self._speakers, 1)
                hint = f" (did you mean '{close[0]}'?)" if close else ""
                known = ", ".join(self._speakers)
                raise VoiceError(f"unknown voice '{match[1][:60]}'{hint}; known are {known}")
            parts[part] = parts.get(part, 0.0) + share
        if len(parts) == 1:
            return self._speakers[next(iter(parts))]
        whole = sum(parts.values())
        shares = [(self._speakers[part], share / whole) for part, share in parts.items()]
        return Speaker(
            name="+".join(f"{part}({share:g})" for part, share in parts.items()),
            language=max(shares, key=lambda pair: pair[1])[0].language,
            prosody=sum((s.prosody * np.float32(w) for s, w in shares), np.zeros((), np.float32)),
            decoder=sum((s.decoder * np.float32(w) for s, w in shares), np.zeros((), np.float32)),
            gain=math.exp(sum(math.log(s.gain) * w for s, w in shares)),
            pitch=sum(s.pitch * w for s, w in shares),
        )

    def _share(self, name: str, written: str | None) -> float:
        if written is None:
            return 1.0
        try:
            share = float(written)
        except ValueError:
            share = math.nan
        if not 0 < share < 1e6:
            raise VoiceError(f"'{written}' in '{name}' is no share of a blend; write it as {self._example()}")
        return share

    def _example(self) -> str:
        first, second = self.infos[0].name, self.infos[-1].name
        return f"'{first}' or '{first}(2)+{second}(1)'"

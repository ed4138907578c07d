"""Sound files of the user's: read, made stereo, brought to our sample rate, looped to a length.

Design choices
- Read by libsndfile: wav, flac, mp3, ogg, opus, aiff. A file that isn't sound is refused by name.
- Resampled through the spectrum of the whole file: exact below the lower of the two Nyquist frequencies.
- A loop fades into itself over a second, with equal power, so its seam isn't heard.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from duologue.studio.errors import StudioError

__all__ = ["looped", "read_recording"]

Samples = NDArray[np.float32]
LONGEST = 1800.0
"""Seconds that are read of a file."""


def read_recording(path: str | Path, rate: int) -> Samples:
    """The sound in the file as (S, 2) float32 at `rate` Hz. Raises StudioError for what is no sound."""
    import soundfile

    path = Path(path)
    if not path.is_file():
        raise StudioError(f"there is no sound file '{path}' to use as music")
    try:
        with soundfile.SoundFile(path) as file:
            found = file.read(int(LONGEST * file.samplerate), dtype="float32", always_2d=True)
            from_rate = int(file.samplerate)
    except (soundfile.LibsndfileError, RuntimeError, TypeError) as error:
        raise StudioError(f"'{path}' can't be read as sound: {error}") from None
    if not len(found) or not np.isfinite(found).all():
        raise StudioError(f"'{path}' holds no sound that can be used")
    both = found[:, :2] if found.shape[1] >= 2 else np.repeat(found, 2, axis=1)
    return _resampled(both, from_rate, rate)


def _resampled(sound: Samples, from_rate: int, rate: int) -> Samples:
    if from_rate == rate:
        return sound
    size = max(round(len(sound) * rate / from_rate), 1)
    spectrum = np.fft.rfft(sound, axis=0)
    bins = size // 2 + 1
    kept = np.zeros((bins, 2), spectrum.dtype)
    shared = min(bins, len(spectrum))
    kept[:shared] = spectrum[:shared]
    return (np.fft.irfft(kept, size, axis=0) * (size / len(sound))).astype(np.float32)


def looped(sound: Samples, seconds: float, rate: int) -> Samples:
    """The first `seconds` of `sound` (S, 2), repeated where it is shorter."""
    size = round(seconds * rate)
    fade = min(rate, len(sound) // 3)
    if len(sound) < size and fade:
        ramp = np.sin(np.pi / 2 * (np.arange(fade) + 0.5) / fade).astype(np.float32)[:, None]
        seam = sound[-fade:] * ramp[::-1] + sound[:fade] * ramp
        body = np.concatenate([seam, sound[fade:-fade]])
        times = -(-size // len(body))
        sound = np.concatenate([sound[:-fade], *([body] * times)])
    return np.resize(sound, (size, 2)) if len(sound) < size else sound[:size]

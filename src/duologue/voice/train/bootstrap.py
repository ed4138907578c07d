"""Bootstrap corpus: a public student of the teacher gives smooth spectral targets for its one voice.

Design choices
- `hibari-tts` (Apache-2.0, by Maureese Williams) is a student of Kokoro's heart voice. Its last layer
  is linear: features (F, 256) times a matrix give all five spectral parts of a frame. The features
  are stored, not the parts: a twelfth of the size, and regression on them knows no phase wrapping.
- It costs a hundredth of a second per second of speech, a hundredth of what the teacher costs.
- Only its outputs are used, as targets; none of its weights initialise ours.

    python -m duologue.voice.train.bootstrap --phonemes work/phonemes-us.txt --minutes 300
"""

from __future__ import annotations

import argparse
import importlib.resources
from pathlib import Path

import numpy as np

from duologue.voice.train.corpus import Corpus, CorpusWriter, Item, read_phonemes

__all__ = ["FEATURES", "Student", "spectral_basis"]

FEATURES = "/dec_norm/LayerNormalization_output_0"
_DURATIONS = "/Clip_output_0"
_ENERGY = "/Mul_62_output_0"


def _graph() -> bytes:
    return (importlib.resources.files("hibari") / "assets" / "hibari.onnx").read_bytes()


def spectral_basis() -> tuple[np.ndarray, np.ndarray]:
    """Matrix (256, 5, 601) and bias (5, 601) from features to lh, theta, ln, lr, phi."""
    import onnx
    from onnx import numpy_helper

    tensors = {i.name: numpy_helper.to_array(i) for i in onnx.load_from_string(_graph()).graph.initializer}
    scale = tensors["/head/Transpose_output_0_scale"]
    zero = tensors["/head/Transpose_output_0_zero_point"].astype(np.float32)
    weight = (tensors["/head/Transpose_output_0_quantized"].astype(np.float32) - zero) * scale
    return weight.reshape(256, 5, 601), tensors["m.head.bias"].reshape(5, 601)


class Student:
    """The public student with its durations, energy and features exposed."""

    def __init__(self, threads: int = 1) -> None:
        import onnx
        import onnxruntime as ort
        from onnx import TensorProto, helper

        model = onnx.load_from_string(_graph())
        for name in (_DURATIONS, _ENERGY, FEATURES):
            model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._session = ort.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def perform(self, ids: np.ndarray, *, speed: float = 1.0) -> Item:
        """Durations, F0, energy and features of phoneme ids (L,), 0 at both ends."""
        feed = {"ids": np.asarray(ids, np.int64)[None], "speed": np.array([speed], np.float32)}
        durations, energy, f0, features = self._session.run([_DURATIONS, _ENERGY, "f0", FEATURES], feed)
        return Item(
            ids=ids,
            durations=durations.reshape(-1).astype(np.uint16),
            f0=f0.reshape(-1),
            energy=energy.reshape(-1),
            features=features.reshape(-1, 256),
        )


def main() -> None:
    from tqdm import tqdm

    from duologue.voice.frontend.alphabet import PAD, encode

    parser = argparse.ArgumentParser(description="Make the bootstrap corpus.")
    parser.add_argument(
        "--phonemes", type=Path, required=True, help="file with one utterance's phonemes per line"
    )
    parser.add_argument("--out", type=Path, default=Path("work/corpus/af_heart-bootstrap"))
    parser.add_argument("--minutes", type=float, default=300)
    args = parser.parse_args()
    student = Student()
    writer = CorpusWriter(args.out, "af_heart", ("ids", "durations", "f0", "energy", "features"))
    made = Corpus(args.out) if writer.count else None
    done, first = (made.seconds, made.lines[-1] + 1) if made else (0.0, 0)
    with tqdm(total=args.minutes * 60, initial=done, unit="s") as bar:
        for line, phonemes in enumerate(read_phonemes(args.phonemes)[first:], first):
            ids = np.array([PAD, *encode(phonemes), PAD])
            if 3 < len(ids) <= 400:
                item = student.perform(ids)
                writer.append(item, line)
                done += len(item.f0) / 80
                bar.update(len(item.f0) / 80)
            if done >= args.minutes * 60:
                break
    writer.close()
    print(f"{args.out}: {writer.count} utterances, {done / 60:.1f} minutes")


if __name__ == "__main__":
    main()

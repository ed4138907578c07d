"""The networks as ONNX graphs, written operator by operator.

Design choices
- Written by hand rather than traced: every operator is one ONNX Runtime has a fast kernel for, the
  order of the axes is ours, and the file depends on no exporter's version.
- Sentences lie behind each other on one time axis (B = 1) with `GAP` empty frames between them. What
  enters a convolution is zero in the gaps, so no sentence hears another, and nothing is padded.
- One voice per run, so that adaptive norm becomes layer norm with computed gain and offset, which is
  one operator.
- Matrices are 8-bit integers with a scale per column; activations are quantised as they come. Weights
  keep to 7 bits, which no processor's 16-bit accumulators can overflow.
- Harmonic parts and phases are made only for the fine frames that have voice.

Shapes: N phonemes or frames on the flat axis, C channels, V voice vector, K bins; see docs/shapes.md.
Operators outside the ONNX standard are ONNX Runtime's own ("com.microsoft").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from duologue.voice.spectrum import BINS, PARTS

__all__ = ["contour_graph", "decoder_graph", "encoder_graph"]

Weights = Mapping[str, NDArray[np.float32]]
_HEADS = 4
_KINDS = {"float": TensorProto.FLOAT, "int64": TensorProto.INT64}
_MICROSOFT = "com.microsoft"


class _Graph:
    """A graph under construction; methods add nodes and return the name of their result."""

    def __init__(self, weights: Weights, *, integer: bool) -> None:
        self.weights = weights
        self.integer = integer
        self._nodes: list[onnx.NodeProto] = []
        self._tensors: dict[str, onnx.TensorProto] = {}

    def node(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        name = f"{kind.lower()}{len(self._nodes)}"
        self._nodes.append(
            helper.make_node(kind, list(inputs), [name], name=name, domain=domain, **attributes)
        )
        return name

    def constant(self, value: Any, name: str = "") -> str:
        array = np.asarray(value)
        name = name or f"constant{len(self._tensors)}"
        if name not in self._tensors:
            self._tensors[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def weight(self, name: str) -> str:
        return self.constant(self.weights[name], name)

    def linear(self, x: str, name: str, *, bias: bool = True, integer: bool | None = None) -> str:
        """x (..., I) times the matrix `name`.weight (O, I), plus its bias."""
        offset = self.weights.get(f"{name}.bias") if bias else None
        return self.matmul(x, name, self.weights[f"{name}.weight"], offset, integer=integer)

    def matmul(
        self,
        x: str,
        name: str,
        matrix: NDArray[np.float32],
        offset: NDArray[np.float32] | None,
        *,
        integer: bool | None = None,
    ) -> str:
        """x (..., I) times `matrix` (O, I), plus `offset` (O,)."""
        if self.integer if integer is None else integer:
            scale = np.maximum(np.abs(matrix).max(1), 1e-8).astype(np.float32) / WEIGHT_LIMIT
            rounded = np.clip(np.rint(matrix / scale[:, None]), -WEIGHT_LIMIT, WEIGHT_LIMIT).astype(np.int8)
            return self.node(
                "DynamicQuantizeMatMul",
                x,
                self.constant(rounded.T, f"{name}.int8"),
                self.constant(scale, f"{name}.scale"),
                self.constant(np.zeros(len(scale), np.int8), f"zeros{len(scale)}"),
                self.constant(offset, f"{name}.bias") if offset is not None else "",
                domain=_MICROSOFT,
            )
        y = self.node("MatMul", x, self.constant(matrix.T, f"{name}.matrix"))
        return y if offset is None else self.node("Add", y, self.constant(offset, f"{name}.bias"))

    def split(self, x: str, count: int, axis: int) -> list[str]:
        names = [f"split{len(self._nodes)}_{i}" for i in range(count)]
        self._nodes.append(helper.make_node("Split", [x], names, axis=axis, num_outputs=count))
        return names

    def norm(self, x: str, name: str, voice: str) -> str:
        """Adaptive layer norm of x (1, N, C) for the one voice (1, V)."""
        y = self.node("MatMul", voice, self.constant(self.weights[f"{name}.voice.weight"].T, f"{name}.voice"))
        gain, offset = self.split(self.node("Reshape", y, self.constant(np.array([-1]))), 2, 0)
        gain = self.node("Add", gain, self.constant(np.float32(1.0), "one"))
        offset = self.node("Add", offset, self.node("Mul", gain, self.weight(f"{name}.offset")))
        gain = self.node("Mul", gain, self.weight(f"{name}.gain"))
        return self.node("LayerNormalization", x, gain, offset, epsilon=1e-5, axis=-1)

    def plain_norm(self, x: str, name: str) -> str:
        return self.node(
            "LayerNormalization",
            x,
            self.weight(f"{name}.weight"),
            self.weight(f"{name}.bias"),
            epsilon=1e-5,
            axis=-1,
        )

    def mlp(self, x: str, up: str, down: str) -> str:
        return self.linear(self.node("FastGelu", self.linear(x, up), domain=_MICROSOFT), down)

    def depthwise(self, x: str, name: str) -> str:
        """Convolution along the second axis of x (1, N, C), each channel for itself."""
        kernel = self.weights[f"{name}.weight"]
        channels, _, size = kernel.shape
        half = size // 2
        # As an image one line high: only for images does the runtime have the fast depthwise kernel.
        y = self.node("Unsqueeze", x, self.constant(np.array([1]), "axis1"))
        y = self.node("Transpose", y, perm=[0, 3, 1, 2])
        y = self.node(
            "Conv", y, self.constant(kernel[:, :, None], f"{name}.kernel"), self.weight(f"{name}.bias"),
            group=channels, kernel_shape=[1, size], pads=[0, half, 0, half],
        )  # fmt: skip
        y = self.node("Transpose", y, perm=[0, 2, 3, 1])
        return self.node("Squeeze", y, self.constant(np.array([1]), "axis1"))

    def block(self, x: str, name: str, voice: str, mask: str) -> str:
        """ConvNeXt block; x (1, N, C) is zero where mask (1, N, 1) is, and so is what it returns."""
        y = self.norm(self.depthwise(x, f"{name}.depthwise"), f"{name}.norm", voice)
        return self.node("Mul", self.node("Add", x, self.mlp(y, f"{name}.up", f"{name}.down")), mask)

    def blocks(self, x: str, name: str, voice: str, mask: str) -> str:
        count = len({n.split(".")[1] for n in self.weights if n.startswith(f"{name}.")})
        for i in range(count):
            x = self.block(x, f"{name}.{i}", voice, mask)
        return x

    def finish(
        self, inputs: Mapping[str, tuple[str, Sequence[Any]]], outputs: Mapping[str, str], comment: str
    ) -> onnx.ModelProto:
        """inputs: name -> (kind, shape); outputs: name -> result that it is."""
        renamed = {result: name for name, result in outputs.items()}
        for node in self._nodes:
            for names in (node.input, node.output):
                names[:] = [renamed.get(name, name) for name in names]
        graph = helper.make_graph(
            self._nodes,
            "duologue-voice",
            [helper.make_tensor_value_info(n, _KINDS[k], s) for n, (k, s) in inputs.items()],
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in outputs],
            list(self._tensors.values()),
            doc_string=comment,
        )
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(_MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, producer_name="duologue", ir_version=9)


WEIGHT_LIMIT = 63


def encoder_graph(weights: Weights, *, integer: bool) -> onnx.ModelProto:
    """Prosody, first half: ids (B, L), voice (1, V) -> text (B, L, C), log_durations (B, L)."""
    g = _Graph(weights, integer=integer)
    width = weights["embed.weight"].shape[1]
    zero = g.constant(np.int64(0), "zero")
    # The ends of a sentence are id 0 too, so the padding is what lies beyond the second of them.
    said = g.node("Cast", g.node("Greater", "ids", zero), to=TensorProto.FLOAT)
    before = g.node(
        "Slice",
        g.node("Pad", said, g.constant(np.array([0, 1, 0, 0])), g.constant(np.float32(1.0), "one")),
        g.constant(np.array([0]), "from0"),
        g.constant(np.array([-1]), "to_last"),
        g.constant(np.array([1]), "axis1"),
    )
    mask = g.node("Unsqueeze", g.node("Max", said, before), g.constant(np.array([2]), "axis2"))
    x = g.node("Mul", g.node("Gather", g.weight("embed.weight"), "ids"), mask)
    for i in range(len({n.split(".")[1] for n in weights if n.startswith("local.")})):
        x = _rows_block(g, x, f"local.{i}", mask)
    # (B, 1, 1, L): nought where there is a phoneme, far below any score where there is none
    keep = g.node(
        "Transpose", g.node("Unsqueeze", mask, g.constant(np.array([1]), "axis1")), perm=[0, 1, 3, 2]
    )
    bar = g.node(
        "Mul", g.node("Sub", keep, g.constant(np.float32(1.0), "one")), g.constant(np.float32(1e9), "far")
    )
    heads = g.constant(np.array([0, 0, 3, _HEADS, width // _HEADS]), "heads")
    joined = g.constant(np.array([0, 0, width]), "joined")
    for i in range(len({n.split(".")[1] for n in weights if n.startswith("layers.")})):
        name = f"layers.{i}"
        y = g.linear(g.plain_norm(x, f"{name}.norm1"), f"{name}.qkv")
        y = g.node("Transpose", g.node("Reshape", y, heads), perm=[2, 0, 3, 1, 4])
        q, k, v = (g.node("Squeeze", part, g.constant(np.array([0]), "from0")) for part in g.split(y, 3, 0))
        scale = np.float32((width // _HEADS) ** -0.5)
        q = g.node("Mul", q, g.constant(scale, "scale"))
        scores = g.node("Add", g.node("MatMul", q, g.node("Transpose", k, perm=[0, 1, 3, 2])), bar)
        y = g.node("MatMul", g.node("Softmax", scores, axis=-1), v)
        y = g.node("Reshape", g.node("Transpose", y, perm=[0, 2, 1, 3]), joined)
        x = g.node("Add", x, g.linear(y, f"{name}.out"))
        y = g.plain_norm(x, f"{name}.norm2")
        x = g.node("Mul", g.node("Add", x, g.mlp(y, f"{name}.up", f"{name}.down")), mask)
    text = g.norm(x, "norm", "voice")
    hidden = g.node("FastGelu", g.linear(text, "duration.0"), domain=_MICROSOFT)
    log = g.linear(hidden, "duration.2", integer=False)
    log = g.node("Squeeze", log, g.constant(np.array([2]), "axis2"))
    voice_width = weights["norm.voice.weight"].shape[1]
    return g.finish(
        {"ids": ("int64", ["B", "L"]), "voice": ("float", [1, voice_width])},
        {"text": text, "log_durations": log},
        "phonemes -> text features and log of durations in frames of 25 ms",
    )


def _rows_block(g: _Graph, x: str, name: str, mask: str) -> str:
    """The block for x (B, L, C): several rows, so the line of the image is the row."""
    kernel = g.weights[f"{name}.depthwise.weight"]
    channels, _, size = kernel.shape
    half = size // 2
    y = g.node("Transpose", g.node("Unsqueeze", x, g.constant(np.array([0]), "from0")), perm=[0, 3, 1, 2])
    y = g.node(
        "Conv", y, g.constant(kernel[:, :, None], f"{name}.depthwise.kernel"),
        g.weight(f"{name}.depthwise.bias"),
        group=channels, kernel_shape=[1, size], pads=[0, half, 0, half],
    )  # fmt: skip
    y = g.node("Squeeze", g.node("Transpose", y, perm=[0, 2, 3, 1]), g.constant(np.array([0]), "from0"))
    y = g.norm(y, f"{name}.norm", "voice")
    return g.node("Mul", g.node("Add", x, g.mlp(y, f"{name}.up", f"{name}.down")), mask)


def contour_graph(weights: Weights, *, integer: bool) -> onnx.ModelProto:
    """Prosody, second half: text (N, C) of the phonemes, index (T,), place (T, 3), mask (T, 1),
    voice (1, V) -> log_f0, voicing, energy, each (2T,)."""
    g = _Graph(weights, integer=integer)
    x = g.node("Add", g.node("Gather", "text", "index", axis=0), g.linear("place", "place", integer=False))
    axis0, mask = g.constant(np.array([0]), "from0"), "mask"
    x = g.node("Unsqueeze", g.node("Mul", x, mask), axis0)
    x = g.blocks(x, "contour", "voice", g.node("Unsqueeze", mask, axis0))
    out = g.linear(g.norm(x, "contour_norm", "voice"), "out", integer=False)
    flat = g.constant(np.array([-1]), "flat")
    f0, voicing, energy = (g.node("Reshape", part, flat) for part in g.split(out, 3, 2))
    scaled = [
        g.node("Add", g.node("Mul", x, g.constant(np.float32(a))), g.constant(np.float32(b)))
        for x, a, b in ((f0, 0.3, 5.2), (energy, 3.0, 3.0))
    ]
    width, voice_width = weights["contour_norm.gain"].shape[0], weights["contour_norm.voice.weight"].shape[1]
    return g.finish(
        {
            "text": ("float", ["N", width]),
            "index": ("int64", ["T"]),
            "place": ("float", ["T", 3]),
            "mask": ("float", ["T", 1]),
            "voice": ("float", [1, voice_width]),
        },
        {"log_f0": scaled[0], "voicing": voicing, "energy": scaled[1]},
        "text features on the time axis -> log F0 in nats, voicing logit and energy of frames of 12.5 ms",
    )


def decoder_graph(weights: Weights, *, integer: bool, integer_basis: bool) -> onnx.ModelProto:
    """ids (N,), text_mask (N, 1), index (T,), frame (T, 9), mask (T, 1), voice (1, V), and `voiced`
    (G,), the fine frames that need harmonic parts -> residual (2T, K), log magnitudes, and harmonic
    (G, 3 K): log magnitude and phase of the filter, phase of the residual (a reshape would be a copy)."""
    g = _Graph(weights, integer=integer)
    axis0 = g.constant(np.array([0]), "from0")
    x = g.node("Mul", g.node("Gather", g.weight("embed.weight"), "ids"), "text_mask")
    x = g.blocks(g.node("Unsqueeze", x, axis0), "text", "voice", g.node("Unsqueeze", "text_mask", axis0))
    x = g.node("Squeeze", g.linear(x, "enter_text"), axis0)
    x = g.node("Gather", x, "index", axis=0)
    x = g.node("Mul", g.node("Add", x, g.linear("frame", "enter_frame", integer=False)), "mask")
    x = g.blocks(g.node("Unsqueeze", x, axis0), "blocks", "voice", g.node("Unsqueeze", "mask", axis0))
    x = g.linear(g.norm(x, "norm", "voice"), "split")
    rank = weights["basis.weight"].shape[1]
    x = g.node("Reshape", x, g.constant(np.array([-1, rank])))
    basis = weights["basis.weight"].reshape(PARTS, BINS, rank)
    bias = weights["basis.bias"].reshape(PARTS, BINS)
    every = g.matmul(x, "residual", basis[2], bias[2], integer=integer_basis)
    some = [0, 1, 3]
    voiced = g.matmul(
        g.node("Gather", x, "voiced", axis=0), "harmonic",
        basis[some].reshape(-1, rank), bias[some].reshape(-1),
        integer=integer_basis,
    )  # fmt: skip
    voice_width = weights["norm.voice.weight"].shape[1]
    return g.finish(
        {
            "ids": ("int64", ["N"]),
            "text_mask": ("float", ["N", 1]),
            "index": ("int64", ["T"]),
            "frame": ("float", ["T", 9]),
            "mask": ("float", ["T", 1]),
            "voiced": ("int64", ["G"]),
            "voice": ("float", [1, voice_width]),
        },
        {"residual": every, "harmonic": voiced},
        "phonemes, durations, F0 and energy -> spectral parts",
    )

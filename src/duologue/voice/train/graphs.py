"""The networks as ONNX graphs, written operator by operator.

Design choices
- Written by hand rather than traced: every operator is one ONNX Runtime has a fast kernel for, the
  order of the axes is ours, and the file depends on no exporter's version.
- Sentences lie behind each other on one time axis (B = 1) with `GAP` empty frames between them. What
  enters a convolution is zero in the gaps, so no sentence hears another, and nothing is padded.
- One voice per run, so that adaptive norm becomes layer norm, which is one operator. Its gains and offsets
  come in as `norms`, computed once per voice (see norms.py), not once per run.
- Axes are (1, lines, time, channels) throughout: for images the runtime has a fast depthwise kernel, and
  every axis that is added or taken away is a copy.
- Matrices are 8-bit integers with a scale per column; activations are quantised as they come. Weights
  keep to 7 bits, which no processor's 16-bit accumulators can overflow.
- Harmonic parts and phases are made only for the fine frames that have voice, and in the order in which
  the synthesis wants them; magnitudes leave the graph as such, for its exponential is the fastest.

Shapes: N phonemes or frames on the flat axis, C channels, V voice vector, K bins, H of them with
harmonics; see docs/shapes.md.
Operators outside the ONNX standard are ONNX Runtime's own ("com.microsoft").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from duologue.voice.spectrum import BINS, CEILING, HARMONIC_BINS, PARTS
from duologue.voice.train.norms import Weights, count, norm_names

__all__ = ["contour_graph", "decoder_graph", "encoder_graph"]

_HEADS = 4
_KINDS = {"float": TensorProto.FLOAT, "int32": TensorProto.INT32, "int64": TensorProto.INT64}
_MICROSOFT = "com.microsoft"


class _Graph:
    """A graph under construction; methods add nodes and return the name of their result.

    norms: names of the adaptive norms, whose gains and offsets the input `norms` (n,) holds in turn.
    """

    def __init__(self, weights: Weights, norms: Sequence[str], *, integer: bool) -> None:
        self.weights = weights
        self.integer = integer
        self._nodes: list[onnx.NodeProto] = []
        self._tensors: dict[str, onnx.TensorProto] = {}
        sizes = np.repeat([len(weights[f"{name}.gain"]) for name in norms], 2)
        names = [f"{name}.{part}" for name in norms for part in ("gain", "offset")]
        self._nodes.append(helper.make_node("Split", ["norms", self.constant(sizes, "sizes")], names, axis=0))
        self._norms = int(sizes.sum())

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

    def norm(self, x: str, name: str) -> str:
        """Adaptive layer norm of x (..., C), with the voice's own gain and offset."""
        return self.node("LayerNormalization", x, f"{name}.gain", f"{name}.offset", epsilon=1e-5, axis=-1)

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

    def block(self, x: str, name: str, mask: str) -> str:
        """ConvNeXt block along the third axis of x (1, B, N, C), which is zero where mask (1, B, N, 1) is,
        and so is what it returns."""
        kernel = self.weights[f"{name}.depthwise.weight"]
        channels, _, size = kernel.shape
        half = size // 2
        # As images B lines high: only for images does the runtime have the fast depthwise kernel.
        y = self.node("Transpose", x, perm=[0, 3, 1, 2])
        y = self.node(
            "Conv", y, self.constant(kernel[:, :, None], f"{name}.kernel"),
            self.weight(f"{name}.depthwise.bias"),
            group=channels, kernel_shape=[1, size], pads=[0, half, 0, half],
        )  # fmt: skip
        y = self.norm(self.node("Transpose", y, perm=[0, 2, 3, 1]), f"{name}.norm")
        return self.node("Mul", self.node("Add", x, self.mlp(y, f"{name}.up", f"{name}.down")), mask)

    def blocks(self, x: str, name: str, mask: str) -> str:
        for i in range(count(self.weights, name)):
            x = self.block(x, f"{name}.{i}", mask)
        return x

    def finish(
        self, inputs: Mapping[str, tuple[str, Sequence[Any]]], outputs: Mapping[str, str], comment: str
    ) -> onnx.ModelProto:
        """inputs beside `norms`: name -> (kind, shape); outputs: name -> result that it is."""
        renamed = {result: name for name, result in outputs.items()}
        for node in self._nodes:
            for names in (node.input, node.output):
                names[:] = [renamed.get(name, name) for name in names]
        graph = helper.make_graph(
            self._nodes,
            "duologue-voice",
            [
                helper.make_tensor_value_info(n, _KINDS[k], s)
                for n, (k, s) in {**inputs, "norms": ("float", [self._norms])}.items()
            ],
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in outputs],
            list(self._tensors.values()),
            doc_string=comment,
        )
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(_MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, producer_name="duologue", ir_version=9)


WEIGHT_LIMIT = 63


def encoder_graph(weights: Weights, *, integer: bool) -> onnx.ModelProto:
    """Prosody, first half: ids (B, L), keep (B, L), 1 at phonemes, mask (1, B, L, 1), the same, and
    norms -> text (B, L, C), log_durations (B, L)."""
    g = _Graph(weights, norm_names(weights, "encoder"), integer=integer)
    x = g.node("Mul", g.node("Gather", g.weight("embed.weight"), "ids"), "mask")
    x = g.blocks(x, "local", "mask")
    axis0 = g.constant(np.array([0]), "axis0")
    x, mask = g.node("Squeeze", x, axis0), g.node("Squeeze", "mask", axis0)
    for i in range(count(weights, "layers")):
        name = f"layers.{i}"
        y = g.linear(g.plain_norm(x, f"{name}.norm1"), f"{name}.qkv")
        y = g.node(
            "MultiHeadAttention", *g.split(y, 3, 2), "", "keep", num_heads=_HEADS, domain=_MICROSOFT
        )  # fmt: skip
        x = g.node("Add", x, g.linear(y, f"{name}.out"))
        y = g.plain_norm(x, f"{name}.norm2")
        x = g.node("Mul", g.node("Add", x, g.mlp(y, f"{name}.up", f"{name}.down")), mask)
    text = g.norm(x, "norm")
    hidden = g.node("FastGelu", g.linear(text, "duration.0"), domain=_MICROSOFT)
    log = g.linear(hidden, "duration.2", integer=False)
    log = g.node("Squeeze", log, g.constant(np.array([2]), "axis2"))
    return g.finish(
        {"ids": ("int64", ["B", "L"]), "keep": ("int32", ["B", "L"]), "mask": ("float", [1, "B", "L", 1])},
        {"text": text, "log_durations": log},
        "phonemes -> text features and log of durations in frames of 25 ms",
    )


def contour_graph(weights: Weights, *, integer: bool) -> onnx.ModelProto:
    """Prosody, second half: text (N, C) of the phonemes, index (T,), place (T, 3), mask (1, 1, T, 1), norms
    -> contour (T, 6): log F0, voicing and energy, each of both fine frames."""
    g = _Graph(weights, norm_names(weights, "contour"), integer=integer)
    x = g.node("Add", g.node("Gather", "text", "index", axis=0), g.linear("place", "place", integer=False))
    x = g.blocks(g.node("Mul", x, "mask"), "contour", "mask")
    x = g.node("Squeeze", g.norm(x, "contour_norm"), g.constant(np.array([0, 1]), "axes01"))
    unit = np.repeat(np.array([0.3, 1, 3], np.float32), 2)
    zero = np.repeat(np.array([5.2, 0, 3], np.float32), 2)
    matrix, offset = weights["out.weight"] * unit[:, None], weights["out.bias"] * unit + zero
    return g.finish(
        {
            "text": ("float", ["N", weights["contour_norm.gain"].shape[0]]),
            "index": ("int64", ["T"]),
            "place": ("float", ["T", 3]),
            "mask": ("float", [1, 1, "T", 1]),
        },
        {"contour": g.matmul(x, "out", matrix, offset, integer=False)},
        "text features on the time axis -> log F0 in nats, voicing logit and energy of frames of 12.5 ms",
    )


def decoder_graph(weights: Weights, *, integer: bool, integer_basis: bool) -> onnx.ModelProto:
    """ids (N,), text_mask (1, 1, N, 1), index (T,), frame (T, 9), mask (1, 1, T, 1), norms, `order` (F,), the
    fine frames wanted, and `voiced` (G,), those of them with harmonics -> residual (F, K) and filter (G, H),
    magnitudes, and angles (G, H + K), phases of filter and residual (a reshape would be a copy)."""
    g = _Graph(weights, norm_names(weights, "decoder"), integer=integer)
    x = g.node("Mul", g.node("Gather", g.weight("embed.weight"), "ids"), "text_mask")
    x = g.linear(g.blocks(x, "text", "text_mask"), "enter_text")
    x = g.node("Gather", x, "index", axis=2)
    x = g.node("Mul", g.node("Add", x, g.linear("frame", "enter_frame", integer=False)), "mask")
    x = g.linear(g.norm(g.blocks(x, "blocks", "mask"), "norm"), "split")
    rank = weights["basis.weight"].shape[1]
    x = g.node("Reshape", x, g.constant(np.array([-1, rank])))
    basis = weights["basis.weight"].reshape(PARTS, BINS, rank)
    bias = weights["basis.bias"].reshape(PARTS, BINS)
    top = g.constant(np.array(CEILING, np.float32))

    def part(rows: str, name: str, *chosen: tuple[int, int]) -> str:
        """Parts of the spectrum, each (number, bins), of the given rows."""
        matrix = np.concatenate([basis[n, :bins] for n, bins in chosen])
        offset = np.concatenate([bias[n, :bins] for n, bins in chosen])
        return g.matmul(rows, name, matrix, offset, integer=integer_basis)

    def magnitude(log: str) -> str:
        return g.node("Exp", g.node("Min", log, top))

    voiced = g.node("Gather", x, "voiced", axis=0)
    residual = part(g.node("Gather", x, "order", axis=0), "residual", (2, BINS))
    return g.finish(
        {
            "ids": ("int64", ["N"]),
            "text_mask": ("float", [1, 1, "N", 1]),
            "index": ("int64", ["T"]),
            "frame": ("float", ["T", 9]),
            "mask": ("float", [1, 1, "T", 1]),
            "order": ("int64", ["F"]),
            "voiced": ("int64", ["G"]),
        },
        {
            "residual": magnitude(residual),
            "filter": magnitude(part(voiced, "filter", (0, HARMONIC_BINS))),
            "angles": part(voiced, "angles", (1, HARMONIC_BINS), (3, BINS)),
        },
        "phonemes, durations, F0 and energy -> spectral parts",
    )

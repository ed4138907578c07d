"""A trained model on its way to the formats of others: configuration, arrays and vocabulary, without PyTorch.

Design choices
- The names and shapes are those of model.py: q, k, v in one matrix, gate and up in one, experts stacked; the
  formats of others are made from these, and from a GGUF these are made again.
- Numpy alone, so that `duologue models export` works in the base install from the weights that ship.
- A GGUF holds everything: the tokenizer is rebuilt from it, byte for byte what training wrote.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duologue.text import tensors
from duologue.text.errors import TextError
from duologue.text.gguf import Gguf
from duologue.text.tokenizer import PATTERN

__all__ = ["ARCHITECTURES", "Checkpoint", "Vocabulary"]

Array = NDArray[np.float32]
ARCHITECTURES = ("qwen3moe", "qwen3")
_NEEDED = (
    "vocabulary",
    "width",
    "layers",
    "heads",
    "kv_heads",
    "head_width",
    "experts",
    "active",
    "expert_width",
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """tokens: by id. merges: "left right", best first. special: so many first tokens are control ones."""

    tokens: tuple[str, ...]
    merges: tuple[str, ...]
    special: int

    @classmethod
    def read(cls, path: Path) -> Vocabulary:
        """From a `tokenizer.json`. Raises TextError where it isn't one of ours."""
        try:
            saved = json.loads(path.read_text("utf-8"))
            ids = saved["model"]["vocab"]
            merges = [m if isinstance(m, str) else " ".join(m) for m in saved["model"]["merges"]]
            special = sum(t["special"] for t in saved["added_tokens"])
        except OSError as error:
            raise TextError(f"the tokenizer '{path}' can't be read: {error.strerror}") from None
        except (ValueError, KeyError, TypeError):
            raise TextError(f"'{path}' is not a byte-level BPE tokenizer") from None
        return cls(tuple(sorted(ids, key=ids.__getitem__)), tuple(merges), special)

    def as_json(self) -> dict[str, Any]:
        """The content of `tokenizer.json`."""
        added = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
        level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
        split = {"type": "Split", "pattern": {"Regex": PATTERN}, "behavior": "Isolated", "invert": False}
        return {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [{"id": i, "content": self.tokens[i], **added} for i in range(self.special)],
            "normalizer": {"type": "NFC"},
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, level]},
            "post_processor": None,
            "decoder": level | {"add_prefix_space": True, "use_regex": True},
            "model": {
                "type": "BPE",
                "dropout": None,
                "unk_token": None,
                "continuing_subword_prefix": None,
                "end_of_word_suffix": None,
                "fuse_unk": False,
                "byte_fallback": False,
                "ignore_merges": False,
                "vocab": {token: i for i, token in enumerate(self.tokens)},
                "merges": [m.split(" ") for m in self.merges],
            },
        }


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model. config: as `ModelConfig.as_dict` has it. arrays: float32, named as in model.py."""

    config: Mapping[str, Any]
    arrays: Mapping[str, Array]
    vocabulary: Vocabulary

    @classmethod
    def read(cls, folder: Path, tokenizer: Path) -> Checkpoint:
        """From the `model.safetensors` and `config.json` of a training run and the folder of the tokenizer.

        Raises TextError for anything missing or unfit.
        """
        try:
            config = json.loads((folder / "config.json").read_text("utf-8"))
        except OSError as error:
            raise TextError(f"'{folder / 'config.json'}' can't be read: {error.strerror}") from None
        except ValueError:
            raise TextError(f"'{folder / 'config.json'}' is not JSON") from None
        arrays = tensors.read(folder / "model.safetensors")
        return cls(config, arrays, Vocabulary.read(tokenizer / "tokenizer.json"))._checked(folder)

    @classmethod
    def from_gguf(cls, gguf: Gguf) -> Checkpoint:
        """From a GGUF of ours, its values as float32. Raises TextError for one of another architecture."""
        if gguf.architecture not in ARCHITECTURES or "output.weight" in gguf.tensors:
            raise TextError(
                f"'{gguf.path}' is of the architecture {gguf.architecture or 'unknown'}; "
                f"export takes {' and '.join(ARCHITECTURES)} with tied embeddings"
            )
        arrays, moe = _arrays(gguf), gguf.architecture == "qwen3moe"
        config = {
            "vocabulary": arrays["embedding.weight"].shape[0],
            "width": gguf.setting("embedding_length"),
            "layers": gguf.setting("block_count"),
            "heads": gguf.setting("attention.head_count"),
            "kv_heads": gguf.setting("attention.head_count_kv"),
            "head_width": gguf.setting("attention.key_length"),
            "experts": gguf.setting("expert_count", 0) if moe else 0,
            "active": gguf.setting("expert_used_count", 1) if moe else 1,
            "expert_width": gguf.setting("expert_feed_forward_length" if moe else "feed_forward_length"),
            "context": gguf.setting("context_length"),
            "rope_theta": gguf.setting("rope.freq_base"),
            "epsilon": round(float(gguf.setting("attention.layer_norm_rms_epsilon")), 12),
        }
        meta = gguf.metadata
        kinds = meta.get("tokenizer.ggml.token_type", [])
        special = next((i for i, kind in enumerate(kinds) if kind != 3), len(kinds))
        tokens, merges = meta.get("tokenizer.ggml.tokens", ()), meta.get("tokenizer.ggml.merges", ())
        return cls(config, arrays, Vocabulary(tuple(tokens), tuple(merges), special))._checked(gguf.path)

    def _checked(self, where: Path) -> Checkpoint:
        if missing := [key for key in _NEEDED if key not in self.config]:
            raise TextError(f"the configuration in '{where}' lacks {', '.join(missing)}")
        c = self.config
        experts, wide = (
            (c["experts"],) if c["experts"] else (),
            c["expert_width"] * (1 if c["experts"] else c["active"]),
        )
        suffix = "" if c["experts"] else ".weight"
        expected: dict[str, tuple[int, ...]] = {
            "embedding.weight": (c["vocabulary"], c["width"]),
            "norm.weight": (c["width"],),
        }
        for i in range(c["layers"]):
            b, heads = f"blocks.{i}.", c["heads"] + 2 * c["kv_heads"]
            expected |= {
                b + "attention_norm.weight": (c["width"],),
                b + "attention.qkv.weight": (heads * c["head_width"], c["width"]),
                b + "attention.q_norm.weight": (c["head_width"],),
                b + "attention.k_norm.weight": (c["head_width"],),
                b + "attention.out.weight": (c["width"], c["heads"] * c["head_width"]),
                b + "mlp_norm.weight": (c["width"],),
                b + "mlp.gate_up" + suffix: (*experts, 2 * wide, c["width"]),
                b + "mlp.down" + suffix: (*experts, c["width"], wide),
            }
            if c["experts"]:
                expected[b + "mlp.router.weight"] = (c["experts"], c["width"])
        for name, shape in expected.items():
            if name not in self.arrays or self.arrays[name].shape != shape:
                found = self.arrays[name].shape if name in self.arrays else "missing"
                raise TextError(f"{name} in '{where}' is {found}; the configuration says {shape}")
        if extra := set(self.arrays) - set(expected):
            raise TextError(f"'{where}' has an array {min(extra)} that no format has a place for")
        if len(self.vocabulary.tokens) != c["vocabulary"]:
            raise TextError(
                f"the tokenizer has {len(self.vocabulary.tokens)} tokens, the model {c['vocabulary']}; "
                "take those that belong together"
            )
        return self


def _arrays(gguf: Gguf) -> dict[str, Array]:
    get = gguf.array
    found = {"embedding.weight": get("token_embd.weight"), "norm.weight": get("output_norm.weight")}
    for i in range(int(gguf.setting("block_count", 0))):
        ours, theirs = f"blocks.{i}.", f"blk.{i}."
        found |= {
            ours + "attention_norm.weight": get(theirs + "attn_norm.weight"),
            ours + "attention.qkv.weight": np.concatenate([get(f"{theirs}attn_{n}.weight") for n in "qkv"]),
            ours + "attention.q_norm.weight": get(theirs + "attn_q_norm.weight"),
            ours + "attention.k_norm.weight": get(theirs + "attn_k_norm.weight"),
            ours + "attention.out.weight": get(theirs + "attn_output.weight"),
            ours + "mlp_norm.weight": get(theirs + "ffn_norm.weight"),
        }
        if gguf.architecture == "qwen3moe":
            pair = [get(f"{theirs}ffn_{n}_exps.weight") for n in ("gate", "up")]
            found[ours + "mlp.gate_up"] = np.concatenate(pair, 1)
            found[ours + "mlp.down"] = get(theirs + "ffn_down_exps.weight")
            found[ours + "mlp.router.weight"] = get(theirs + "ffn_gate_inp.weight")
        else:
            pair = [get(f"{theirs}ffn_{n}.weight") for n in ("gate", "up")]
            found[ours + "mlp.gate_up.weight"] = np.concatenate(pair)
            found[ours + "mlp.down.weight"] = get(theirs + "ffn_down.weight")
    return found

"""Write a checkpoint as transformers, vLLM and SGLang read it: Qwen3MoeForCausalLM, or Qwen3ForCausalLM.

Design choices
- One matrix per expert under the names of the published Qwen3 checkpoints, which every loader knows; newer
  ones stack them again.
- The configuration says the same thing in the old and the new way (`num_experts` and `num_local_experts`,
  `rope_theta` and `rope_parameters`), because loaders read one or the other.
- `norm_topk_prob` is true: model.py, like llama.cpp, lets the chosen experts' shares sum to one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duologue import __version__
from duologue.text import tensors
from duologue.text.chat import TEMPLATE
from duologue.text.checkpoint import Checkpoint

__all__ = ["configuration", "named", "write"]

_BOS, _END = 0, 2


def configuration(checkpoint: Checkpoint, dtype: str = "float32") -> dict[str, Any]:
    """The content of `config.json`."""
    c = checkpoint.config
    moe = bool(c["experts"])
    made: dict[str, Any] = {
        "architectures": ["Qwen3MoeForCausalLM" if moe else "Qwen3ForCausalLM"],
        "model_type": "qwen3_moe" if moe else "qwen3",
        "vocab_size": c["vocabulary"],
        "hidden_size": c["width"],
        "intermediate_size": c["active"] * c["expert_width"],
        "num_hidden_layers": c["layers"],
        "num_attention_heads": c["heads"],
        "num_key_value_heads": c["kv_heads"],
        "head_dim": c["head_width"],
        "hidden_act": "silu",
        "max_position_embeddings": c["context"],
        "initializer_range": 0.02,
        "rms_norm_eps": c["epsilon"],
        "rope_theta": c["rope_theta"],
        "rope_parameters": {"rope_type": "default", "rope_theta": c["rope_theta"]},
        "attention_bias": False,
        "attention_dropout": 0.0,
        "use_sliding_window": False,
        "tie_word_embeddings": True,
        "use_cache": True,
        "bos_token_id": None,
        "eos_token_id": _END,
        "pad_token_id": _BOS,
        "dtype": dtype,
        "torch_dtype": dtype,
    }
    if moe:
        made |= {
            "num_experts": c["experts"],
            "num_local_experts": c["experts"],
            "num_experts_per_tok": c["active"],
            "moe_intermediate_size": c["expert_width"],
            "norm_topk_prob": True,
            "decoder_sparse_step": 1,
            "mlp_only_layers": [],
            "output_router_logits": False,
            "router_aux_loss_coef": 0.001,
        }
    return made


def named(checkpoint: Checkpoint) -> dict[str, NDArray[np.float32]]:
    """The arrays under the names of Qwen3; views of the checkpoint's."""
    c, a = checkpoint.config, checkpoint.arrays
    made = {"model.embed_tokens.weight": a["embedding.weight"], "model.norm.weight": a["norm.weight"]}
    for i in range(c["layers"]):
        ours, theirs = f"blocks.{i}.", f"model.layers.{i}."
        ends = np.cumsum([c["head_width"] * n for n in (c["heads"], c["kv_heads"])]).tolist()
        for n, part in zip("qkv", np.split(a[ours + "attention.qkv.weight"], ends), strict=True):
            made[f"{theirs}self_attn.{n}_proj.weight"] = part
        made |= {
            theirs + "self_attn.o_proj.weight": a[ours + "attention.out.weight"],
            theirs + "self_attn.q_norm.weight": a[ours + "attention.q_norm.weight"],
            theirs + "self_attn.k_norm.weight": a[ours + "attention.k_norm.weight"],
            theirs + "input_layernorm.weight": a[ours + "attention_norm.weight"],
            theirs + "post_attention_layernorm.weight": a[ours + "mlp_norm.weight"],
        }
        if not c["experts"]:
            gate, up = np.split(a[ours + "mlp.gate_up.weight"], 2)
            made |= {theirs + "mlp.gate_proj.weight": gate, theirs + "mlp.up_proj.weight": up}
            made[theirs + "mlp.down_proj.weight"] = a[ours + "mlp.down.weight"]
            continue
        made[theirs + "mlp.gate.weight"] = a[ours + "mlp.router.weight"]
        for e in range(c["experts"]):
            gate, up = np.split(a[ours + "mlp.gate_up"][e], 2)
            expert = f"{theirs}mlp.experts.{e}."
            made |= {expert + "gate_proj.weight": gate, expert + "up_proj.weight": up}
            made[expert + "down_proj.weight"] = a[ours + "mlp.down"][e]
    return made


def write(checkpoint: Checkpoint, folder: Path, dtype: str = "float32") -> list[Path]:
    """Weights, configuration and tokenizer into `folder`; returns what was written.

    dtype: "float32" or "bfloat16". Raises TextError for another.
    """
    folder.mkdir(parents=True, exist_ok=True)
    special = checkpoint.vocabulary.tokens
    tokenizer = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": None,
        "eos_token": special[_END],
        "pad_token": special[_BOS],
        "unk_token": None,
        "add_bos_token": False,
        "clean_up_tokenization_spaces": False,
        "model_max_length": checkpoint.config["context"],
    }
    generation = {"eos_token_id": [_END, _BOS], "pad_token_id": _BOS, "do_sample": True, "temperature": 0.7}
    tensors.write(
        folder / "model.safetensors",
        named(checkpoint),
        {"format": "pt", "producer": f"duologue {__version__}"},
        dtype,
    )
    texts = {
        "config.json": json.dumps(configuration(checkpoint, dtype), indent=2) + "\n",
        "generation_config.json": json.dumps(generation, indent=2) + "\n",
        "tokenizer.json": json.dumps(
            checkpoint.vocabulary.as_json(), ensure_ascii=False, separators=(",", ":")
        ),
        "tokenizer_config.json": json.dumps(tokenizer, indent=2) + "\n",
        "chat_template.jinja": TEMPLATE,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return [folder / "model.safetensors", *(folder / name for name in texts)]

"""Export a trained model: GGUF for llama.cpp, or the Hugging Face form.

    duologue train text finetune ...          makes CHECKPOINT/model.safetensors and config.json
    python -m duologue.text.export CHECKPOINT --type q8_0 --sums --name "Duologue Mini" \\
        -o src/duologue/weights/text/duologue-mini-q8_0.gguf

Design choices
- GGUF is written with PyPI `gguf` alone, no conversion script of llama.cpp: the architecture is "qwen3moe"
  ("qwen3" for the dense twin), experts stacked per layer, embedding tied, tokenizer "qwen2".
- Norms and the router stay float32; q8_0 takes every other matrix, the embedding too.
- `<|im_end|>` ends an answer, no BOS is added, and the chat template is inside.
- Written beside and renamed, as everything.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from duologue.text import huggingface
from duologue.text.chat import TEMPLATE
from duologue.text.checkpoint import Checkpoint
from duologue.text.errors import TextError
from duologue.text.gguf import Gguf
from duologue.text.tokenizer import FOLDER

__all__ = ["FORMATS", "TYPES", "export", "main", "open_checkpoint", "write_gguf"]

FORMATS = ("gguf", "hf")
TYPES = ("f32", "f16", "q8_0")
AUTHOR = "The Duologue authors"


def _stacked(checkpoint: Checkpoint) -> dict[str, NDArray[np.float32]]:
    """The arrays under the names of llama.cpp."""
    c, a = checkpoint.config, checkpoint.arrays
    made = {"token_embd.weight": a["embedding.weight"], "output_norm.weight": a["norm.weight"]}
    for i in range(c["layers"]):
        ours, theirs = f"blocks.{i}.", f"blk.{i}."
        ends = np.cumsum([c["head_width"] * n for n in (c["heads"], c["kv_heads"])]).tolist()
        for n, part in zip("qkv", np.split(a[ours + "attention.qkv.weight"], ends), strict=True):
            made[f"{theirs}attn_{n}.weight"] = part
        made |= {
            theirs + "attn_norm.weight": a[ours + "attention_norm.weight"],
            theirs + "attn_q_norm.weight": a[ours + "attention.q_norm.weight"],
            theirs + "attn_k_norm.weight": a[ours + "attention.k_norm.weight"],
            theirs + "attn_output.weight": a[ours + "attention.out.weight"],
            theirs + "ffn_norm.weight": a[ours + "mlp_norm.weight"],
        }
        suffix, kind = (".weight", "") if not c["experts"] else ("", "_exps")
        gate, up = np.split(a[ours + "mlp.gate_up" + suffix], 2, axis=-2)
        made |= {f"{theirs}ffn_gate{kind}.weight": gate, f"{theirs}ffn_up{kind}.weight": up}
        made[f"{theirs}ffn_down{kind}.weight"] = a[ours + "mlp.down" + suffix]
        if c["experts"]:
            made[theirs + "ffn_gate_inp.weight"] = a[ours + "mlp.router.weight"]
    return made


def write_gguf(checkpoint: Checkpoint, path: Path, kind: str = "q8_0", name: str = "Duologue Tiny") -> None:
    """Write `path` in the type `kind`: "f32", "f16" or "q8_0".

    Raises TextError for another type, for matrices that q8_0 can't take, and without the package `gguf`.
    """
    if kind not in TYPES:
        raise TextError(f"the type {kind!r} is unknown; there are {', '.join(TYPES)}")
    try:
        import gguf
    except ImportError:
        raise TextError("writing GGUF needs the package gguf: pip install 'duologue[train]'") from None
    c = checkpoint.config
    moe = bool(c["experts"])
    beside = path.with_name(path.name + ".part")
    writer = gguf.GGUFWriter(beside, "qwen3moe" if moe else "qwen3")
    writer.add_type("model")
    writer.add_name(name)
    writer.add_author(AUTHOR)
    writer.add_license("apache-2.0")
    writer.add_context_length(c["context"])
    writer.add_embedding_length(c["width"])
    writer.add_block_count(c["layers"])
    writer.add_feed_forward_length(c["active"] * c["expert_width"])
    writer.add_head_count(c["heads"])
    writer.add_head_count_kv(c["kv_heads"])
    writer.add_key_length(c["head_width"])
    writer.add_value_length(c["head_width"])
    writer.add_rope_freq_base(c["rope_theta"])
    writer.add_layer_norm_rms_eps(c["epsilon"])
    if moe:
        writer.add_expert_count(c["experts"])
        writer.add_expert_used_count(c["active"])
        writer.add_expert_feed_forward_length(c["expert_width"])
    types = {"f32": gguf.LlamaFileType.ALL_F32, "f16": gguf.LlamaFileType.MOSTLY_F16}
    writer.add_file_type(types.get(kind, gguf.LlamaFileType.MOSTLY_Q8_0))
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    vocabulary = checkpoint.vocabulary
    plain = len(vocabulary.tokens) - vocabulary.special
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(list(vocabulary.tokens))
    writer.add_token_types([gguf.TokenType.CONTROL] * vocabulary.special + [gguf.TokenType.NORMAL] * plain)
    writer.add_token_merges(list(vocabulary.merges))
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(0)
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)
    for tensor, array in _stacked(checkpoint).items():
        _add(writer, tensor, np.ascontiguousarray(array, np.float32), kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    beside.replace(path)


def _add(writer: object, name: str, array: NDArray[np.float32], kind: str) -> None:
    import gguf

    assert isinstance(writer, gguf.GGUFWriter)
    if array.ndim < 2 or kind == "f32" or name.endswith("ffn_gate_inp.weight"):
        writer.add_tensor(name, array)
    elif kind == "f16":
        writer.add_tensor(name, array.astype(np.float16))
    elif array.shape[-1] % 32:
        raise TextError(f"{name} has rows of {array.shape[-1]}; q8_0 takes multiples of 32, f16 any")
    else:
        q8 = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(name, gguf.quants.quantize(array, q8), raw_dtype=q8)


def open_checkpoint(source: Path, tokenizer: Path = FOLDER) -> Checkpoint:
    """A checkpoint from the folder of a training run or from a GGUF file. Raises TextError for neither."""
    if source.is_dir():
        return Checkpoint.read(source, tokenizer)
    return Checkpoint.from_gguf(Gguf.open(source))


def export(source: Path, out: Path, form: str, kind: str = "q8_0", name: str = "Duologue Tiny") -> list[Path]:
    """Write `source` as `form`, "gguf" to the file `out` or "hf" into that folder; returns what it wrote.

    kind: of the GGUF. Hugging Face gets float32. Raises TextError for anything unfit.
    """
    if form not in FORMATS:
        raise TextError(f"the format {form!r} is unknown; there are {', '.join(FORMATS)}")
    checkpoint = open_checkpoint(source)
    if form == "hf":
        return huggingface.write(checkpoint, out)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_gguf(checkpoint, out, kind, name)
    return [out]


def main() -> None:
    """`python -m duologue.text.export`."""
    parser = argparse.ArgumentParser(
        prog="python -m duologue.text.export", description="Export a text model."
    )
    parser.add_argument("source", type=Path, help="the folder of a training run, or a GGUF file")
    parser.add_argument("-o", "--out", type=Path, required=True, help="a file for gguf, a folder for hf")
    parser.add_argument("--format", choices=FORMATS, default="gguf")
    parser.add_argument("--type", choices=TYPES, default="q8_0", help="of the numbers in a gguf (q8_0)")
    parser.add_argument(
        "--sums", action="store_true", help="list the gguf in sha256sums beside it, to ship it"
    )
    parser.add_argument("--name", default="Duologue Tiny", help="what the model calls itself")
    args = parser.parse_args()
    begun = time.perf_counter()
    try:
        written = export(args.source, args.out, args.format, args.type, args.name)
    except TextError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    if args.sums and args.format == "gguf":
        lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in written]
        args.out.with_name("sha256sums").write_text("".join(lines), "utf-8")
    for path in written:
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB", file=sys.stderr)
    print(f"in {time.perf_counter() - begun:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main()

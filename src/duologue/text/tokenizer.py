"""The tokenizer: byte-level BPE with 8,192 tokens, in Hugging Face form.

Design choices
- 8,192: 3.61 bytes a token of articles where 16,384 have 3.97, at half the cost of the head, which is most of
  what a small model computes. `vocabulary --size` makes another; a run takes the size of the one it finds.
- The pre-tokenizer is Qwen2's regular expression, digit by digit, because llama.cpp knows it as "qwen2": one
  tokenizer, the same ids in training, in transformers and in the GGUF.
- Three special tokens: `<|endoftext|>` begins each packed document and pads, `<|im_start|>` and `<|im_end|>`
  frame a message. They take the first ids, so that the merges may change and they don't.
- Unicode is composed (NFC) before it is cut, as Qwen2 does; nothing else is changed, so decoding gives the
  text back.
- Training and tests need it; the engine reads the copy inside the GGUF.

After Sennrich et al. 2016 (https://arxiv.org/abs/1508.07909), byte-level as in GPT-2.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from duologue.text.errors import TextError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["BOS", "END", "FOLDER", "SPECIAL", "START", "VOCABULARY", "load", "save", "train"]

VOCABULARY = 8192
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
BOS, START, END = 0, 1, 2
FOLDER = Path(__file__).resolve().parent.parent / "weights" / "text" / "tokenizer"

# Qwen2's: contractions, words with one leading mark, single digits, punctuation, white space.
PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def train(texts: Iterable[str], vocabulary: int = VOCABULARY) -> Tokenizer:
    """Learn the merges from `texts`."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        min_frequency=2,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def save(tokenizer: Tokenizer, folder: Path, *, template: str, context: int) -> None:
    """Write `tokenizer.json`, `tokenizer_config.json` and `chat_template.jinja` for transformers."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": None,
        "eos_token": SPECIAL[END],
        "pad_token": SPECIAL[BOS],
        "unk_token": None,
        "add_bos_token": False,
        "clean_up_tokenization_spaces": False,
        "model_max_length": context,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")
    (folder / "chat_template.jinja").write_text(template)


def load(folder: Path = FOLDER) -> Tokenizer:
    """The tokenizer in `folder`; without one, the shipped one. Raises TextError where it is not there."""
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise TextError(f"no tokenizer at {path}; make one with `duologue train text vocabulary`")
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(path))

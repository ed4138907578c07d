"""Pretrain, mid-train or finetune: the same loop on other data.

`duologue train text pretrain --sources wiki.bin=6 books.bin=3 --minutes 60 --warmdown 0` stays at the full
rate and can be gone on with; `--init RUN --warmdown 1 --sources ...=..` branches a decay (mid-training,
finetuning) off it. `torchrun --nproc-per-node N -m duologue.text.train.pretrain` trains with N processes, and
`--expert-parallel P` spreads the experts over P of them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from duologue.text.errors import TextError
from duologue.text.model import Model, dense, of_depth
from duologue.text.tokenizer import load
from duologue.text.train.induction import begin
from duologue.text.train.loop import LoopConfig, load_model, train
from duologue.text.train.processes import start
from duologue.text.train.profile import bf16_pays
from duologue.text.train.windows import Mixture

__all__ = ["main"]


def sources(specs: list[str]) -> dict[Path, float]:
    """`FILE=WEIGHT` each; the weight is 1 where none is given."""
    found = {}
    for spec in specs:
        name, _, weight = spec.partition("=")
        try:
            found[Path(name)] = float(weight or 1)
        except ValueError:
            raise TextError(f"'{spec}' is not FILE=WEIGHT") from None
    return found


def main() -> None:
    """`duologue train text pretrain`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sources", nargs="+", required=True, metavar="FILE=WEIGHT")
    parser.add_argument("--init", type=Path, help="folder of a run, or a GGUF of ours, to begin from")
    parser.add_argument("--depth", type=int, default=8, help="the dial: 4 is mini, 8 is tiny, 12 is base")
    parser.add_argument("--dense", action="store_true", help="the twin without experts")
    parser.add_argument("--context", type=int, default=2048)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument(
        "--expert-parallel", type=int, default=1, help="processes that share the experts (torchrun)"
    )
    parser.add_argument(
        "--profile", type=int, default=0, metavar="STEPS", help="time so many; to OUT/profile.md"
    )
    parser.add_argument("--no-copying", action="store_true", help="begin without the induction circuit")
    parser.add_argument(
        "--float32", action="store_true", help="no bfloat16, even where this processor multiplies it faster"
    )
    parser.add_argument("--adamw", action="store_true", help="no Muon")
    parser.add_argument("--no-evaluation", action="store_true")
    defaults = LoopConfig(out=Path())
    for name in ("minutes", "tokens", "batch", "micro", "length", "lr", "adam_lr", "warmup", "warmdown",
                 "weight_decay", "balance", "checkpoint_minutes", "seed"):  # fmt: skip
        value = getattr(defaults, name)
        parser.add_argument("--" + name.replace("_", "-"), type=type(value), default=value)
    args = parser.parse_args()
    if not (args.minutes or args.tokens):
        raise TextError("a run needs a budget: --minutes or --tokens")
    options = {k: getattr(args, k) for k in (
        "out", "minutes", "tokens", "batch", "micro", "length", "lr", "adam_lr", "warmup", "warmdown",
        "weight_decay", "balance", "checkpoint_minutes", "seed", "profile")}  # fmt: skip
    config = LoopConfig(muon=not args.adamw, bf16=bf16_pays() and not args.float32, **options)
    torch.manual_seed(config.seed)
    processes = start(args.device, args.expert_parallel)
    if args.init:
        model = load_model(args.init)
    else:
        shape = of_depth(args.depth, context=args.context, vocabulary=load().get_vocab_size())
        model = Model(dense(shape) if args.dense else shape)
        if not args.no_copying:
            begin(model)
    model = processes.spread(model.to(processes.device))
    shape = model.config
    if processes.rank == 0:
        total, active = shape.total_parameters / 1e6, shape.active_parameters / 1e6
        print(f"{total:.1f} M parameters, {active:.1f} M active, "
              f"{shape.flops_per_token(config.length) / 1e6:.0f} MFLOP a token")  # fmt: skip
    evaluate = None
    if not args.no_evaluation:
        from duologue.text.train.evaluate import held_out

        evaluate = held_out()
    train(
        model,
        Mixture(sources(args.sources), length=config.length, seed=config.seed),
        config,
        evaluate=evaluate,
        processes=processes,
    )
    processes.end()


if __name__ == "__main__":
    main()

#!/usr/bin/env bash
# The text model that ships: mini, 4.5 M parameters of which 2.8 M touch a token, from nothing on one CPU core.
# Needs: pip install -e .[train], ../shared/data.
# Time: 10 minutes for the data, 63 for the training (one core of an AMD EPYC Milan: AVX2, float32).
# FLOPs: 19 MFLOP a token (ModelConfig.flops_per_token at length 512), 5 M tokens: 1e14.
# Expected: training loss 3.6 nats over the mixture at the end; what came of it: docs/LOG.md, 2026-11-25.
set -euo pipefail
cd "$(dirname "$0")/.."
export OMP_NUM_THREADS=1 RAYON_NUM_THREADS=1
# Large blocks are kept, not given back and asked for anew at every step: a tenth of the time.
export MALLOC_MMAP_THRESHOLD_=8589934592 MALLOC_TRIM_THRESHOLD_=8589934592 MALLOC_TOP_PAD_=268435456
T=work/text C=work/text/corpus
stage() { python -m "duologue.text.train.$1" "${@:2}"; }

# 1. Checked rows for tuning (63,500, 99.3 % of what the generators made), articles' beginnings, books, dialogues,
#    copies (a third of them words in no order); rows packed so that no window begins within one.
#    The tokenizer is the one in src/duologue/weights/text/tokenizer, made by `stage vocabulary` (2 minutes).
prompts=(benchmarks/text_prompts/*.jsonl)
[ -f $T/tasks/tasks.md ] || stage tasks --out $T/tasks --per-task 4500 --avoid "${prompts[@]}" benchmarks/text_chat.txt
[ -f $C/wiki.bin ] || stage corpus --out $C --megabytes 14 --characters 2500 --against "${prompts[@]}"
[ -f $C/echo.bin ] || stage echo --out $C/echo.bin --articles 6000
[ -f $C/tasks-all.bin ] || stage pack $T/tasks/*.jsonl --out $C/tasks-all.bin --longest 510 --window 512 --whole

# 2. One run from the beginning that can copy (duologue.text.train.induction) to a rate of zero.
stage pretrain --out $T/moe --depth 4 --length 512 --batch 4 --micro 4 --warmup 20 --lr 4e-3 --adam-lr 1.5e-3 \
  --weight-decay 0.05 --minutes "${MINUTES:-63}" --warmdown 0.35 --checkpoint-minutes 6 --no-evaluation \
  --sources $C/tasks-all.bin=5 $C/echo.bin=2 $C/wiki.bin=1.5 $C/books.bin=0.5 $C/dialogue.bin=0.3

# 3. The file and its scores. The dense twin: the same with --dense --out $T/dense.
python -m duologue.text.export $T/moe -o $T/duologue-mini-q8_0.gguf
python benchmarks/text_quality.py --models mini=$T/duologue-mini-q8_0.gguf SmolLM2-135M-Instruct=smollm2 --dry

#!/usr/bin/env bash
# The text model that ships: mini, 4.5 M parameters of which 2.8 M touch a token, from nothing on one CPU core.
# Needs: pip install -e .[train], ../shared/data.
# Time: 15 minutes for the data; 62, 22 and 42 for the training (what ships: the first two on a core of an Intel
# Xeon with AMX in bfloat16, the last on a shared one of an AMD EPYC in float32, 2,300 tokens a second).
# FLOPs: 19 MFLOP a token (ModelConfig.flops_per_token at length 512), about 27 M tokens: 5e14.
# What came of it: docs/LOG.md, 2026-11-26 and 27, and benchmarks/results/text_quality.md.
set -euo pipefail
cd "$(dirname "$0")/.."
export OMP_NUM_THREADS=1 RAYON_NUM_THREADS=1
# Large blocks are kept, not given back and asked for anew at every step: a tenth of the time.
export MALLOC_MMAP_THRESHOLD_=8589934592 MALLOC_TRIM_THRESHOLD_=8589934592 MALLOC_TOP_PAD_=268435456
T=work/text C=work/text/corpus
stage() { python -m "duologue.text.train.$1" "${@:2}"; }
train() {
  stage pretrain --length 512 --batch 8 --micro 8 --lr 4e-3 --adam-lr 1.5e-3 --weight-decay 0.05 --balance 0.06 \
    --checkpoint-minutes 5 --no-evaluation "$@"
}

# 1. Checked rows for tuning (63,500, 99.3 % of what the generators made), articles' beginnings, books, dialogues,
#    copies (a third of them words in no order); rows packed so that no window begins within one.
#    The tokenizer is the one in src/duologue/weights/text/tokenizer, made by `stage vocabulary` (2 minutes).
prompts=(benchmarks/text_prompts/*.jsonl)
rows() { for task in "$@"; do echo "$T/tasks/$task.jsonl"; done; }
[ -f $T/tasks/tasks.md ] || stage tasks --out $T/tasks --per-task 4500 --avoid "${prompts[@]}" benchmarks/text_chat.txt
[ -f $C/wiki.bin ] || stage corpus --out $C --megabytes 40 --characters 4000 --against "${prompts[@]}"
[ -f $C/echo.bin ] || stage echo --out $C/echo.bin --articles 6000
[ -f $C/tasks-all.bin ] || stage pack $T/tasks/*.jsonl --out $C/tasks-all.bin --longest 510 --window 512 --whole
[ -f $C/grounded.bin ] || stage pack $(rows headline summary extraction rewrite) --out $C/grounded.bin --longest 510 --window 512
[ -f $C/chat.bin ] || stage pack $(rows everyday small-talk instruction definition topic trivia service question) \
  --out $C/chat.bin --longest 510 --window 512

# 2. At the full rate from the beginning that can copy (duologue.text.train.induction), rows read whole.
train --out $T/moe --depth 4 --minutes "${MINUTES:-62}" --warmup 40 --warmdown 0 \
  --sources $C/tasks-all.bin=3.5 $C/echo.bin=1 $C/wiki.bin=3.5 $C/books.bin=1.5 $C/dialogue.bin=0.5

# 3. To a rate of zero, with the loss of the rows on their answers alone.
train --init $T/moe --out $T/moe-tuned --minutes "${TUNING:-22}" --warmup 10 --warmdown 1 \
  --sources $C/grounded.bin=3 $C/chat.bin=2.5 $C/wiki.bin=2.5 $C/books.bin=1 $C/dialogue.bin=0.5

# 4. A second rise of the rate, with the rows that take up a topic: of the stage before, kept as GGUF, too
#    (--init src/duologue/weights/text/duologue-mini-q8_0.gguf goes on from what ships).
train --init $T/moe-tuned --out $T/more --minutes "${MORE:-42}" --lr 2.5e-3 --adam-lr 1e-3 --warmup 40 --warmdown 0.45 \
  --sources $C/grounded.bin=2.5 $C/chat.bin=3 $C/wiki.bin=2.5 $C/books.bin=1 $C/dialogue.bin=0.5 $C/echo.bin=0.5

# 5. The file and its scores. The dense twin: step 2 with --dense --out $T/dense.
python -m duologue.text.export $T/more -o $T/duologue-mini-q8_0.gguf
python benchmarks/text_quality.py --models mini=$T/duologue-mini-q8_0.gguf SmolLM2-135M-Instruct=smollm2 --dry

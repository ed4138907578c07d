#!/usr/bin/env bash
# The text model from nothing, on this CPU over night: tiny, 40 M parameters of which 12.5 M touch a token.
# Needs: pip install -e .[train], ../shared/data. Every stage resumes where it stopped and has a budget in
# minutes; log, curves and load per expert in work/text/night/*.
# Time: 8 hours on two cores. Cost: nothing to speak of.
# Vocabulary: 16,384 (`vocabulary --size 16384` before the tokens; the shipped tokenizer has 8,192).
# FLOPs: 83 MFLOP a token (ModelConfig.flops_per_token at length 512), 23 M tokens: 1.9e15.
#   ASSUMED 800 tokens a second on two quiet cores; one core beside other work gave 470.
# Expected: 1.72 to 1.84 bits per held-out byte. An ESTIMATE, from the first 1.6 M tokens of this CPU's run
#   (2.07 bits per byte there): `duologue train text forecast RUN/log.csv --minutes 480 --speed 800`.
set -euo pipefail
cd "$(dirname "$0")/.."
export OMP_NUM_THREADS=${THREADS:-2}
T=work/text
stage() { nice -n 5 python -m "duologue.text.train.$1" "${@:2}"; }

# 1. Tokens: articles' beginnings, books, dialogues (20 minutes); checked rows for tuning, packed with a mask.
prompts=(benchmarks/text_prompts/*.jsonl)
[ -f $T/corpus/wiki.bin ] || stage corpus --out $T/corpus --characters 4000 --megabytes 60 --against "${prompts[@]}"
[ -f $T/corpus/echo.bin ] || stage echo --out $T/corpus/echo.bin
[ -f $T/tasks/tasks.md ] || stage tasks --out $T/tasks --per-task 4500 --avoid "${prompts[@]}"
[ -f $T/corpus/tasks.bin ] || stage pack $T/tasks/*.jsonl --out $T/corpus/tasks.bin --longest 512
ln -sf tasks.bin $T/corpus/tasks-all.bin # the same rows without the mask: prompts are text to learn from, too

# 2. At the full rate, then a decay that turns to the tasks and ends as the model that ships.
C=$T/corpus
common=(--length 512 --batch 16 --micro 8 --adam-lr 2e-3 --checkpoint-minutes 20)
stage pretrain --out $T/night/stable "${common[@]}" --minutes 300 --warmdown 0 \
  --sources $C/wiki.bin=4 $C/books.bin=2 $C/dialogue.bin=1.5 $C/tasks-all.bin=2 $C/echo.bin=0.5
stage pretrain --out $T/night/tuned "${common[@]}" --minutes 180 --warmdown 1 --init $T/night/stable \
  --sources $C/tasks.bin=4 $C/tasks-all.bin=3 $C/wiki.bin=1.5 $C/books.bin=0.5 $C/dialogue.bin=0.5 $C/echo.bin=0.5

# 3. Preferences of its own answers, 20 minutes of pairs and 10 of learning; then the file and its scores.
python -m duologue.text.export $T/night/tuned -o $T/night/tuned.gguf
stage pairs $T/tasks/*.jsonl --model $T/night/tuned.gguf --out $T/night/pairs.jsonl --minutes 20
stage prefer $T/night/pairs.jsonl --init $T/night/tuned --out $T/night/preferred --minutes 10
python -m duologue.text.export $T/night/preferred -o $T/night/duologue-tiny-q8_0.gguf
python benchmarks/text_quality.py --models "night=$T/night/duologue-tiny-q8_0.gguf" SmolLM2-135M-Instruct=smollm2

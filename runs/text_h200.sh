#!/usr/bin/env bash
# The text model on one H200 for 25 minutes: base, 244 M parameters of which 46 M touch a token.
# The machine is bare and reaches nothing: the folder $1 holds wiki.bin, books.bin, dialogue.bin, echo.bin,
# tasks.bin and tasks.mask, made on a CPU by runs/text_cpu_night.sh's first stage with --characters 0 and
# --megabytes 0 (about 180 M tokens, 360 MB: where less can be carried, carry less and mind the repetition).
# Cost: 25 minutes of one GPU. In $OUT: profile.md, logs, curves, the models in safetensors.
# FLOPs: 316 MFLOP a token (ModelConfig.flops_per_token at length 1024). 17 minutes of it and 319 M tokens at
#   the full rate: 1.0e17; with 5 minutes of decay 1.3e17.
#   ASSUMED 313,000 tokens a second, 10 % of the 989 TFLOP/s of dense bf16; never measured: no H200 was at hand
#   when this was written. The profile, first thing the run does, says what it is.
# Expected: 1.44 to 1.73 bits per held-out byte before the decay. An ESTIMATE, from 1.6 M tokens of tiny on a
#   CPU: `duologue train text forecast LOG --depth 12 --length 1024 --minutes 17 --speed 313000`.
set -euo pipefail
cd "$(dirname "$0")/.."
IN=${1:?folder with the tokens}
OUT=${OUT:-work/text/h200}
export OMP_NUM_THREADS=8 PYTHONUNBUFFERED=1
[ -e "$IN/tasks-all.bin" ] || ln -s tasks.bin "$IN/tasks-all.bin" # the same rows without the mask
stage() { python -m "duologue.text.train.$1" "${@:2}"; }
common=(--depth 12 --context 2048 --length 1024 --batch 128 --no-evaluation --checkpoint-minutes 6)

# 1. Which stage and which operation takes what share, and MFU, one minute: profile.md of two sizes of parts.
for micro in 32 64; do
  stage pretrain --out "$OUT/profile-$micro" "${common[@]}" --micro $micro --profile 10 --tokens $((128 * 1024 * 30)) \
    --sources "$IN/wiki.bin" && cat "$OUT/profile-$micro/profile.md" || echo "parts of $micro rows don't fit"
  rm -f "$OUT/profile-$micro/"{checkpoint.pt,model.safetensors}
done

# 2. The full rate for 17 minutes, then 5 minutes of decay that turn to the tasks.
stage pretrain --out "$OUT/stable" "${common[@]}" --micro 32 --minutes 17 --warmdown 0 --warmup 100 \
  --sources "$IN/wiki.bin=5" "$IN/books.bin=3" "$IN/dialogue.bin=0.5" "$IN/tasks-all.bin=0.5" "$IN/echo.bin=0.2"
stage pretrain --out "$OUT/tuned" "${common[@]}" --micro 32 --minutes 5 --warmdown 1 --init "$OUT/stable" \
  --sources "$IN/wiki.bin=3" "$IN/books.bin=1" "$IN/dialogue.bin=1" "$IN/tasks-all.bin=2" "$IN/tasks.bin=2" \
  "$IN/echo.bin=0.3"
rm -f "$OUT"/*/checkpoint.pt # what goes on elsewhere begins from model.safetensors

# Then, where the tools are: python -m duologue.text.export $OUT/tuned -o duologue-base-q8_0.gguf

#!/usr/bin/env bash
# The text model on 8 GPUs of one machine for 40 minutes: base, 244 M parameters of which 46 M touch a token.
# Every GPU has its own rows; all that is no expert is split over all 8 (FSDP2), the 32 experts of a layer are
# shared by groups of $EXPERT_PARALLEL. Checkpoints are distributed: they go on with 1, 2, 4 or 8 processes.
# Needs: torch with CUDA and NCCL, the tokens of runs/text_h200.sh in $1.
# Cost: 8 GPUs for 40 minutes, 5.3 GPU hours.
# FLOPs: 316 MFLOP a token (ModelConfig.flops_per_token at length 1024). 30 minutes and 3.6 G tokens at the full
#   rate: 1.1e18; with 8 minutes of decay 1.4e18.
#   ASSUMED 2,000,000 tokens a second: 8 times the 313,000 assumed for one H200, and 20 % lost to talking; never
#   measured. What the code itself loses or not was tested with gloo on CPUs, for equal numbers, not for speed.
# Expected: 1.23 to 1.67 bits per held-out byte before the decay. An ESTIMATE, from 1.6 M tokens of tiny on a CPU:
#   `duologue train text forecast LOG --depth 12 --length 1024 --minutes 30 --speed 2000000`. 180 M tokens come
#   20 times each, worth 2.1 G seen once: more text is worth more than more time here.
set -euo pipefail
cd "$(dirname "$0")/.."
IN=${1:?folder with the tokens}
OUT=${OUT:-work/text/8gpu}
GPUS=${GPUS:-8}
EXPERT_PARALLEL=${EXPERT_PARALLEL:-8}
export OMP_NUM_THREADS=4 PYTHONUNBUFFERED=1
[ -e "$IN/tasks-all.bin" ] || ln -s tasks.bin "$IN/tasks-all.bin" # the same rows without the mask
stage() { torchrun --standalone --nproc-per-node "$GPUS" -m "duologue.text.train.$1" "${@:2}"; }
common=(--depth 12 --context 2048 --length 1024 --batch 512 --micro 32 --no-evaluation --checkpoint-minutes 10
  --weight-decay 0.1)

# 1. Is it worth sharing the experts? Speed and shares of both ways, a minute each.
for experts in 1 "$EXPERT_PARALLEL"; do
  stage pretrain --out "$OUT/profile-$experts" "${common[@]}" --expert-parallel "$experts" --profile 10 \
    --tokens $((512 * 1024 * 30)) --sources "$IN/wiki.bin"
  cat "$OUT/profile-$experts/profile.md"
done

# 2. The full rate for 30 minutes, then 8 minutes of decay that turn to the tasks.
stage pretrain --out "$OUT/stable" "${common[@]}" --expert-parallel "$EXPERT_PARALLEL" --minutes 30 --warmdown 0 \
  --warmup 200 --sources "$IN/wiki.bin=5" "$IN/books.bin=3" "$IN/dialogue.bin=0.5" "$IN/tasks-all.bin=0.5"
stage pretrain --out "$OUT/tuned" "${common[@]}" --expert-parallel "$EXPERT_PARALLEL" --minutes 8 --warmdown 1 \
  --init "$OUT/stable" --sources "$IN/wiki.bin=3" "$IN/books.bin=1" "$IN/dialogue.bin=1" "$IN/tasks-all.bin=2" \
  "$IN/tasks.bin=2"

# model.safetensors is written with every checkpoint; from the distributed one alone it is made by
#   python -m duologue.text.train.distributed_checkpoint $OUT/tuned
python -m duologue.text.export "$OUT/tuned" -o "$OUT/duologue-base-q8_0.gguf" --name "Duologue Base"

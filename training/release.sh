#!/usr/bin/env bash
# Makes the release from nothing: training/release.sh CELEBAMASK OMI MEBEAUTY NETWORKS, in an empty folder.
#
# Three folders of faces with label maps, as `dfp-train data` takes them, and that of the measuring networks. The
# numbers are those of the runs in RUNS.md, which says what each taught. It took about 14 hours on two cores. Broken
# off, the same command goes on.
set -euo pipefail
celebamask=$1 omi=$2 mebeauty=$3 networks=$4

# stopped STEP RUN COMMAND...: a run that was ended about then, before its learning rate had fallen to zero.
stopped() {
    local last run=$2
    last=$run/sheet_$(printf %07d "$1").png
    [ -e "$last" ] && return
    dfp-train "${@:3}" --run "$run" --save-every "$1" &
    local trainer=$!
    until [ -e "$last" ] || ! kill -0 "$trainer" 2>/dev/null; do sleep 5; done
    kill -TERM "$trainer" 2>/dev/null || true
    wait "$trainer" || true
    [ -e "$last" ]
}

[ -e pack ] || dfp-train data "$celebamask" "$omi" --out pack
[ -e pack23 ] || dfp-train data "$celebamask" "$omi" "$mebeauty" --out pack23

# Run C: the classifier.
dfp-train classifier --pack pack --run c --steps 1300 --batch 8 --least 0.5

# Runs 1 to 3: stage 1 at 128 pixels; the weights of Eq. 8, then more of L1, then with the perceptual term.
small=(--pack pack --size 128 --d-width 32 --ema 0.995)
features=(--rec-weight 5 --perceptual-weight 15 --norm-eps 0 --metrics "$networks")
stopped 500 s1 stage1 "${small[@]}" --batch 8 --steps 2300
stopped 1822 s1b stage1 "${small[@]}" --before s1 --batch 4 --steps 4600 --rec-weight 5
stopped 2129 s1c stage1 "${small[@]}" "${features[@]}" --before s1b --batch 4 --steps 2800

# Run 4: grown to stride 2, at 256 pixels.
large=(--pack pack --batch 4 --d-width 24 "${features[@]}")
stopped 709 s1d stage1 "${large[@]}" --before s1c --stride 2 --steps 900 --ema 0.99

# Runs 5 to 7: stages 2 and 3 in freehand style, as it was before run 20.
plain=(--freehand-style --opened 0 --pupils 0 --hatched 0 --beards 0)
moved=(--shift 0.03 --zoom 0.08)
still=(--shift 0 --zoom 0)
stopped 441 s2 stage2 "${large[@]}" "${plain[@]}" "${still[@]}" --before s1d --classifier c --steps 1100 --ema 0.99
stopped 101 s3 stage3 "${large[@]}" "${plain[@]}" "${still[@]}" --before s2 --steps 1000 --ema 0.99
dfp-train stage3 "${large[@]}" "${plain[@]}" "${moved[@]}" --run s3c --before s3 --steps 420 --lr 1e-4 --ema 0.98
[ -e run7.safetensors ] || dfp-train export s3c --out run7.safetensors

# Runs 8 to 10: with a face parser; stage 1 anew from the weights, then stage 3.
parsed=("${large[@]}" "${plain[@]}" "${moved[@]}")
stopped 325 t1 stage1 "${parsed[@]}" --before run7.safetensors --steps 4000 --ema 0.99 --parsing-weight 2
stopped 341 t3 stage3 "${parsed[@]}" --before t1 --steps 1000 --ema 0.99 --parsing-weight 2
dfp-train stage3 "${parsed[@]}" --run t3b --before t3 --steps 190 --ema 0.98 --parsing-weight 6
[ -e run10.safetensors ] || dfp-train export t3b --out run10.safetensors --companion

# Run 11: G_m is told how loosely a sketch is drawn.
loose=(--d 16 --least 0.02 --uneven 0.5)
told=("${parsed[@]}" "${loose[@]}" --told 0.6 --parsing-weight 6)
dfp-train stage3 "${told[@]}" --run u3 --before run10.safetensors --steps 800 --ema 0.99
[ -e run11.safetensors ] || dfp-train export u3 --out run11.safetensors --companion
[ -e mean11.safetensors ] || dfp-train mean run10.safetensors run11.safetensors --out mean11.safetensors

# Runs 12 to 16: D and the loss networks see crops; from run 14 on the decoder is held smooth.
cropped=("${told[@]}" --batch 8 --crop 0.75)
stopped 216 v1 stage3 "${cropped[@]}" --before mean11.safetensors --steps 2000 --ema 0.998
stopped 760 v2 stage3 "${cropped[@]}" --before v1 --steps 1600 --ema 0.996 --smooth
stopped 418 v3 stage3 "${cropped[@]}" --before v2 --steps 1100 --ema 0.995 --smooth --norm-eps 0.5
finer=(--smooth --perceptual-weight 20 --norm-eps 0.1)
stopped 195 v4 stage3 "${cropped[@]}" "${finer[@]}" --before v3 --steps 640 --ema 0.99
stopped 375 v5 stage3 "${cropped[@]}" "${finer[@]}" --before v4 --steps 480 --ema 0.99

# Runs 17 to 19: they see everything; in run 19 the terms against droplets and awry faces.
whole=("${told[@]}" --batch 8 --smooth --perceptual-weight 25 --norm-eps 0.02)
dfp-train stage3 "${whole[@]}" --run v6 --before v5 --steps 440 --ema 0.99
[ -e run17.safetensors ] || dfp-train export v6 --out run17.safetensors --companion
dfp-train stage3 "${whole[@]}" --run v7 --before run17.safetensors --steps 1300 --ema 0.995
[ -e run18.safetensors ] || dfp-train export v7 --out run18.safetensors --companion
[ -e mean18.safetensors ] || dfp-train mean run17.safetensors run18.safetensors --out mean18.safetensors
v8=(stage3 "${whole[@]}" --before mean18.safetensors --steps 1550 --ema 0.995 --warm-up 100)
v8+=(--droplet-weight 0.01 --mirror-weight 10)
for step in 500 1000; do
    stopped "$step" v8 "${v8[@]}"
    [ -e "v8_$step.safetensors" ] || dfp-train export v8 --out "v8_$step.safetensors"
done
dfp-train "${v8[@]}" --run v8
[ -e v8.safetensors ] || dfp-train export v8 --out v8.safetensors --companion
[ -e run19.safetensors ] || dfp-train mean v8_500.safetensors v8_1000.safetensors v8.safetensors --out run19.safetensors

# Run 20: fine-tuning, G_m alone; the release was the mean along the run.
alone=(finetune --pack pack --metrics "$networks" --warm-up 50 --ema 0.998 --perceptual-weight 20 --parsing-weight 3)
alone+=(--mirror-weight 20 --oversample 0.15 --freehand-style "${moved[@]}" "${loose[@]}")
p1=("${alone[@]}" --before run19.safetensors --batch 4 --steps 1950 --lr 1.5e-4 --projected-weight 2 --beards 0)
means=()
for step in 500 750 1020 1392 1728; do
    stopped "$step" p1 "${p1[@]}"
    [ -e "p1_$step.safetensors" ] || dfp-train export p1 --out "p1_$step.safetensors"
    means+=("p1_$step.safetensors")
done
dfp-train "${p1[@]}" --run p1
[ -e p1.safetensors ] || dfp-train export p1 --out p1.safetensors
[ -e run20.safetensors ] || dfp-train mean "${means[@]}" p1.safetensors --out run20.safetensors

# Runs 21 and 22: beards, rare kinds of faces more often; in run 22 features see light alone.
stopped 1817 p21 "${alone[@]}" --before run20.safetensors --batch 8 --steps 3600 --lr 1e-4
dfp-train "${alone[@]}" --run p22 --before p21 --batch 8 --steps 2200 --lr 1e-4
[ -e run22.safetensors ] || dfp-train export p22 --out run22.safetensors

# Runs 23 and 24: the network grows by colours that are told, skips, blocks of the decoder and regions.
grown=(finetune --pack pack23 --metrics "$networks" --deep-features --batch 4 --lr 2e-4 --warm-up 50)
grown+=(--rec-weight 8 --colour-weight 25 --perceptual-weight 20 --projected-weight 0.7 --parsing-weight 3)
grown+=(--regions-weight 0.5 --likeness-weight 2 --mirror-weight 10 --droplet-weight 0.01 --oversample 0.12)
grown+=(--freehand-style --d 22 --least 0.02 --careful 1.6 --uneven 0.4 --missing 0.04 --omitted 0.15 --strands 0.15)
grown+=(--hatched 0.15 --lines 1 --replaced 0.4 --pens 0.5 --shift 0.05 --zoom 0.15 --told 0.6)
larger=(--codes 64 --skips --details 4 3 2 1 --regions)
stopped 678 p23 "${grown[@]}" "${larger[@]}" --before run22.safetensors --steps 2800 --ema 0.998
dfp-train "${grown[@]}" --run p24 --before p23 --steps 1600 --ema 0.997
dfp-train export p24 --out deepfacepencil.safetensors --pack pack23

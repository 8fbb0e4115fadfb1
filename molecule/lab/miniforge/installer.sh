#!/bin/sh
# Miniforge3 (simulated): -b -u -p PREFIX
set -eu
[ "$# $1 $2 $3" = "4 -b -u -p" ] || {
    echo "usage: $0 -b -u -p PREFIX (simulated Miniforge)" >&2
    exit 1
}
prefix=$4
mkdir -p "$prefix/bin"

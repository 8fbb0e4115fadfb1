#!/bin/sh
# shellcheck disable=SC2034  # for who sources it
# To be sourced after /etc/lab/mac: the architecture that this process runs as, and whether Rosetta
# translates it. `arch` and a Python built for one architecture alone hand it down in LAB_ARCH.
native=$MACHINE
[ "${ROSETTA-}" != 1 ] || native=x86_64
architecture=${LAB_ARCH:-$native}
translated=0
[ "$MACHINE $architecture" != "arm64 x86_64" ] || translated=1

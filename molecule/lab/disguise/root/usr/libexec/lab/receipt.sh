#!/bin/sh
# Notes that a package is installed, for pkgutil: receipt.sh IDENTIFIER VERSION
printf 'package-id: %s\nversion: %s\nvolume: /\nlocation: /\ninstall-time: %s\n' \
    "$1" "$2" "$(/usr/libexec/lab/gnu/date +%s)" > "/var/db/receipts/$1.receipt"

#!/bin/sh
# How a Mac is found before anyone has provisioned it, once in its life: each line of /etc/lab/mac
# that names a file in starts/ is a start, and its value is handed to that file.
set -eu
PATH=/usr/bin:/bin:/usr/sbin:/sbin
export PATH
[ ! -e /etc/lab/started ] || exit 0
# In this order: brew pours what its owner asks for only where it is there already.
for start in command_line_tools homebrew formulae foreign_python user_site old_environment gpu_faults sudo; do
    name=$(echo $start | tr '[:lower:]' '[:upper:]')
    value=$(sed -n "s/^$name=\"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" /etc/lab/mac | tail -n 1)
    [ -z "$value" ] || "/usr/libexec/lab/starts/$start" "$value" || {
        echo "start: $name=$value is no start that this lab knows, or it failed" >&2
        exit 1
    }
done
touch /etc/lab/started

#!/bin/sh
# What a simulated Mac has, a line each: state.sh HOME
home=$1
version() { "$1/bin/python" -I -c 'import tensorflow; print(tensorflow.__version__)' 2>&1 | tail -n 1; }

if [ -L "$home/current" ]; then
    echo "current $(version "$home/current")"
fi
for folder in "$home"/envs/*/; do
    [ ! -s "$folder/receipt.json" ] || echo "finished $(basename "$folder") $(version "$folder")"
    [ -s "$folder/receipt.json" ] || [ ! -d "$folder" ] || echo "unfinished $(basename "$folder")"
done
for left in "$home"/*.unfinished "$home"/.*.tmp "$home"/tools/*.unfinished "$home"/tools/lock* "$home"/tools/mirror \
    "$home"/tools/run-* /var/root/tensorflow-metal /var/tmp/.homebrew_pkg_user.plist \
    /opt/homebrew.unfinished \
    /tmp/.com.apple.dt.CommandLineTools.*; do
    [ ! -e "$left" ] && [ ! -L "$left" ] || echo "left $left"
done
for process in /proc/[0-9]*; do
    words=$(tr '\0' ' ' < "$process/cmdline" 2> /dev/null)
    case $words in
        *"$home"/* | */brew\ * | *softwareupdate* | */installer\ *) echo "running ${process#/proc/} $words" ;;
    esac
done

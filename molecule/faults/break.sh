#!/bin/sh
# What breaks a simulated Mac and heals it again: sourced before the lines of faults.yml, as root.
set -eu
broken=/var/tmp/broken
mkdir -p $broken
env=$(cd /opt/tensorflow/current && pwd -P)
site=$env/lib/python3.11/site-packages
plugin=$site/tensorflow-plugins/libmetal_plugin.dylib
base=$(sed -n 's|^home = \(.*\)/bin$|\1|p' "$env/pyvenv.cfg")
export site plugin base

# The path will be as it is now: keep PATH before it is changed, away PATH to take it away.
keep() {
    number=$(find $broken -name '*.path' | wc -l | tr -d ' ')
    echo "$1" > "$broken/$number.path"
    [ ! -e "$1" ] && [ ! -L "$1" ] || cp -Rp "$1" "$broken/$number.kept"
}

away() {
    keep "$1"
    rm -rf "$1"
}

# Text into a file, whose folder may be new: put TEXT PATH
put() {
    folder=$(dirname "$2")
    [ -d "$folder" ] || keep "$folder"
    keep "$2"
    mkdir -p "$folder"
    printf '%s\n' "$1" >> "$2"
}

heal() {
    for path in $(find $broken -name '*.path' | sort -r); do
        target=$(cat "$path")
        rm -rf "$target"
        [ ! -e "${path%.path}.kept" ] && [ ! -L "${path%.path}.kept" ] || mv "${path%.path}.kept" "$target"
    done
    rm -rf $broken
    # What came and went leaves folders newer than the receipt, which the probe would take for drift.
    find "$env" -newer "$env/receipt.json" -exec touch -h -r "$env/receipt.json" {} +
}

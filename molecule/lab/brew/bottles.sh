#!/bin/sh
# The lab's bottles, poured out of the image itself: bottles.sh FOLDER, run inside the image.
set -eu
folder=$1
payloads=/usr/libexec/lab/payloads
work=$(mktemp -d)
mkdir -p "$folder"

python=$(LAB_DISGUISE=off $payloads/python/bin/python3 -c 'import platform; print(platform.python_version())')
mkdir -p "$work/python@3.11" "$work/libomp/14.0.6/lib"
cp -R $payloads/python "$work/python@3.11/$python"
rm "$work/python@3.11/$python/bin/python3"
cp $payloads/libomp.dylib "$work/libomp/14.0.6/lib/"

bottle() {
    bsdtar --uid 0 --gid 0 -czf "$folder/$1-$2.bottle.tar.gz" -C "$work" "$1"
    sum=$(shasum -a 256 "$folder/$1-$2.bottle.tar.gz" | cut -d' ' -f1)
    printf '"%s": {"version": "%s", "bottle": "%s-%s.bottle.tar.gz", "sha256": "%s", "keg_only": %s, "dependencies": [%s], "aliases": [%s]}' \
        "$1" "$2" "$1" "$2" "$sum" "$3" "$4" "$5"
}
{
    echo '{'
    bottle python@3.11 "$python" false '' ''
    echo ','
    bottle libomp 14.0.6 true '' ''
    echo '}'
} > "$folder/formulae.json"
rm -rf "$work"

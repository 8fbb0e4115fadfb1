#!/bin/sh
# A Python that believes it runs on a Mac: python.sh FOLDER
# A copy of the Debian one, relocated to FOLDER and disguised. Runs inside the image.
set -eu
folder=$1
here=$(dirname "$0")
library=$folder/lib/python3.11

mkdir -p "$folder/bin" "$folder/lib"
cp -a /usr/libexec/lab/python/bin/python3.11 "$folder/bin/"
cp -a /usr/libexec/lab/python/lib/python3.11 "$folder/lib/"
ln -s python3.11 "$folder/bin/python3"
cp "$here/python/sitecustomize.py" "$here/python/_scproxy.py" "$library/"
cp -R "$here/python/macholib" "$library/ctypes/macholib"

# Debian's own twists: its folder for packages (in a frozen module), its ban on pip, the name of its
# build settings.
ln -s site-packages "$library/dist-packages"
rm -f "$library/EXTERNALLY-MANAGED"
for settings in "$library"/_sysconfigdata__linux_*.py; do
    cp "$settings" "$library/_sysconfigdata__darwin_${settings##*__linux_}"
done
mkdir -p "$library/site-packages"
bsdtar -xf /usr/share/python-wheels/pip-*.whl -C "$library/site-packages"
"$folder/bin/python3" -m compileall -q "$library" > /dev/null || true

#!/bin/sh
# A Python that believes it runs on a Mac: python.sh FOLDER ARCHITECTURES
# A copy of the Debian one, relocated to FOLDER and disguised, that answers as a build for these
# architectures. Runs inside the image.
set -eu
folder=$1 architectures=$2
here=$(dirname "$0")
library=$folder/lib/python3.11
wheels=/usr/share/python-wheels

mkdir -p "$folder/bin" "$folder/lib"
cp -a /usr/libexec/lab/python/bin/python3.11 "$folder/bin/"
cp -a /usr/libexec/lab/python/lib/python3.11 "$folder/lib/"
ln -s python3.11 "$folder/bin/python3"
cp "$here/python/sitecustomize.py" "$here/python/_scproxy.py" "$here/python/Foundation.py" "$library/"
cp -R "$here/python/macholib" "$library/ctypes/macholib"
echo "ARCHITECTURES=\"$architectures\"" > "$library/lab-build"

# Debian's own twists: its folder for packages (in a frozen module), its ban on pip, the name of its
# build settings, and the wheels that a new virtual environment gets, which lie elsewhere there.
ln -s site-packages "$library/dist-packages"
rm -f "$library/EXTERNALLY-MANAGED"
for settings in "$library"/_sysconfigdata__linux_*.py; do
    cp "$settings" "$library/_sysconfigdata__darwin_${settings##*__linux_}"
done
mkdir -p "$library/site-packages" "$library/ensurepip/_bundled"
bsdtar -xf $wheels/pip-*.whl -C "$library/site-packages"
cp $wheels/pip-*.whl $wheels/setuptools-*.whl "$library/ensurepip/_bundled/"
sed -i "s|^_WHEEL_PKG_DIR = .*|_WHEEL_PKG_DIR = os.path.join(os.path.dirname(__file__), '_bundled')|" \
    "$library/ensurepip/__init__.py"
"$folder/bin/python3" -m compileall -q "$library" > /dev/null || true

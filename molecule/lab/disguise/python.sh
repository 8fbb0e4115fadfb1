#!/bin/sh
# A Python that believes it runs on a Mac: python.sh FOLDER ARCHITECTURES [DEBIAN VERSION]
# A copy of the Python in DEBIAN, by default the 3.11 of all simulated Macs, relocated to FOLDER and disguised, that
# answers as a build of VERSION for these architectures. Runs inside the image.
set -eu
folder=$1 architectures=$2 debian=${3:-/usr/libexec/lab/python} version=${4-}
here=$(dirname "$0")
python=$(basename "$debian"/bin/python3.*)
library=$folder/lib/$python
wheels=/usr/share/python-wheels
[ -z "$version" ] || wheels=$debian/wheels

mkdir -p "$folder/bin" "$folder/lib"
cp -a "$debian/bin/$python" "$folder/bin/"
cp -a "$debian/lib/$python" "$folder/lib/"
ln -s "$python" "$folder/bin/python3"
rm -f "$library/sitecustomize.py"
cp "$here/python/sitecustomize.py" "$here/python/_scproxy.py" "$here/python/Foundation.py" "$library/"
cp -R "$here/python/macholib" "$library/ctypes/macholib"
echo "ARCHITECTURES=\"$architectures\"" > "$library/lab-build"
if [ -n "$version" ]; then
    echo "VERSION=\"$version\"" >> "$library/lab-build"
    # -V is answered by the program itself.
    LC_ALL=C sed -i "s/$("$folder/bin/$python" -SV | cut -d' ' -f2)/$version/g" "$folder/bin/$python"
fi

# Debian's own twists: its folder for packages (in a frozen module), its ban on pip, the name of its
# build settings, and the wheels that a new virtual environment gets, which lie elsewhere there.
ln -s site-packages "$library/dist-packages"
rm -f "$library/EXTERNALLY-MANAGED"
for settings in "$library"/_sysconfigdata__linux_*.py; do
    cp "$settings" "$library/_sysconfigdata__darwin_${settings##*__linux_}"
done
mkdir -p "$library/site-packages" "$library/ensurepip/_bundled"
bsdtar -xf "$wheels"/pip-*.whl -C "$library/site-packages"
cp "$wheels"/pip-*.whl "$wheels"/setuptools-*.whl "$library/ensurepip/_bundled/"
sed -i "s|^_WHEEL_PKG_DIR = .*|_WHEEL_PKG_DIR = os.path.join(os.path.dirname(__file__), '_bundled')|
    s|'/usr/share/python-wheels|os.path.dirname(__file__) + '/_bundled|
    /^    \"pkg_resources\",/d" "$library/ensurepip/__init__.py"
"$folder/bin/python3" -m compileall -q "$library" > /dev/null || true

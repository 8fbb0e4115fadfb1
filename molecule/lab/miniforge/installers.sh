#!/bin/sh
# The lab's Miniforge: installers.sh FOLDER, run inside the image.
# Installers under the names of the real ones, whose conda makes an environment of Python alone.
set -eu
folder=$1
here=$(dirname "$0")
mkdir -p "$folder"
for machine in arm64 x86_64; do
    {
        cat "$here/installer.sh"
        echo "cat > \"\$prefix/bin/conda\" << 'CONDA'"
        cat "$here/conda.sh"
        echo CONDA
        echo "chmod 755 \"\$prefix/bin/conda\""
    } > "$folder/Miniforge3-26.1.1-3-MacOSX-$machine.sh"
done

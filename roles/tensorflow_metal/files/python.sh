#!/bin/sh
# Apple's Python for Ansible's modules, and so for all that they start: with the lab's own settings,
# which lie beside it in a private file, since command lines are read by others; and without what
# the one who logs in has set for Python, pip and uv, or put in front on PATH.
PATH=/usr/bin:/bin:/usr/sbin:/sbin
export PATH
for name in $(env | sed -n 's/^\([A-Z0-9_]*\)=.*/\1/p'); do
    case $name in PIP_* | PYTHON* | UV_*) unset "$name" ;; esac
done
PIP_CONFIG_FILE=/dev/null
export PIP_CONFIG_FILE
# What works for this run, and a sign that the run is alive: files/run_lock.sh.
{ echo "$(ps -o pgid= -p $$) $(date +%s)" >> "${0%/*}/running"; } 2> /dev/null
[ ! -r "${0%/*}/settings.sh" ] || . "${0%/*}/settings.sh"
set -- /usr/bin/python3 "$@"
# Under Rosetta Homebrew refuses to pour, and pip would bring programs for Intel.
[ "$(sysctl -n sysctl.proc_translated 2> /dev/null)" != 1 ] || set -- /usr/bin/arch -arm64 "$@"
exec "$@"

#!/bin/sh
# /usr/bin/clang, git, make and python3: stubs that open a window until the Command Line Tools are
# there. The window is a line in /var/log/lab/windows, so that a test can say none was opened.
tool=${0##*/}
developer=$(/usr/bin/xcode-select -p 2> /dev/null)
if [ -n "$developer" ] && [ -x "$developer/usr/bin/$tool" ]; then
    exec "$developer/usr/bin/$tool" "$@"
fi
if [ -n "$developer" ]; then
    echo "xcrun: error: invalid active developer path ($developer), missing xcrun at:" \
        "$developer/usr/bin/xcrun" >&2
    exit 1
fi
echo "$tool" >> /var/log/lab/windows
cat >&2 <<'TEXT'
xcode-select: note: No developer tools were found, requesting install.
If developer tools are located at a non-default location on disk, use `sudo xcode-select --switch path/to/Xcode.app` to specify the Xcode that you wish to use for command line developer tools, and cancel the installation dialog.
See `man xcode-select` for more details.
TEXT
exit 1

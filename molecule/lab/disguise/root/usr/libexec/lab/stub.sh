#!/bin/sh
# /usr/bin/clang, git, make and python3: stubs that open a window until the Command Line Tools are
# there. The window is a line in /var/log/lab/windows, so that a test can say none was opened.
tool=${0##*/}
developer=${DEVELOPER_DIR:-$(/usr/bin/xcode-select -p 2> /dev/null)}
if [ -n "$developer" ] && [ -x "$developer/usr/bin/$tool" ]; then
    exec "$developer/usr/bin/$tool" "$@"
elif [ -d "$developer" ]; then
    /usr/libexec/lab/say.sh xcrun/no-xcrun FOLDER "$developer" >&2
elif [ -n "$developer" ]; then
    /usr/libexec/lab/say.sh xcrun/no-folder FOLDER "$developer" >&2
else
    echo "$tool" >> /var/log/lab/windows
    /usr/libexec/lab/say.sh xcode-select/requested >&2
fi
exit 1

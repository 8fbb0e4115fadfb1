#!/bin/sh
# software_update.sh list | install LABEL
# softwareupdate offers the Command Line Tools only while this marker is there; it goes whatever
# happens, since a marker left behind offers them to the Mac's user as well.
marker=/tmp/.com.apple.dt.CommandLineTools.installondemand.in-progress
trap 'rm -f "$marker"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
: > "$marker"
case $1 in
    list) /usr/sbin/softwareupdate --list ;;
    install)
        /usr/sbin/softwareupdate --install "$2"
        # It can exit non-zero though the tools are there: clang is the judge.
        tools=/Library/Developer/CommandLineTools
        /usr/bin/xcrun --find clang > /dev/null 2>&1 || [ ! -d "$tools" ] || /usr/bin/xcode-select --switch "$tools"
        /usr/bin/xcrun --find clang > /dev/null && /usr/bin/clang --version && /usr/bin/git --version
        ;;
esac

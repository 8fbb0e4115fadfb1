#!/bin/sh
# software_update.sh activate | list | install LABEL
# softwareupdate offers the Command Line Tools only while this marker is there; it goes whatever
# happens, since a marker left behind offers them to the Mac's user as well.
PATH=/usr/bin:/bin:/usr/sbin:/sbin
export PATH
tools=/Library/Developer/CommandLineTools
marker=/tmp/.com.apple.dt.CommandLineTools.installondemand.in-progress

# Tools that are there may only not be the active ones. Where they are not, xcrun opens a window.
activate() {
    [ -d "$tools" ] || return 1
    /usr/bin/xcrun --find clang > /dev/null 2>&1 || /usr/bin/xcode-select --switch "$tools"
}

# As the probe has it. An empty program, as a loss of power leaves it, succeeds and says nothing; of an
# installation that a full disk ended, clang may be there and the SDK not.
works() {
    [ -d "$tools" ] && /usr/bin/xcrun --find clang > /dev/null &&
        /usr/bin/xcrun --sdk macosx --show-sdk-path > /dev/null &&
        [ -n "$(/usr/bin/clang --version)" ] && [ -n "$(/usr/bin/python3 -V)" ]
}

trap 'rm -f "$marker"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
: > "$marker"
case $1 in
    activate) activate && works ;;
    # Some versions say on stderr, and with a failure, that there is nothing.
    list) /usr/sbin/softwareupdate --list 2>&1 || true ;;
    install)
        /usr/sbin/softwareupdate --install "$2"
        # It can exit non-zero though the tools are there: clang is the judge.
        activate
        works && /usr/bin/clang --version && /usr/bin/git --version && sync
        ;;
esac

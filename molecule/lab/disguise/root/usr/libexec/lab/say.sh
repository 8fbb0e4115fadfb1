#!/bin/sh
# Prints what macOS prints: say.sh RECORDING [NAME VALUE]...; each @NAME@ in it becomes its VALUE.
text=$(sed '1,/^---$/d' "/usr/libexec/lab/recordings/$1.txt")
shift
while [ $# -gt 1 ]; do
    text=$(printf '%s\n' "$text" | name="@$1@" value="$2" awk '{
        while (at = index($0, ENVIRON["name"])) {
            printf "%s%s", substr($0, 1, at - 1), ENVIRON["value"]
            $0 = substr($0, at + length(ENVIRON["name"]))
        }
        print }')
    shift 2
done
printf '%s\n' "$text"

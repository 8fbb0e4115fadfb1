#!/bin/sh
# Puts the Command Line Tools on this Mac, with their receipt: command_line_tools.sh VERSION
set -eu
tools=/Library/Developer/CommandLineTools
mkdir -p $tools
cp -R /usr/libexec/lab/payloads/CommandLineTools/. $tools/
/usr/libexec/lab/receipt.sh com.apple.pkg.CLTools_Executables "$1.0.0.1.1733547573"

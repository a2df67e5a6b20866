#!/bin/sh
# on_screen.sh COMMAND...: runs something with a screen and a message bus of its own, which end with it.
set -eu
number=$(mktemp)
Xvfb -noreset -displayfd 5 -screen 0 1400x900x24 -nolisten tcp 5>"$number" 2>/dev/null &
screen=$!
trap 'kill $screen; rm -f "$number"' EXIT
while ! [ -s "$number" ]; do
    kill -0 "$screen"
    sleep 0.1
done
DISPLAY=:$(cat "$number") dbus-run-session -- "$@"

#!/bin/sh
# Writes the listing of every program beside it: what Python 3.11's dis prints, without addresses.
# usage: listings.sh [DIRECTORY of the listings]; PYTHON names the interpreter.
set -eu

to=$(cd "${1:-$(dirname "$0")}" && pwd)
cd "$(dirname "$0")"

if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3.11 python3; fi
for python; do
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>&1) || continue
    [ "$version" = 3.11 ] || continue
    for program in *.py; do
        listing=$("$python" -m dis "$program")
        printf '%s\n' "$listing" | sed 's/ at 0x[0-9a-f]*//' >"$to/${program%.py}.dis"
    done
    exit
done
echo "listings.sh: $* is no Python 3.11; name one, as PYTHON=/path/to/python3.11" >&2
exit 1

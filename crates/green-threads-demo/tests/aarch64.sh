#!/bin/sh
# The tests of the green threads on the other kind of processor: crates/green-threads-demo/tests/aarch64.sh
#
# Built for aarch64 and run by QEMU, which plays that processor. What is missing is installed (a target
# of rustup's, and QEMU by apt-get where that may be done); where it can't be had, this says so and ends well.
set -u
cd "$(dirname "$0")/../../.." || exit 1
target=aarch64-unknown-linux-musl

skip() {
    echo "skipped: $1"
    exit 0
}

case "$(uname -sm)" in
"Linux aarch64") exec cargo test -p green-threads-demo --test green -- "$@" ;;
Linux*) ;;
*) skip "QEMU plays Linux programs on Linux only" ;;
esac

rustup target list --installed 2>/dev/null | grep -qx "$target" ||
    rustup target add "$target" ||
    skip "rustup has no target $target here"

# Debian's package has the one name or the other.
find_qemu() { command -v qemu-aarch64 || command -v qemu-aarch64-static; }
if ! find_qemu >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get install -y --no-install-recommends qemu-user >/dev/null 2>&1 ||
        { apt-get update && apt-get install -y --no-install-recommends qemu-user; } >/dev/null 2>&1
fi
qemu=$(find_qemu) || skip "there is no qemu-aarch64: it is in the package qemu-user"

# The linker that comes with Rust knows every processor, and the target brings its C library.
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER=rust-lld
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_RUNNER="$qemu"
# Tests that start themselves once more need to know.
export TEST_RUNNER="$qemu"
exec cargo test -p green-threads-demo --target "$target" --test green -- "$@"

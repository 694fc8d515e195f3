# Sugar: each recipe's plain cargo line stands in the README.

# the recipes
default:
    @just --list --unsorted

# chapter 1: why concurrency
why *arguments:
    cargo run -p why-demo -- {{arguments}}

# chapter 2: threads
threading *arguments:
    cargo run -p threading-demo -- {{arguments}}

# chapter 3: the global lock
global-lock *arguments:
    cargo run -p global-lock-demo -- {{arguments}}

# chapter 4: many processes
multiprocess *arguments:
    cargo run -p multiprocess-demo -- {{arguments}}

# chapter 5: sync and async, an event loop
event-loop *arguments:
    cargo run -p event-loop-demo -- {{arguments}}

# chapter 6: green threads
green-threads *arguments:
    cargo run -p green-threads-demo -- {{arguments}}

# chapter 7: beyond one machine
scale-out *arguments:
    cargo run -p scale-out-demo -- {{arguments}}

# a throwaway Redis server for chapter 7
redis:
    cargo run -p scale-out-demo --bin throwaway-redis

# every chapter, in order
story *arguments:
    just why {{arguments}}
    just threading {{arguments}}
    just global-lock {{arguments}}
    just multiprocess {{arguments}}
    just event-loop {{arguments}}
    just green-threads {{arguments}}
    just scale-out {{arguments}}

# compare every approach, on everything: about twelve minutes
bench-all *arguments:
    cargo bench-all {{arguments}}

# the same, coarser, in about a minute
bench-quick *arguments:
    cargo bench-quick {{arguments}}

# which tool for my job?
choose *arguments='--cpu-ms 5 --wait-ms 20 --tasks 100':
    cargo run --release -p benches -- choose {{arguments}}

# how often that is right: 40 random jobs, predicted and done, in some minutes
choose-check *arguments:
    cargo run --release -p benches -- choose check {{arguments}}

# the book, built and opened (cargo install mdbook)
book:
    cargo build -q -p docs
    mdbook build docs --open

# the talk, prepared and started (cargo install presenterm); the notes: presenterm --listen-speaker-notes docs/talk.md
talk:
    cargo build --workspace
    presenterm -x --present --publish-speaker-notes docs/talk.md

# every demo of the talk, run once, and its minutes added up
talk-check:
    cargo build --workspace
    cargo run -p docs -- talk

# keep what the demos print here and now, for when they can't run
talk-record:
    cargo build --workspace
    cargo run -p docs -- record

# all tests
test:
    cargo test
    cargo test -p scale-out-demo

# format, lints, documentation, dependency policy
check:
    cargo fmt --check
    cargo clippy --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps
    cargo deny check bans licenses sources

# the hand-written locks, pools, counts, the ring and what wakes the loop, under every interleaving that there can be
models:
    RUSTFLAGS="--cfg loom" cargo test -p threading-demo -p global-lock-demo -p multiprocess-demo --release --test 'loom*' --target-dir target/loom
    RUSTFLAGS="--cfg loom" cargo test -p event-loop-demo --no-default-features --release --test 'loom*' --target-dir target/loom

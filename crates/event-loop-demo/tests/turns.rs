//! How often the loop looks at sockets and timers while tasks keep it busy.

use std::time::{Duration, Instant};

use event_loop_demo::runtime::{Runtime, yield_now};

/// Computes for so long, so often, and yields after each time; how many looks that took.
fn looks(piece: Duration, pieces: u64) -> u64 {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        for _ in 0..pieces {
            let start = Instant::now();
            while start.elapsed() < piece {}
            yield_now().await;
        }
    });
    runtime.counts().looks
}

#[test]
fn after_a_long_piece_there_is_a_look_at_who_has_become_ready() {
    let looks = looks(Duration::from_micros(200), 100);
    assert!(looks >= 100, "{looks} looks after 100 long pieces");
}

#[test]
fn after_a_short_one_there_seldom_is() {
    let looks = looks(Duration::ZERO, 100_000);
    assert!(looks < 10_000, "{looks} looks after 100,000 short pieces");
}

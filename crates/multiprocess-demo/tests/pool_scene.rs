//! What the scene `pool` promises beside its times: which task goes where.

use multiprocess_demo::link::Transport;
use multiprocess_demo::pool::Options;
use multiprocess_demo::scenes::pool::shapes::{RANGES, run};
use workloads::primes::PI_OF_POWERS_OF_TEN;

#[test]
fn every_range_is_counted_once_and_a_chunk_stays_together() {
    let program = Some(env!("CARGO_BIN_EXE_multiprocess-demo").into());
    for transport in Transport::ALL {
        let options = Options { transport, program: program.clone(), ..Options::workers(2) };
        for chunk in [1, 3, RANGES / 2, RANGES] {
            let (count, timeline) = run(&options, 100_000, chunk).unwrap();
            assert_eq!(count, PI_OF_POWERS_OF_TEN[5]);
            let mut all = Vec::new();
            for lane in &timeline.lanes {
                let items: Vec<_> = lane.spans.iter().filter_map(|span| span.item).collect();
                assert!(lane.spans.windows(2).all(|pair| pair[0].to <= pair[1].from));
                for chunk in items.chunk_by(|a, b| (a - 1) / chunk as u32 == (b - 1) / chunk as u32)
                {
                    assert!(chunk.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{items:?}");
                }
                all.extend(items);
            }
            all.sort_unstable();
            assert!(all.into_iter().eq(1..=RANGES as u32));
            if chunk == RANGES {
                assert_eq!(timeline.lanes.len(), 1, "all in one chunk, all in one process");
            }
        }
    }
}

//! The ring in shared memory beside what the kernel has: a message to another process, and back.
//!
//! Both processes are pinned, on one core or on two. In each group the first contestant is entered
//! once more at the end, as `… again`: the distance between the two is what the machine adds by
//! itself, and no smaller difference means anything.

mod settings;

use std::hint::black_box;
use std::time::Instant;

use criterion::{Criterion, Throughput};
use multiprocess_demo::child::Child;
use multiprocess_demo::scenes::tax::cores::{Core, stay_on, two_cores};
use multiprocess_demo::scenes::tax::errand;
use multiprocess_demo::scenes::tax::wire::{Kind, Wire};
use multiprocess_demo::start::Method;

/// A wire, the process at its far end, and the core that it is to run on.
struct Far {
    kind: Kind,
    wire: Box<dyn Wire>,
    _child: Child,
}

fn main() {
    multiprocess_demo::enter();
    let mut starter = Method::Spawn.starter().expect("a way to start processes");
    let mut fars = Kind::ALL.map(|kind| {
        let (wire, child) = kind.connect(&mut *starter).expect("a far process");
        Far { kind, wire, _child: child }
    });
    let [pipe, sockets, ring] = &mut fars;
    let mut criterion = settings::criterion().configure_from_args();
    let [here, elsewhere] = two_cores();
    stay_on(here.as_slice());
    round_trip(&mut criterion, "round trip, 64 B, same core", [pipe, ring], here);
    round_trip(&mut criterion, "round trip, 64 B, across cores", [pipe, ring], elsewhere);
    one_way(&mut criterion, "64 KiB", 64 << 10, &mut [ring, sockets, pipe], elsewhere);
    one_way(&mut criterion, "1 MiB", 1 << 20, &mut [ring, sockets, pipe], elsewhere);
    criterion.final_summary();
}

/// 64 bytes there, 64 bytes back.
fn round_trip(criterion: &mut Criterion, name: &str, fars: [&mut Far; 2], core: Core) {
    let mut group = criterion.benchmark_group(name);
    for (index, again) in [(0, ""), (1, ""), (0, " again")] {
        let far = &mut *fars[index];
        group.bench_function(format!("{}{again}", far.kind), |bencher| {
            bencher.iter_custom(|trips| {
                let start = Instant::now();
                errand::carry(&mut *far.wire, trips as usize, &[1; 64], 64, core).expect("answers");
                start.elapsed()
            });
        });
    }
    group.finish();
}

/// So many bytes there, one byte back; beside a copy that stays here.
fn one_way(criterion: &mut Criterion, name: &str, size: usize, fars: &mut [&mut Far], core: Core) {
    let bytes = vec![1; size];
    let mut copy = vec![0; size];
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(size as u64));
    for again in ["", " again"] {
        group.bench_function(format!("memcpy{again}"), |bencher| {
            bencher.iter(|| black_box(&mut copy).copy_from_slice(black_box(&bytes)));
        });
        for far in &mut *fars {
            group.bench_function(format!("{}{again}", far.kind), |bencher| {
                bencher.iter_custom(|trips| {
                    let start = Instant::now();
                    errand::carry(&mut *far.wire, trips as usize, &bytes, 1, core)
                        .expect("answers");
                    start.elapsed()
                });
            });
        }
    }
    group.finish();
}

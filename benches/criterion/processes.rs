//! The pool of processes beside its peers: what it costs to have a tiny job done elsewhere, and to
//! put a new worker in the place of a dead one.
//!
//! The workers are copies of this program, so it begins as every program with workers does.

#[path = "processes/ipc_channel.rs"]
mod ipc_channel;
#[path = "processes/python.rs"]
mod python;
mod settings;

use std::hint::black_box;
use std::ops::Range;
use std::time::{Duration, Instant};

use criterion::{Bencher, Criterion, criterion_group};
use ipc_channel::IpcChannel;
use multiprocess_demo::Function;
use multiprocess_demo::link::Transport;
use multiprocess_demo::pool::{Options, Pool, Repertoire, Terms, work};
use multiprocess_demo::start::{Entry, Method, enter};
use nix::sys::signal::{Signal, kill};
use python::Python;
use workloads::primes;

/// Two, as Python's pools get.
const WORKERS: usize = 2;

const NEGATE: Function<i64, i64> = Function::new("negate", |number| -number);
const COUNT: Function<Range<u64>, u64> = Function::new("count", primes::count);

const REPERTOIRE: Repertoire = Repertoire {
    entry: Entry { name: "worker", run: |descriptors| work(descriptors, REPERTOIRE.functions) },
    functions: &[&NEGATE, &COUNT],
};

fn main() {
    enter(&[REPERTOIRE.entry, ipc_channel::ENTRY]);
    all();
    Criterion::default().configure_from_args().final_summary();
}

/// Nanoseconds a job, where each is sent by itself and does next to nothing.
fn dispatch(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("dispatch of a tiny job");
    let mut measure = |name: &str, run: &mut dyn FnMut(u64) -> Duration| {
        group.bench_function(name, |bencher| bencher.iter_custom(|jobs| many(jobs, run)));
    };
    measure("pool", &mut ours(Options::workers(WORKERS)));
    for transport in Transport::ALL {
        let name = format!("pool, {transport:?}").to_lowercase();
        measure(&name, &mut ours(Options { transport, ..Options::workers(WORKERS) }));
    }
    let mut peer = IpcChannel::new(WORKERS);
    measure("ipc-channel", &mut |jobs| peer.run(jobs));
    drop(peer);
    match Python::start(WORKERS) {
        Some(mut python) => {
            measure("Python's Pool.map", &mut |jobs| python.run("Pool", jobs));
            measure("Python's ProcessPoolExecutor.map", &mut |jobs| python.run("Executor", jobs));
        }
        None => eprintln!("There is no python3 on the PATH to be measured beside."),
    }
    {
        let pool = threading_demo::Pool::new(WORKERS).expect("threads for a pool");
        measure("a pool of threads", &mut |jobs| threads(&pool, jobs));
    }
    measure("pool again", &mut ours(Options::workers(WORKERS)));
    group.finish();
}

/// The time for so many jobs; few are not measured, because to begin and to end would be most of it.
fn many(jobs: u64, run: &mut dyn FnMut(u64) -> Duration) -> Duration {
    let at_least = jobs.max(1_000);
    run(at_least).mul_f64(jobs as f64 / at_least as f64)
}

fn ours(options: Options) -> impl FnMut(u64) -> Duration {
    let mut pool = Pool::new(REPERTOIRE, options).expect("processes for a pool");
    move |jobs| {
        let start = Instant::now();
        let answers = pool.map(Terms::default(), &NEGATE, 0..jobs as i64).expect("answers");
        let took = start.elapsed();
        assert!(answers.into_iter().eq((0..jobs as i64).map(|number| -number)));
        took
    }
}

fn threads(pool: &threading_demo::Pool, jobs: u64) -> Duration {
    let start = Instant::now();
    let handles: Vec<_> = (0..jobs as i64).map(|number| pool.spawn(move || -number)).collect();
    let answers = handles.into_iter().map(|handle| handle.join().expect("an answer"));
    let right = answers.eq((0..jobs as i64).map(|number| -number));
    let took = start.elapsed();
    assert!(right);
    took
}

/// From the kill to the first answer of the worker that takes the place, in a parent that is small
/// and in one that has touched so much memory.
fn replacing(criterion: &mut Criterion) {
    const MIB: usize = 1 << 20;
    let mut group = criterion.benchmark_group("replacing a dead worker");
    let mut measure = |name: &str, method, mib: usize| {
        // Written to, or it would be there in name only.
        let memory = black_box(vec![1_u8; mib * MIB]);
        let options = Options { method, ..Options::workers(1) };
        let mut pool = Pool::new(REPERTOIRE, options).expect("a process for a pool");
        group.bench_function(name, |bencher| replace(bencher, &mut pool));
        drop(memory);
    };
    measure("zygote", Method::Zygote, 0);
    measure("zygote, 256 MiB", Method::Zygote, 256);
    measure("fork", Method::Fork, 0);
    measure("fork, 256 MiB", Method::Fork, 256);
    measure("spawn", Method::Spawn, 0);
    measure("spawn, 256 MiB", Method::Spawn, 256);
    measure("zygote again", Method::Zygote, 0);
    group.finish();
}

fn replace(bencher: &mut Bencher<'_>, pool: &mut Pool) {
    let answer = |pool: &mut Pool| {
        let answers = pool.map(Terms::default(), &NEGATE, [1]).expect("an answer");
        assert_eq!(answers, [-1]);
    };
    bencher.iter_custom(|times| {
        let once = |_| {
            // It has answered, so it is there; only now does it count as one that dies.
            answer(pool);
            let victim = pool.workers()[0];
            let start = Instant::now();
            kill(victim, Signal::SIGKILL).expect("a worker to kill");
            answer(pool);
            let took = start.elapsed();
            assert_ne!(pool.workers()[0], victim);
            took
        };
        (0..times).map(once).sum()
    });
}

/// 64 ranges of uneven cost.
fn by_processes(criterion: &mut Criterion) {
    let ranges = primes::split(2_000_000, 64).expect("the bounds are valid");
    let sequential = || ranges.iter().cloned().map(primes::count).sum::<u64>();
    let known = sequential();
    let mut group = criterion.benchmark_group("primes, by processes");
    group.sample_size(10);
    group.bench_function("sequential", |bencher| bencher.iter(sequential));
    let mut pool = Pool::new(REPERTOIRE, Options::workers(WORKERS)).expect("processes for a pool");
    group.bench_function("pool", |bencher| {
        bencher.iter(|| {
            let counts = pool.map(Terms::default(), &COUNT, ranges.iter().cloned());
            assert_eq!(counts.expect("counts").into_iter().sum::<u64>(), known);
        });
    });
    drop(pool);
    let threads = threading_demo::Pool::new(WORKERS).expect("threads for a pool");
    group.bench_function("a pool of threads", |bencher| {
        bencher.iter(|| {
            let counts = threads.map(&ranges, |range| primes::count(range.clone()));
            assert_eq!(counts.into_iter().sum::<u64>(), known);
        });
    });
    drop(threads);
    group.bench_function("sequential again", |bencher| bencher.iter(sequential));
    group.finish();
}

criterion_group! {
    name = all;
    config = settings::criterion();
    targets = dispatch, replacing, by_processes
}

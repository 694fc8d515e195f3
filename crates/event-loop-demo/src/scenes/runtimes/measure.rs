//! What one runtime takes for the same work.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use stage::{Result, cpu_time};
use workloads::http::Request;
use workloads::load::serving::{cheap, visit};
use workloads::{Approach, Error, Service, fetch};

/// How many clients ask cheap questions.
pub const CLIENTS: usize = 8;

/// The thread that watches, and does not count.
const WATCHER: &str = "watcher";

/// What a fetch took.
pub struct Fetched {
    pub wall: Duration,
    /// Of the whole process, so that the service's own share is in it.
    pub cpu: Duration,
    /// How many requests the service has seen at once.
    pub at_once: u64,
    /// The threads that the runtime had, by name. Nothing where the system doesn't tell.
    pub threads: Option<Vec<String>>,
}

/// Fetches, and has the service say how many requests were in flight.
pub fn fetched(
    approach: &dyn Approach,
    service: &Service,
    requests: &[Request],
) -> Result<Fetched> {
    service.clear()?;
    let before = threads();
    let done = AtomicBool::new(false);
    let (replies, wall, cpu, seen) = thread::scope(|scope| -> Result<_> {
        let watching = thread::Builder::new().name(WATCHER.into());
        let watching = watching.spawn_scoped(scope, || watch(&done))?;
        let (cpu, start) = (cpu_time(), Instant::now());
        let replies = approach.fetch(service, requests);
        let (wall, cpu) = (start.elapsed(), cpu_time().saturating_sub(cpu));
        done.store(true, Ordering::Release);
        let seen = watching.join().map_err(Error::panicked)?;
        Ok((replies?, wall, cpu, seen))
    })?;
    fetch::check(requests, &replies)?;
    let at_once = service.log()?.most_at_once;
    let threads = before.map(|before| owned(&before, seen, approach.name()));
    Ok(Fetched { wall, cpu, at_once, threads })
}

/// Its rate with cheap questions, and the processor time that one costs, the client's share included.
pub fn served(approach: &dyn Approach, during: Duration) -> Result<(f64, Duration)> {
    visit(
        |listener, stop| approach.serve(listener, stop),
        |address| {
            let cpu = cpu_time();
            let report = cheap(address, CLIENTS, during)?;
            let each = cpu_time().saturating_sub(cpu).as_secs_f64() / report.right.max(1) as f64;
            Ok((report.per_second(), Duration::from_secs_f64(each)))
        },
    )
}

/// The threads of this process: id → name. Linux tells.
fn threads() -> Option<BTreeMap<String, String>> {
    let tasks = fs::read_dir("/proc/self/task").ok()?;
    let tasks = tasks.flatten().filter_map(|task| {
        let name = fs::read_to_string(task.path().join("comm")).ok()?;
        Some((task.file_name().to_string_lossy().into_owned(), name.trim().to_owned()))
    });
    Some(tasks.collect())
}

/// All threads that are there at some moment until it is done.
fn watch(done: &AtomicBool) -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    while !done.load(Ordering::Acquire) {
        seen.extend(threads().unwrap_or_default());
        thread::sleep(Duration::from_millis(5));
    }
    seen
}

/// The threads that came with the runtime, or were there from an earlier use of it: those of
/// async-std and smol stay until the program ends.
fn owned(
    before: &BTreeMap<String, String>,
    seen: BTreeMap<String, String>,
    runtime: &str,
) -> Vec<String> {
    let lasting: &[&str] = match runtime {
        "async-std" => &["async-io", "async-std/runti"],
        "smol" => &["async-io"],
        _ => &[],
    };
    let own = |(id, name): (String, String)| {
        let came = !before.contains_key(&id) && name != WATCHER;
        (came || lasting.contains(&name.as_str())).then_some(name)
    };
    seen.into_iter().filter_map(own).collect()
}

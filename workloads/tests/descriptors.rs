//! Out of file descriptors: `blocking::accept` backs off, goes on when there are some again, and
//! can be stopped when there are none. One test, alone in its process: the limit is the process's.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage, setrlimit};
use nix::sys::time::TimeValLike;
use workloads::{Stop, blocking};

const PATIENCE: Duration = Duration::from_secs(30);

fn cpu_time() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_SELF).unwrap();
    let micros = (usage.user_time() + usage.system_time()).num_microseconds();
    Duration::from_micros(micros.unsigned_abs())
}

/// Opens files until there is no descriptor left.
fn take_all(held: &mut Vec<File>) {
    held.extend(std::iter::from_fn(|| File::open("/dev/null").ok()));
}

/// Waits until the thread sleeps in a system call, where the system tells.
fn wait_until_asleep(thread: Option<&PathBuf>) {
    let Some(thread) = thread else { return };
    let stat = Path::new("/proc").join(thread).join("stat");
    let start = Instant::now();
    while !fs::read_to_string(&stat).unwrap().contains(") S ") {
        assert!(start.elapsed() < PATIENCE, "accept() does not sleep");
        thread::yield_now();
    }
}

#[test]
fn accept_survives_having_no_descriptors() {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, 64, hard).unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let stop = Stop::new();
    let (accepted, streams) = channel();
    let (started, start) = channel();
    let (ended, end) = channel();
    let server = stop.clone();
    let server = thread::spawn(move || {
        started.send(fs::read_link("/proc/thread-self").ok()).unwrap();
        ended.send(blocking::accept(&listener, &server, |stream| accepted.send(stream).unwrap()))
    });
    let thread = start.recv().unwrap();

    let mut held = Vec::new();
    let first = TcpStream::connect(address).unwrap();
    drop((first, streams.recv_timeout(PATIENCE).unwrap()));
    // Else it could take the one that is meant for the client.
    wait_until_asleep(thread.as_ref());
    take_all(&mut held);
    // One for this client; accept() may have put one aside for the next, but not two.
    drop(held.pop());
    let waiting = TcpStream::connect(address).unwrap();
    take_all(&mut held);
    let accepted = streams.recv_timeout(Duration::from_millis(100)).ok();

    let (start, before) = (Instant::now(), cpu_time());
    thread::sleep(Duration::from_millis(400)); // What is measured is that nothing is done in it.
    let share = (cpu_time() - before).as_secs_f64() / start.elapsed().as_secs_f64();
    println!("out of descriptors, accept uses {:.2} % of a core", share * 100.0);
    assert!(share < 0.25, "accept spins: {share:.2} of a core");

    held.truncate(held.len() - 2);
    let second = accepted.map_or_else(|| streams.recv_timeout(PATIENCE), Ok);
    drop((waiting, second.expect("a client that is accepted once there are descriptors again")));

    // Asleep in accept() the thread has a descriptor in reserve, so it does not notice.
    drop(TcpStream::connect(address).unwrap());
    drop(streams.recv_timeout(PATIENCE).unwrap());
    wait_until_asleep(thread.as_ref());
    take_all(&mut held);
    stop.stop();
    let ended = end.recv_timeout(PATIENCE).expect("a stop that is seen without a descriptor");
    ended.unwrap();
    server.join().unwrap().unwrap();
}

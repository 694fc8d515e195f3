//! What the pre-fork server promises beyond the contract: what becomes of a server that dies, of one
//! that doesn't end, of one that never was, and of one that can hold no client.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use multiprocess_demo::child::Death;
use multiprocess_demo::prefork::{Event, Servers, serve};
use multiprocess_demo::start::Method;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use workloads::blocking::exchange;
use workloads::serve::{cheap, cheap_answer};
use workloads::{Error, Stop};

/// After how long something will never come.
const PATIENCE: Duration = Duration::from_secs(30);

const KILLED: Death = Death::Killed(Signal::SIGKILL as i32);

fn servers(number: usize) -> Servers {
    let program = Some(PathBuf::from(env!("CARGO_BIN_EXE_multiprocess-demo")));
    Servers { program, ..Servers::started_by(Method::Spawn, number) }
}

fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Serves while `visit` runs, and returns what happened after that.
fn visit(servers: &Servers, visit: impl FnOnce(SocketAddr, &Receiver<Event>)) -> Vec<Event> {
    let (listener, address) = listener();
    let (heard, events) = channel();
    let stop = Stop::new();
    thread::scope(|scope| {
        let serving = &stop;
        let served = scope.spawn(move || {
            serve(&listener, serving, servers, &mut |event| heard.send(event).unwrap())
        });
        let closing = StopWhenDropped(&stop);
        visit(address, &events);
        drop(closing);
        served.join().unwrap().unwrap();
    });
    // Whoever is just being started by another test has, until its program begins, all that is open
    // here.
    let start = Instant::now();
    while TcpStream::connect(address).is_ok() {
        assert!(start.elapsed() < PATIENCE, "still listens");
    }
    events.try_iter().collect()
}

struct StopWhenDropped<'a>(&'a Stop);

impl Drop for StopWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

fn started(events: &Receiver<Event>) -> Pid {
    match events.recv_timeout(PATIENCE).unwrap() {
        Event::Started(pid) => pid,
        other => panic!("{other:?}, where one should have been started"),
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let client = TcpStream::connect(address).unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    client
}

fn ask(client: &mut TcpStream) -> bool {
    exchange(client, &cheap(3).unwrap()).is_ok_and(|reply| reply == cheap_answer(3))
}

#[test]
fn a_server_that_is_killed_costs_one_conversation_and_is_replaced() {
    let after = visit(&servers(3), |address, events| {
        let pids = [(); 3].map(|()| started(events));
        // Each of them holds one of these.
        let mut clients = [(); 3].map(|()| connect(address));
        assert!(clients.iter_mut().all(ask));
        kill(pids[1], Signal::SIGKILL).unwrap();
        assert_eq!(events.recv_timeout(PATIENCE).unwrap(), Event::Ended(pids[1], KILLED));
        let replacement = started(events);
        assert!(!pids.contains(&replacement));
        // The others are still busy, so it is the replacement that answers.
        assert!(ask(&mut connect(address)));
        assert_eq!(clients.iter_mut().map(ask).filter(|answered| *answered).count(), 2);
    });
    let ended = |event: &Event| matches!(event, Event::Ended(_, Death::Exited(0)));
    assert!(after.len() == 3 && after.iter().all(ended), "{after:?}");
}

#[test]
fn a_server_that_does_not_end_is_killed_when_patience_ends() {
    let patient = Servers { patience: Duration::from_millis(50), ..servers(2) };
    let mut stopped = None;
    let after = visit(&patient, |address, events| {
        let pids = [(); 2].map(|()| started(events));
        assert!(ask(&mut connect(address)));
        kill(pids[0], Signal::SIGSTOP).unwrap();
        stopped = Some(pids[0]);
    });
    assert!(after.contains(&Event::Ended(stopped.unwrap(), KILLED)), "{after:?}");
}

#[test]
fn who_has_no_servers_says_so() {
    for (program, said) in [("/no/such/program", "/no/such/program"), ("/usr/bin/true", "")] {
        // The other one is there, and ends without a word.
        let servers = Servers { program: Some(program.into()), ..servers(1) };
        let why = serve(&listener().0, &Stop::new(), &servers, &mut |_| {}).unwrap_err();
        assert!(why.to_string().starts_with("starting servers: "), "{why}");
        assert!(why.to_string().contains(said), "{why}");
    }
}

#[test]
fn a_fork_with_threads_is_refused_with_the_reason() {
    let forked = Servers::started_by(Method::Fork, 1);
    match serve(&listener().0, &Stop::new(), &forked, &mut |_| {}) {
        Err(Error::Refused(why)) => assert!(why.contains("more threads than one"), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_comes_after_the_stop_starts_nothing() {
    let stop = Stop::new();
    stop.stop();
    serve(&listener().0, &stop, &servers(2), &mut |event| panic!("{event:?}")).unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn a_server_that_can_hold_no_client_sleeps_between_its_tries_and_recovers() {
    visit(&servers(1), |address, events| {
        let pid = started(events);
        assert!(ask(&mut connect(address)));
        let files = limit_files(pid, 3);
        let mut client = connect(address);
        let sleeps = sleeps(pid);
        let start = Instant::now();
        // A server that tries again and again without a sleep gets no further here.
        while self::sleeps(pid) < sleeps + 5 {
            assert!(start.elapsed() < PATIENCE, "it doesn't sleep");
            thread::sleep(Duration::from_millis(1));
        }
        client.set_nonblocking(true).unwrap();
        let nothing = std::io::Read::read(&mut client, &mut [0]).unwrap_err();
        assert_eq!(nothing.kind(), std::io::ErrorKind::WouldBlock);
        client.set_nonblocking(false).unwrap();
        limit_files(pid, files);
        assert!(ask(&mut client), "who waited in the queue is answered");
    });
}

/// Lets the process open no descriptor with this number or a greater one; returns the limit before.
#[cfg(target_os = "linux")]
fn limit_files(pid: Pid, most: u64) -> u64 {
    use nix::libc::{RLIMIT_NOFILE, prlimit, rlimit};
    let mut limits = rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the kernel reads the limits from where the one pointer says and writes them to where the
    // other does, which is null or a `rlimit` of ours.
    unsafe {
        assert_eq!(prlimit(pid.as_raw(), RLIMIT_NOFILE, std::ptr::null(), &raw mut limits), 0);
        let lower = rlimit { rlim_cur: most, ..limits };
        assert_eq!(prlimit(pid.as_raw(), RLIMIT_NOFILE, &raw const lower, std::ptr::null_mut()), 0);
    }
    limits.rlim_cur
}

/// How often the process has gone to sleep.
#[cfg(target_os = "linux")]
fn sleeps(pid: Pid) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let sleeps = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
    sleeps.unwrap().trim().parse().unwrap()
}

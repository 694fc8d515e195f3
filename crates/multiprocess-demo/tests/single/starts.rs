//! The ways to start a process: what a child has, and what it costs nobody.

use std::fs::File;
use std::io::{Read, Write, stdout};
use std::net::TcpListener;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, thread};

use multiprocess_demo::child::Death;
use multiprocess_demo::jobs::{REPERTOIRE, faults::END};
use multiprocess_demo::pool::{Options, Pool, Terms};
use multiprocess_demo::start::{Entry, Method, Start, Zygote, fork};
use nix::sys::signal::{Signal, kill};

use crate::common::{self, PATIENCE, eventually};

pub const SLEEP: Entry = Entry { name: "sleep", run: |_| thread::sleep(Duration::from_secs(3600)) };
pub const PANIC: Entry = Entry { name: "panic", run: |_| panic!("as it was asked to") };
pub const SAY: Entry = Entry { name: "say", run: |_| println!(" the child") };
/// Writes to the first descriptor what it reads from the second.
pub const COPY: Entry = Entry {
    name: "copy",
    run: |given| {
        let [to, from] = <[OwnedFd; 2]>::try_from(given).unwrap().map(File::from);
        let (mut to, mut from, mut bytes) = (to, from, Vec::new());
        from.read_to_end(&mut bytes).unwrap();
        to.write_all(&bytes).unwrap();
    },
};

pub fn what_is_handed_over_arrives_and_nothing_else() {
    // What a child must not have: a port, a file, a pipe.
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    let _file = File::open("/proc/self/exe").unwrap();
    // Not closed at an exec.
    let inherited = nix::unistd::dup(port.as_fd()).unwrap();
    for method in Method::ALL {
        let mut starter = method.starter().unwrap();
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        let (from_us, to_child) = multiprocess_demo::lifeline::pipe().unwrap();
        let mut child = starter.start(&COPY, &[theirs.as_fd(), from_us.as_fd()]).unwrap();
        drop((theirs, from_us));
        let pid = child.id().as_raw();
        // Standard input, output and error, its lifeline, and the two that it was given.
        eventually("it has what it should have", || {
            let has = common::open_in(pid);
            has.len() == 6 && has.contains(&(0, "/dev/null".into()))
        });
        let has = common::open_in(pid);
        let port_name = common::open().into_iter().find(|(number, _)| *number == port.as_raw_fd());
        assert!(has.iter().all(|(_, what)| *what != port_name.as_ref().unwrap().1), "{has:?}");
        assert_eq!(nix::unistd::getpgid(Some(child.id())), Ok(child.id()), "a group of its own");
        File::from(to_child).write_all(b"through both").unwrap();
        let mut read = String::new();
        ours.read_to_string(&mut read).unwrap();
        assert_eq!(read, "through both");
        assert_eq!(child.wait(), Death::Exited(0));
    }
    // Nobody else holds the port.
    let address = port.local_addr().unwrap();
    let options = Options { method: Method::Fork, ..Options::workers(2) };
    let pool = common::pool(&options, 2);
    drop((port, inherited));
    eventually("the port is free", || TcpListener::bind(address).is_ok());
    drop(pool);
}

pub fn a_panic_has_its_status() {
    for method in Method::ALL {
        let mut child = method.starter().unwrap().start(&PANIC, &[]).unwrap();
        assert_eq!(child.wait_at_most(PATIENCE).unwrap(), Some(Death::Exited(101)), "{method}");
    }
}

pub fn an_unknown_entry_is_named() {
    const UNKNOWN: Entry = Entry { name: "not in the list", run: |_| () };
    let zygote = Method::Zygote.starter().unwrap().start(&UNKNOWN, &[]).unwrap_err();
    assert_eq!(zygote.to_string(), "this program has no entry \"not in the list\"");
    let mut child = Method::Spawn.starter().unwrap().start(&UNKNOWN, &[]).unwrap();
    assert_eq!(child.wait(), Death::Exited(2));
}

pub fn a_zygote_is_replaced() {
    let mut zygote = Zygote::of("/proc/self/exe".into()).unwrap();
    let mut first = zygote.start(&SLEEP, &[]).unwrap();
    for _ in 0..3 {
        let pid = zygote.id();
        assert!(zygote.start(&SLEEP, &[]).is_ok());
        assert_eq!(zygote.id(), pid, "one zygote for all");
        kill(pid, Signal::SIGKILL).unwrap();
        assert!(zygote.start(&SLEEP, &[]).is_ok());
        assert_ne!(zygote.id(), pid);
    }
    // One that was stopped is not waited for for ever.
    let pid = zygote.id();
    kill(pid, Signal::SIGSTOP).unwrap();
    assert!(zygote.start(&SLEEP, &[]).is_ok());
    assert_ne!(zygote.id(), pid);
    assert_eq!(first.ended(), None, "a copy doesn't need the original");
}

/// In a copy of this program: what is in the buffer at a fork is written once.
pub fn a_buffer_is_written_once() {
    let run = Command::new("/proc/self/exe").arg("prints-and-forks").stdin(Stdio::null()).output();
    let said = String::from_utf8(run.unwrap().stdout).unwrap();
    assert_eq!(said, "the parent the child\n");
}

pub fn prints_and_forks() {
    print!("the parent");
    let mut child = Method::Fork.starter().unwrap().start(&SAY, &[]).unwrap();
    child.wait();
    stdout().flush().unwrap();
}

/// In a copy whose main doesn't call enter().
pub fn a_main_without_enter_is_refused() {
    for method in ["spawn", "zygote"] {
        for how in ["refused", "refuses"] {
            let mut command = Command::new("/proc/self/exe");
            let run = command.args(["enters-nothing", method, how]).env("NO_ENTER", "1").output();
            let run = run.unwrap();
            let said = String::from_utf8(run.stderr).unwrap();
            let expected = "this program can't be started as a child: its main() has to begin with \
                            enter()";
            assert!(said.contains(expected), "{method} {how}: {said}");
            assert!(said.lines().count() <= 30, "{method} {how}: it recurs:\n{said}");
        }
    }
}

pub fn enters_nothing(method: &str, how: &str) {
    let options = Options {
        method: method.parse().unwrap(),
        // Named, it can't be known whether that program calls enter(): its children find out.
        program: (how == "refuses").then(|| env::current_exe().unwrap()),
        ..Options::workers(2)
    };
    match Pool::new(REPERTOIRE, options) {
        Err(why) => eprintln!("{why}"),
        Ok(mut pool) => {
            let failed = pool.map(Terms::default(), &END, [2]).unwrap_err();
            eprintln!("{failed}");
        }
    }
}

pub fn a_process_with_threads_is_not_forked() {
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let thread = thread::spawn(move || wait.recv());
    let refused = Method::Fork.starter().unwrap().start(&SLEEP, &[]).unwrap_err();
    assert!(refused.to_string().contains("2 threads"), "{refused}");
    drop(go);
    let _ = thread.join().unwrap();
    eventually("it is gone", || fork::single_threaded().is_ok());
}

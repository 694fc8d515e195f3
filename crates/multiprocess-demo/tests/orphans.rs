//! Workers die with their parent, however that dies and whatever they are doing: no orphan is left.
//!
//! This program starts copies of itself that have a pool, kills them, and waits for what is left of
//! them: the kernel gives it the orphans of its children (prctl(2), `PR_SET_CHILD_SUBREAPER`).

#[cfg(target_os = "linux")]
mod common;

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("skipped: only Linux gives a process the orphans of its children");
}

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeSet;
    use std::io::{BufRead, BufReader, Read, Write, stdout};
    use std::process::{ChildStdout, Command, Stdio};
    use std::time::{Duration, Instant};
    use std::{env, thread};

    use crate::common::{
        children, combinations, eventually, monkey, no_child_is_left, run_all, state,
    };
    use multiprocess_demo::jobs::faults::END;
    use multiprocess_demo::link::Transport;
    use multiprocess_demo::pool::{Options, Pool, Repertoire, Terms, work};
    use multiprocess_demo::start::{Entry, Method, enter};
    use multiprocess_demo::{Function, jobs};
    use nix::sys::prctl::set_child_subreaper;
    use nix::sys::signal::{SigHandler, Signal, kill, raise, signal};
    use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
    use nix::unistd::Pid;

    /// What a worker may be at when its parent dies. It says that it is at it.
    const BE: Function<u64, u64> = Function::new("be", |what| {
        println!("at it");
        match what {
            0 => loop {
                std::hint::spin_loop();
            },
            1 => thread::sleep(Duration::from_secs(3600)),
            2 => raise(Signal::SIGSTOP).unwrap(),
            // Hears no signal but SIGKILL.
            _ => {
                nix::sys::signal::SigSet::all().thread_block().unwrap();
                thread::sleep(Duration::from_secs(3600));
            }
        }
        what
    });
    const POOL: Repertoire = Repertoire {
        entry: Entry { name: "be", run: |link| work(link, POOL.functions) },
        functions: &[&BE, &END],
    };

    /// A process that has a pool, until it is killed.
    fn host(method: &str, transport: &str, what: &str) {
        let options = Options {
            method: method.parse().unwrap(),
            transport: Transport::ALL[transport.parse::<usize>().unwrap()],
            ..Options::workers(4)
        };
        let mut pool = Pool::new(POOL, options).unwrap();
        match what {
            "at it" => drop(pool.map(Terms::default(), &BE, [0, 1, 2, 3])),
            // One worker after another dies and is replaced.
            _ => {
                println!("at it");
                stdout().flush().unwrap();
                let terms = Terms { tries: 1, ..Terms::default() };
                pool.imap_unordered(terms, &END, (1..).step_by(2)).for_each(drop);
            }
        }
        unreachable!("none of this ends");
    }

    /// A host that runs. All children of this process belong to it: dropped before its end, which is
    /// when the test fails, it leaves none of them.
    struct Host {
        pid: Pid,
        said: BufReader<ChildStdout>,
    }

    impl Drop for Host {
        fn drop(&mut self) {
            // Its orphans become our children when it is dead.
            while let Some(&(pid, _)) = children(std::process::id().cast_signed()).first() {
                let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
                let _ = waitpid(Pid::from_raw(pid), None);
            }
        }
    }

    /// Starts one, and waits until it and its workers are at it.
    #[expect(clippy::zombie_processes, reason = "`end` waits for it, and for all that it leaves")]
    fn start(method: Method, transport: usize, what: &str) -> Host {
        let arguments = ["host", &method.to_string(), &transport.to_string(), what];
        let mut command = Command::new("/proc/self/exe");
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        // Waited for by number, as its orphans are.
        let mut host = Host { pid: Pid::from_raw(child.id().cast_signed()), said };
        for _ in 0..if what == "at it" { 4 } else { 1 } {
            let mut line = String::new();
            host.said.read_line(&mut line).unwrap();
            assert_eq!(line, "at it\n");
        }
        host
    }

    /// Kills it, and looks for survivors. How many of its children were left to this process.
    fn end(mut host: Host, signal: Signal) -> usize {
        let all: BTreeSet<_> =
            children(host.pid.as_raw()).into_iter().map(|(pid, _)| pid).collect();
        kill(host.pid, signal).unwrap();
        let mut ended = BTreeSet::new();
        // Nothing else is a child of this process, so this ends with the last of them.
        eventually("nobody lives on", || {
            loop {
                match waitpid(None::<Pid>, Some(WaitPidFlag::WNOHANG)) {
                    Ok(WaitStatus::StillAlive) => return false,
                    Ok(status) => ended.extend(status.pid().map(Pid::as_raw)),
                    Err(_) => return true,
                }
            }
        });
        assert!(ended.contains(&host.pid.as_raw()));
        ended.retain(|pid| all.contains(pid));
        // They were all that had this open.
        host.said.read_to_end(&mut Vec::new()).unwrap();
        ended.len()
    }

    fn nobody_survives(signal: Signal) {
        for (method, transport) in
            (0..Transport::ALL.len()).flat_map(|t| Method::ALL.map(|m| (m, t)))
        {
            let host = start(method, transport, "at it");
            let pid = host.pid.as_raw();
            let states = || children(pid).into_iter().map(|(_, state)| state);
            eventually("one is stopped", || states().filter(|&state| state == 'T').count() == 1);
            eventually("one computes", || states().any(|state| state == 'R'));
            let all = 4 + usize::from(method == Method::Zygote);
            assert_eq!(states().count(), all);
            assert_eq!(end(host, signal), all);
        }
    }

    fn nobody_survives_sigkill() {
        nobody_survives(Signal::SIGKILL);
    }

    fn nobody_survives_sigterm() {
        nobody_survives(Signal::SIGTERM);
    }

    fn nobody_survives_sigint() {
        nobody_survives(Signal::SIGINT);
    }

    /// At any instant of the birth and the death of workers.
    fn nobody_survives_who_was_being_born() {
        let seed = monkey::seed();
        let _says = monkey::SaysSeed(seed);
        let mut dice = monkey::Dice(seed);
        for _ in 0..10 {
            for (method, transport) in
                (0..Transport::ALL.len()).flat_map(|t| Method::ALL.map(|m| (m, t)))
            {
                let host = start(method, transport, "dying");
                let start = Instant::now();
                let until = Duration::from_micros(dice.roll(10_000));
                while start.elapsed() < until {
                    std::hint::spin_loop();
                }
                end(host, Signal::SIGKILL);
            }
        }
    }

    /// A parent is a process, not the thread of it that happened to start the child.
    fn workers_outlive_the_thread_that_started_them() {
        for (method, transport) in combinations(&[Method::Spawn, Method::Zygote]) {
            let options = Options { method, transport, ..Options::workers(2) };
            let pool = thread::spawn(move || Pool::new(jobs::REPERTOIRE, options).unwrap());
            let mut pool = pool.join().unwrap();
            eventually("the thread is gone", || {
                multiprocess_demo::start::fork::single_threaded().is_ok()
            });
            let before = pool.workers();
            for _ in 0..100 {
                assert_eq!(pool.map(Terms::default(), &END, [0, 2]).unwrap(), [0, 2]);
            }
            assert_eq!((pool.workers(), pool.replacements().len()), (before.clone(), 0));
            assert!(before.iter().all(|pid| state(pid.as_raw()).is_some()));
        }
    }

    pub fn main() {
        enter(&[POOL.entry, jobs::REPERTOIRE.entry]);
        let arguments: Vec<_> = env::args().skip(1).collect();
        if let [host_, method, transport, what] = &arguments[..]
            && host_ == "host"
        {
            return host(method, transport, what);
        }
        set_child_subreaper(true).unwrap();
        // What a script starts in the background ignores Ctrl-C, and so does all that is started by
        // it.
        // SAFETY: the default action is no code of ours, which might be run at any moment.
        unsafe { signal(Signal::SIGINT, SigHandler::SigDfl) }.unwrap();
        no_child_is_left();
        run_all(&[
            ("nobody_survives_sigkill", &nobody_survives_sigkill),
            ("nobody_survives_sigterm", &nobody_survives_sigterm),
            ("nobody_survives_sigint", &nobody_survives_sigint),
            ("nobody_survives_who_was_being_born", &nobody_survives_who_was_being_born),
            ("workers_outlive_the_thread", &workers_outlive_the_thread_that_started_them),
        ]);
    }
}

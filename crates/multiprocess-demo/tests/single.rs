//! What a process with a single thread can do: fork. So this test runs without the harness, which has
//! threads, and starts copies of itself. After each test it looks whether anything is left behind.

mod common;

use std::cell::Cell;
use std::fs::File;
use std::io::{Read, Write, stdout};
use std::net::TcpListener;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs, process, thread};

use common::{PATIENCE, chaos, checks, combinations, eventually, monkey};
use multiprocess_demo::child::Death;
use multiprocess_demo::function::Callable;
use multiprocess_demo::jobs::{REPERTOIRE, faults::ECHO, faults::END};
use multiprocess_demo::link::{Wants, far};
use multiprocess_demo::pool::{How, Options, Pool, Repertoire, Terms, work};
use multiprocess_demo::start::{Entry, Method, Start};
use multiprocess_demo::{Function, frame};

/// Ends its process as if all were well.
const EXIT: Function<i32, i32> = Function::new("exit", |status| process::exit(status));
/// Takes nothing, and returns nothing.
const NOTHING: Function<(), ()> = Function::new("nothing", |()| ());
/// Takes what can be written, but not read.
const UNREADABLE: Function<Unreadable, u64> = Function::new("unreadable", |_| 0);
const ODDITIES: &[&dyn Callable] = &[&EXIT, &NOTHING, &UNREADABLE, &END];

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum Unreadable {
    Number(u64),
}

/// What workers are not supposed to do.
const ODD: Entry = Entry { name: "odd", run: |link| work(link, ODDITIES) };
const LATE_RISER: Entry = Entry {
    name: "late riser",
    run: |link| {
        thread::sleep(Duration::from_millis(300));
        work(link, REPERTOIRE.functions);
    },
};
const STILLBORN: Entry = Entry { name: "stillborn", run: |_| () };
/// Dies at birth as long as there is a file.
const MOODY: Entry = Entry {
    name: "moody",
    run: |link| {
        if !mood().exists() {
            work(link, REPERTOIRE.functions);
        }
    },
};
const RUDE: Entry = Entry { name: "rude", run: |link| babble(link, false) };
const GARBLER: Entry = Entry { name: "garbler", run: |link| babble(link, true) };
/// Says more than it was asked.
const CHATTERBOX: Entry = Entry {
    name: "chatterbox",
    run: |link| {
        let mut link = far(link).unwrap();
        let mut frames = Vec::new();
        for _ in 0..1_000 {
            frame::put::<frame::TooLong>(&mut frames, |_| Ok(())).unwrap();
        }
        say(&mut *link, &frames);
    },
};

const SLEEP: Entry = Entry { name: "sleep", run: |_| thread::sleep(Duration::from_secs(3600)) };
const PANIC: Entry = Entry { name: "panic", run: |_| panic!("as it was asked to") };
const SAY: Entry = Entry { name: "say", run: |_| println!(" the child") };
/// Writes to the first descriptor what it reads from the second.
const COPY: Entry = Entry {
    name: "copy",
    run: |given| {
        let [to, from] = <[OwnedFd; 2]>::try_from(given).unwrap().map(File::from);
        let (mut to, mut from, mut bytes) = (to, from, Vec::new());
        from.read_to_end(&mut bytes).unwrap();
        to.write_all(&bytes).unwrap();
    },
};
const MONKEY: Entry = Entry {
    name: "monkey",
    run: |given| {
        let mut seed = [0; 8];
        File::from(given.into_iter().next().unwrap()).read_exact(&mut seed).unwrap();
        let parent = nix::unistd::getppid().as_raw();
        monkey::play(parent, u64::from_ne_bytes(seed), || {
            nix::unistd::getppid().as_raw() == parent
        });
    },
};

const ENTRIES: &[Entry] = &[
    REPERTOIRE.entry,
    ODD,
    LATE_RISER,
    STILLBORN,
    MOODY,
    RUDE,
    GARBLER,
    CHATTERBOX,
    SLEEP,
    PANIC,
    SAY,
    COPY,
    MONKEY,
];

fn say(link: &mut dyn multiprocess_demo::link::Link, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match link.write(bytes) {
            Ok(0) => link.wait(Wants { room: true }).unwrap(),
            Ok(written) => bytes = &bytes[written..],
            Err(_) => return,
        }
    }
    // Lives on: it is the pool that must end it.
    thread::sleep(Duration::from_secs(3600));
}

/// Garbage, after a polite greeting or without.
fn babble(link: Vec<OwnedFd>, greets: bool) {
    let mut link = far(link).unwrap();
    let mut bytes = Vec::new();
    if greets {
        frame::put::<frame::TooLong>(&mut bytes, |_| Ok(())).unwrap();
    }
    let mut dice = monkey::Dice(u64::from(process::id()));
    bytes.extend((0..100_000).map(|_| dice.roll(256) as u8));
    say(&mut *link, &bytes);
}

fn mood() -> PathBuf {
    env::temp_dir().join(format!("mood-of-{}", env::var("MOODY").unwrap_or_default()))
}

fn each(run: impl Fn(&Options)) {
    for (method, transport) in combinations(&Method::ALL) {
        run(&Options { method, transport, ..Options::workers(2) });
    }
}

fn pool_of(entry: Entry, options: &Options) -> Pool {
    let functions = if entry.name == ODD.name { ODDITIES } else { REPERTOIRE.functions };
    Pool::new(Repertoire { entry, functions }, options.clone()).unwrap()
}

fn chaos() {
    each(|options| {
        let seed = monkey::seed();
        let says = monkey::SaysSeed(seed);
        let (mut to, from) = UnixStream::pair().unwrap();
        let pool = common::pool(options, 4);
        // A process, because a thread would forbid to fork. It plays with all that are its brothers.
        let starter = &mut Method::Spawn.starter().unwrap();
        let mut monkey = starter.start(&MONKEY, &[from.as_fd()]).unwrap();
        to.write_all(&seed.to_ne_bytes()).unwrap();
        let (given_up, deaths) = chaos::every_job_is_answered_once(pool, seed);
        assert_eq!(monkey.ended(), None, "it has played until now");
        println!(
            "  {}, {:?}: {deaths} workers replaced, {given_up} jobs given up",
            options.method, options.transport
        );
        drop((says, monkey));
    });
}

fn an_exit_is_a_death() {
    each(|options| {
        let mut pool = pool_of(ODD, options);
        for status in [0, 7] {
            let failure = pool.map(Terms::default(), &EXIT, [status]).unwrap_err();
            assert_eq!(failure.how, How::Died { tries: 3, death: Death::Exited(status) });
        }
    });
}

fn nothing_can_be_sent_by_the_million() {
    each(|options| {
        let mut pool = pool_of(ODD, options);
        let terms = Terms { chunk: usize::MAX, ..Terms::default() };
        let items = (1 << 20) + 5;
        assert_eq!(pool.map(terms, &NOTHING, (0..items).map(|_| ())).unwrap().len(), items);
        // One such argument makes the whole chunk unreadable. Its answers say so.
        let terms = Terms { chunk: 10, ..Terms::default() };
        let all = pool.imap_unordered(terms, &UNREADABLE, (0..20).map(Unreadable::Number));
        for (_, result) in all {
            let how = result.unwrap_err().how;
            assert!(matches!(&how, How::Panicked(said) if said.contains("decoded")), "{how:?}");
        }
        assert_eq!(pool.replacements(), []);
    });
}

fn a_slow_start_is_not_late() {
    each(|options| {
        let mut pool = pool_of(LATE_RISER, options);
        let deadline = Some(Duration::from_millis(150));
        let terms = Terms { deadline, tries: 1, ..Terms::default() };
        assert_eq!(pool.map(terms, &END, [0, 2, 4, 6]).unwrap(), [0, 2, 4, 6]);
        assert_eq!(pool.replacements(), []);
    });
}

fn workers_that_die_at_birth_are_named() {
    each(|options| {
        let mut pool = pool_of(STILLBORN, options);
        let taken = Cell::new(0);
        let items = (0..).inspect(|_| taken.set(taken.get() + 1));
        for (_, result) in pool.imap_unordered(Terms::default(), &END, items).take(2_000) {
            let said = result.unwrap_err().to_string();
            let expected = "there is no worker left to do it: workers end as soon as they are started, \
                            the last one ended with status 0";
            assert!(said.ends_with(expected), "{said}");
        }
        assert!(taken.get() < 5_000, "{} taken of an endless iterator", taken.get());
    });
}

fn a_pool_recovers_from_bad_births() {
    each(|options| {
        let mut pool = pool_of(MOODY, options);
        let terms = Terms { tries: 1, ..Terms::default() };
        for _ in 0..2 {
            assert_eq!(pool.map(terms, &END, [0, 2, 4]).unwrap(), [0, 2, 4]);
            fs::write(mood(), "").unwrap();
            pool.map(terms, &END, [1, 3]).unwrap_err();
            fs::remove_file(mood()).unwrap();
            eventually("it recovers", || pool.map(terms, &END, [2, 4, 6]).is_ok());
            eventually("all come back", || {
                pool.map(terms, &END, [2]).unwrap();
                pool.workers().len() == 2
            });
        }
        // What died at birth long ago is forgotten: a single one is replaced at once.
        for _ in 0..4 {
            fs::write(mood(), "").unwrap();
            let pid = pool.workers()[0];
            nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
            eventually("it is missed", || {
                let _ = pool.map(terms, &END, [2]);
                !pool.workers().contains(&pid)
            });
            fs::remove_file(mood()).unwrap();
            eventually("all are there", || pool.map(terms, &END, [2; 8]).is_ok());
        }
    });
}

fn garbage_from_a_worker_is_a_death() {
    each(|options| {
        for entry in [GARBLER, CHATTERBOX] {
            let mut pool = pool_of(entry, options);
            let terms = Terms { tries: 2, ..Terms::default() };
            let (_, result) = pool.imap_unordered(terms, &ECHO, [vec![1; 10]]).next().unwrap();
            match result.unwrap_err().how {
                How::Died { tries: 2, death: Death::Killed(9) } => {}
                // What it says unasked may come in time to be taken for an answer; not for a good one.
                How::Garbled(_) if entry.name == CHATTERBOX.name => {}
                how => panic!("{}: {how:?}", entry.name),
            }
        }
        let mut pool = pool_of(RUDE, options);
        let (_, result) = pool.imap_unordered(Terms::default(), &ECHO, [vec![]]).next().unwrap();
        let how = result.unwrap_err().how;
        assert!(matches!(&how, How::Nobody(why) if why.contains("SIGKILL")), "{how:?}");
    });
}

fn garbage_ends_a_worker() {
    let mut dice = monkey::Dice(monkey::seed());
    let _says = monkey::SaysSeed(dice.0);
    let framed = |payload: &[u8]| {
        let mut bytes = Vec::new();
        frame::put::<frame::TooLong>(&mut bytes, |out| {
            out.extend_from_slice(payload);
            Ok(())
        })
        .unwrap();
        bytes
    };
    let mut garbage: Vec<Vec<u8>> = (0..6)
        .map(|_| (0..8 + dice.roll(100_000)).map(|_| dice.roll(256) as u8).collect())
        .collect();
    garbage.push(framed(&[]));
    garbage.push(framed(&[1, 2, 3, 4, 5]));
    garbage.push(framed(&[0xff; 6]));
    // A function that it knows, and four billion items of it.
    garbage.push(framed(&[0, 0, 0xff, 0xff, 0xff, 0xff]));
    garbage.push([framed(&[0, 0, 1, 0, 0, 0, 0]), vec![0; 100]].concat());
    for (method, transport) in combinations(&Method::ALL) {
        let mut starter = method.starter().unwrap();
        for bytes in &garbage {
            let (mut link, theirs) = transport.pair().unwrap();
            let theirs_fd: Vec<_> = theirs.iter().map(AsFd::as_fd).collect();
            let mut child = starter.start(&REPERTOIRE.entry, &theirs_fd).unwrap();
            drop(theirs_fd);
            drop(theirs);
            let mut rest = &bytes[..];
            while !rest.is_empty() {
                match link.write(rest) {
                    Ok(0) => link.wait(Wants { room: true }).unwrap(),
                    Ok(written) => rest = &rest[written..],
                    Err(_) => break,
                }
            }
            let death = child.wait_at_most(PATIENCE).unwrap();
            assert_eq!(death, Some(Death::Exited(0)), "fed with {} bytes", bytes.len());
            let mut said = Vec::new();
            while let Ok(read) = link.read(&mut said) {
                if read == 0 {
                    link.wait(Wants { room: false }).unwrap();
                }
            }
            assert!(said.len() < 200, "{} bytes of answers to garbage", said.len());
        }
    }
}

fn what_is_handed_over_arrives_and_nothing_else() {
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
        let port_name = common::open()
            .into_iter()
            .find(|(number, _)| *number == std::os::fd::AsRawFd::as_raw_fd(&port));
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

fn a_panic_has_its_status() {
    for method in Method::ALL {
        let mut child = method.starter().unwrap().start(&PANIC, &[]).unwrap();
        assert_eq!(child.wait_at_most(PATIENCE).unwrap(), Some(Death::Exited(101)), "{method}");
    }
}

fn an_unknown_entry_is_named() {
    const UNKNOWN: Entry = Entry { name: "not in the list", run: |_| () };
    let zygote = Method::Zygote.starter().unwrap().start(&UNKNOWN, &[]).unwrap_err();
    assert_eq!(zygote.to_string(), "this program has no entry \"not in the list\"");
    let mut child = Method::Spawn.starter().unwrap().start(&UNKNOWN, &[]).unwrap();
    assert_eq!(child.wait(), Death::Exited(2));
}

fn a_zygote_is_replaced() {
    use multiprocess_demo::start::Zygote;
    use nix::sys::signal::{Signal, kill};
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
fn a_buffer_is_written_once() {
    let run = Command::new("/proc/self/exe").arg("prints-and-forks").stdin(Stdio::null()).output();
    let said = String::from_utf8(run.unwrap().stdout).unwrap();
    assert_eq!(said, "the parent the child\n");
}

fn prints_and_forks() {
    print!("the parent");
    let mut child = Method::Fork.starter().unwrap().start(&SAY, &[]).unwrap();
    child.wait();
    stdout().flush().unwrap();
}

/// In a copy whose main doesn't call enter().
fn a_main_without_enter_is_refused() {
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

fn enters_nothing(method: &str, how: &str) {
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

fn a_process_with_threads_is_not_forked() {
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let thread = thread::spawn(move || wait.recv());
    let refused = Method::Fork.starter().unwrap().start(&SLEEP, &[]).unwrap_err();
    assert!(refused.to_string().contains("2 threads"), "{refused}");
    drop(go);
    let _ = thread.join().unwrap();
    eventually("it is gone", || multiprocess_demo::start::fork::single_threaded().is_ok());
}

fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    if env::var_os("NO_ENTER").is_none() {
        multiprocess_demo::start::enter(ENTRIES);
    }
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["prints-and-forks"] => return prints_and_forks(),
        ["enters-nothing", method, how] => return enters_nothing(method, how),
        // A child that did not know that it is one.
        ["--a-child-of-its-own"] => return enters_nothing("spawn", "refuses"),
        _ => {}
    }
    // SAFETY: there is no other thread that could read the environment meanwhile.
    unsafe { env::set_var("MOODY", process::id().to_string()) };
    let checks: Vec<_> = checks::ALL.iter().map(|&(_, check)| move || each(check)).collect();
    let mut tests: Vec<(&str, &dyn Fn())> = vec![
        ("an_exit_is_a_death", &an_exit_is_a_death),
        ("nothing_can_be_sent_by_the_million", &nothing_can_be_sent_by_the_million),
        ("a_slow_start_is_not_late", &a_slow_start_is_not_late),
        ("workers_that_die_at_birth_are_named", &workers_that_die_at_birth_are_named),
        ("a_pool_recovers_from_bad_births", &a_pool_recovers_from_bad_births),
        ("garbage_from_a_worker_is_a_death", &garbage_from_a_worker_is_a_death),
        ("garbage_ends_a_worker", &garbage_ends_a_worker),
        ("what_is_handed_over_arrives", &what_is_handed_over_arrives_and_nothing_else),
        ("a_panic_has_its_status", &a_panic_has_its_status),
        ("an_unknown_entry_is_named", &an_unknown_entry_is_named),
        ("a_zygote_is_replaced", &a_zygote_is_replaced),
        ("a_buffer_is_written_once", &a_buffer_is_written_once),
        ("a_main_without_enter_is_refused", &a_main_without_enter_is_refused),
        ("a_process_with_threads_is_not_forked", &a_process_with_threads_is_not_forked),
    ];
    tests.extend(checks::ALL.iter().zip(&checks).map(|((name, _), run)| (*name, run as &dyn Fn())));
    tests.push(("chaos", &chaos));
    common::run_all(&tests);
}

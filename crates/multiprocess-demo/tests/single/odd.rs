//! Workers as they should not be: late risers, stillborn, moody, rude. And what the pool makes of them.

use std::cell::Cell;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs, process, thread};

use multiprocess_demo::child::Death;
use multiprocess_demo::function::Callable;
use multiprocess_demo::jobs::{REPERTOIRE, faults::ECHO, faults::END};
use multiprocess_demo::link::{Link, Wants, far};
use multiprocess_demo::pool::{How, Options, Pool, Repertoire, Terms, work};
use multiprocess_demo::start::{Entry, Method};
use multiprocess_demo::{Function, frame};

use super::each;
use crate::common::checks::given_time;
use crate::common::{PATIENCE, combinations, eventually, monkey};

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
pub const ODD: Entry = Entry { name: "odd", run: |link| work(link, ODDITIES) };
/// Sleeps for as many milliseconds as the file says.
pub const LATE_RISER: Entry = Entry {
    name: "late riser",
    run: |link| {
        let late = fs::read_to_string(mood()).unwrap().parse().unwrap();
        thread::sleep(Duration::from_millis(late));
        work(link, REPERTOIRE.functions);
    },
};
pub const STILLBORN: Entry = Entry { name: "stillborn", run: |_| () };
/// Dies at birth as long as there is a file.
pub const MOODY: Entry = Entry {
    name: "moody",
    run: |link| {
        if !mood().exists() {
            work(link, REPERTOIRE.functions);
        }
    },
};
pub const RUDE: Entry = Entry { name: "rude", run: |link| babble(link, false) };
pub const GARBLER: Entry = Entry { name: "garbler", run: |link| babble(link, true) };
/// Says more than it was asked.
pub const CHATTERBOX: Entry = Entry {
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

fn say(link: &mut dyn Link, mut bytes: &[u8]) {
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

fn pool_of(entry: Entry, options: &Options) -> Pool {
    let functions = if entry.name == ODD.name { ODDITIES } else { REPERTOIRE.functions };
    Pool::new(Repertoire { entry, functions }, options.clone()).unwrap()
}

pub fn an_exit_is_a_death() {
    each(|options| {
        let mut pool = pool_of(ODD, options);
        for status in [0, 7] {
            let failure = pool.map(Terms::default(), &EXIT, [status]).unwrap_err();
            assert_eq!(failure.how, How::Died { tries: 3, death: Death::Exited(status) });
        }
    });
}

pub fn nothing_can_be_sent_by_the_million() {
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
            assert!(matches!(&how, How::Refused(why) if why.contains("decoded")), "{how:?}");
        }
        assert_eq!(pool.replacements(), []);
    });
}

pub fn a_slow_start_is_not_late() {
    each(|options| {
        given_time(|deadline| {
            fs::write(mood(), (2 * deadline).as_millis().to_string()).unwrap();
            let mut pool = pool_of(LATE_RISER, options);
            let terms = Terms { deadline: Some(deadline), tries: 1, ..Terms::default() };
            let all = pool.map(terms, &END, [0, 2, 4, 6]);
            [(all, pool.replacements().to_vec()), (Ok(vec![0, 2, 4, 6]), vec![])]
        });
        fs::remove_file(mood()).unwrap();
    });
}

pub fn workers_that_die_at_birth_are_named() {
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

pub fn a_pool_recovers_from_bad_births() {
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

pub fn garbage_from_a_worker_is_a_death() {
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

pub fn garbage_ends_a_worker() {
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

//! The ways to start a process, and what each costs.

use std::time::Duration;

use stage::{Bars, Result, Scene, Stage, Table, human};

use super::born::first_word;
use super::forked::alone;
use super::pages::{MIB, Pages};
use crate::start::Method;

/// fork, spawn and zygote beside a parent that is small, or large.
pub const SCENE: Scene = Scene {
    name: "ways",
    title: "three ways to start a process",
    claim: "fork copies the tables that say where memory is, so it costs more the more memory the \
            parent has. spawn starts the program afresh, and a zygote (a small process, spawned \
            once) copies itself: to both it is all one how large the parent is, and a small copy \
            is cheaper than a fresh start. (Python's multiprocessing has the same three: fork, \
            spawn and forkserver.)",
    play,
    try_this: "in crates/multiprocess-demo/src/scenes/ways.rs, write 1024 for 256 in SIZES, if you \
               have the memory: fork's bar grows, and the others' don't.",
    read: "crates/multiprocess-demo/src/start/zygote.rs, copy()",
};

/// What the parent has written to, in MiB.
const SIZES: [usize; 3] = [0, 64, 256];

/// How long a way takes with a parent of each size.
type Times = [Duration; SIZES.len()];

/// How often each way is gone before the parent changes its size.
const IN_A_ROW: usize = 9;

fn play(stage: &mut Stage<'_>) -> Result {
    let times = times(stage.pick(4, 1))?;
    stage.say(
        "From the call until the child has said a word over a pipe (the median), beside a parent \
         that has written to so much memory:",
    );
    let [none, some, much] = SIZES.map(|size| format!("{size} MiB"));
    let mut table = Table::new(["", &none, &some, &much]);
    for (method, times) in &times {
        let [none, some, much] = times.map(human);
        table.row([method.to_string(), none, some, much]);
    }
    stage.table(&table);
    let mut bars = Bars::new(format!("With {much}:"), "ms");
    for (method, [.., largest]) in &times {
        bars.bar(method.to_string(), largest.as_secs_f64() * 1e3);
    }
    stage.bars(&bars);
    verdicts(stage, &times);
    Ok(())
}

/// All the ways that can be gone here, in turns, with each size, in turns as well.
fn times(rounds: usize) -> Result<Vec<(Method, Times)>> {
    let possible = |method: &Method| match method {
        Method::Fork => alone().is_ok(),
        Method::Spawn => true,
        Method::Zygote => cfg!(target_os = "linux"),
    };
    let methods: Vec<_> = Method::ALL.into_iter().filter(possible).collect();
    let starters = methods.iter().map(|method| method.starter());
    let mut starters = starters.collect::<std::io::Result<Vec<_>>>()?;
    let mut taken: Vec<_> = methods.iter().map(|_| SIZES.map(|_| Vec::new())).collect();
    for _ in 0..rounds {
        for (i, size) in SIZES.into_iter().enumerate() {
            let memory = Pages::touched(size * MIB)?;
            for _ in 0..IN_A_ROW {
                for (starter, taken) in starters.iter_mut().zip(&mut taken) {
                    taken[i].push(first_word(&mut **starter)?);
                }
            }
            drop(memory);
        }
    }
    Ok(methods.into_iter().zip(taken.into_iter().map(|times| times.map(median))).collect())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn verdicts(stage: &mut Stage<'_>, times: &[(Method, Times)]) {
    let of = |wanted| times.iter().find(|(method, _)| *method == wanted).map(|(_, times)| *times);
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let more = |[small, .., large]: Times| millis(large) - millis(small);
    let [fork, spawn, zygote] = Method::ALL.map(of);
    match fork {
        Some(fork) => stage.check(
            "fork takes at least twice as long with the largest parent as with the smallest",
            format!("{:.1} times, {:.1} ms more", more(fork) / millis(fork[0]) + 1.0, more(fork)),
            more(fork) >= millis(fork[0]),
            "a small fork took so long that the tables don't matter beside it: look for another \
             program that computes",
        ),
        None => stage.say("fork is left out: this process can't be sure to have one thread only."),
    }
    for (method, times) in [(Method::Spawn, spawn), (Method::Zygote, zygote)] {
        if let (Some(fork), Some(times)) = (fork, times) {
            stage.check(
                format!("{method} is not concerned: what it takes more is at most 0.25 of that"),
                format!("{:+.2} ms", more(times)),
                more(times) <= 0.25 * more(fork),
                "another program has computed meanwhile",
            );
        }
    }
    if let (Some(spawn), Some(zygote)) = (spawn, zygote) {
        let ratio = millis(zygote[SIZES.len() - 1]) / millis(spawn[SIZES.len() - 1]);
        stage.check(
            "the zygote takes at most 0.8 of the time of spawn",
            format!("{ratio:.2}"),
            ratio <= 0.8,
            "this system starts a program as fast as it copies a small process",
        );
    }
}

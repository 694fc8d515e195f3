//! Hidden waiting: the same text with another `use`.

mod runs;
mod with_green;
mod with_std;

use stage::{Bars, Result, Scene, Stage, Table, human};
use workloads::Service;

use self::runs::{Ran, ran};
use super::listing::listing;
use crate::green;

/// One text, compiled twice.
pub const SCENE: Scene = Scene {
    name: "hidden",
    title: "hidden waiting",
    claim: "green::net has the names of std::net, and green::spawn() is called as thread::spawn(). So \
            a text that blocks becomes one that gives way by another `use`: the same answers, all \
            requests at once, on one thread. (gevent's monkey.patch_all() does that to a program \
            that runs; here the compiler does it, and says what doesn't fit.)",
    play,
    try_this: "in crates/green-threads-demo/src/scenes/hidden/with_green.rs write \
               `use crate::green::spawn; use std::net::TcpStream;`: it compiles, and each green thread \
               blocks all others until it has its reply. One is in flight at once, and the two \
               verdicts on that fall.",
    read: "crates/green-threads-demo/src/scenes/hidden/client.rs, ask(), and \
           crates/green-threads-demo/src/green/net.rs",
};

/// The two files that include the client, each with a `use` of its own.
const WITH: [&str; 2] = [include_str!("hidden/with_std.rs"), include_str!("hidden/with_green.rs")];

fn play(stage: &mut Stage<'_>) -> Result {
    stage.say(
        "A client, written as one writes it who has never heard of green threads: connect, write and \
         read take as long as they take.",
    );
    stage.listing(listing(include_str!("hidden/client.rs")));
    let difference = difference();
    stage.say(
        "It is compiled twice, included in two files (with_std.rs, with_green.rs). They differ in:",
    );
    stage.listing(difference.join("\n"));
    let lines = difference.len() / 2;
    stage.check(
        "the program with green threads is the program with threads, but for one line",
        format!("{lines} of {} lines", include_str!("hidden/client.rs").lines().count() + lines),
        difference.len() == 2,
        "The two files differ in more than what they use.",
    );
    runs(stage)?;
    stage.say(
        "With async the text would be another: ask() an `async fn`, an .await behind each of its \
         three calls that wait, and so on in whoever calls ask(), and whoever calls that, up to \
         block_on(), Python's asyncio.run(): a function has a colour. Green threads have none. And so ask() doesn't say \
         where it waits: at any call that it makes, others may run and change what it has read \
         before.",
    );
    Ok(())
}

/// What differs between the two files, as diff(1) has it.
fn difference() -> Vec<String> {
    let lines = WITH.map(|text| text.lines().filter(|line| !line.starts_with("//!")).collect());
    let [std, green]: [Vec<&str>; 2] = lines;
    let missing = |sign: char, of: &[&str], from: &[&str]| {
        let missing = of.iter().filter(|line| !from.contains(line));
        missing.map(|line| format!("{sign}{line}")).collect::<Vec<_>>()
    };
    [missing('-', &std, &green), missing('+', &green, &std)].concat()
}

fn runs(stage: &mut Stage<'_>) -> Result {
    let service = Service::start()?;
    let (ids, ms) = (0..stage.pick(12, 8), stage.pick(30, 20));
    let (all, address, again) = (ids.end, service.address(), || ids.clone());
    let ways = [
        ran("std, one after another", &service, || {
            with_std::one_after_another(address, again(), ms)
        })?,
        ran("std, a thread each", &service, || with_std::all_at_once(address, again(), ms))?,
        ran("green, one after another", &service, || {
            green::run(|| with_green::one_after_another(address, again(), ms))?
        })?,
        ran("green, a green thread each", &service, || {
            green::run(|| with_green::all_at_once(address, again(), ms))?
        })?,
    ];
    let mut table = Table::new(["", "sum", "in flight at once", "threads more"]);
    let mut bars = Bars::new(format!("{all} questions, {ms} ms of thinking each:"), "ms");
    for Ran { name, sum, in_flight, threads, took } in &ways {
        let threads = threads.map_or_else(|| "?".to_owned(), |threads| threads.to_string());
        table.row([*name, &sum.to_string(), &in_flight.to_string(), &threads]);
        bars.bar(*name, took.as_secs_f64() * 1e3);
    }
    stage.bars(&bars);
    stage.table(&table);
    verdicts(stage, &ways, all);
    Ok(())
}

fn verdicts(stage: &mut Stage<'_>, ways: &[Ran; 4], all: u64) {
    let [one_by_one, threads, alone, green] = ways;
    let sums = ways.each_ref().map(|ran| ran.sum);
    stage.check(
        "the answers are the same",
        sums.map(|sum| sum.to_string()).join(", "),
        sums == [all * (all - 1) / 2; 4],
        "The text has become another: it sums up what it should not.",
    );
    stage.check(
        format!(
            "one after another there is one in flight, and spawned more than half of the {all} are: \
             what waits beside others is what is spawned"
        ),
        ways.each_ref().map(|ran| ran.in_flight.to_string()).join(", "),
        one_by_one.in_flight == 1
            && alone.in_flight == 1
            && 2 * threads.in_flight > all
            && 2 * green.in_flight > all,
        "A socket of std's has blocked all green threads; or the machine was so busy that the first \
         replies came before half of the questions had gone out.",
    );
    stage.check(
        "so a green thread each takes at most half of the time of one after another",
        format!("{} instead of {}", human(green.took), human(alone.took)),
        green.took * 2 <= alone.took,
        "A socket of std's has blocked all green threads; or other programs had the cores.",
    );
    match (threads.threads, green.threads) {
        (Some(with_std), Some(with_green)) => stage.check(
            "and need no further thread of the operating system for it",
            format!("{with_green}, where a thread each makes {with_std}"),
            with_green == 0 && with_std > 0,
            "Something else in this process has started a thread; or who counts them had no turn \
             meanwhile, so busy was the machine.",
        ),
        _ => stage.say("How many threads there were is left out: it is read from Linux's /proc."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_files_differ_in_their_use() {
        let difference = difference();
        let [minus, plus] = &difference[..] else { panic!("{difference:?}") };
        assert!(minus.starts_with("-use std::") && plus.starts_with("+use crate::green::"));
    }

    #[test]
    fn both_get_all_answers_and_have_all_in_flight() {
        let service = Service::start().expect("a service");
        let address = service.address();
        // On a busy machine the first may be answered before the last has asked: then the service
        // thinks longer.
        let all_in_flight = |run: &dyn Fn(u64) -> std::io::Result<u64>| {
            [200, 1_000, 3_000].into_iter().any(|ms| {
                let ran = ran("", &service, || run(ms)).expect("answers");
                assert_eq!(ran.sum, 10);
                ran.in_flight == 5
            })
        };
        assert!(all_in_flight(&|ms| with_std::all_at_once(address, 0..5, ms)), "threads");
        let green = |ms| green::run(|| with_green::all_at_once(address, 0..5, ms))?;
        assert!(all_in_flight(&green), "green threads");
        let alone = ran("", &service, || with_std::one_after_another(address, 0..3, 1));
        assert_eq!(alone.expect("one after another").in_flight, 1);
    }
}

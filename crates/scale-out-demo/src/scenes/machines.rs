//! The same over a network: machines with nothing in common but a cable.

mod network;

use stage::{Result, Scene, Stage};
use workloads::orders::Totals;

use super::lanes::{WORKING, lanes, pieces};
use super::site::done;
use crate::crew::Crew;
use crate::job::{Entry, Job, Sale};
use crate::ledger::Balance;
use crate::queue::{End, Queue};
use crate::redis_server;
use crate::trouble::{self, Trouble};
use network::Network;

/// Several machines, one of which loses its cable.
pub const SCENE: Scene = Scene {
    name: "machines",
    title: "many machines",
    claim: "For a worker on another machine nothing changes but the broker's address. What does change is \
            what can go wrong: a machine that can't be reached may still be at work. It is taken for \
            dead, its job is given to another, and now two have done it.",
    play,
    try_this: "in crates/scale-out-demo/src/scenes/machines.rs, let MACHINES be 6: it takes about as long. \
               What is waited for is the silence of the machine that was cut off, and with more \
               machines that is no shorter.",
    read: "crates/scale-out-demo/src/scenes/machines/network.rs, Network::new()",
};

const MACHINES: u32 = 3;

/// The page whose worker is cut off.
const HELD: u32 = 5;

fn play(stage: &mut Stage<'_>) -> Result {
    if !redis_server::installed() {
        stage.say(
            "Skipped: this needs redis-server, a file being no use to another machine. Debian and Ubuntu \
             have it as redis-server, Homebrew as redis.",
        );
        return Ok(());
    }
    let network = match Network::new(MACHINES) {
        Ok(network) => network,
        Err(why) => {
            stage.say(format!(
                "Skipped: to make several machines of this one takes network namespaces, which Linux \
                 gives to root. Here: {why}."
            ));
            return Ok(());
        }
    };
    let pages = stage.pick(24, 12);
    let ran = network.inside(|network| run(network, pages))??;
    show(stage, pages, ran);
    Ok(())
}

/// What the machines did.
struct Ran {
    broker: String,
    ends: Vec<End>,
    balance: Balance,
    cut_off: u32,
    alive: usize,
}

/// The pages, on all machines; in the middle of it, the one that has a certain page loses its cable.
fn run(network: &Network, pages: u32) -> trouble::Result<Ran> {
    let place = network.place()?;
    let mut queue = Queue::open(&place.broker)?;
    let mut crew = Crew::new(&place.program, &place.broker, 0)?;
    let workers = (1..=MACHINES)
        .map(|machine| crew.start(|command| network.command_on(machine, &command)))
        .collect::<trouble::Result<_>>()?;
    crew.await_ready(workers)?;

    let cue = place.scratch.path().join("cue");
    std::fs::write(&cue, "").map_err(Trouble::in_("a cue"))?;
    let cued = |page| (page == HELD).then(|| cue.clone());
    let (service, entry) = (place.service, Entry::Keyed);
    let sale = |page| Job::Sale(Sale { service, page, entry, cue: cued(page) });
    let ids = queue.push((0..pages).map(sale))?;
    let (cut_off, ..) = crew.holder()?;
    network.cut(cut_off)?;
    let ends = queue.wait(&ids)?;
    let (balance, alive) = (queue.balance()?, crew.alive());
    Ok(Ran { broker: place.broker.to_string(), ends, balance, cut_off, alive })
}

fn show(stage: &mut Stage<'_>, pages: u32, ran: Ran) {
    let Ran { broker, ends, balance, cut_off, alive } = ran;
    let pieces = pieces(0, &ends);
    let timeline = lanes(&pieces);
    let at_once = timeline.at_once(WORKING.state);
    stage.timeline(
        format!(
            "{MACHINES} network namespaces with a worker each, and {broker} in another. The machine of \
             worker {cut_off} loses its cable while it has page {HELD}, which another does again when the \
             silence has been long enough:"
        ),
        timeline,
    );
    stage.check(
        "each page is in the totals once",
        format!("{} of {pages} done, in {} runs", done(&ends), balance.runs.len()),
        done(&ends) == ends.len() && balance.keyed == Totals::known(0..pages),
        "the engine has lost a job",
    );
    let again = pieces.iter().find(|piece| piece.item == HELD).map_or(0, |piece| piece.worker);
    let times = balance.runs.iter().filter(|run| **run == HELD).count();
    stage.check(
        "who was cut off is taken for dead and lives, and its job was done by another too",
        format!(
            "{alive} of {MACHINES} live; page {HELD} was done {times} times, at last by worker {again}"
        ),
        alive == MACHINES as usize && times == 2 && again != cut_off,
        "one of the others was taken for dead as well",
    );
    stage.check(
        "the machines work at the same time",
        format!("{at_once} at once"),
        at_once >= 2,
        "one of them had done it all before another got a core",
    );
}

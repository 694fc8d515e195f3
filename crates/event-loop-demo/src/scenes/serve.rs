//! The server's side: one expensive question, and all the others.

mod on_the_loop;

use std::net::TcpListener;
use std::time::Duration;

use stage::{Result, Scene, Stage, Table, human};
use workloads::Stop;
use workloads::load::Report;
use workloads::load::serving::{cheap, cheap_beside_expensive, visit};

use super::runtimes::how_to_get;
use crate::solve::{approaches, missing};

/// Cheap questions beside an expensive one, on each runtime.
pub const SCENE: Scene = Scene {
    name: "serve",
    title: "cheap questions beside an expensive one",
    claim: "A task that computes on the loop's thread holds up all others: nobody's cheap question \
            is answered before the expensive one is. Handed to another thread it holds up nobody, \
            and that is so on every runtime.",
    play,
    try_this: "in crates/event-loop-demo/src/solve/event_loop.rs, converse(), write \
               Ok::<_, ()>(job.run()) for the offload and its .await: now the loop's second pair of \
               rows is as bad as its first, and the last verdict falls.",
    read: "crates/event-loop-demo/src/scenes/serve/on_the_loop.rs, converse(), and beside it \
           crates/event-loop-demo/src/solve/event_loop.rs, converse()",
};

/// How many clients ask cheap questions.
const CLIENTS: usize = 8;

/// What came of a server's questions.
struct Visit {
    name: String,
    alone: Report,
    beside: Report,
    expensive: Report,
}

impl Visit {
    /// How long the hundredth of the cheap questions waited that waited longest, and how long an
    /// expensive one takes.
    fn long(&self) -> [Duration; 2] {
        [self.beside.latency_at(0.99), self.expensive.latency_at(0.5)]
    }

    fn ratio(&self) -> f64 {
        let [cheap, expensive] = self.long();
        cheap.as_secs_f64() / expensive.as_secs_f64().max(1e-9)
    }

    fn told(&self) -> String {
        let [cheap, expensive] = self.long().map(human);
        format!("with {}: p99 {cheap}, where an expensive one takes {expensive}", self.name)
    }
}

fn play(stage: &mut Stage<'_>) -> Result {
    let approaches = approaches()?;
    let on_the_loop = paid_a_visit(stage, "event loop, no offload", on_the_loop::serve)?;
    let offloaded = approaches.iter().map(|approach| {
        paid_a_visit(stage, approach.name(), |listener, stop| approach.serve(listener, stop))
    });
    let offloaded = offloaded.collect::<Result<Vec<_>>>()?;
    stage.say(format!(
        "{CLIENTS} clients ask cheap questions; then one more asks expensive ones beside them. \
         First a loop that computes the answer itself, then the runtimes, which hand that to \
         another thread:",
    ));
    table(stage, [&on_the_loop].into_iter().chain(&offloaded));
    stage.check(
        "computed on the loop, an expensive one holds up the cheap: one of a hundred waits for 0.7 of \
         it or longer",
        on_the_loop.told(),
        on_the_loop.ratio() > 0.7,
        "The expensive question was seldom asked, so busy was the machine.",
    );
    let worst = offloaded.iter().max_by(|a, b| a.ratio().total_cmp(&b.ratio()));
    let Some(worst) = worst else { return Err("this chapter has an approach".into()) };
    stage.check(
        match offloaded.len() {
            1 => "handed to another thread it doesn't: 99 of a hundred wait for less".to_owned(),
            many => format!(
                "handed to another thread it doesn't, on all {many} runtimes: 99 of a hundred wait for \
                 less"
            ),
        },
        format!("the longest wait is {}", worst.told()),
        worst.ratio() < 0.7,
        "Other programs have the cores, so that every thread waits long for its turn; or the loop \
         computes the answers itself, as its `try` proposes.",
    );
    stage.say(
        "On the loop an expensive question has a core to itself, because meanwhile nobody else has \
         anything to do. On another thread it shares the cores with the loop and with the clients, and \
         takes the longer the fewer there are.",
    );
    if let Some(how) = how_to_get(&missing()) {
        stage.say(how);
    }
    Ok(())
}

fn paid_a_visit(
    stage: &Stage<'_>,
    name: &str,
    serve: impl FnOnce(TcpListener, &Stop) -> workloads::Result<()> + Send,
) -> Result<Visit> {
    let [during, longer] = stage.pick([150, 300], [35, 70]).map(Duration::from_millis);
    visit(serve, |address| {
        let alone = cheap(address, CLIENTS, during)?;
        let (beside, expensive) = cheap_beside_expensive(address, CLIENTS, longer)?;
        Ok(Visit { name: name.to_owned(), alone, beside, expensive })
    })
}

fn table<'a>(stage: &mut Stage<'_>, visits: impl Iterator<Item = &'a Visit>) {
    let mut table = Table::new(["", "", "a second", "p50", "p99", "p99.9"]);
    for Visit { name, alone, beside, .. } in visits {
        for (name, situation, report) in [(name, "alone", alone), (name, "beside it", beside)] {
            let rate = format!("{:.0}", report.per_second());
            let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|share| human(report.latency_at(share)));
            table.row([name.clone(), situation.to_owned(), rate, p50, p99, p999]);
        }
    }
    stage.table(&table);
}

#[cfg(test)]
mod tests {
    use super::*;
    use workloads::blocking::get;
    use workloads::serve;

    #[test]
    fn a_loop_that_computes_answers_right_and_ends_with_clients_connected() {
        let stayed = visit(on_the_loop::serve, |address| -> Result<_> {
            let stays = std::net::TcpStream::connect(address)?;
            assert_eq!(get(address, &serve::cheap(14)?)?, serve::cheap_answer(14));
            assert_eq!(get(address, &serve::expensive(1_000)?)?.body, b"168\n");
            Ok(stays)
        });
        stayed.expect("a server that answers, and ends");
    }
}

//! Sockets that don't block, tried round and round: the stupid way to wait for many at once.

use std::net::SocketAddr;

use stage::{Bars, Result, Scene, Stage, Table, human};
use workloads::http::{Reply, Request};
use workloads::{Service, fetch};

use super::asked::{Asked, Heard, Reads, Spent, THINK};
use super::blocking;

/// Waiting for all at once, wide awake.
pub const SCENE: Scene = Scene {
    name: "spinning",
    title: "are you ready? are you ready? are you ready?",
    claim: "A socket that doesn't block says \"would block\" where it has nothing yet. So one thread \
            can wait for many at once, if it tries them round and round. All together take about \
            one wait, but nearly every read is in vain, and the processor is busy for as long as \
            there is nothing to do. (In Python: sock.setblocking(False), and BlockingIOError.)",
    play,
    try_this: "in crates/event-loop-demo/src/scenes/spinning.rs, round_and_round(), let each round end \
               with a nap, std::thread::sleep(std::time::Duration::from_millis(1)): the last two \
               verdicts fall. The processor is nearly idle again, the reads in vain are some \
               dozens a reply, and each reply is found up to 1 ms late. A nap is always too long or \
               too short: the next scene sleeps until there is something.",
    read: "crates/event-loop-demo/src/scenes/spinning.rs, round_and_round()",
};

fn play(stage: &mut Stage<'_>) -> Result {
    let service = Service::start()?;
    let requests = fetch::requests(stage.pick(20, 5), THINK.as_millis() as u64)?;
    let (reads, blocking) = blocking::cost(service.address(), &requests)?;
    service.clear()?;
    let ((replies, spun), spinning) = Spent::on(|| round_and_round(service.address(), &requests))?;
    fetch::check(&requests, &replies)?;
    let most = service.log()?.most_at_once;
    stage.say(format!(
        "{} requests to a service that thinks about each for {}, on one thread:",
        requests.len(),
        human(THINK),
    ));
    draw(
        stage,
        [
            ("blocking, one after another", blocking, reads),
            ("spinning, all at once", spinning, spun),
        ],
    );
    stage.check(
        "one thread has had all requests in flight at once",
        format!("{most} of {}", requests.len()),
        most == requests.len() as u64,
        "the first reply was there before the last request was sent: look for a busy machine",
    );
    stage.check(
        "all together take less than half as long as one after another",
        format!("{}, beside {}", human(spinning.wall), human(blocking.wall)),
        spinning.wall < blocking.wall / 2,
        "the thread that spins and the service need a core each: other programs have them",
    );
    let in_vain = spun.in_vain / (spun.made - spun.in_vain).max(1);
    stage.check(
        "for each read that got something more than a hundred got nothing",
        format!("{in_vain} in vain for each"),
        in_vain > 100,
        "the thread has not had the processor while it had to wait: look for a busy machine, or \
         for the nap that its `try` proposes",
    );
    stage.check(
        "waiting like this keeps the processor more than ten times as busy",
        format!(
            "{:.0} % of a core, beside {:.1} %",
            100.0 * spinning.cores(),
            100.0 * blocking.cores()
        ),
        spinning.cores() > 10.0 * blocking.cores(),
        "other programs have had the core instead, or the thread has slept: see its `try`",
    );
    Ok(())
}

fn draw(stage: &mut Stage<'_>, ways: [(&str, Spent, Reads); 2]) {
    let mut table = Table::new(["way", "took", "processor time", "reads", "of them in vain"]);
    let mut bars = Bars::new("How much of a core each keeps busy for as long as it runs:", "%");
    for (way, spent, reads) in ways {
        let [made, in_vain] = [reads.made, reads.in_vain].map(|reads| reads.to_string());
        table.row([way.to_owned(), human(spent.wall), human(spent.cpu), made, in_vain]);
        bars.bar(way, 100.0 * spent.cores());
    }
    stage.table(&table);
    stage.bars(&bars);
}

/// Asks all, and then tries one socket after the other until each has its reply.
fn round_and_round(
    service: SocketAddr,
    requests: &[Request],
) -> workloads::Result<(Vec<Reply>, Reads)> {
    let ask = |request: &Request| Asked::ask(service, request.clone())?.without_blocking();
    let mut asked = requests.iter().map(ask).collect::<workloads::Result<Vec<_>>>()?;
    let mut replies = vec![None; requests.len()];
    let mut reads = Reads::default();
    while replies.iter().any(Option::is_none) {
        for (asked, reply) in asked.iter_mut().zip(&mut replies) {
            if reply.is_none()
                && let Heard::Whole(whole) = asked.hear(&mut reads)?
            {
                *reply = Some(whole);
            }
        }
    }
    Ok((replies.into_iter().flatten().collect(), reads))
}

/// For another scene to stand beside: the reads that spinning makes, and what it costs.
pub(super) fn cost(service: SocketAddr, requests: &[Request]) -> workloads::Result<(Reads, Spent)> {
    let ((replies, reads), spent) = Spent::on(|| round_and_round(service, requests))?;
    fetch::check(requests, &replies)?;
    Ok((reads, spent))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The service answers only when all are there: one after another they never would be.
    #[test]
    fn all_are_in_flight_at_once_and_most_reads_are_in_vain() {
        let service = Service::start().unwrap();
        let requests = fetch::gathering(7, 7).unwrap();
        let (replies, reads) = round_and_round(service.address(), &requests).unwrap();
        fetch::check(&requests, &replies).unwrap();
        assert!(reads.made - reads.in_vain >= 7, "{reads:?}");

        let requests = fetch::requests(3, 30).unwrap();
        let mostly_in_vain = || {
            let (replies, reads) = round_and_round(service.address(), &requests).unwrap();
            fetch::check(&requests, &replies).unwrap();
            reads.in_vain > reads.made / 2
        };
        // Other programs may have the core until the replies are there: then once more.
        assert!((0..50).any(|_| mostly_in_vain()));
    }

    #[test]
    fn an_error_ends_it() {
        let service = Service::start().unwrap();
        let mut requests = fetch::requests(3, 5_000).unwrap();
        requests[1] = Request { keep_alive: false, ..Request::get("/orders?page=0&ms=0") };
        service.spoil(0, workloads::service::Fault::CutShort).unwrap();
        let Err(why) = round_and_round(service.address(), &requests) else { panic!("no error") };
        assert!(why.to_string().contains("cut short"), "{why}");
    }
}

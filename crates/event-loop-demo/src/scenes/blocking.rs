//! Blocking calls, one after another: the thread sleeps until each has its answer.

use std::net::SocketAddr;

use stage::{Recorder, Result, Scene, Stage, Table, Timeline, human};
use workloads::http::{Reply, Request};
use workloads::{Service, fetch};

use super::asked::{Asked, Heard, Reads, Spent, THINK};

/// Waiting, one request after another.
pub const SCENE: Scene = Scene {
    name: "blocking",
    title: "one after another",
    claim: "A blocking call returns when it has its answer. One after another, the waits add up, \
            and meanwhile the processor has nearly nothing to do. (In Python: requests.get() in a \
            for loop.)",
    play,
    try_this: "in crates/event-loop-demo/src/scenes/asked.rs, let THINK be 5 ms: the waits still add \
               up, only to less; then 0: there is nothing left to wait for, and the last verdict \
               falls.",
    read: "crates/event-loop-demo/src/scenes/blocking.rs, one_after_another()",
};

const LANE: &str = "main thread";

fn play(stage: &mut Stage<'_>) -> Result {
    let service = Service::start()?;
    let requests = fetch::requests(stage.pick(20, 5), THINK.as_millis() as u64)?;
    let (Fared { replies, timeline, .. }, spent) =
        Spent::on(|| one_after_another(service.address(), &requests))?;
    fetch::check(&requests, &replies)?;
    let most = service.log()?.most_at_once;
    let in_read = timeline.time_in(LANE, "waiting");
    stage.timeline(
        format!(
            "{} requests to a service that thinks about each for {}; a number where a wait begins, if \
             there is room for it. What is computed between two waits is too short to be seen:",
            requests.len(),
            human(THINK),
        ),
        timeline,
    );
    let mut table = Table::new(["requests", "took", "of that in read()", "processor time"]);
    table.row([requests.len().to_string(), human(spent.wall), human(in_read), human(spent.cpu)]);
    stage.table(&table);
    let sum = THINK * requests.len() as u32;
    stage.check(
        "all together take at least the sum of the waits",
        format!("{}, where the waits add up to {}", human(spent.wall), human(sum)),
        spent.wall >= sum,
        "the service answered before its time: please report this",
    );
    stage.check(
        "the service never had more than one request to think about",
        format!("{most} at once"),
        most == 1,
        "a request was sent before the reply to the last one was there: please report this",
    );
    stage.check(
        "for nine tenths of that time or more the processor had nothing to do for it",
        format!("idle for {:.1} %", 100.0 * (1.0 - spent.cores()).max(0.0)),
        spent.cores() <= 0.1,
        "this is the processor time of the whole process: something else in it was busy, or the \
         requests are so short that there is little to wait for.",
    );
    Ok(())
}

/// The replies, and what it took to get them.
struct Fared {
    replies: Vec<Reply>,
    reads: Reads,
    timeline: Timeline,
}

/// Asks, waits, and only then asks the next.
fn one_after_another(service: SocketAddr, requests: &[Request]) -> workloads::Result<Fared> {
    let recorder = Recorder::new();
    let mut lane = recorder.lane(LANE);
    let (mut replies, mut reads) = (Vec::new(), Reads::default());
    for (number, request) in requests.iter().enumerate() {
        lane.now("computing");
        let mut asked = Asked::ask(service, request.clone())?;
        lane.now_with("waiting", number + 1);
        let reply = loop {
            // The thread sleeps in here: there is no other way for it to go on.
            if let Heard::Whole(reply) = asked.hear(&mut reads)? {
                break reply;
            }
        };
        replies.push(reply);
    }
    drop(lane);
    Ok(Fared { replies, reads, timeline: recorder.timeline() })
}

/// For another scene to stand beside: the reads that it takes, and what blocking costs.
pub(super) fn cost(service: SocketAddr, requests: &[Request]) -> workloads::Result<(Reads, Spent)> {
    let (fared, spent) = Spent::on(|| one_after_another(service, requests))?;
    fetch::check(requests, &fared.replies)?;
    Ok((fared.reads, spent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn one_waits_at_a_time_each_for_its_own_reply() {
        let service = Service::start().unwrap();
        let requests = fetch::requests(4, 10).unwrap();
        let Fared { replies, reads, timeline } =
            one_after_another(service.address(), &requests).unwrap();
        fetch::check(&requests, &replies).unwrap();
        let waits = timeline.lanes[0].spans.iter().filter(|span| span.state == "waiting");
        let waits: Vec<_> = waits.collect();
        let items: Vec<_> = waits.iter().map(|wait| wait.item).collect();
        assert_eq!(items, [Some(1), Some(2), Some(3), Some(4)]);
        // From before one is asked to before the next is: its thinking lies between.
        let asking = timeline.lanes[0].spans.iter().filter(|span| span.state == "computing");
        let begun: Vec<_> = asking.map(|span| span.from).collect();
        let ten = Duration::from_millis(10);
        assert!(begun.windows(2).all(|pair| pair[1] - pair[0] >= ten), "{begun:?}");
        assert_eq!((service.log().unwrap().most_at_once, reads.in_vain), (1, 0));
        assert!(reads.made >= 4);
    }
}

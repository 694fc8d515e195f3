//! The ways beside one another: what the service saw of each, and how long it took.

use std::time::{Duration, Instant};

use stage::timeline::Finished;
use stage::{Recorder, Result, Stage, Table, Timeline, human};
use workloads::http::Request;
use workloads::{Service, fetch};

use super::ways::{WAYS, Way};

/// What a way came to.
struct Made {
    took: Duration,
    /// How many requests the service held at once.
    in_flight: u64,
    timeline: Timeline,
}

pub(super) fn play(stage: &mut Stage<'_>, service: &Service) -> Result {
    let requests = fetch::requests(stage.pick(5, 4), stage.pick(60, 25))?;
    let all = requests.len() as u64;
    let mut made = Vec::new();
    let mut lanes = Vec::new();
    for (name, _, way) in WAYS {
        let mut way = make(way, service, &requests)?;
        lanes.extend(renamed(std::mem::take(&mut way.timeline), name));
        made.push(way);
    }
    stage.timeline(
        format!("The same {all} requests in five ways, each from its own beginning on:"),
        Timeline { lanes },
    );
    let mut table = Table::new(["", "in flight at once", "took"]);
    for ((_, way, _), Made { took, in_flight, .. }) in WAYS.iter().zip(&made) {
        table.row([way, in_flight.to_string().as_str(), &human(*took)]);
    }
    stage.table(&table);

    let in_flight: Vec<_> = made.iter().map(|made| made.in_flight).collect();
    let listed = in_flight.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    stage.check(
        format!("in sequence there is one request in flight at a time, in the three other ways there are all {all}"),
        listed,
        in_flight == [1, all, 1, all, all],
        "The machine was so busy that the first reply came before the last request went out; or the \
         tasks are spawned one after another, as its `try` proposes.",
    );
    let [sync, _, sequence, spawned, _] = &made[..] else { return Ok(()) };
    stage.check(
        "async alone saves no time: awaited in sequence, they take as long as without async (between \
         0.7 and 1.4 times)",
        format!("{} and {}", human(sync.took), human(sequence.took)),
        (0.7..1.4).contains(&(sequence.took.as_secs_f64() / sync.took.as_secs_f64())),
        "Other programs had the cores in one of the two runs.",
    );
    stage.check(
        "concurrency does: at most half of the time",
        format!("{} instead of {}", human(spawned.took), human(sequence.took)),
        spawned.took * 2 <= sequence.took,
        "Other programs had the cores; or the tasks are spawned one after another, as its `try` proposes.",
    );
    Ok(())
}

fn make(way: Way, service: &Service, requests: &[Request]) -> Result<Made> {
    service.clear()?;
    let (recorder, start) = (Recorder::new(), Instant::now());
    let replies = way(&recorder, service.address(), requests)?;
    let took = start.elapsed();
    fetch::check(requests, &replies)?;
    Ok(Made { took, in_flight: service.log()?.most_at_once, timeline: recorder.timeline() })
}

/// The lanes of one way, beside those of others.
fn renamed(timeline: Timeline, way: &str) -> impl Iterator<Item = Finished> {
    timeline
        .lanes
        .into_iter()
        .map(move |lane| Finished { name: format!("{way} {}", lane.name), ..lane })
}

//! Little's law: how many are inside is how many come, times how long they stay.

mod crowd;

use std::time::Duration;

use stage::{Result, Scene, Stage, Table, human};
use workloads::Service;

use crate::laws::little;
use crowd::Crowd;

/// Little's law, at the slow service.
pub const SCENE: Scene = Scene {
    name: "little",
    title: "Little's law: how many at once?",
    claim: "On average there are as many requests under way as come in a second, times how many \
            seconds each takes: L = λW. So to get a given number of answers a second from a service \
            that thinks for a while, so many must be waited for at once, and no fewer.",
    play,
    try_this: "in crates/why-demo/src/scenes/little.rs, let THINK_MS be 5 and predict, before you \
               run it, how many clients it takes now for what was wanted. What Little says \
               tells, and the last verdict.",
    read: "crates/why-demo/src/scenes/little/crowd.rs, run()",
};

/// For how long the service thinks about each request.
const THINK_MS: u64 = 10;

/// For how long a client pauses before it asks again.
const PAUSE: Duration = Duration::from_millis(5);

const CLIENTS: [usize; 5] = [1, 2, 4, 8, 16];

/// How many answers a second are wanted.
const WANTED: f64 = 600.0;

fn play(stage: &mut Stage<'_>) -> Result {
    let service = Service::start()?;
    let asked = Duration::from_millis(stage.pick(300, 90));
    stage.say(format!(
        "Clients ask a service that thinks for {THINK_MS} ms, pause for {}, and ask again. λ: answers \
         a second, counted. W: how long one was waited for, on average. Measured: the number of \
         requests under way, looked at again and again by somebody who knows nothing of λ and W. \
         Service: the most that the service itself held at once.",
        human(PAUSE),
    ));
    let mut table =
        Table::new(["clients", "λ predicted", "λ", "W", "L = λW", "measured", "service"]);
    let mut crowds = Vec::new();
    for clients in CLIENTS {
        let crowd = crowd::run(&service, clients, THINK_MS, PAUSE, asked)?;
        let predicted = clients as f64 / (THINK_MS as f64 / 1e3 + PAUSE.as_secs_f64());
        table.row([
            clients.to_string(),
            format!("{predicted:.0}"),
            format!("{:.0}", crowd.per_second),
            human(crowd.stayed),
            format!("{:.2}", law(&crowd)),
            format!("{:.2}", crowd.inside),
            crowd.most_inside.to_string(),
        ]);
        crowds.push((clients, predicted, crowd));
    }
    stage.table(&table);
    verdicts(stage, &crowds);
    wanted(stage, &service, asked)
}

/// How many answers a second so many clients get that never pause.
pub(crate) fn per_second(clients: usize, think_ms: u64, asked: Duration) -> Result<f64> {
    let service = Service::start()?;
    Ok(crowd::run(&service, clients, think_ms, Duration::ZERO, asked)?.per_second)
}

fn law(crowd: &Crowd) -> f64 {
    little(crowd.per_second, crowd.stayed.as_secs_f64())
}

fn verdicts(stage: &mut Stage<'_>, crowds: &[(usize, f64, Crowd)]) {
    // Where nobody was seen inside, nothing was: no number, which `max` would pass over.
    let off = |crowd: &Crowd| match crowd.inside / law(crowd) {
        ratio if ratio.is_finite() => (ratio - 1.0).abs(),
        _ => f64::INFINITY,
    };
    let furthest = crowds.iter().map(|(.., crowd)| off(crowd)).fold(0.0, f64::max);
    stage.check(
        "L = λW at every number of clients",
        format!("what was counted is at most {:.0} % from it", 100.0 * furthest),
        furthest <= 0.2,
        "Who counted had to wait for its turn, and looked too seldom: this machine is busy.",
    );
    let held = |(clients, _, crowd): &(usize, f64, Crowd)| {
        crowd.most_inside <= *clients as u64 && crowd.inside <= *clients as f64
    };
    let most: Vec<_> = crowds.iter().map(|(.., crowd)| crowd.most_inside.to_string()).collect();
    stage.check(
        "a client that waits for its answer has one request under way, so there are never more than clients",
        format!("the service held {}", most.join(", ")),
        crowds.iter().all(held),
        "A request was asked twice: please report this.",
    );
    let slower = crowds.iter().map(|(_, predicted, crowd)| crowd.per_second / predicted);
    let slowest = slower.fold(f64::INFINITY, f64::min);
    stage.check(
        "and the rate is what clients, thinking and pauses predict: at least 0.7 of it",
        format!("{slowest:.2} of it at least"),
        slowest >= 0.7,
        "What else a request takes is not counted in the prediction, and much here: connections, \
         turns, wake-ups.",
    );
}

/// So many answers a second are wanted: how many clients does that take?
fn wanted(stage: &mut Stage<'_>, service: &Service, asked: Duration) -> Result {
    let need = little(WANTED, THINK_MS as f64 / 1e3);
    stage.say(format!(
        "Now the other way about. Wanted: {WANTED} answers a second, from clients that do not pause. \
         Little says {need} under way. So, half as many clients, as many, and a few more:",
    ));
    let mut table = Table::new(["clients", "answers a second", "at most, by Little"]);
    let bound = |clients: usize| clients as f64 / (THINK_MS as f64 / 1e3);
    let mut rates = Vec::new();
    for clients in [need / 2.0, need, need * 1.25].map(|clients| clients.ceil() as usize) {
        let rate = crowd::run(service, clients, THINK_MS, Duration::ZERO, asked)?.per_second;
        table.row([clients.to_string(), format!("{rate:.0}"), format!("{:.0}", bound(clients))]);
        rates.push((clients, rate));
    }
    stage.table(&table);
    let within = rates.iter().all(|(clients, rate)| *rate <= 1.02 * bound(*clients));
    let (few, rate) = rates[0];
    stage.check(
        "fewer can't do it, however fast they are",
        format!("{few} clients had {rate:.0} answers a second"),
        within && rate < WANTED,
        "A service that answers before it has thought can't be: please report this.",
    );
    let (enough, rate) = rates[rates.len() - 1];
    stage.check(
        "with a quarter more than Little says, rounded up, for all that a request takes beside the thinking, it is done",
        format!("{enough} clients had {rate:.0} answers a second"),
        rate >= WANTED,
        "A request takes more than a quarter beside the thinking here: this machine is busy.",
    );
    Ok(())
}

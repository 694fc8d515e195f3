//! One hog and more under the interval lock: when it changes hands, and why not sooner.

use std::time::Duration;

use stage::{Stage, Table, human};

use super::hogs::Hogs;
use super::turns::{Turn, Turns};
use crate::distribution::Distribution;
use crate::lock::interval;
use crate::thread::HOLDS;

/// Shows the turns of one hog, and of two, three and four.
pub fn show(stage: &mut Stage<'_>, alone: &Hogs, several: [&Hogs; 3]) {
    stage.say(
        "The turns under the interval lock. Had asked: the share that went to a thread which had \
         asked for the lock. Back: how far into the turn the thread before it began to wait anew; \
         it has first waited to see that another has the lock, and for a core.",
    );
    stage.table(&table(several));
    let [two, three, four] = several.map(|hogs| &hogs.turns);
    on_request(stage, alone, two);
    how_long(stage, two, four);
    let [of_three, of_four] = [three, four].map(had_asked);
    stage.check(
        "with more than two, who asked need not be who gets it",
        format!("{of_three:.0} % of the turns with three hogs, {of_four:.0} % with four"),
        !three.all.is_empty() && !four.all.is_empty() && of_three.max(of_four) < 90.0,
        "The others' waits ran out just after each request: they had slept for less time yet",
    );
}

fn table(several: [&Hogs; 3]) -> Table {
    let mut table = Table::new([
        "hogs",
        "turns",
        "median",
        "90 %",
        "longest",
        "had asked",
        "back: median",
        "90 %",
    ]);
    for Hogs { timeline, turns } in several {
        let of = |times: &Option<Distribution>, percent| {
            times.as_ref().map_or("–".to_owned(), |times| human(times.percentile(percent)))
        };
        let (lengths, back) = (turns.lengths(), of_each(turns, |turn| turn.back));
        table.row([
            timeline.lanes.len().to_string(),
            turns.all.len().to_string(),
            of(&lengths, 50.0),
            of(&lengths, 90.0),
            of(&lengths, 100.0),
            format!("{:.0} %", had_asked(turns)),
            of(&back, 50.0),
            of(&back, 90.0),
        ]);
    }
    table
}

fn of_each(turns: &Turns, of: impl Fn(&Turn) -> Option<Duration>) -> Option<Distribution> {
    Distribution::of(turns.all.iter().filter_map(of)).ok()
}

fn median(times: Option<Distribution>) -> Option<Duration> {
    times.map(|times| times.percentile(50.0))
}

/// Of a hundred turns, how many went to a thread that had asked for the lock.
fn had_asked(turns: &Turns) -> f64 {
    let asked = turns.all.iter().filter(|turn| turn.asked.is_some()).count();
    100.0 * asked as f64 / turns.all.len().max(1) as f64
}

fn on_request(stage: &mut Stage<'_>, alone: &Hogs, two: &Turns) {
    let spans = alone.timeline.lanes.iter().flat_map(|lane| &lane.spans);
    let holds = spans.filter(|span| span.state == HOLDS).map(|span| span.to - span.from);
    let longest = holds.max().unwrap_or_default();
    stage.check(
        "\"switching happens every 5 ms\": only if another thread asks, and nobody asks one that \
         is alone",
        format!("it had the lock for {} at a stretch", human(longest)),
        longest > 10 * interval::DEFAULT,
        "The program's first thread had no core, and so was long about starting it",
    );
    // The ask is of the next turn, and the end of this one.
    let pairs = two.all.iter().zip(two.all.iter().skip(1));
    let heard = pairs.filter_map(|(turn, next)| Some(turn.to.saturating_sub(next.asked?)));
    let heard = median(Distribution::of(heard).ok());
    stage.check(
        "\"at any bytecode\": at the next check, and a loop makes one each time it jumps back (a \
         long call makes none)",
        heard.map_or("nobody asked".into(), |heard| format!("{} after the request", human(heard))),
        heard.is_some_and(|heard| heard < Duration::from_micros(100)),
        "The holder had no core when it was asked",
    );
}

fn how_long(stage: &mut Stage<'_>, two: &Turns, four: &Turns) {
    let after = median(of_each(two, |turn| turn.took().checked_sub(turn.back?)));
    let measured = |time: Option<Duration>| time.map_or("there were no turns".into(), human);
    stage.check(
        "with two hogs a turn ends 5 ms after the other one is back, who then asks",
        measured(after),
        after.is_some_and(|after| (5_000..5_500).contains(&after.as_micros())),
        "This needs two free cores: else the holder, or who wants to ask, has to wait for one",
    );
    stage.say(
        "Only a wait in which the lock has not changed hands gives the right to ask; else the \
         thread waits for another 5 ms. So it mostly is the thread whose turn is over that asks \
         next, 5 ms after it is back. If it is back late, because there is no core for it, a turn \
         gets longer; with more hogs not beyond twice the interval, since the others' next waits \
         are over then.",
    );
    let longest = four.lengths().map(|lengths| lengths.max());
    stage.check(
        "with four hogs turns may stretch, but not beyond twice the interval",
        longest.map_or("there were no turns".into(), |longest| {
            format!("the longest took {}", human(longest))
        }),
        longest.is_some_and(|longest| longest.as_micros() < 10_500),
        "This needs two free cores: else the holder, or who wants to ask, has to wait for one",
    );
}

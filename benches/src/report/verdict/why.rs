//! Why the best is the best, by the kind of the problem, as far as the figures bear it out.

use super::names;
use crate::noise;
use crate::problem::Problem;
use crate::record::Record;
use crate::report::numbers::{count, ms, percent, times};
use crate::report::standing::{Cell, Column, Measure};

/// A sentence or two; none where nothing is known of the problem.
pub(super) fn of(record: &Record, column: &Column<'_>, language: &str) -> Option<String> {
    let problem = Problem::ALL.into_iter().find(|known| known.name() == column.problem)?;
    match problem {
        Problem::Chain => chain(column, language),
        Problem::Primes | Problem::Files => cores(record, column, language),
        Problem::Fetch => in_flight(column, language),
        Problem::Orders => {
            let both = [in_flight(column, language), computing(record, column, language)];
            Some(both.into_iter().flatten().collect::<Vec<_>>().join(" "))
        }
        Problem::Serve => serving(column, language),
    }
}

fn chain(column: &Column<'_>, language: &str) -> Option<String> {
    let gain = |cell: &Cell<'_>| Some((cell.speed_up?, cell.noise));
    let base = column.of(language).find(|cell| cell.entry.approach == cell.entry.baseline)?;
    let faster = |cell: &&Cell<'_>| gain(cell).is_some_and(|(g, n)| g - 1.0 > n.max(base.noise));
    let faster: Vec<_> = column.of(language).filter(faster).collect();
    let measured = column.of(language).filter(|cell| cell.value.is_some()).count();
    let all_can_be = !column.of(language).any(Cell::is_impossible);
    Some(match &faster[..] {
        [] if measured < 2 || !all_can_be => return None,
        [] => "Each link needs the one before it, so neither cores nor requests in flight have \
               anything to share."
            .into(),
        some => format!(
            "A chain has nothing to share, and yet {} did better than {}: look for what else \
             differed before you believe it.",
            names(some.iter()),
            base.entry.approach
        ),
    })
}

/// Who computes on one core beside who does on all.
fn cores(record: &Record, column: &Column<'_>, language: &str) -> Option<String> {
    let best = |one_core: bool| {
        let group = column.of(language).filter(move |cell| cell.entry.one_core == one_core);
        group.filter_map(|cell| Some((cell.speed_up?, cell))).max_by(|a, b| a.0.total_cmp(&b.0))
    };
    let ((one, on_one), (all, on_all)) = (best(true)?, best(false)?);
    let there = record.machine.cores;
    let noise = on_one.noise.max(on_all.noise);
    let compared = format!(
        "Of those that compute on one core the best comes to {}, of those that use all {there} to {}",
        times(one),
        times(all)
    );
    Some(if there < 2 {
        format!("{compared}: with one core there is nothing to gain by more.")
    } else if all / one - 1.0 <= noise {
        format!("{compared}: here cores made no difference beyond the noise.")
    } else if all <= there as f64 {
        format!("{compared}: cores decide.")
    } else if all / there as f64 - 1.0 <= noise {
        format!("{compared}: more than {there} cores can give, by no more than the noise.")
    } else {
        format!(
            "{compared}: more than {there} cores can give, beyond the noise. So they are not all of \
             it; caches may be the rest."
        )
    })
}

/// Whether more in flight goes with less time, pair by pair.
fn in_flight(column: &Column<'_>, language: &str) -> Option<String> {
    let known = |cell: &Cell<'_>| {
        Some((cell.entry.median("in_flight")?, cell.value?, cell.entry.approach.clone()))
    };
    let mut known: Vec<_> = column.of(language).filter_map(known).collect();
    // Of those with as many in flight, the fastest comes first.
    known.sort_by(|a, b| a.1.total_cmp(&b.1));
    let most = known.iter().min_by(|a, b| b.0.total_cmp(&a.0))?;
    let least = known.iter().min_by(|a, b| a.0.total_cmp(&b.0))?;
    let pairs = known.iter().flat_map(|one| known.iter().map(move |other| (one, other)));
    let apart: Vec<_> = pairs.filter(|(one, other)| one.0 >= 2.0 * other.0).collect();
    let as_expected = apart.iter().filter(|(more, fewer)| more.1 < fewer.1).count();
    let part = as_expected as f64 / apart.len() as f64;
    let range = format!(
        "With {} in flight, {} takes {}; with {}, {} takes {}",
        count(least.0),
        least.2,
        ms(least.1),
        count(most.0),
        most.2,
        ms(most.1)
    );
    Some(match apart.len() {
        0 => "All had about as many requests in flight, so nothing is learned of that.".into(),
        _ if part >= 0.9 => format!("{range}: how many wait at once decides."),
        _ => format!(
            "{range}; but of two of which one had twice as many in flight, that one was the faster \
             in only {}: something else counts too.",
            percent(part)
        ),
    })
}

/// How much of the sequential time was computing: the part that cores can share.
fn computing(record: &Record, column: &Column<'_>, language: &str) -> Option<String> {
    let entry = column.of(language).next()?.entry;
    let baseline = record.entry(&entry.problem, &entry.baseline)?;
    let part = (baseline.median("cpu_ms")? / baseline.median("wall_ms")?).min(1.0);
    Some(format!(
        "{} of {}'s time is computing, which only cores can share; the rest is waiting.",
        percent(part),
        baseline.approach
    ))
}

fn serving(column: &Column<'_>, language: &str) -> Option<String> {
    if column.measure == Measure::Rate {
        return None;
    }
    let best = |one_core: bool| {
        let group = column.of(language).filter(move |cell| cell.entry.one_core == one_core);
        group.filter_map(|cell| Some((cell.value?, cell))).min_by(|a, b| a.0.total_cmp(&b.0))
    };
    let ((one, on_one), (all, on_all)) = (best(true)?, best(false)?);
    let compared = format!(
        "Of those on one core the best is {} ({}), of those on several {} ({})",
        on_one.entry.approach,
        ms(one),
        on_all.entry.approach,
        ms(all)
    );
    let apart = noise::between(one, all) > on_one.noise.max(on_all.noise);
    Some(match apart {
        true if one > all => {
            format!("{compared}: who computes where it answers lets the others wait.")
        }
        true => format!("{compared}: here one core was no handicap."),
        false => format!("{compared}: not told apart."),
    })
}

//! `compare A.json B.json`: what changed from one run to another, beyond the noise.
//!
//! The rule is that of [`noise`], and the noise that of both runs. On one machine the
//! figures themselves are compared. Where the machines differ a time says little; then it is each
//! approach's ratio to its baseline in the same run, whose noise is that of the baseline too. Where
//! the sizes of a problem differ, all its figures do, the ratios also: nothing of it is compared but
//! how it went. The second run of the baseline is noise itself, and not compared.

mod items;
mod resized;
mod show;

use std::path::PathBuf;

use stage::printer::Printer;

use crate::record::Record;
use crate::report::numbers::count;
use crate::{Result, noise};
use items::Item;

/// What is compared, and how it is shown.
#[derive(clap::Args)]
pub struct Args {
    /// The report.json of before
    before: PathBuf,
    /// The report.json of after
    after: PathBuf,
    /// As Markdown
    #[arg(long)]
    markdown: bool,
}

/// Something that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Of what: `pool × primes: time`.
    pub what: String,
    /// What it was: a figure with its unit, a ratio, or a status.
    pub before: String,
    /// What it has become.
    pub after: String,
    /// By how much, and whether that is better; empty where it is a status that changed.
    pub by: String,
    /// The noise that it exceeds; empty likewise.
    pub noise: String,
}

/// Two runs beside one another.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What to know about the two before their differences.
    pub notes: Vec<String>,
    /// The cells and goals that went another way, then the figures, in the order of the records.
    pub changes: Vec<Change>,
    /// How many figures were compared.
    pub compared: usize,
}

/// Reads both, compares, and shows.
///
/// # Errors
/// One line, if one of them is no record.
pub fn run(args: &Args) -> Result {
    let (before, after) = (Record::read(&args.before)?, Record::read(&args.after)?);
    let comparison = compare(&before, &after);
    let names = [&args.before, &args.after].map(|path| path.display().to_string());
    let mut printer = Printer::stdout();
    match args.markdown {
        true => comparison.markdown(&names).lines().for_each(|line| printer.line(line)),
        false => comparison.show(&mut printer),
    }
    Ok(())
}

/// What changed beyond the noise.
#[must_use]
pub fn compare(before: &Record, after: &Record) -> Comparison {
    let machines_differ =
        (&before.machine.cpu, before.machine.cores) != (&after.machine.cpu, after.machine.cores);
    let resized = resized::problems(before, after);
    let items = |record| items::of(record, machines_differ, &resized);
    let (old, new) = (items(before), items(after));
    let beside = |item: &Item| new.iter().find(|other| other.what == item.what);
    let pairs: Vec<_> = old.iter().filter_map(|item| Some((item, beside(item)?))).collect();
    let mut notes = differences(before, after, machines_differ);
    notes.extend(resized::note(before, after, &resized));
    for (all, others, whose) in [(&old, &new, "the first"), (&new, &old, "the second")] {
        let alone = |item: &&Item| others.iter().all(|other| other.what != item.what);
        match all.iter().filter(alone).count() {
            0 => {}
            alone => notes.push(format!("Only {whose} has {} of the rows.", count(alone as f64))),
        }
    }
    let by_status = pairs.iter().filter_map(|(old, new)| another_way(old, new));
    let changes = by_status.chain(pairs.iter().filter_map(|(old, new)| further_apart(old, new)));
    let both = |(old, new): &&(&Item, &Item)| old.value.is_some() && new.value.is_some();
    Comparison { notes, changes: changes.collect(), compared: pairs.iter().filter(both).count() }
}

/// What else differs between the two runs, and what that means for their figures.
fn differences(before: &Record, after: &Record, machines_differ: bool) -> Vec<String> {
    let (old, new) = (&before.machine, &after.machine);
    let mut notes = Vec::new();
    if machines_differ {
        notes.push(format!(
            "The machines differ ({}, {} cores; {}, {} cores), so times mean little: compared is what \
             each approach takes in proportion to its sequential run, and memory; costs of single units \
             are left out.",
            old.cpu, old.cores, new.cpu, new.cores
        ));
    }
    for (what, old, new) in
        [("kernel", &old.kernel, &new.kernel), ("compiler", &old.rustc, &new.rustc)]
    {
        if old != new {
            notes.push(format!("Another {what}: {old}; {new}."));
        }
    }
    for (record, whose) in [(before, "first"), (after, "second")] {
        if record.interrupted {
            notes.push(format!("The {whose} run was interrupted."));
        }
    }
    notes
}

/// A cell that is done in one run and in trouble in the other; a goal with another verdict.
fn another_way(old: &Item, new: &Item) -> Option<Change> {
    let differ = old.tells_status && new.tells_status && old.status != new.status;
    let said = |item: &Item| item.status.clone();
    differ.then(|| Change {
        what: old.of.clone(),
        before: said(old),
        after: said(new),
        by: String::new(),
        noise: String::new(),
    })
}

fn further_apart(old: &Item, new: &Item) -> Option<Change> {
    let (before, after) = old.value.zip(new.value)?;
    let noise = noise::greatest([old.noise, new.noise]);
    if noise::between(before, after) <= noise {
        return None;
    }
    let better = (after > before) == old.more_is_better;
    Some(Change {
        what: old.what.clone(),
        before: (old.show)(before),
        after: (old.show)(after),
        by: format!("{} {}", by(after / before), if better { "better" } else { "worse" }),
        noise: format!("{:.0} %", noise * 100.0),
    })
}

/// A percentage with its sign, or a factor where it is large.
fn by(times: f64) -> String {
    match times {
        times if times >= 3.0 => format!("{times:.1}×"),
        times => format!("{:+.0} %", (times - 1.0) * 100.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_has_a_sign_or_is_a_factor() {
        assert_eq!([by(1.3), by(0.77), by(12.0)], ["+30 %", "-23 %", "12.0×"]);
    }
}

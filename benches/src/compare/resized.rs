//! Problems of which the two runs have not solved as much.

use crate::record::Record;
use crate::report::distinct::distinct;

/// Those that are in both. Old records don't have the sizes; then it is known only whether one of them
/// is a quick run.
pub fn problems<'a>(before: &'a Record, after: &Record) -> Vec<&'a str> {
    let differ = |problem: &&str| match (before.sizes.get(*problem), after.sizes.get(*problem)) {
        (Some(old), Some(new)) => old != new,
        _ => before.quick != after.quick,
    };
    let both = |problem: &&str| after.matrix.iter().any(|entry| entry.problem == *problem);
    let problems = distinct(before.matrix.iter().map(|entry| entry.problem.as_str()));
    problems.into_iter().filter(both).filter(differ).collect()
}

/// That their figures are not compared, and why; nothing if there are none.
pub fn note(before: &Record, after: &Record, problems: &[&str]) -> Option<String> {
    let is_quick = before.quick != after.quick;
    let named = problems.iter().map(|problem| {
        let [old, new] = [before, after].map(|record| record.sizes.get(*problem));
        match old.zip(new) {
            Some((old, new)) if !is_quick => format!("{problem} ({old}; {new})"),
            _ => (*problem).to_owned(),
        }
    });
    let named = Vec::from_iter(named).join(", ");
    let why = match is_quick {
        true => "one of the two is a quick run, of smaller problems",
        false => "they are not of the same size in both",
    };
    (!problems.is_empty())
        .then(|| format!("Not compared: times, rates and memory of {named}, because {why}."))
}

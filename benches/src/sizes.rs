//! How much of each problem a run solves, in words. Two runs whose words differ have not solved the
//! same, so their figures are not compared.

use std::collections::BTreeMap;
use std::path::Path;

use workloads::files::{self, Bounds, Listing};

use crate::Result;
use crate::matrix::Plan;
use crate::problem::{Problem, Size};
use crate::report::numbers::count;
use crate::serving::PER_SECOND;

/// By problem, for those that are run. These are Rust's sizes; Python computes less, by the same factor
/// in every run. Files that can't be listed are left out; their cells say why.
#[must_use]
pub fn of(plan: &Plan) -> BTreeMap<String, String> {
    let size = Size { latency_for: plan.latency_for, ..Size::of(plan.quick) };
    let problems = plan.choice.problems.iter();
    let told = problems.filter_map(|problem| {
        let words = in_words(*problem, size, plan.path.as_deref())?;
        Some((problem.name().to_owned(), words))
    });
    told.collect()
}

fn in_words(problem: Problem, size: Size, directory: Option<&Path>) -> Option<String> {
    let power = |power: usize| count(10_f64.powi(power as i32));
    Some(match problem {
        Problem::Chain => format!("{} links", count(size.links as f64)),
        Problem::Primes => {
            format!("numbers up to {}, in {} ranges", power(size.primes_power), size.ranges)
        }
        Problem::Fetch => format!("{} requests of {} ms each", size.requests, size.think_ms),
        Problem::Orders => format!("{} pages", size.pages),
        Problem::Files => {
            let Listing { paths, bytes, .. } = listed(directory, size).ok()?;
            format!("{} files of {} bytes", count(paths.len() as f64), count(bytes as f64))
        }
        Problem::Serve => format!(
            "as many requests as are answered in {} ms; {PER_SECOND} a second for {} ms, alone and \
             beside the primes up to {}",
            size.rate_for.as_millis(),
            size.latency_for.as_millis(),
            power(size.expensive_power)
        ),
    })
}

/// The files whose words are counted: those of this directory, or the sources that cargo has downloaded.
///
/// # Errors
/// If there is no such directory, or it can't be read.
pub(crate) fn listed(directory: Option<&Path>, size: Size) -> Result<Listing> {
    Ok(match directory {
        Some(named) => files::list(named, Bounds::NAMED)?,
        None => {
            let bounds = Bounds { files: size.files, ..Bounds::DEFAULT };
            files::list(&files::default_directory()?, bounds)?
        }
    })
}

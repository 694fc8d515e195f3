//! What servers did.

use super::super::numbers::{ms, of_hundred};
use super::{NOTHING, count};
use crate::grid::Grid;
use crate::record::Entry;
use crate::serving::NAMED;

/// Rate and latency.
pub(super) fn served(entries: &[&Entry]) -> Grid {
    let latencies = [("alone", ""), ("beside", "beside ")].map(|(when, before)| {
        let all = NAMED.iter().map(|(name, _, called)| (format!("{when}_{name}_ms"), *called));
        let told = all.filter(|(name, _)| entries.iter().any(|e| e.figures.contains_key(name)));
        let heading = |(i, (name, called)): (usize, (String, &str))| match i {
            0 => (name, format!("{before}{called}")),
            _ => (name, called.to_owned()),
        };
        told.enumerate().map(heading).collect::<Vec<_>>()
    });
    let (latencies, headings): (Vec<_>, Vec<_>) = latencies.concat().into_iter().unzip();
    let mut grid = Grid::new(["approach", "per s"].map(str::to_owned).into_iter().chain(headings));
    for entry in entries {
        let latency = |name: &String| entry.median(name).map_or(NOTHING.into(), ms);
        let rate = match &entry.why {
            Some(_) => entry.status.clone(),
            None => count(entry, "requests_per_second"),
        };
        let name = entry.approach.clone();
        grid.row([name, rate].into_iter().chain(latencies.iter().map(latency)).collect());
    }
    grid
}

/// The whole distributions, where there are any: a row an approach and a load, a column a share.
pub fn distributions(entries: &[Entry]) -> Option<Grid> {
    let all =
        || entries.iter().filter(|entry| entry.status == "done" && !entry.latencies.is_empty());
    let quantiles = || all().flat_map(|entry| entry.latencies.values().flatten());
    let mut shares: Vec<_> = quantiles().map(|quantile| quantile.share).collect();
    shares.sort_by(f64::total_cmp);
    shares.dedup();
    let headings = shares.iter().map(|share| match share {
        1.0 => "slowest".to_owned(),
        share => format!("p{}", of_hundred(*share)),
    });
    let mut grid = Grid::new(["approach, load".to_owned()].into_iter().chain(headings));
    for entry in all() {
        for (load, quantiles) in &entry.latencies {
            let at = |share: &f64| quantiles.iter().find(|quantile| quantile.share == *share);
            let cells = shares.iter().map(|share| at(share).map_or(NOTHING.into(), |q| ms(q.ms)));
            grid.row([format!("{}, {load}", entry.approach)].into_iter().chain(cells).collect());
        }
    }
    (!shares.is_empty()).then_some(grid)
}

//! The report as one HTML page that needs nothing else: no network, no file, no JavaScript.
//!
//! The pictures are SVG, computed here. Colours follow the reader's choice of light or dark, and
//! none is needed to understand anything. The little script only adds the sorting of tables.

mod axis;
mod chart;
mod curves;
mod dots;
mod figure;
mod heat;
mod latencies;
mod table;
mod timelines;
mod units;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::numbers::day;
use super::{beyond, general, standing, tables, troubles};
use crate::goals;
use crate::record::Record;

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");

/// A section of the page: its anchor, its heading, and what it says.
type Section = (&'static str, &'static str, Markup);

/// The page.
#[must_use]
pub fn page(record: &Record) -> String {
    let sections = sections(record);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Which approach for which problem" }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                a class="skip" href="#main" { "Skip to the figures" }
                (head(record, &sections))
                main id="main" {
                    @for (anchor, title, body) in &sections {
                        section id=(anchor) { h2 { (title) } (body) }
                    }
                }
                footer {
                    p { "Measured by " code { (record.command) } " on " (day(record.began)) "." }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

/// What was run where, and what to know before the figures.
fn head(record: &Record, sections: &[Section]) -> Markup {
    let minutes = match record.took {
        seconds if seconds < 100.0 => format!("{seconds:.0} s"),
        seconds => format!("{:.0} minutes", seconds / 60.0),
    };
    html! {
        header {
            h1 { "Which approach for which problem" }
            p class="facts" {
                (day(record.began)) " · " (minutes)
                @for line in record.machine.lines() { " · " (line) }
            }
            @for note in general(record) { p class="note" { (note) } }
            (missing(&troubles(record).collect::<Vec<_>>()))
            nav aria-label="Sections" {
                @for (anchor, title, _) in sections { a href=(format!("#{anchor}")) { (title) } " " }
            }
        }
    }
}

/// Why figures are missing, to be unfolded where that takes long.
fn missing(why: &[String]) -> Markup {
    let list = html! { ul { @for why in why { li { (why) } } } };
    html! {
        @match why.len() {
            0 => {},
            1..=3 => div class="note" { (list) },
            many => details class="note" { summary { (many) " figures are missing: why" } (list) },
        }
    }
}

/// Those of which there is something to show.
fn sections(record: &Record) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut add = |anchor, title, body: Option<Markup>| {
        sections.extend(body.map(|body| (anchor, title, body)));
    };
    let there = |is: bool, body: &dyn Fn() -> Markup| is.then(body);
    add("matrix", "The matrix", there(!record.matrix.is_empty(), &|| matrix(record)));
    add(
        "curves",
        "Speed-up",
        there(record.curves.iter().any(|curve| curve.status == "done"), &|| {
            curves::section(record)
        }),
    );
    add("latencies", "Latency", latencies::section(record));
    add("units", "The price of one more", units::section(record));
    let timelines = || timelines::section(record);
    add("timelines", "Who did what when", there(!record.timelines.is_empty(), &timelines));
    add("goals", "Goals", there(!goals::measured(&record.goals).is_empty(), &|| goals_of(record)));
    add("details", "All figures", there(true, &|| details(record)));
    sections
}

fn matrix(record: &Record) -> Markup {
    let columns = standing::columns(record);
    let quick = if record.quick { " --quick" } else { "" };
    html! {
        (heat::verdicts(&columns, record))
        (heat::section(&columns, record))
        p class="command" { code { "cargo run --release -p benches -- matrix" (quick) } }
    }
}

fn goals_of(record: &Record) -> Markup {
    html! {
        p class="see" {
            "What the hand-written parts are held against: a ratio, or nanoseconds. A goal that is not "
            "met fails nothing; one that is missed by no more than the same code differs from itself "
            "(A/A) is neither."
        }
        (table::table("Goals", &goals::grid(&goals::measured(&record.goals))))
        p class="command" { code { "cargo run --release -p benches -- goals" } }
    }
}

/// Long tables, folded.
fn details(record: &Record) -> Markup {
    let beyond = beyond::units(&record.units).into_iter().chain(beyond::curves(&record.curves));
    html! {
        @for (title, grid) in beyond.chain(tables::details(record)) {
            details { summary { (title) } (table::table(&title, &grid)) }
        }
    }
}

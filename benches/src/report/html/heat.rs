//! The matrix, as a map: the faster than sequential, the deeper the colour. The figure and the word
//! stand in every cell, so that nothing hangs on the colour.

use maud::{Markup, html};

use crate::record::{Entry, Record};
use crate::report::numbers::{percent, times};
use crate::report::standing::{Cell, Column, Measure, Standing, Tail};
use crate::report::verdict;

/// From how many times on a step of the colour begins: each twice the one before, more or less.
const STEPS: [f64; 7] = [1.15, 1.6, 2.5, 5.0, 10.0, 25.0, 60.0];

pub fn section(columns: &[Column<'_>], record: &Record) -> Markup {
    let mut rows: Vec<&Entry> = Vec::new();
    for entry in &record.matrix {
        if rows.iter().all(|row| row.approach != entry.approach) {
            rows.push(entry);
        }
    }
    let languages = crate::report::standing::languages(record).len();
    let table = html! {
        table class="heat" {
            thead {
                tr {
                    th scope="col" { "approach" }
                    @for column in columns { th scope="col" { span { (heading(column)) } } }
                }
            }
            tbody {
                @for row in rows {
                    tr {
                        th scope="row" {
                            (row.approach)
                            small { @if languages > 1 { (row.language) } @else { (row.chapter) } }
                        }
                        @for column in columns {
                            @match column.cells.iter().find(|c| c.entry.approach == row.approach) {
                                Some(cell) => (square(column, cell)),
                                None => td class="none" { "–" },
                            }
                        }
                    }
                }
            }
        }
    };
    let beside = columns.iter().find_map(|column| match column.measure {
        Measure::Beside(tail) => Some(tail),
        Measure::Time | Measure::Rate => None,
    });
    html! { (key(beside)) (table) }
}

fn heading(column: &Column<'_>) -> Markup {
    let what = match column.measure {
        Measure::Time => verdict::kind(column.problem).to_owned(),
        Measure::Rate => "requests a second".to_owned(),
        Measure::Beside(tail) => format!("{} beside an expensive one", tail.name()),
    };
    html! { (column.problem) small { (what) } }
}

fn square(column: &Column<'_>, cell: &Cell<'_>) -> Markup {
    let Some(value) = column.shown(cell) else {
        let why = cell.entry.why.as_deref();
        return html! { td class="none" title=[why] { span class="word" { (cell.entry.status) } } };
    };
    let worse = matches!(cell.standing, Standing::Worse);
    let class = match cell.speed_up {
        _ if worse => "h worse".to_owned(),
        Some(times) => format!("h h{}", STEPS.iter().filter(|step| times >= **step).count()),
        None => "h".into(),
    };
    let (symbol, means) = word(cell.standing);
    html! {
        td class=(class) {
            @match cell.speed_up { Some(gain) => b { (times(gain)) }, None => b { "?" } }
            span class="value" { (value) }
            span class="word" { (symbol) @if !means.is_empty() { i { " " (means) } } }
        }
    }
}

/// A symbol, and what it means; a phone has no room for the second, which the key tells.
fn word(standing: Standing) -> (String, &'static str) {
    match standing {
        Standing::Best => ("★".into(), "best"),
        Standing::Tie => ("≈".into(), "tie"),
        Standing::Worse => ("▼".into(), "worse"),
        Standing::Again(Some(noise)) => (format!("A/A {}", percent(noise)), ""),
        Standing::Between | Standing::Again(None) | Standing::None => (String::new(), ""),
    }
}

fn key(beside: Option<Tail>) -> Markup {
    let from =
        ["< 1.15".to_owned()].into_iter().chain(STEPS.iter().map(|step| format!("≥ {step}")));
    html! {
        p class="key" {
            "Times as fast as the sequential run of the same language (or as many requests, or as short \
             a wait), and the median. The colour:"
            @for (i, from) in from.enumerate() { " " span class=(format!("chip h h{i}")) { (from) } }
            " " span class="chip h worse" { "slower" }
        }
        p class="key narrow" {
            "On a screen as narrow as this the medians are left out; they stand in "
            a href="#details" { "all figures" } "."
        }
        p class="key" {
            b { "★ best" } " of its language (none, where sequential is as good); "
            b { "≈ tie" } " can't be told apart from the best; "
            b { "▼ worse" } " than sequential beyond the noise; " b { "A/A" }
            " by how much the same code differs from itself."
        }
        @if let Some(tail) = beside {
            p class="key" {
                "Whoever serves one client at a time answers no cheap request before the client with \
                 the expensive ones has gone, at the end of the test: so long is its " (tail.name())
                ", and × beside it says how long the test was. In that column compare the times."
            }
        }
    }
}

/// What is best and why, problem by problem.
pub fn verdicts(columns: &[Column<'_>], record: &Record) -> Markup {
    let languages = crate::report::standing::languages(record);
    html! {
        dl class="verdicts" {
            @for column in columns {
                dt { (heading(column)) }
                dd {
                    @if let Some(size) = column.size(record) { p class="size" { (size) } }
                    @for said in verdict::sentences(record, column, &languages) { p { (said) } }
                }
            }
        }
    }
}

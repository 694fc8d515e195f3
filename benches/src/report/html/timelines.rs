//! Who did what when.

use std::time::Duration;

use maud::{Markup, PreEscaped, html};
use stage::timeline::{Stretch, svg};

use super::figure::scroll;
use crate::record::{Lane, Record, Timeline};

pub fn section(record: &Record) -> Markup {
    html! {
        @for timeline in &record.timelines {
            figure {
                p class="see" { (timeline.see) }
                (scroll(&timeline.title, &PreEscaped(draw(timeline))))
                figcaption { code { (timeline.command) } }
            }
        }
    }
}

/// As the chapters draw theirs, so that both look alike.
fn draw(timeline: &Timeline) -> String {
    let lanes: Vec<_> = timeline.lanes.iter().map(|lane| (lane, stretches(lane))).collect();
    let lanes = lanes.iter().map(|(lane, spans)| (lane.name.as_str(), &spans[..]));
    svg::draw(&[svg::Picture { title: &timeline.title, lanes: lanes.collect() }], &[])
}

fn stretches(lane: &Lane) -> Vec<Stretch<'_>> {
    // A record may come from anywhere, and time doesn't run backwards.
    let time = |us: f64| Duration::from_nanos((us * 1e3) as u64);
    let spans = lane.spans.iter().map(|span| Stretch {
        state: &span.state,
        item: None,
        from: time(span.from_us),
        to: time(span.to_us.max(span.from_us)),
    });
    spans.collect()
}

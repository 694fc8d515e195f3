//! What stands around the lanes: the scale of time, and which look is which state.

use std::fmt::Write;
use std::time::Duration;

use super::{CHARACTER, LINE, MARGIN, WIDTH, class, text};
use crate::human;
use crate::printer::Style;
use crate::timeline::Mark;

/// Round times, each with a line across the lanes.
pub(super) fn scale(out: &mut String, long: Duration, left: usize, top: usize, foot: usize) {
    let nanos = long.as_nanos().max(1) as f64;
    let room = (WIDTH - MARGIN - left) as f64;
    let rough = 10_f64.powf((nanos / 8.0).log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|times| times * rough);
    let step = step.into_iter().find(|step| nanos / step <= 8.0).unwrap_or(nanos).max(1.0);
    let ticks = (0..=(nanos / step) as u64).map(|tick| tick as f64 * step);
    for at in ticks {
        let x = left + (at / nanos * room) as usize;
        let _ = write!(out, "<path class=\"grid\" d=\"M{x} {top}V{foot}\"/>");
        let label = if at == 0.0 { "0".into() } else { human(Duration::from_nanos(at as u64)) };
        // The last may reach beyond the edge.
        let end = x + label.chars().count() * CHARACTER / 2 > WIDTH - 2;
        let class = if end { "tick end" } else { "tick" };
        let x = if end { WIDTH - 2 } else { x };
        text(out, class, x, foot + LINE - 5, &label);
    }
}

/// Each state's look and name, on as many lines as that takes; tells where it ends.
pub(super) fn legend(out: &mut String, marks: &[(Mark<'_>, Style)], top: usize) -> usize {
    let (mut x, mut y) = (MARGIN, top + LINE);
    for (Mark { state, weight, .. }, style) in marks {
        let width = 40 + state.chars().count() * CHARACTER;
        if x > MARGIN && x + width > WIDTH - MARGIN {
            (x, y) = (MARGIN, y + LINE + 4);
        }
        let class = class(*weight, *style);
        let _ = write!(out, "<path class=\"{class}\" d=\"M{x} {}h16\"/>", y - 9);
        text(out, "name", x + 22, y - 5, state);
        x += width;
    }
    y
}

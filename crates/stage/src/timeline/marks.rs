//! What stands for a state in a lane.

use super::Stretch;
use crate::printer::Style;

/// How a state looks in every timeline of a chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark<'a> {
    /// The state, as it is recorded and as it stands in the legend.
    pub state: &'a str,
    /// What a column shows that is in this state; different from the other states' glyphs.
    pub glyph: char,
    /// What becomes of it where several states fall into one column.
    pub weight: Weight,
}

/// How a state asserts itself in a column: the one that took most of the time is shown, unless a
/// striking one displaces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// What the lane is there for, such as running. Nothing displaces it.
    Solid,
    /// All else, such as waiting.
    Light,
    /// Short or rare, and yet what to look for, such as an attempt that failed: shown wherever it
    /// occurs, however shortly, in the place of light states.
    Striking,
}

use Weight::{Light, Solid, Striking};

/// The states that many chapters have, which look alike in all of them.
const KNOWN: [Mark<'static>; 4] = [
    Mark { state: "computing", glyph: '█', weight: Solid },
    Mark { state: "waiting", glyph: '░', weight: Light },
    Mark { state: "holding", glyph: '▓', weight: Solid },
    Mark { state: "blocked", glyph: '▒', weight: Light },
];

/// How many colours there are for states that don't strike.
pub(super) const KINDS: usize = 6;

/// For the other states, in the order in which they appear.
const MORE: [char; 6] = ['■', '=', '~', '+', 'o', 'x'];

/// Each state that occurs, with its mark (the chapter's own if it has one) and its style.
pub(super) fn marks<'a>(
    spans: impl Iterator<Item = Stretch<'a>>,
    own: &[Mark<'static>],
) -> Vec<(Mark<'a>, Style)> {
    let mut marks: Vec<(Mark<'a>, Style)> = Vec::new();
    let mut more = MORE.iter().cycle();
    for span in spans {
        if marks.iter().all(|(mark, _)| mark.state != span.state) {
            let of = |marks: &[Mark<'_>]| marks.iter().position(|mark| mark.state == span.state);
            let (mark, place) = match (of(own), of(&KNOWN)) {
                (Some(place), _) => (own[place], place),
                (None, Some(place)) => (KNOWN[place], place),
                (None, None) => {
                    let glyph = *more.next().unwrap_or(&'?');
                    let mark = Mark { state: span.state, glyph, weight: Light };
                    (mark, KNOWN.len() + marks.len())
                }
            };
            let striking = mark.weight == Striking;
            let style = if striking { Style::Bad } else { Style::Kind(free(&marks, place)) };
            marks.push((mark, style));
        }
    }
    marks
}

/// The usual colour of what has this place; if another state has it here already, the next that none
/// has, as long as there is one.
fn free(marks: &[(Mark<'_>, Style)], place: usize) -> usize {
    let taken = |kind: &usize| marks.iter().any(|(_, style)| *style == Style::Kind(*kind));
    (place..place + KINDS).map(|kind| kind % KINDS).find(|kind| !taken(kind)).unwrap_or(place)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn no_two_states_have_one_colour_while_there_are_others() {
        let own = ["a", "b", "c", "d", "e", "f", "g", "late"].map(|state| {
            let weight = if state == "late" { Striking } else { Light };
            Mark { state, glyph: '-', weight }
        });
        let styles = |states: &[&'static str]| {
            let (from, to) = (Duration::ZERO, Duration::from_millis(1));
            let spans = states.iter().map(|state| Stretch { state, item: None, from, to });
            let marks = marks(spans, &own);
            marks.into_iter().map(|(_, style)| style).collect::<Vec<_>>()
        };
        // Both would have the first.
        assert_eq!(styles(&["computing", "g"]), [Style::Kind(0), Style::Kind(1)]);
        assert_eq!(styles(&["waiting", "computing"]), [Style::Kind(1), Style::Kind(0)]);
        assert_eq!(styles(&["late", "a"]), [Style::Bad, Style::Kind(0)]);
        let many = styles(&["a", "computing", "b", "waiting", "blocked", "holding"]);
        for kind in 0..KINDS {
            assert!(many.contains(&Style::Kind(kind)), "{many:?}");
        }
    }
}

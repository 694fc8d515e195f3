//! Which state a column shows.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::{IDLE, Mark, Stretch, Weight};
use crate::printer::Style;

/// Time cut into as many equal slices as there are columns.
pub(super) struct Slices {
    start: Duration,
    each: Duration,
    columns: usize,
}

impl Slices {
    pub(super) fn new(start: Duration, end: Duration, columns: usize) -> Slices {
        // Rounded up, so that none of the time is left over behind the last column.
        let each = (end - start).as_nanos().div_ceil(columns as u128).max(1);
        Slices { start, each: Duration::from_nanos(each as u64), columns }
    }

    /// The column in which an instant lies.
    pub(super) fn column(&self, at: Duration) -> usize {
        ((at - self.start).as_nanos() / self.each.as_nanos()) as usize
    }

    /// The columns into which a span falls. An instant falls into one.
    fn touched(&self, span: &Stretch<'_>) -> RangeInclusive<usize> {
        let column = |at| self.column(at).min(self.columns - 1);
        let last = span.to.saturating_sub(Duration::from_nanos(1)).max(span.from);
        column(span.from)..=column(last)
    }

    /// For each column the state that took most of it, if that is more than a quarter, or the
    /// striking one that displaces it, and a character to show instead of its glyph.
    pub(super) fn cells<'a>(
        &self,
        lane: &[Stretch<'a>],
        marks: &[(Mark<'_>, Style)],
    ) -> Vec<(&'a str, Option<char>)> {
        let most = self.shares(lane).into_iter().map(|shares| {
            let most = shares.into_iter().max_by_key(|(_, share)| *share);
            most.filter(|(_, share)| *share > self.each / 4).map_or(IDLE, |(state, _)| state)
        });
        let mut cells: Vec<_> = most.map(|state| (state, None)).collect();
        let weighs = |state, weight| {
            marks.iter().any(|(mark, _)| mark.state == state && mark.weight == weight)
        };
        for span in lane.iter().filter(|span| weighs(span.state, Weight::Striking)) {
            for (state, _) in &mut cells[self.touched(span)] {
                if !weighs(state, Weight::Solid) {
                    *state = span.state;
                }
            }
        }
        for span in lane {
            label(&mut cells, span, self.column(span.from), self.column(span.to));
        }
        cells
    }

    /// How much of each column each state took: of many short spans none has most of a column.
    fn shares<'a>(&self, lane: &[Stretch<'a>]) -> Vec<Vec<(&'a str, Duration)>> {
        let mut shares: Vec<Vec<(&str, Duration)>> = vec![Vec::new(); self.columns];
        for span in lane {
            let (first, last) = (self.column(span.from), self.column(span.to));
            for (c, shares) in shares.iter_mut().enumerate().take(last + 1).skip(first) {
                let left = self.start + self.each * c as u32;
                let right = left + self.each;
                let share = span.to.min(right).saturating_sub(span.from.max(left));
                match shares.iter_mut().find(|(state, _)| *state == span.state) {
                    Some((_, sum)) => *sum += share,
                    None => shares.push((span.state, share)),
                }
            }
        }
        shares
    }
}

fn label(cells: &mut [(&str, Option<char>)], span: &Stretch<'_>, from: usize, to: usize) {
    let Some(item) = span.item else { return };
    let digits = item.to_string();
    if to.saturating_sub(from) > digits.len() + 1 {
        for (cell, digit) in cells[from + 1..].iter_mut().zip(digits.chars()) {
            cell.1 = Some(digit);
        }
    }
}

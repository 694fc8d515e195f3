//! A row a name, a dot a figure, on a logarithmic axis.

use maud::{Markup, html};

use super::axis::Axis;
use super::chart::{mark, picture, rule, short, text};

const WIDTH: f64 = 360.0;
const NAMES: f64 = 104.0;
/// Where zero is, which no logarithmic axis has, if there is one.
const ZERO: f64 = NAMES + 14.0;
const ROW: f64 = 22.0;
const FOOT: f64 = 24.0;

/// What is drawn.
pub struct Dots<'a> {
    /// Of what it is.
    pub title: &'a str,
    /// A name, and its figures: which series, and how much.
    pub rows: Vec<(&'a str, Vec<(usize, f64)>)>,
    /// The names of the series.
    pub series: Vec<String>,
    /// A figure with its unit.
    pub unit: fn(f64) -> String,
    /// Of the axis: 10, or 4 where units are powers of 1024.
    pub base: f64,
}

impl Dots<'_> {
    /// The chart; nothing if there is no figure. The last figure of a row stands beside it.
    pub fn draw(&self) -> Option<Markup> {
        let values = self.rows.iter().flat_map(|(_, dots)| dots.iter().map(|(_, value)| *value));
        let zero = values.clone().any(|value| value <= 0.0);
        let start = if zero { ZERO + 34.0 } else { NAMES + 12.0 };
        let axis = Axis::log(self.base, values, (start, WIDTH - 66.0))?;
        let foot = ROW * self.rows.len() as f64 + 4.0;
        let key = if self.series.len() > 1 { 20.0 } else { 0.0 };
        let body = html! {
            @if zero {
                (rule((ZERO, 2.0), (ZERO, foot)))
                (text(ZERO, foot + 15.0, "middle", &(self.unit)(0.0)))
            }
            @for tick in axis.ticks(40.0) {
                (rule((axis.at(tick), 2.0), (axis.at(tick), foot)))
                (text(axis.at(tick), foot + 15.0, "middle", &short(&(self.unit)(tick))))
            }
            @for (i, (name, dots)) in self.rows.iter().enumerate() {
                (row(&axis, ROW * (i as f64 + 0.5) + 2.0, name, dots, self.unit))
            }
            @if self.series.len() > 1 { (self.key(foot + FOOT + 12.0)) }
        };
        Some(picture(self.title, &self.words(), (WIDTH, foot + FOOT + key), &body))
    }

    /// Which mark is which.
    fn key(&self, y: f64) -> Markup {
        let each = (WIDTH - 8.0) / self.series.len() as f64;
        html! {
            @for (i, name) in self.series.iter().enumerate() {
                (mark(8.0 + each * i as f64, y - 4.0, i))
                (text(18.0 + each * i as f64, y, "start", name))
            }
        }
    }

    fn words(&self) -> String {
        let row = |(name, dots): &(&str, Vec<(usize, f64)>)| {
            Some(format!("{name}: {}", (self.unit)(dots.last()?.1)))
        };
        self.rows.iter().filter_map(row).collect::<Vec<_>>().join(", ")
    }
}

fn row(axis: &Axis, y: f64, name: &str, dots: &[(usize, f64)], unit: fn(f64) -> String) -> Markup {
    let at = |value: f64| if value > 0.0 { axis.at(value) } else { ZERO };
    let start = axis.at(0.0);
    let farthest = dots.iter().map(|(_, value)| at(*value)).fold(start, f64::max);
    html! {
        (text(NAMES, y + 4.0, "end", name))
        (rule((start, y), (farthest, y)))
        @for (series, value) in dots { (mark(at(*value), y, *series)) }
        @if let Some((_, value)) = dots.last() {
            (text(farthest + 8.0, y + 4.0, "start strong", &unit(*value)))
        }
    }
}

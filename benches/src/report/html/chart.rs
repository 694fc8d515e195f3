//! Axes: where a value lies, and which values are written beside it.

use maud::{Markup, html};

/// An axis from one value to another, and the pixels that they lie at.
pub struct Axis {
    least: f64,
    most: f64,
    /// Of the logarithm; none of a linear axis.
    base: Option<f64>,
    from: f64,
    to: f64,
}

impl Axis {
    /// Linear, from zero.
    pub fn linear(most: f64, (from, to): (f64, f64)) -> Axis {
        Axis { least: 0.0, most: most.max(f64::MIN_POSITIVE), base: None, from, to }
    }

    /// Logarithmic, between the powers of the base around these values; `None` if none is above
    /// zero.
    pub fn log(
        base: f64,
        values: impl Iterator<Item = f64>,
        (from, to): (f64, f64),
    ) -> Option<Axis> {
        let values = values.filter(|value| *value > 0.0 && value.is_finite());
        let (least, most) = values.fold((f64::INFINITY, 0.0_f64), |(least, most), value| {
            (least.min(value), most.max(value))
        });
        let least = base.powf(least.log(base).floor());
        let most = base.powf(most.log(base).ceil()).max(least * base);
        least.is_finite().then_some(Axis { least, most, base: Some(base), from, to })
    }

    /// Logarithmic, between exactly these.
    pub fn log_between(least: f64, most: f64, (from, to): (f64, f64)) -> Axis {
        Axis { least, most: most.max(least * 1.01), base: Some(10.0), from, to }
    }

    /// The pixel; what lies beyond an end is put there.
    pub fn at(&self, value: f64) -> f64 {
        let part = match self.base {
            Some(_) => (value.max(self.least) / self.least).ln() / (self.most / self.least).ln(),
            None => value / self.most,
        };
        let pixel = self.from + part.clamp(0.0, 1.0) * (self.to - self.from);
        (pixel * 10.0).round() / 10.0
    }

    /// Powers of the base, at most five of them; or round numbers from zero on.
    pub fn ticks(&self) -> Vec<f64> {
        if let Some(base) = self.base {
            let powers = ((self.most / self.least).log(base) + 1e-9) as i32;
            let powers = (0..=powers).step_by(powers as usize / 5 + 1);
            return powers.map(|power| self.least * base.powi(power)).collect();
        }
        let rough = 10_f64.powf((self.most / 5.0).log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|times| times * rough);
        let step = steps.into_iter().find(|step| self.most / step <= 5.01).unwrap_or(self.most);
        (0..=(self.most / step + 1e-9) as u32).map(|n| f64::from(n) * step).collect()
    }
}

/// A line with its marks: which of them, by number. Both the colour and the form tell it.
pub fn line(points: &[(f64, f64)], look: usize) -> Markup {
    let path: String = points.iter().enumerate().map(|(i, point)| step(i, *point)).collect();
    html! {
        path class=(format!("line s{look} d{look}", look = look % LOOKS)) d=(path) {}
        @for (x, y) in points { (mark(*x, *y, look)) }
    }
}

fn step(i: usize, (x, y): (f64, f64)) -> String {
    format!("{}{x} {y}", if i == 0 { "M" } else { "L" })
}

/// How many looks there are.
pub const LOOKS: usize = 7;

/// A mark around this point.
pub fn mark(x: f64, y: f64, look: usize) -> Markup {
    let form = match look % LOOKS {
        0 => "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
        1 => "m-3.6-3.6h7.2v7.2h-7.2z",
        2 => "m0-4.6l4.4 7.8h-8.8z",
        3 => "m0-4.8l4.8 4.8l-4.8 4.8l-4.8-4.8z",
        4 => "m0 4.6l4.4-7.8h-8.8z",
        5 => "m-4-1.3h2.7v-2.7h2.6v2.7h2.7v2.6h-2.7v2.7h-2.6v-2.7h-2.7z",
        _ => "m-4.4-1.2h8.8v2.4h-8.8z",
    };
    html! { path class=(format!("mark s{}", look % LOOKS)) d=(format!("M{x} {y}{form}")) {} }
}

/// A picture of so many pixels, with what it is in words for those who don't see it.
pub fn picture(title: &str, words: &str, (width, height): (f64, f64), body: &Markup) -> Markup {
    html! {
        svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img"
            viewBox=(format!("0 0 {width} {height}")) {
            title { (title) }
            desc { (words) }
            (body)
        }
    }
}

/// Text at a point: `start`, `middle` or `end` of it lies there.
pub fn text(x: f64, y: f64, anchor: &str, text: &str) -> Markup {
    html! { text x=(x) y=(y) class=(anchor) { (text) } }
}

/// A round figure without the zeros behind its point.
pub fn short(figure: &str) -> String {
    figure.replace(".00 ", " ").replace(".0 ", " ")
}

/// A thin line between two points.
pub fn rule((x, y): (f64, f64), (to_x, to_y): (f64, f64)) -> Markup {
    html! { path class="grid" d=(format!("M{x} {y}L{to_x} {to_y}")) {} }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_lie_on_the_axis() {
        assert_eq!(Axis::linear(2.0, (0.0, 100.0)).ticks(), [0.0, 0.5, 1.0, 1.5, 2.0]);
        assert_eq!(Axis::linear(17.0, (0.0, 100.0)).ticks(), [0.0, 5.0, 10.0, 15.0]);
        let axis = Axis::log(10.0, [300.0, 40_000.0].into_iter(), (0.0, 90.0)).unwrap();
        assert_eq!(axis.ticks(), [100.0, 1e3, 1e4, 1e5]);
        assert_eq!(
            [axis.at(100.0), axis.at(1e3), axis.at(1e9), axis.at(0.0)],
            [0.0, 30.0, 90.0, 0.0]
        );
        assert!(Axis::log(10.0, [0.0, f64::NAN].into_iter(), (0.0, 1.0)).is_none());
        assert_eq!(Axis::log(4.0, [5.0].into_iter(), (0.0, 1.0)).unwrap().ticks(), [4.0, 16.0]);
    }
}

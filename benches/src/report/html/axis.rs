//! Axes: where a value lies, and which values are written beside it.

/// What is round, times a power of ten.
const ROUND: [f64; 3] = [1.0, 2.0, 5.0];

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

    /// Logarithmic, between the round values around these: powers of the base, and of ten also twice
    /// and five times that. `None` if none is above zero.
    pub fn log(
        base: f64,
        values: impl Iterator<Item = f64>,
        (from, to): (f64, f64),
    ) -> Option<Axis> {
        let values = values.filter(|value| *value > 0.0 && value.is_finite());
        let (least, most) = values.fold((f64::INFINITY, 0.0_f64), |(least, most), value| {
            (least.min(value), most.max(value))
        });
        if !least.is_finite() {
            return None;
        }
        let least = *around(base, least).iter().rfind(|one| **one <= least * 1.001)?;
        let most = *around(base, most).iter().find(|one| **one >= most / 1.001)?;
        let most = if most > least { most } else { least * base };
        Some(Axis { least, most, base: Some(base), from, to })
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

    /// Round numbers, at least so many pixels apart. On a logarithmic axis: powers of the base, and
    /// of ten also twice and five times that where there is room.
    pub fn ticks(&self, room: f64) -> Vec<f64> {
        match self.base {
            Some(base) => self.powers(base, room),
            None => self.multiples(room),
        }
    }

    fn powers(&self, base: f64, room: f64) -> Vec<f64> {
        let apart = (self.to - self.from).abs() / (self.most / self.least).log(base);
        let between: &[f64] =
            if base == 10.0 && apart * 2_f64.log10() >= room { &ROUND } else { &[1.0] };
        let first = (self.least.log(base) + 1e-9).floor() as i32;
        let last = (self.most.log(base) + 1e-9).floor() as i32;
        let powers = (first..=last).step_by((room / apart).ceil().max(1.0) as usize);
        let ticks = powers.flat_map(|power| between.iter().map(move |n| n * base.powi(power)));
        let is_there = |tick: &f64| (self.least / 1.001..=self.most * 1.001).contains(tick);
        ticks.filter(is_there).collect()
    }

    fn multiples(&self, room: f64) -> Vec<f64> {
        let rough = self.most / ((self.to - self.from).abs() / room).max(1.0);
        let power = 10_f64.powf((rough + 1e-9).log10().floor());
        let steps = ROUND.map(|times| times * power);
        let step = steps.into_iter().find(|step| step * 1.001 >= rough).unwrap_or(10.0 * power);
        (0..=(self.most / step + 1e-9) as u32).map(|n| f64::from(n) * step).collect()
    }
}

/// The round values from the power of the base below this one to the power above it.
fn around(base: f64, value: f64) -> Vec<f64> {
    let power = base.powf((value.log(base) + 1e-9).floor());
    let between: &[f64] = if base == 10.0 { &ROUND } else { &[1.0] };
    between.iter().chain([&base]).map(|times| times * power).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_lie_on_the_axis() {
        assert_eq!(Axis::linear(2.0, (0.0, 100.0)).ticks(20.0), [0.0, 0.5, 1.0, 1.5, 2.0]);
        assert_eq!(Axis::linear(17.0, (0.0, 100.0)).ticks(20.0), [0.0, 5.0, 10.0, 15.0]);
        let axis = Axis::log(10.0, [100.0, 60_000.0].into_iter(), (0.0, 90.0)).unwrap();
        assert_eq!(axis.ticks(20.0), [100.0, 1e3, 1e4, 1e5]);
        assert_eq!(axis.ticks(40.0), [100.0, 1e4], "there is room for half of them");
        assert_eq!(
            [axis.at(100.0), axis.at(1e3), axis.at(1e9), axis.at(0.0)],
            [0.0, 30.0, 90.0, 0.0]
        );
        assert!(Axis::log(10.0, [0.0, f64::NAN].into_iter(), (0.0, 1.0)).is_none());
        let axis = Axis::log(4.0, [5.0].into_iter(), (0.0, 99.0)).unwrap();
        assert_eq!(axis.ticks(20.0), [4.0, 16.0]);
    }

    #[test]
    fn an_axis_ends_at_round_values() {
        let ticks = |values: &[f64]| {
            Axis::log(10.0, values.iter().copied(), (0.0, 90.0)).unwrap().ticks(5.0)
        };
        assert_eq!(ticks(&[3.0, 11.0]), [2.0, 5.0, 10.0, 20.0]);
        assert_eq!(ticks(&[2.0, 5.0]), [2.0, 5.0]);
        assert_eq!(ticks(&[10.0, 10.0]), [10.0, 20.0, 50.0, 100.0]);
    }

    #[test]
    fn few_decades_have_ticks_within_them() {
        let axis = Axis::log_between(1.0, 46.0, (220.0, 12.0));
        assert_eq!(axis.ticks(24.0), [1.0, 2.0, 5.0, 10.0, 20.0]);
        let axis = Axis::log_between(2.0, 46.0, (220.0, 12.0));
        assert_eq!(axis.ticks(24.0), [2.0, 5.0, 10.0, 20.0]);
        assert_eq!(axis.ticks(90.0), [10.0]);
    }
}

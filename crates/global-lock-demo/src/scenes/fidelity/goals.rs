//! What a figure of the simulation is to be.

use crate::scenes::beside::answers::{Figure, Unit, digits};

/// One figure, and how it is to be.
pub struct Goal {
    /// Which: the words before the comma are what several goals have in common.
    pub name: &'static str,
    /// From which of the part's trials.
    pub trial: usize,
    /// What is made of the answers.
    pub figure: Figure,
    /// In which unit.
    pub unit: Unit,
    /// What was measured elsewhere, as far as it was: from, to.
    pub elsewhere: Option<(f64, f64)>,
    /// How it is to be.
    pub limit: Limit,
}

/// How closely a figure is to be met.
#[derive(Debug, Clone, Copy)]
pub enum Limit {
    /// As in the real interpreter, give or take so many per cent.
    Within(f64),
    /// At least the first and less than the second, whatever the real one does.
    Between(f64, f64),
}

impl Limit {
    /// In a table.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Limit::Within(percent) => format!("± {percent} %"),
            Limit::Between(least, bound) if bound == f64::INFINITY => {
                format!("≥ {}", digits(least))
            }
            Limit::Between(0.0, bound) => format!("< {}", digits(bound)),
            Limit::Between(least, bound) => format!("{}–{}", digits(least), digits(bound)),
        }
    }

    /// Whether the figure is met; nobody knows if there is none, or nothing to compare it with.
    #[must_use]
    pub fn met(self, simulated: Option<f64>, ratio: Option<f64>) -> Option<bool> {
        match self {
            Limit::Within(percent) => ratio.map(|ratio| (ratio - 1.0).abs() <= percent / 100.0),
            Limit::Between(least, bound) => simulated.map(|it| least <= it && it < bound),
        }
    }
}

impl Goal {
    /// What the real interpreter did: here, or else elsewhere.
    #[must_use]
    pub fn real(&self, here: Option<f64>) -> Option<(f64, f64)> {
        here.map(|here| (here, here)).or(self.elsewhere)
    }
}

/// The simulation's figure by the real one; by the nearest, where that is a range.
#[must_use]
pub fn ratio(simulated: Option<f64>, real: Option<(f64, f64)>) -> Option<f64> {
    let (simulated, (from, to)) = (simulated?, real?);
    Some(simulated / simulated.clamp(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_to_the_nearest_of_a_range() {
        let range = Some((6.0, 8.0));
        let ratios = [3.0, 6.0, 7.0, 16.0].map(|it| ratio(Some(it), range).unwrap());
        assert_eq!(ratios, [0.5, 1.0, 1.0, 2.0]);
        assert_eq!((ratio(None, range), ratio(Some(1.0), None)), (None, None));
    }

    const CLOSE: Limit = Limit::Within(3.0);
    const TWICE: Limit = Limit::Between(1.8, f64::INFINITY);

    #[test]
    fn limits_are_as_they_say() {
        for (limit, text, figure, ratio, met) in [
            (CLOSE, "± 3 %", 5.0, Some(1.02), Some(true)),
            (CLOSE, "± 3 %", 5.0, Some(0.96), Some(false)),
            (CLOSE, "± 3 %", 5.0, None, None),
            (TWICE, "≥ 1.80", 1.79, None, Some(false)),
            (TWICE, "≥ 1.80", 1.8, None, Some(true)),
            (Limit::Between(0.0, 1.0), "< 1.00", 0.5, Some(1.3), Some(true)),
            (Limit::Between(0.95, 1.08), "0.95–1.08", 1.1, Some(1.0), Some(false)),
        ] {
            assert_eq!((limit.text().as_str(), limit.met(Some(figure), ratio)), (text, met));
        }
        assert_eq!(TWICE.met(None, None), None);
    }
}

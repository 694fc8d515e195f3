//! What a simulation and a real interpreter answered, and what becomes of it in a table.

use crate::host::Host;

use super::trials::Trial;

/// The answers to one trial: for each round what was measured in it.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// The simulation's.
    pub simulated: Vec<Vec<f64>>,
    /// The real interpreter's; none if there is none.
    pub real: Vec<Vec<f64>>,
}

/// What is made of the rounds.
#[derive(Debug, Clone, Copy)]
pub enum Figure {
    /// The time that so many per cent of all times, of all rounds, do not exceed.
    Percentile(f64),
    /// How many a second: the median of the rounds.
    Rate,
    /// The number at this place of a round: the median of the rounds.
    Number(usize),
}

/// What is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Milliseconds.
    Millis,
    /// How many a second.
    PerSecond,
    /// How many times as much.
    Times,
    /// Of a hundred.
    Percent,
}

/// Asks all, in so many rounds; who comes first changes from round to round.
///
/// # Errors
/// One line: what a program ended with before its time.
pub fn ask(
    trials: &[&Trial],
    simulated: &Host,
    real: Option<&Host>,
    rounds: usize,
) -> Result<Vec<Answers>, String> {
    let mut all = vec![Answers::default(); trials.len()];
    for round in 0..rounds {
        for (trial, answers) in trials.iter().zip(&mut all) {
            for turn in 0..2 {
                if turn == round % 2 {
                    answers.simulated.push(trial.ask(simulated)?);
                } else if let Some(real) = real {
                    answers.real.push(trial.ask(real)?);
                }
            }
        }
    }
    Ok(all)
}

impl Figure {
    /// What this makes of these rounds, if anything was measured.
    #[must_use]
    pub fn of(self, rounds: &[Vec<f64>]) -> Option<f64> {
        match self {
            Figure::Percentile(percent) => {
                rank(rounds.iter().flatten().copied().collect(), percent)
            }
            Figure::Rate | Figure::Number(_) => {
                rank(rounds.iter().filter_map(|round| self.of_round(round)).collect(), 50.0)
            }
        }
    }

    /// What it makes of one round.
    #[must_use]
    pub fn of_round(self, round: &[f64]) -> Option<f64> {
        match self {
            Figure::Percentile(percent) => rank(round.to_vec(), percent),
            Figure::Rate if round.is_empty() => None,
            Figure::Rate => Some(1e3 * round.len() as f64 / round.iter().sum::<f64>()),
            Figure::Number(place) => round.get(place).copied(),
        }
    }
}

/// The nearest rank.
fn rank(mut numbers: Vec<f64>, percent: f64) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    let rank = (percent / 100.0 * numbers.len() as f64).ceil() as usize;
    numbers.get(rank.max(1) - 1).copied()
}

impl Unit {
    /// A value in this unit: three digits, where it has so many.
    #[must_use]
    pub fn text(self, value: Option<f64>) -> String {
        let Some(value) = value else { return "–".to_owned() };
        let unit = match self {
            Unit::Millis => " ms",
            Unit::PerSecond => " /s",
            Unit::Times => " ×",
            Unit::Percent => " %",
        };
        format!("{}{unit}", digits(value))
    }

    /// By how much the simulation differs.
    #[must_use]
    pub fn difference(self, simulated: Option<f64>, real: Option<f64>) -> String {
        match (simulated, real) {
            (Some(simulated), Some(real)) if self == Unit::Percent => {
                format!("{:+.0} points", simulated - real)
            }
            (Some(simulated), Some(real)) if real > 0.0 => {
                format!("{:+.0} %", 100.0 * (simulated / real - 1.0))
            }
            _ => "–".to_owned(),
        }
    }
}

/// Three digits, or the whole number.
#[must_use]
pub fn digits(value: f64) -> String {
    let decimals = match value.abs() {
        value if value < 9.995 => 2,
        value if value < 99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_rounds() {
        let rounds = [vec![1.0, 2.0], vec![4.0], vec![]];
        assert_eq!(Figure::Percentile(50.0).of(&rounds), Some(2.0));
        assert_eq!(Figure::Percentile(100.0).of(&rounds), Some(4.0));
        assert_eq!(Figure::Rate.of_round(&rounds[1]), Some(250.0));
        assert_eq!(Figure::Rate.of(&rounds), Some(250.0));
        assert_eq!(Figure::Number(0).of(&rounds), Some(1.0));
        assert_eq!(Figure::Number(1).of(&rounds), Some(2.0));
        assert_eq!(Figure::Number(2).of(&rounds), None);
        assert_eq!(Figure::Percentile(50.0).of(&[]), None);
    }

    #[test]
    fn differences_have_a_sign_and_what_is_not_there_has_a_dash() {
        assert_eq!(Unit::Millis.difference(Some(5.1), Some(5.0)), "+2 %");
        assert_eq!(Unit::Percent.difference(Some(10.0), Some(25.0)), "-15 points");
        assert_eq!(Unit::Times.difference(Some(1.0), Some(0.0)), "–");
        assert_eq!(Unit::PerSecond.text(Some(1234.5)), "1234 /s");
        assert_eq!(Unit::Millis.text(Some(5.094)), "5.09 ms");
        assert_eq!(Unit::Percent.text(None), "–");
    }
}

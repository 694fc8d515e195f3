//! An exercise: the reader foresees a number, and the chapter measures it.

use serde_json::json;

use crate::printer::Style;
use crate::scene::{Result, Stage};

/// Something for the reader to change or to think through, a number to foresee, and the run that
/// tells whether it came so.
pub struct Exercise {
    /// What to do, and what to foresee: the words of the chapter's README.
    pub task: &'static str,
    /// What is measured, which is also its heading: `how late the timer is`.
    pub what: &'static str,
    /// Its unit: `ms`; `times` for a ratio; nothing if it is a bare number.
    pub unit: &'static str,
    /// Measures it, as the code stands.
    pub measure: fn(&mut Stage<'_>) -> Result<f64>,
    /// What is measured before the change that is asked for; nothing if none is asked for.
    pub before: Option<f64>,
    /// By which factor a right prediction may be off, at most; 1 for what can be counted.
    pub within: f64,
    /// Why it comes to that, said after the measurement.
    pub why: &'static str,
}

/// The least of three measurements: for what takes its time at least, to which a busy machine can
/// only add.
///
/// # Errors
/// Those of the measurement.
pub fn least_of_three(mut measure: impl FnMut() -> Result<f64>) -> Result<f64> {
    let mut least = measure()?;
    for _ in 1..3 {
        least = least.min(measure()?);
    }
    Ok(least)
}

/// What the reader wants to be checked.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) number: usize,
    pub(crate) exercise: &'static Exercise,
    /// What the reader foresees.
    pub(crate) foreseen: f64,
}

/// What was given after `check`.
pub(crate) enum Asked {
    /// Nothing: all exercises are told.
    All,
    /// A number and a prediction.
    One(Wanted),
}

impl Asked {
    /// Reads `N PREDICTION`, or nothing.
    ///
    /// # Errors
    /// One line that says what was wrong and what would be right.
    pub(crate) fn parse(
        exercises: &'static [Exercise],
        given: &[String],
    ) -> std::result::Result<Asked, String> {
        if exercises.is_empty() {
            return Err("this chapter has no exercises to check".into());
        }
        let count = exercises.len();
        let [number, foreseen @ ..] = given else { return Ok(Asked::All) };
        let index = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let Some((index, exercise)) = index.and_then(|i| Some((i, exercises.get(i)?))) else {
            return Err(format!("there is no exercise {number:?}; they are numbered 1 to {count}"));
        };
        let number = index + 1;
        let right = format!(
            "exercise {number} is checked against one number that you foresee{}: \
             check {number} NUMBER",
            exercise.told_unit(", in ", "")
        );
        let [word] = foreseen else { return Err(right) };
        let foreseen = word.parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
        match foreseen {
            Some(foreseen) => Ok(Asked::One(Wanted { number, exercise, foreseen })),
            None => Err(format!("{word:?} is no number from 0 on; {right}")),
        }
    }
}

impl Exercise {
    /// Whether this prediction is right enough.
    fn holds(&self, foreseen: f64, measured: f64) -> bool {
        let (less, more) = (foreseen.min(measured), foreseen.max(measured));
        // Of two numbers one of which is none, the other is the smaller, and the larger.
        measured.is_finite() && more <= less * self.within
    }

    /// Whether a change was asked for, and this is what is measured without it.
    fn is_unchanged(&self, measured: f64) -> bool {
        self.before.is_some_and(|before| self.holds(before, measured))
    }

    /// The unit between these, or nothing.
    pub(crate) fn told_unit(&self, before: &str, after: &str) -> String {
        match self.unit {
            "" => String::new(),
            unit => format!("{before}{unit}{after}"),
        }
    }

    /// The rule by which a prediction is judged.
    fn rule(&self) -> String {
        match self.within {
            within if within <= 1.0 => "right if it is the same".into(),
            within => format!("right within a factor of {within}"),
        }
    }
}

impl Stage<'_> {
    /// Measures, and holds the prediction against it, unless the reader has yet to make the change
    /// that it is about.
    pub(crate) fn hold(&mut self, wanted: Wanted) -> Result {
        let Wanted { exercise, foreseen, .. } = wanted;
        let Exercise { what, unit, why, .. } = exercise;
        let measured = (exercise.measure)(self)?;
        let held = (!exercise.is_unchanged(measured)).then(|| exercise.holds(foreseen, measured));
        let (shown, rule) = (short(measured), exercise.rule());
        let told = exercise.told_unit(" ", "");
        let text = format!("{what}: you said {foreseen}{told}, it is {shown}{told} ({rule})");
        match held {
            Some(true) => self.printer.mark("✓ as you said", Style::Good, &text),
            Some(false) => self.printer.mark("✗ not as you said", Style::Bad, &text),
            None => {
                let text = format!(
                    "{what}: {shown}{told}, which is what it comes to before the change. Make it, and \
                     check again."
                );
                self.printer.mark("✗ as before", Style::Bad, &text);
            }
        }
        if held.is_some() {
            self.printer.paragraph("why: ", why);
        }
        self.figures.push(json!({ "what": what, "unit": unit, "foreseen": foreseen, "measured": measured, "held": held }));
        Ok(())
    }
}

/// A count as a count, any other figure to three digits.
fn short(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value}") } else { crate::three_digits(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXERCISE: Exercise = Exercise {
        task: "Think.",
        what: "the answer",
        unit: "ms",
        measure: |_| Ok(42.0),
        before: None,
        within: 1.25,
        why: "It is.",
    };

    #[test]
    fn the_least_of_three_is_measured_thrice_or_until_it_fails() {
        let mut figures = [5.0, 3.0, 4.0, 1.0].into_iter();
        let least = least_of_three(|| figures.next().ok_or("no more".into()));
        assert_eq!((least.unwrap(), figures.len()), (3.0, 1));
        let failed = least_of_three(|| figures.next().ok_or("no more".into()));
        assert_eq!(failed.unwrap_err().to_string(), "no more");
    }

    #[test]
    fn a_change_that_was_not_made_is_noticed() {
        let changed = Exercise { before: Some(160.0), ..EXERCISE };
        assert!(changed.is_unchanged(170.0) && !changed.is_unchanged(100.0));
        assert!(!EXERCISE.is_unchanged(42.0), "nothing was to be changed");
    }

    #[test]
    fn a_prediction_is_right_within_a_factor_either_way() {
        let exact = Exercise { within: 1.0, ..EXERCISE };
        for (exercise, foreseen, measured, held) in [
            (&EXERCISE, 40.0, 50.0, true),
            (&EXERCISE, 50.0, 40.0, true),
            (&EXERCISE, 39.0, 50.0, false),
            (&EXERCISE, 0.0, 1.0, false),
            (&EXERCISE, 0.0, 0.0, true),
            (&exact, 3.0, 3.0, true),
            (&exact, 3.0, 4.0, false),
            (&EXERCISE, 3.0, f64::NAN, false),
            (&EXERCISE, 3.0, f64::INFINITY, false),
        ] {
            assert_eq!(exercise.holds(foreseen, measured), held, "{foreseen} {measured}");
        }
    }
}

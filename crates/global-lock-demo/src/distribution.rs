//! How often something took how long. What has two humps has no mean worth telling.

use std::time::Duration;

use stage::Bars;

/// Times, of which there is at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// From the shortest to the longest.
    times: Vec<Duration>,
}

impl Distribution {
    /// The distribution of these times.
    ///
    /// # Errors
    /// One line, if there are none.
    pub fn of(times: impl IntoIterator<Item = Duration>) -> Result<Distribution, String> {
        let mut times: Vec<_> = times.into_iter().collect();
        times.sort_unstable();
        if times.is_empty() {
            Err("nothing was measured".into())
        } else {
            Ok(Distribution { times })
        }
    }

    /// The distribution of times as a program prints them: a line each, in milliseconds.
    ///
    /// # Errors
    /// One line: which line is none, or that there are none.
    pub fn of_milliseconds(lines: &str) -> Result<Distribution, String> {
        let time =
            |line: &str| Duration::try_from_secs_f64(line.trim().parse::<f64>().ok()? / 1e3).ok();
        let times = lines
            .lines()
            .map(|line| time(line).ok_or_else(|| format!("{line:?} is no time in milliseconds")));
        Distribution::of(times.collect::<Result<Vec<_>, _>>()?)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.times.len()
    }

    /// The shortest time that no more than `100 - percent` per cent of the times exceed: the
    /// nearest rank. At 50 this is the median, at 100 the longest.
    #[must_use]
    pub fn percentile(&self, percent: f64) -> Duration {
        let rank = (percent / 100.0 * self.count() as f64).ceil() as usize;
        self.times[rank.clamp(1, self.count()) - 1]
    }

    /// The longest.
    #[must_use]
    pub fn max(&self) -> Duration {
        self.percentile(100.0)
    }

    /// A bar for each bucket from the shortest time's to the longest's, empty ones too: which share
    /// of the times fell into it.
    #[must_use]
    pub fn bars(&self, title: impl Into<String>) -> Bars {
        let mut bars = Bars::new(title, "%");
        let last = bucket(self.max());
        for this in bucket(self.times[0])..=last {
            let share = self.times.iter().filter(|time| bucket(**time) == this).count();
            bars.bar(label(this), 100.0 * share as f64 / self.count() as f64);
        }
        bars
    }
}

/// Four buckets a decade begin at these figures, each about as wide as the others on a logarithmic
/// scale. The usual intervals (0.5, 5 and 50 ms) are in the middle of one, not at its edge.
const BEGIN: [u64; 4] = [1, 2, 4, 7];

/// The first bucket also has what is shorter than a microsecond.
fn bucket(time: Duration) -> usize {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1);
    let decade = micros.ilog10();
    let in_decade = BEGIN.iter().filter(|begin| **begin <= micros / 10_u64.pow(decade)).count();
    BEGIN.len() * decade as usize + in_decade - 1
}

/// `4–7 ms`, `700–1000 µs`.
fn label(bucket: usize) -> String {
    let decade = bucket / BEGIN.len();
    let (unit, below) = match decade {
        0..3 => ("µs", 0),
        3..6 => ("ms", 3),
        _ => ("s", 6),
    };
    let one = 10_u64.pow((decade - below) as u32);
    let begin = BEGIN[bucket % BEGIN.len()];
    let end = BEGIN.get(bucket % BEGIN.len() + 1).unwrap_or(&10);
    format!("{:>8} {unit}", format!("{}–{}", begin * one, end * one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let times = Distribution::of((1..=200).rev().map(Duration::from_millis)).unwrap();
        let of = |percent| times.percentile(percent).as_millis();
        assert_eq!([0.0, 50.0, 90.0, 99.0, 100.0].map(of), [1, 100, 180, 198, 200]);
        assert_eq!((times.count(), times.max().as_millis()), (200, 200));
        let one = Distribution::of([Duration::from_millis(7)]).unwrap();
        assert_eq!(one.percentile(50.0), one.max());
        assert_eq!(Distribution::of([]), Err("nothing was measured".into()));
    }

    #[test]
    fn lines_are_read_as_a_program_prints_them() {
        let times = Distribution::of_milliseconds("5.09\n0.5\n1e-3\n").unwrap();
        assert_eq!(times.times, [1, 500, 5_090].map(Duration::from_micros));
        for (wrong, line) in [("1\nx\n", "x"), ("-1", "-1"), ("nan", "nan"), ("1\n\n", "")] {
            let why = Distribution::of_milliseconds(wrong).unwrap_err();
            assert_eq!(why, format!("{line:?} is no time in milliseconds"));
        }
    }

    #[test]
    fn buckets_follow_on_one_another_and_their_labels_say_what_is_in_them() {
        let labels: Vec<_> = [0, 1, 2, 6, 7, 999, 1_000, 5_090, 49_999, 1_000_000, 70_000_000]
            .map(|micros| label(bucket(Duration::from_micros(micros))).trim().to_owned())
            .to_vec();
        let expected = [
            "1–2 µs",
            "1–2 µs",
            "2–4 µs",
            "4–7 µs",
            "7–10 µs",
            "700–1000 µs",
            "1–2 ms",
            "4–7 ms",
            "40–70 ms",
            "1–2 s",
            "70–100 s",
        ];
        assert_eq!(labels, expected);
        let each: Vec<_> = (1..2_000_000).map(|us| bucket(Duration::from_micros(us))).collect();
        assert!(each.windows(2).all(|pair| pair[1] == pair[0] || pair[1] == pair[0] + 1));
        bucket(Duration::MAX);
    }
}

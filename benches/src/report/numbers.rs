//! Figures in words, each in a unit that suits it.

use std::time::Duration;

/// What stands where there is no figure.
pub const NOTHING: &str = "–";

/// Milliseconds in a unit that suits, up to days; nanoseconds keep their fraction.
pub fn ms(ms: f64) -> String {
    const MINUTE: f64 = 60e3;
    const HOUR: f64 = 60.0 * MINUTE;
    match ms {
        ms if !(0.0..1e15).contains(&ms) => NOTHING.into(),
        ms if ms < 1e-3 => format!("{:.1} ns", ms * 1e6),
        ms if ms < 999.5e3 => stage::human(Duration::from_secs_f64(ms / 1e3)),
        ms if ms < 99.95 * MINUTE => format!("{} min", three(ms / MINUTE)),
        ms if ms < 99.95 * HOUR => format!("{} h", three(ms / HOUR)),
        ms => format!("{} days", three(ms / (24.0 * HOUR))),
    }
}

/// Nanoseconds in a unit that suits.
pub fn ns(ns: f64) -> String {
    ms(ns / 1e6)
}

/// Bytes in a unit that suits, to three digits.
pub fn bytes(bytes: f64) -> String {
    let (value, unit) = match bytes {
        bytes if bytes < 1023.5 => return format!("{bytes:.0} B"),
        bytes if bytes < 1023.5 * 1024.0 => (bytes / 1024.0, "KiB"),
        bytes if bytes < 1023.5 * 1024.0 * 1024.0 => (bytes / 1024.0 / 1024.0, "MiB"),
        bytes => (bytes / 1024.0 / 1024.0 / 1024.0, "GiB"),
    };
    format!("{} {unit}", three(value))
}

/// A count, with a comma between thousands.
pub fn count(count: f64) -> String {
    let digits = format!("{count:.0}");
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) && text != "-" {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How many times, to three digits: `0.98×`, `61.2×`.
pub fn times(times: f64) -> String {
    format!("{}×", three(times))
}

/// A part, as a percentage.
pub fn percent(part: f64) -> String {
    match part * 100.0 {
        percent if percent < 9.95 => format!("{percent:.1} %"),
        percent => format!("{percent:.0} %"),
    }
}

/// A share of a hundred, with as few digits as it has: `95`, `99.9`.
pub fn of_hundred(share: f64) -> String {
    ((share * 1e6).round() / 1e4).to_string()
}

/// To three digits: `0.0123`, `0.98`, `61.2`, `1,234`.
pub fn three(value: f64) -> String {
    let decimals = match value.abs() {
        v if v < 0.0995 && v > 0.0 => 4,
        v if v < 9.995 => 2,
        v if v < 99.95 => 1,
        _ => return count(value),
    };
    format!("{value:.decimals$}")
}

/// The day of so many seconds after the start of 1970 (UTC): `2026-01-31`. After Howard Hinnant's
/// `civil_from_days`: years begin in March, so that the odd day is the last.
pub fn day(seconds: u64) -> String {
    let days = seconds / 86_400 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year + next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_the_unit_that_suits_them() {
        assert_eq!([bytes(48.0), bytes(1024.0), bytes(9.8e6)], ["48 B", "1.00 KiB", "9.35 MiB"]);
        assert_eq!([count(999.0), count(1e5), count(1_234_567.0)], ["999", "100,000", "1,234,567"]);
        assert_eq!([times(0.0123), times(61.23), times(1234.0)], ["0.0123×", "61.2×", "1,234×"]);
        assert_eq!([ms(1e-5), ms(3.2), ms(f64::INFINITY)], ["10.0 ns", "3.20 ms", "–"]);
        assert_eq!(
            [ms(999e3), ms(1e6), ms(9e6), ms(1e10)],
            ["999 s", "16.7 min", "2.50 h", "116 days"]
        );
        assert_eq!([of_hundred(0.07), of_hundred(0.000_1)], ["7", "0.01"]);
        assert_eq!([percent(0.0312), percent(0.5)], ["3.1 %", "50 %"]);
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(951_782_400), "2000-02-29");
        assert_eq!(day(1_767_225_599), "2025-12-31");
        assert_eq!(day(1_767_225_600), "2026-01-01");
    }
}

//! The two stacks, drawn by what was found on them.

use super::two::Seen;
use crate::green::switch::KEPT;

/// How many columns there are within a stack.
const WIDE: usize = 23;

/// Something on a stack: how many bytes below the top, and what.
type Place = (Option<usize>, String);

/// Both, side by side; higher addresses are above.
pub(super) fn draw(seen: &Seen) -> String {
    let [a, b] = &seen.players;
    let below = |top: usize, address: usize| Some(top - address);
    let left: Vec<Place> = vec![
        (Some(0), "(the top)".into()),
        (below(a.top, a.local), "player()'s tally".into()),
        (None, "…".into()),
        (None, "150 calls of deep(),".into()),
        (None, "one below the other".into()),
        (None, "…".into()),
        (below(a.top, seen.deepest), "stack pointer: A runs".into()),
        (None, String::new()),
        (None, "(a guard, last)".into()),
    ];
    let mut right: Vec<Place> = vec![
        (Some(0), "(the top)".into()),
        (below(b.top, b.local), "player()'s tally".into()),
        (None, "…".into()),
    ];
    for (i, name) in KEPT.iter().enumerate().rev() {
        let arrow = if i == 0 { " ◀─ kept" } else { "" };
        right.push((below(b.top, seen.standing.kept + 8 * i), format!("{name}{arrow}")));
    }
    // As many as on the left: how many words are kept depends on the processor.
    right.resize(left.len() - 1, (None, String::new()));
    right.push((None, "(a guard, last)".into()));
    let mut drawn = format!("        {:33}   {}\n", "A's stack", "     B's stack");
    let edge = "─".repeat(WIDE + 2);
    let line = |[l, r]: [char; 2]| format!("        {l}{edge}{r}      ").repeat(2);
    drawn += &format!("{}\n", line(['┌', '┐']).trim_end());
    for (left, right) in left.iter().zip(&right) {
        drawn += &format!("{}      {}\n", row(left), row(right));
    }
    drawn += line(['└', '┘']).trim_end();
    drawn
}

fn row((below, what): &Place) -> String {
    let below = match below {
        Some(0) => "0".to_owned(),
        Some(bytes) => format!("-{bytes}"),
        None => String::new(),
    };
    format!("{below:>7} │ {what:WIDE$} │")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenes::stacks::two;

    #[test]
    fn it_fits_its_place_and_goes_downwards() {
        let drawn = draw(&two::play(3).expect("two stacks"));
        assert!(drawn.lines().all(|line| line.chars().count() <= 76), "{drawn}");
        let edges = |line: &str| line.match_indices(['│', '┐', '┘']).count();
        assert!(drawn.lines().skip(2).all(|line| edges(line) == 4 || line.contains('└')));
        assert!(KEPT.iter().all(|name| drawn.contains(name)));
    }
}

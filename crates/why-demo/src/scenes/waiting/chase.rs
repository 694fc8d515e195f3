//! How far away memory is: a chase through it in which each read tells where the next one is.

use workloads::chain;

/// A cache line: what a core fetches at once. 64 bytes, or, on some, half of that what it fetches.
#[repr(align(64))]
struct Line {
    next: u32,
}

/// Memory that is read in an order that nobody can guess, so that no read can begin before the one
/// before it has ended. What it costs is therefore the whole way there and back.
pub struct Chase {
    lines: Vec<Line>,
}

impl Chase {
    /// So many bytes, 128 at least, in one cycle that visits every line: Sattolo's shuffle (Sandra
    /// Sattolo, Information Processing Letters 22, 1986), of the same order every time.
    #[must_use]
    pub fn through(bytes: usize) -> Chase {
        let count = bytes.max(128) / size_of::<Line>();
        let mut order = Vec::from_iter(0..count as u32);
        for last in (1..count).rev() {
            let random = chain::link(last as u64) % last as u64;
            order.swap(last, random as usize);
        }
        let mut lines: Vec<_> = (0..count).map(|_| Line { next: 0 }).collect();
        for (at, line) in order.iter().enumerate() {
            lines[*line as usize].next = order[(at + 1) % count];
        }
        Chase { lines }
    }

    /// So many reads, from this line on; the line where they end.
    #[must_use]
    pub fn follow(&self, from: u32, reads: u32) -> u32 {
        (0..reads).fold(from, |line, _| self.lines[line as usize].next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_by_every_line_before_it_comes_back() {
        for bytes in [0, 128, 16 << 10, 100_000] {
            let chase = Chase::through(bytes);
            let mut line = 0;
            let mut seen = vec![false; chase.lines.len()];
            for _ in 0..chase.lines.len() {
                line = chase.follow(line, 1);
                assert!(!std::mem::replace(&mut seen[line as usize], true));
            }
            assert_eq!(line, 0);
        }
    }
}

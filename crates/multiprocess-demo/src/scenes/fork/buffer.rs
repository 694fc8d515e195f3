//! A buffer that is in both copies.

use std::io::{self, BufWriter, Read, Write};

use stage::Result;

use crate::scenes::forked::forked;

/// How often a line arrives that was written once, before the fork. (This is the line that Python
/// prints twice when its output goes to a file.)
pub fn times_written(flush_before: bool) -> Result<usize> {
    const LINE: &str = "written once\n";
    let (mut from_both, to_reader) = io::pipe()?;
    let mut buffer = BufWriter::new(to_reader);
    buffer.write_all(LINE.as_bytes())?;
    if flush_before {
        buffer.flush()?;
    }
    forked(|| buffer.flush().map_or(1, |()| 0))?.wait();
    buffer.flush()?;
    drop(buffer);
    let mut all = String::new();
    from_both.read_to_string(&mut all)?;
    Ok(all.matches(LINE).count())
}

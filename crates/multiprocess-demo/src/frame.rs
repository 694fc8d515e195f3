//! Frames: where in a stream of bytes a message begins and ends.
//!
//! ```text
//!   │ length: u32 │ check: u32 │ payload, so many bytes │ length …
//! ```
//!
//! The check is the length again, with some bits turned. It tells a frame from bytes that came here
//! by mistake before anybody waits for the two gigabytes that those seem to announce; that the bytes
//! of the payload are the right ones is for sockets and memory to see to, and they do.

use std::fmt;

/// The longest payload, in bytes: 1 GiB.
pub const LONGEST: usize = 1 << 30;

/// Before each payload: its length and the check.
pub(crate) const HEADER: usize = 8;

/// What the check differs from the length in (the letters of "fram").
const BITS: u32 = 0x6672_616d;

/// Appends a frame whose payload `fill` appends, or nothing if that fails.
///
/// # Errors
/// What `fill` says, or that the payload is longer than [`LONGEST`].
pub fn put<E: From<TooLong>>(
    out: &mut Vec<u8>,
    fill: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    let start = out.len();
    out.extend_from_slice(&[0; HEADER]);
    let filled = fill(out).and_then(|()| match out.len() - start - HEADER {
        length if length <= LONGEST => Ok(length as u32),
        length => Err(TooLong(length).into()),
    });
    match filled {
        Ok(length) => {
            out[start..start + 4].copy_from_slice(&length.to_le_bytes());
            out[start + 4..start + 8].copy_from_slice(&(length ^ BITS).to_le_bytes());
            Ok(())
        }
        Err(why) => {
            out.truncate(start);
            Err(why)
        }
    }
}

/// A payload of so many bytes, more than [`LONGEST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong(pub usize);

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a message of {} bytes; it may have {LONGEST} at most", self.0)
    }
}

impl std::error::Error for TooLong {}

/// The bytes that came are no frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Garbled;

impl fmt::Display for Garbled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what came is no message")
    }
}

impl std::error::Error for Garbled {}

/// Takes frames out of the bytes that come in. It holds no more than came in: a frame that says it
/// is long gets its room as its bytes arrive.
#[derive(Debug, Default)]
pub struct Frames {
    bytes: Vec<u8>,
    /// Where the first frame that was not taken yet begins.
    start: usize,
}

impl Frames {
    /// Where to append what comes in.
    pub fn inbox(&mut self) -> &mut Vec<u8> {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        &mut self.bytes
    }

    /// The payload of the next frame; nothing as long as that is not whole.
    ///
    /// # Errors
    /// [`Garbled`] if what comes next is no frame. Nothing can be read behind it.
    pub fn take(&mut self) -> Result<Option<&[u8]>, Garbled> {
        let Some((header, rest)) = self.bytes[self.start..].split_first_chunk::<HEADER>() else {
            return Ok(None);
        };
        let [length, check] = [0, 4].map(|at| {
            u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
        });
        if length ^ BITS != check || length as usize > LONGEST {
            return Err(Garbled);
        }
        let Some(payload) = rest.get(..length as usize) else { return Ok(None) };
        self.start += HEADER + length as usize;
        Ok(Some(payload))
    }

    /// How many bytes came in and belong to no frame that was taken.
    #[must_use]
    pub fn left(&self) -> usize {
        self.bytes.len() - self.start
    }
}

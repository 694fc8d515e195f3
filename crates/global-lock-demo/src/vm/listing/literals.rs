//! Constants, as Python writes them: what `repr` says.

use super::lines::excerpt;
use super::quotes::{Escapes, quoted};
use super::sections::code_object;
use super::tables::Tables;
use crate::vm::code::Constant;

/// Tuples lie at most so deep in each other.
const DEEPEST: usize = 100;

/// The constants there are.
const KINDS: &str = "None, True, False, numbers, texts, bytes, tuples and functions";

/// An integer has 63 bits, sign included: the 64th says that it is one.
const INTEGERS: std::ops::Range<i64> = -(1 << 62)..1 << 62;

/// Reads a constant and returns its place.
pub(super) fn constant(text: &str, tables: &mut Tables<'_>) -> Result<u32, String> {
    let mut reader = Reader { rest: text, tables, depth: 0 };
    let place = reader.constant()?;
    match reader.rest {
        "" => Ok(place),
        rest => Err(format!("{} comes after the end of a constant; nothing should", excerpt(rest))),
    }
}

struct Reader<'a, 't, 's> {
    rest: &'a str,
    tables: &'t mut Tables<'s>,
    depth: usize,
}

impl Reader<'_, '_, '_> {
    fn constant(&mut self) -> Result<u32, String> {
        let constant = match self.rest.as_bytes() {
            [b'(', ..] => self.tuple()?,
            [b'<', ..] => self.code()?,
            [b'\'' | b'"', ..] => Constant::Text(quoted(&mut self.rest, Escapes::Text)?),
            [b'b', b'\'' | b'"', ..] => {
                self.skip(1);
                // One char a byte, all below 256.
                Constant::Bytes(
                    quoted(&mut self.rest, Escapes::Bytes)?.chars().map(|c| c as u8).collect(),
                )
            }
            _ => self.word()?,
        };
        Ok(self.tables.constant(constant))
    }

    /// `()`, `(1,)`, `(1, 2)`.
    fn tuple(&mut self) -> Result<Constant, String> {
        if self.depth == DEEPEST {
            return Err(format!("tuples in tuples; at most {DEEPEST} of them"));
        }
        self.depth += 1;
        self.skip(1);
        let mut elements = Vec::new();
        while !self.took(')') {
            elements.push(self.constant()?);
            if !self.took(',') && !self.rest.starts_with(')') {
                return Err("a tuple without its end; it should be (1, 2) or (1,)".to_owned());
            }
            self.took(' ');
        }
        self.depth -= 1;
        Ok(Constant::Tuple(elements))
    }

    /// `<code object add, file "a.py", line 13>`: always the whole of a line.
    fn code(&mut self) -> Result<Constant, String> {
        let object = std::mem::take(&mut self.rest);
        let (name, line) = code_object(object).ok_or_else(|| {
            format!("{} is not <code object NAME, file \"F\", line N>", excerpt(object))
        })?;
        self.tables.code(name, line).map(Constant::Code)
    }

    /// None, True, False, a number.
    fn word(&mut self) -> Result<Constant, String> {
        let end = self.rest.find([',', ')']).unwrap_or(self.rest.len());
        let word = &self.rest[..end];
        self.skip(end);
        let digits = word.strip_prefix('-').unwrap_or(word);
        Ok(match word {
            "None" => Constant::None,
            "True" => Constant::Bool(true),
            "False" => Constant::Bool(false),
            "inf" => Constant::Float(f64::INFINITY),
            "-inf" => Constant::Float(f64::NEG_INFINITY),
            "nan" => Constant::Float(f64::NAN),
            _ if !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit()) => {
                let int = word.parse().ok().filter(|int| INTEGERS.contains(int));
                Constant::Int(int.ok_or_else(|| {
                    format!("{} is no integer of 63 bits; larger ones there are not", excerpt(word))
                })?)
            }
            _ => match word.parse() {
                // Rust would also take words such as infinity.
                Ok(float) if !word.contains(|c| !"0123456789+-.e".contains(c)) => {
                    Constant::Float(float)
                }
                _ => {
                    return Err(format!(
                        "{} is no constant here; there are {KINDS}",
                        excerpt(word)
                    ));
                }
            },
        })
    }

    fn took(&mut self, c: char) -> bool {
        let rest = self.rest.strip_prefix(c);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }
}

//! Reads a program from what `python3.11 -m dis` prints.
//!
//! ```text
//!   4           0 RESUME                   0
//!
//!   5           2 LOAD_FAST                0 (n)
//!         >>    4 LOAD_CONST               1 (0)
//!   │      │    │ │                        │ └ what the argument stands for: from here it is read
//!   │      │    │ │                        └ the argument: a place in a table that isn't printed
//!   │      │    │ └ the instruction
//!   │      │    └ where it is, in bytes: jumps name this, as (to 4)
//!   │      └ something jumps here
//!   └ the line in the program's source
//! ```
//!
//! | file | |
//! |---|---|
//! | `sections` | a listing is the module's code, then one section for each function |
//! | `lines` | one line of it |
//! | `instructions` | what an instruction of this name does, with this argument |
//! | `operators` | the same, of those that calculate and compare |
//! | `unknown` | what to say of an instruction that is not known |
//! | `literals` | constants, as Python writes them |
//! | `quotes` | texts and bytes among them |
//! | `tables` | the names and constants, each once |
//! | `jumps` | from places in bytes to places among the instructions |
//! | `verify` | nothing takes from an empty stack, nothing runs off the end |
//!
//! A program that was read keeps what [`code`](super::code) promises, so the interpreter need not
//! look again: each place that an instruction names is there, each jump stays in its function, and
//! before an instruction the stack is always as deep, however it was come to.

mod instructions;
mod jumps;
mod lines;
mod literals;
mod operators;
mod quotes;
mod sections;
mod tables;
mod unknown;
mod verify;

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::code::{Code, Instruction, Program};
use lines::{Line, MAKE_ANOTHER};
use sections::Section;
use tables::Tables;

/// A longer listing, in bytes, is refused. So 32 bits suffice for every place in a table.
const LONGEST: usize = 1 << 20;

/// Why a listing is no program, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingError {
    file: String,
    /// From 1 up, unless it is about the whole file.
    line: Option<usize>,
    why: String,
}

impl ListingError {
    fn new(file: &str, line: Option<usize>, why: &str) -> ListingError {
        let mut said = String::new();
        // What it quotes may hold anything but a line's end.
        for c in why.chars() {
            if c.is_control() { said.extend(c.escape_default()) } else { said.push(c) }
        }
        ListingError { file: file.to_owned(), line, why: said }
    }

    /// The line of the listing, from 1 up, unless the file as a whole can't be read.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.line
    }
}

impl fmt::Display for ListingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        write!(f, " {}", self.why)
    }
}

impl Error for ListingError {}

/// What was wrong, and in which line of the listing.
type Refused = (usize, String);

/// Reads the program from the listing in this file.
///
/// # Errors
/// If the file can't be read, is not text, or not the listing of a program that can be run: what
/// was wrong where, and what would be right.
pub fn load(path: &Path) -> Result<Program, ListingError> {
    let file = path.display().to_string();
    let refuse = |line, why: &str| ListingError::new(&file, line, why);
    // A pipe would be waited for, for ever.
    if path.exists() && !path.is_file() {
        return Err(refuse(None, "this is not a file; name a listing, a .dis file"));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|open| open.take(LONGEST as u64 + 1).read_to_end(&mut bytes))
        .map_err(|why| refuse(None, &format!("{why}; name a listing, a .dis file")))?;
    let text = str::from_utf8(&bytes).map_err(|why| {
        let line = 1 + bytes[..why.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        refuse(Some(line), "this is not text; name a listing, a .dis file")
    })?;
    parse(&file, text)
}

/// Reads the program from this listing; `file` is its name in messages.
///
/// # Errors
/// If it is not the listing of a program that can be run: what was wrong where, and what would be
/// right.
pub fn parse(file: &str, text: &str) -> Result<Program, ListingError> {
    program(file, text).map_err(|(line, why)| ListingError::new(file, Some(line), &why))
}

fn program(file: &str, text: &str) -> Result<Program, Refused> {
    if text.len() > LONGEST {
        return Err((1, format!("this listing is too long; one has at most {LONGEST} bytes")));
    }
    let sections = sections::split(text)?;
    let mut tables = Tables::new(&sections)?;
    let codes = sections.iter().map(|section| code(section, &mut tables));
    let codes = codes.collect::<Result<_, _>>()?;
    let (constants, names) = tables.into_parts();
    Ok(Program { file: file.to_owned(), codes, constants, names })
}

/// A code has at most so many instructions, and so many values on its stack: both are far beyond
/// what people write.
const MOST: usize = u16::MAX as usize;

/// Reads one function's code.
fn code(section: &Section<'_>, tables: &mut Tables<'_>) -> Result<Code, Refused> {
    let mut locals = tables::Locals::default();
    let mut instructions = Vec::new();
    let mut lines = Vec::new();
    let mut offsets = Vec::new();
    let mut source = section.line;
    if section.body.len() > MOST {
        return Err((
            section.at,
            format!("this function is too long; one has at most {MOST} instructions"),
        ));
    }
    for &(at, text) in &section.body {
        let refused = |why| (at, why);
        let line = Line::read(text).map_err(refused)?;
        let instruction = instructions::read(&line, &mut locals, tables).map_err(refused)?;
        if instructions.is_empty() && instruction != Instruction::Resume {
            let opcode = line.opcode;
            return Err((at, format!("begins with {opcode}, not RESUME; {MAKE_ANOTHER}")));
        }
        instructions.push(instruction);
        source = line.source.unwrap_or(source);
        lines.push(source);
        offsets.push(line.offset);
    }
    // Where an instruction stands in the listing; what there is none of stands at the header.
    let place =
        |(index, why): (usize, _)| (section.body.get(index).map_or(section.at, |(at, _)| *at), why);
    jumps::resolve(&mut instructions, &offsets).map_err(place)?;
    let depth = verify::depth(&instructions).map_err(place)?;
    let name = section.name.to_owned();
    Ok(Code { name, locals: locals.into_names(), instructions, lines, depth })
}

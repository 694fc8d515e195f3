//! A statement's instructions, and between which of them a thread may lose the lock.

use crate::vm::code::Instruction;
use crate::vm::listing;
use crate::vm::programs::PROGRAMS;

/// A statement that reads a global and writes it.
#[derive(Debug)]
pub struct Statement {
    /// As it stands in the program.
    pub source: &'static str,
    /// Its instructions, as the listing has them.
    pub lines: Vec<Line>,
    /// The place in `lines` of the instruction that reads the global.
    load: usize,
    /// The place of the one that writes it.
    store: usize,
}

/// One instruction.
#[derive(Debug)]
pub struct Line {
    /// As it stands in the listing, without its place.
    pub text: &'static str,
    /// Whether there is a check in it: where the lock may be lost since 3.2.
    pub checks: bool,
    /// Whether there is a tick before it: where the lock may be lost up to 3.1.
    pub ticks: bool,
}

impl Statement {
    /// Where it stands in a program that comes with the chapter: the one line that says this.
    ///
    /// # Errors
    /// One line: it does not stand there, or does not read a global and then write it.
    pub fn of(program: &str, source: &'static str) -> Result<Statement, String> {
        let none = || format!("{program}.py has no statement {source:?} that changes a global");
        let bundled = PROGRAMS.iter().find(|bundled| bundled.name == program).ok_or_else(none)?;
        let number = bundled.python.lines().position(|line| line.trim() == source);
        let number = number.ok_or_else(none)? as u32 + 1;
        let program = listing::parse(bundled.name, bundled.listing).map_err(|e| e.to_string())?;
        let code = program.codes.iter().find(|code| code.lines.contains(&number));
        let code = code.ok_or_else(none)?;

        let texts = texts(bundled.listing, &code.name);
        let all = code.instructions.iter().zip(&code.lines).zip(texts);
        let (instructions, texts): (Vec<_>, Vec<_>) = all
            .filter(|((_, line), _)| **line == number)
            .map(|((instruction, _), text)| (*instruction, text))
            .unzip();
        let written = instructions.iter().enumerate().find_map(|(at, instruction)| {
            let Instruction::StoreGlobal(name) = *instruction else { return None };
            Some((at, Instruction::LoadGlobal { name, null: false }))
        });
        let (store, loads) = written.ok_or_else(none)?;
        let load = instructions[..store].iter().position(|i| *i == loads).ok_or_else(none)?;
        let line = |(instruction, text): (Instruction, _)| Line {
            text,
            checks: instruction.checks(),
            ticks: instruction.ticks(),
        };
        let lines = instructions.into_iter().zip(texts).map(line).collect();
        Ok(Statement { source, lines, load, store })
    }

    /// How many instructions between the reading and the writing have a check in them.
    #[must_use]
    pub fn checks_between(&self) -> usize {
        self.lines[self.load + 1..self.store].iter().filter(|line| line.checks).count()
    }

    /// How many ticks there are between the reading and the writing: one may come before that.
    #[must_use]
    pub fn ticks_between(&self) -> usize {
        self.lines[self.load + 1..=self.store].iter().filter(|line| line.ticks).count()
    }
}

/// A function's lines in a listing, one an instruction, each from the instruction's name on.
fn texts<'a>(listing: &'a str, function: &str) -> impl Iterator<Item = &'a str> {
    let header = format!("Disassembly of <code object {function},");
    let section = listing.lines().skip_while(move |line| !line.starts_with(&header)).skip(1);
    let lines = section.take_while(|line| !line.starts_with("Disassembly"));
    let from_name =
        |line: &'a str| line.find(|c: char| c.is_ascii_uppercase()).map(|at| &line[at..]);
    lines.filter_map(from_name)
}

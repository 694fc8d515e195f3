//! What `rustc` says to a program.

use std::io::{self, Write};
use std::process::{Command, Stdio};

/// A program that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The code of the compiler's error, such as `E0499`.
    pub error: &'static str,
    source: String,
}

/// What the compiler says to a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It would compile.
    Accepted,
    /// The first line of the first error.
    Refused(String),
}

/// The examples in the documentation of [`refused`](super::refused) that must not compile: what
/// is documented, tested and shown is the same text.
#[must_use]
pub fn programs() -> Vec<Program> {
    let documentation = include_str!("refused.rs").lines().map_while(|l| l.strip_prefix("//!"));
    let documentation: Vec<_> = documentation.collect();
    documentation
        .split(|line| line.trim() == "```")
        .filter_map(|part| {
            let start = part.iter().position(|line| line.starts_with(" ```compile_fail"))?;
            let (_, error) = part[start].split_once(',')?;
            let lines = part[start + 1..].iter().map(|line| line.strip_prefix(' ').unwrap_or(line));
            Some(Program { error, source: lines.collect::<Vec<_>>().join("\n") })
        })
        .collect()
}

impl Program {
    /// What stands in its `main`.
    #[must_use]
    pub fn body(&self) -> String {
        let lines: Vec<_> = self.source.lines().filter_map(|l| l.strip_prefix("    ")).collect();
        lines.join("\n")
    }

    /// Has `rustc` check it.
    ///
    /// # Errors
    /// If there is no `rustc` in the `PATH`, or it can't be talked to.
    pub fn compile(&self) -> io::Result<Answer> {
        let mut rustc = Command::new("rustc")
            .args(["--edition=2024", "--emit=metadata=-", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut stdin = rustc.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let written = stdin.write_all(self.source.as_bytes());
        drop(stdin);
        let output = rustc.wait_with_output()?;
        written?;
        if output.status.success() {
            return Ok(Answer::Accepted);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let error = said.lines().find(|line| line.starts_with("error")).unwrap_or(&said);
        Ok(Answer::Refused(error.to_owned()))
    }
}

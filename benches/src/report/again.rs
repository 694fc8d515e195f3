//! `report FILE.json`: the pages once more, from a record that was kept.

use std::fs;
use std::path::{Path, PathBuf};

use stage::printer::Printer;

use super::{pages, show};
use crate::Result;
use crate::record::Record;

/// What is read, and where the pages go.
#[derive(clap::Args)]
pub struct Args {
    /// A report.json
    file: PathBuf,
    /// Write report.html and report.md into this directory [default: that of the file]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Reads and writes.
///
/// # Errors
/// One line, if there is no such file, if it is no record, or if there is no such directory.
pub fn run(args: &Args) -> Result {
    let record = Record::read(&args.file)?;
    let beside = args.file.parent().filter(|beside| !beside.as_os_str().is_empty());
    let out = args.out.as_deref().or(beside).unwrap_or(Path::new("."));
    fs::create_dir_all(out).map_err(|why| format!("--out {}: {why}", out.display()))?;
    let mut printer = Printer::stdout();
    show(&record, &mut printer);
    pages(&record, out)?;
    printer.line(&format!("{0}/report.html and {0}/report.md", out.display()));
    Ok(())
}

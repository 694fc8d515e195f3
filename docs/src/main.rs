//! The book's preprocessor: mdBook runs it, as `docs/book.toml` says.

use std::io::{self, Read};
use std::process::ExitCode;

use docs::preprocessor::process;

fn main() -> ExitCode {
    // First mdBook asks whether a renderer is supported; all are.
    if std::env::args().nth(1).as_deref() == Some("supports") {
        return ExitCode::SUCCESS;
    }
    let mut sent = String::new();
    let processed = io::stdin().read_to_string(&mut sent).map_err(|why| why.to_string());
    match processed.and_then(|_| process(&sent)) {
        Ok(book) => {
            println!("{book}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("docs: {why}; this is started by mdbook: mdbook build docs");
            ExitCode::from(2)
        }
    }
}

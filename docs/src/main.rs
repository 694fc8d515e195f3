//! What the book and the talk need to be run: `docs demo NAME`, `docs record`, `docs talk`; and, without
//! arguments, the preprocessor of the book, which mdBook starts as `docs/book.toml` says.

use std::io::{self, Read};
use std::process::ExitCode;

use docs::demos::{DEMOS, Demo};
use docs::preprocessor::process;
use docs::talk::{self, MOST_SLIDES, PARTS};

fn main() -> ExitCode {
    // What is not text is no command of ours either, and is said as far as it is text.
    let arguments = std::env::args_os().skip(1);
    let arguments: Vec<_> = arguments.map(|it| it.to_string_lossy().into_owned()).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        [] => preprocess(),
        // mdBook asks whether a renderer is supported; all are.
        ["supports", _] => Ok(true),
        ["demo", name] => demo(name),
        ["record"] => record(),
        ["talk"] => check_talk(),
        _ => Err("docs demo NAME, docs record, or docs talk".into()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("docs: {why}");
            ExitCode::from(2)
        }
    }
}

fn preprocess() -> Result<bool, String> {
    let mut sent = String::new();
    io::stdin().read_to_string(&mut sent).map_err(|why| why.to_string())?;
    let book =
        process(&sent).map_err(|why| format!("{why}; mdbook starts this: mdbook build docs"))?;
    println!("{book}");
    Ok(true)
}

fn demo(name: &str) -> Result<bool, String> {
    let names = || Vec::from_iter(DEMOS.iter().map(|demo| demo.name)).join(", ");
    let demo = Demo::named(name)
        .ok_or_else(|| format!("there is no demo {name:?}; there are {}", names()))?;
    let shown = demo.show()?;
    if let Some(why) = shown.recorded {
        println!("(recorded earlier: {why})");
    }
    print!("{}", shown.text);
    Ok(true)
}

fn record() -> Result<bool, String> {
    for demo in DEMOS {
        demo.record().map_err(|why| format!("{}: {why}", demo.name))?;
        println!("{}", demo.recording().display());
    }
    Ok(true)
}

/// Runs every snippet, and adds up the minutes.
fn check_talk() -> Result<bool, String> {
    let slides = talk::slides()?;
    let mut right = true;
    for name in slides.iter().flat_map(|slide| &slide.demos) {
        let shown =
            Demo::named(name).ok_or_else(|| format!("there is no demo {name:?}"))?.show()?;
        let lines = shown.text.lines().count();
        match &shown.recorded {
            None => println!("  ✓ {name}: {lines} lines"),
            Some(why) => println!("  ✗ {name}: recorded only: {why}"),
        }
        right &= shown.recorded.is_none();
    }
    let times = talk::times(&slides);
    for ((title, minutes), seconds) in PARTS.iter().zip(times) {
        let fits = seconds == minutes * 60;
        right &= fits;
        let mark = if fits { '✓' } else { '✗' };
        println!("  {mark} {}:{:02} of {minutes}:00  {title}", seconds / 60, seconds % 60);
    }
    let (total, count) = (times.iter().sum::<u32>(), slides.len());
    println!("{}:{:02} on {count} slides ({MOST_SLIDES} at most)", total / 60, total % 60);
    Ok(right && count <= MOST_SLIDES)
}

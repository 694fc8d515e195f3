//! What a request costs: 64 bytes there, and the same 64 bytes back.
//!
//! ```text
//! cargo run --release -p benches --example echo -- instructions   # of the server, in user space; needs valgrind
//! cargo run --release -p benches --example echo -- calls          # system calls; needs strace, which stops the server at each
//! cargo run --release -p benches --example echo -- rate           # requests a second
//! ```
//!
//! Server and client are two processes on one core. Across cores, what a request takes is mostly
//! what it takes to wake the other core, which is the machine's affair and differs from run to run.

mod client;
mod count;
mod process;
mod rate;
mod servers;

use std::env;
use std::io;
use std::process::ExitCode;

use multiprocess_demo::scenes::tax::cores::{stay_on, two_cores};
use stage::printer::Printer;

/// How many connections there are, each with one request at a time.
const CONNECTIONS: [usize; 3] = [1, 64, 512];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("echo: say instructions, calls, or rate");
            ExitCode::from(2)
        }
        Err(why) => {
            eprintln!("echo: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Whether there is such a thing to do.
fn run(arguments: &[String]) -> io::Result<bool> {
    if process::served(arguments)? {
        return Ok(true);
    }
    let [what] = arguments else { return Ok(false) };
    let [core, _] = two_cores();
    stay_on(core.as_slice());
    let grids = match what.as_str() {
        "instructions" => vec![count::grid(&count::INSTRUCTIONS, core)?],
        "calls" => vec![count::grid(&count::CALLS, core)?],
        "rate" => rate::grids(core)?,
        _ => return Ok(false),
    };
    for grid in grids {
        grid.lines(Printer::stdout().width()).iter().for_each(|line| println!("{line}"));
        println!();
    }
    Ok(true)
}

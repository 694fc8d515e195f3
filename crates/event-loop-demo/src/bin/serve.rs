//! A server for real clients, on the runtime of your choice:
//! `cargo run -p event-loop-demo --bin async-server -- --port 8080 --runtime tokio`.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;
use std::thread;

use event_loop_demo::solve::{approaches, missing};
use nix::sys::signal::{SigSet, Signal};
use workloads::{Approach, Stop, limits};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("async-server: {why}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let runtimes = approaches()?;
    let names = runtimes.iter().map(|runtime| format!("{:?}", runtime.name()));
    let names = Vec::from_iter(names).join(", ");
    let usage = format!("usage: async-server [--port 0..65535] [--runtime NAME], of {names}");
    let mut port = 0_u16;
    let mut runtime = &runtimes[0];
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("port") => {
                let given = arguments.value()?;
                port = given
                    .to_str()
                    .and_then(|given| given.parse().ok())
                    .ok_or_else(|| format!("--port must be from 0 to 65535, not {given:?}"))?;
            }
            lexopt::Arg::Long("runtime") => {
                let given = arguments.value()?;
                let named = runtimes.iter().find(|runtime| given == runtime.name());
                runtime = named.ok_or_else(|| refusal(&given, &names))?;
            }
            lexopt::Arg::Long("help") | lexopt::Arg::Short('h') => {
                let _ = write!(io::stdout(), "{usage}\n{HELP}");
                return Ok(());
            }
            _ => return Err(format!("{}; {usage}", argument.unexpected()).into()),
        }
    }
    serve(runtime.as_ref(), port)
}

const HELP: &str = "
A server on loopback for curl and wrk, on one of the runtimes of this chapter.

--port     where it listens; 0, the default, is any that is free: the first line tells
--runtime  what it runs on; by default the one that the chapter builds, \"event loop\"

/cheap?n=7               answers at once, with that number
/expensive?below=1000000 counts the primes below that number, on another thread than the loop's

Ctrl-C ends it when the replies under way are finished; a second one at once.
";

/// Why there is no such runtime: it is not compiled in, or nobody knows it.
fn refusal(given: &OsStr, names: &str) -> String {
    let given = given.to_string_lossy();
    match missing().iter().find(|feature| given.starts_with(**feature)) {
        Some(feature) => format!(
            "--runtime {given:?} is not compiled in: leave out --no-default-features, or add \
             --features {feature}"
        ),
        None => format!("--runtime must be one of {names}, not {given:?}"),
    }
}

fn serve(runtime: &dyn Approach, port: u16) -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map_err(|why| format!("port {port}: {why}"))?;
    let address = listener.local_addr()?;
    limits::allow_many_files();
    let stop = Stop::new();
    stop_by_signal(stop.clone())?;
    // Started in the background, it may have nobody who reads this: no reason to end.
    let _ = writeln!(
        io::stdout(),
        "listening, with {}; try: curl 'http://{address}/cheap?n=7' \
         'http://{address}/expensive?below=1000000'; Ctrl-C ends it",
        runtime.name(),
    );
    Ok(runtime.serve(listener, &stop)?)
}

/// Ctrl-C and `kill` end the conversations, not the program: that ends when they have. In a signal
/// handler next to nothing may be done, so there is none: the signals are blocked for all threads
/// (those that are started later inherit that), and one thread waits for them.
fn stop_by_signal(stop: Stop) -> io::Result<()> {
    let signals = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM]);
    signals.thread_block()?;
    let waiting = move || {
        if signals.wait().is_ok() {
            stop.stop();
            // Whoever asks a second time doesn't want to wait for replies under way.
            if signals.wait().is_ok() {
                std::process::exit(130);
            }
        }
    };
    thread::Builder::new().name("signals".into()).spawn(waiting).map(drop)
}

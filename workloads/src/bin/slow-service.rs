//! The slow service on its own: `cargo run -p workloads --bin slow-service -- --port 8080`.

use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;

use workloads::service;

const USAGE: &str = "usage: slow-service [--port 0..65535]";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("slow-service: {why}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let mut port = 0_u16;
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
            lexopt::Arg::Long("help") => {
                println!("{USAGE}");
                return Ok(());
            }
            _ => return Err(format!("{}; {USAGE}", argument.unexpected()).into()),
        }
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map_err(|why| format!("port {port}: {why}"))?;
    let address = listener.local_addr()?;
    // Started in the background, it may have nobody who reads this: no reason to end.
    let _ = writeln!(
        io::stdout(),
        "listening; try: curl 'http://{address}/think?id=7&ms=500'; Ctrl-C ends it"
    );
    Ok(service::serve(listener)?)
}

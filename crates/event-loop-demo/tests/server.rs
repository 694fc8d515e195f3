//! The server for real clients: wrong use is told in a line, and a signal ends it gracefully.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use event_loop_demo::solve::{approaches, missing};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use workloads::serve;

fn server() -> Command {
    Command::new(env!("CARGO_BIN_EXE_async-server"))
}

/// Killed if the test fails before it has ended.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn started(runtime: &str) -> (Running, SocketAddr) {
    let server = server().args(["--runtime", runtime]).stdout(Stdio::piped()).spawn();
    let mut server = Running(server.expect("a program that starts"));
    let mut line = String::new();
    let out = server.0.stdout.take().expect("it is piped");
    BufReader::new(out).read_line(&mut line).expect("a line");
    let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
    let address = address.and_then(|address| address.parse().ok());
    (server, address.unwrap_or_else(|| panic!("no address in {line:?}")))
}

#[test]
fn a_signal_ends_it_when_the_reply_under_way_is_finished() {
    for (runtime, signal) in approaches()
        .expect("runtimes that start")
        .iter()
        .flat_map(|runtime| [Signal::SIGINT, Signal::SIGTERM].map(|signal| (runtime, signal)))
    {
        let name = runtime.name();
        let (mut server, address) = started(name);
        let mut client = TcpStream::connect(address).expect("somebody who listens");
        client.set_read_timeout(Some(Duration::from_secs(30))).expect("a time-out");
        let asked = [serve::cheap(7).expect("bounds"), serve::expensive(300_000).expect("bounds")];
        client.write_all(&asked.map(|request| request.bytes()).concat()).expect("to be read");
        // The first answer is there: so the second question is being computed.
        let mut first = vec![0; serve::cheap_answer(7).bytes(true).len()];
        client.read_exact(&mut first).expect("the first answer");
        kill(Pid::from_raw(server.0.id().cast_signed()), signal).expect("a process that is there");
        let mut rest = String::new();
        client.read_to_string(&mut rest).expect("the second answer, and the end");
        // π(300,000), from the sequence A000720 of the OEIS.
        assert_eq!(rest.lines().last(), Some("25997"), "{name}, {signal}");
        let ended = server.0.wait().expect("its end");
        assert!(ended.success(), "{name}, {signal}: {ended}");
    }
}

#[test]
fn wrong_use_is_told_in_a_line() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let taken = taken.local_addr().map(|address| (taken, address.port().to_string()));
    let (_taken, port) = taken.expect("its address");
    for (arguments, why) in [
        (&["--runtime", "fibers"][..], "--runtime must be one of \"event loop\""),
        (&["--port", "65536"], "--port must be from 0 to 65535"),
        (&["--port", &port], &format!("port {port}: ")),
        (&["--speed"], "invalid option '--speed'; usage: "),
    ] {
        let Output { status, stderr, stdout } =
            server().args(arguments).output().expect("a program that starts");
        let told = String::from_utf8_lossy(&stderr);
        assert!(told.starts_with(&format!("async-server: {why}")), "{told}");
        assert_eq!((status.code(), told.lines().count(), &stdout[..]), (Some(2), 1, &b""[..]));
    }
}

#[test]
fn help_tells_what_it_is() {
    for asked in ["--help", "-h"] {
        let Output { status, stderr, stdout } = server().arg(asked).output().expect("a program");
        let told = String::from_utf8_lossy(&stdout);
        assert!(status.success() && stderr.is_empty(), "{asked}");
        assert!(told.starts_with("usage: ") && told.contains("/cheap?n="), "{told}");
    }
}

#[test]
fn a_runtime_that_is_not_compiled_in_is_told_of() {
    for feature in missing() {
        let told = server().args(["--runtime", feature]).output().expect("a program").stderr;
        let told = String::from_utf8_lossy(&told).into_owned();
        assert!(told.contains("is not compiled in") && told.contains(feature), "{told}");
    }
}

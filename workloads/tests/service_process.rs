//! The slow service as a program: its command line, its end, and its life without descriptors.

mod common;

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use common::{Process, SLOW_SERVICE};
use nix::sys::signal::{SigHandler, Signal, signal};
use workloads::{Service, blocking, fetch};

fn slow_service(arguments: &[&str]) -> Command {
    let mut command = Command::new(SLOW_SERVICE);
    command.args(arguments);
    command
}

#[test]
fn wrong_use_is_told_in_a_line() {
    let busy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = busy.local_addr().unwrap().port().to_string();
    for (arguments, said) in [
        (&["--port", "65536"][..], "--port must be from 0 to 65535, not \"65536\""),
        (&["--port"], "missing argument for option '--port'"),
        (&["--prot", "1"], "invalid option '--prot'; usage: slow-service [--port 0..65535]"),
        (&["8080"], "unexpected argument \"8080\"; usage: slow-service [--port 0..65535]"),
        (&["--port", &port], &format!("port {port}: Address already in use")),
    ] {
        let output = slow_service(arguments).stdin(Stdio::null()).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.starts_with(&format!("slow-service: {said}")), "{arguments:?}: {stderr}");
        assert_eq!((stderr.lines().count(), output.stdout.len()), (1, 0), "{stderr}");
    }
    let help = slow_service(&["--help"]).output().unwrap();
    assert_eq!((help.status.code(), help.stdout.starts_with(b"usage: ")), (Some(0), true));
}

#[test]
fn a_signal_ends_it_and_its_port_is_free_again() {
    // What a script starts in the background ignores Ctrl-C, and so does all that is started by it.
    // SAFETY: the default action is no code of ours, which might be run at any moment.
    unsafe { signal(Signal::SIGINT, SigHandler::SigDfl) }.unwrap();
    for (name, number) in [("-TERM", 15), ("-INT", 2)] {
        let mut process = Process::start(&mut slow_service(&[]));
        let mut client = TcpStream::connect(process.address).unwrap();
        client.write_all(&fetch::requests(1, 60_000).unwrap()[0].bytes()).unwrap();
        let id = process.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
        assert_eq!(process.child.wait().unwrap().signal(), Some(number));
        assert!(TcpStream::connect(process.address).is_err());
        let port = process.address.port().to_string();
        let again = Process::start(&mut slow_service(&["--port", &port]));
        Service::at(again.address).log().unwrap();
    }
}

#[test]
fn it_serves_also_when_nobody_reads_what_it_prints() {
    let port = {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.local_addr().unwrap().port()
    };
    let mut command = slow_service(&["--port", &port.to_string()]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let address = (Ipv4Addr::LOCALHOST, port).into();
    let (mut process, service) = (Process { child, address }, Service::at(address));
    let start = Instant::now();
    while service.log().is_err() {
        assert!(process.child.try_wait().unwrap().is_none(), "it ended");
        assert!(start.elapsed() < Duration::from_secs(30), "it does not listen");
        thread::yield_now();
    }
}

/// User and system time of a process so far, in clock ticks, of which there are 100 a second.
fn ticks(process: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    Some(fields[11].parse::<u64>().ok()? + fields[12].parse::<u64>().ok()?)
}

#[test]
fn out_of_descriptors_it_rests_and_recovers() {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 40 && exec \"$0\"", SLOW_SERVICE]);
    let process = Process::start(&mut command);
    // More than it can have; the rest wait in the listener's queue.
    let mut clients: Vec<_> =
        (0..120).map(|_| TcpStream::connect(process.address).unwrap()).collect();
    let open = || fs::read_dir(format!("/proc/{}/fd", process.child.id())).map(Iterator::count);
    let start = Instant::now();
    while open().is_ok_and(|open| open < 40) {
        assert!(start.elapsed() < Duration::from_secs(30), "it does not accept as many as it can");
        thread::yield_now();
    }
    if let Some(before) = ticks(process.child.id()) {
        let start = Instant::now();
        thread::sleep(Duration::from_secs(1)); // What is measured is that nothing is done in it.
        let used = (ticks(process.child.id()).unwrap() - before) as f64 / 100.0;
        let share = used / start.elapsed().as_secs_f64();
        println!("out of descriptors, the service uses {:.1} % of a core", share * 100.0);
        assert!(share < 0.25, "it spins: {share:.2} of a core");
    }
    // Those that wait have their turn as soon as the others leave.
    let last = clients.split_off(110);
    drop(clients);
    for mut client in last {
        let request = &fetch::requests(1, 0).unwrap()[0];
        client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        assert_eq!(blocking::exchange(&mut client, request).unwrap(), fetch::answer(0));
    }
}

//! The server under test, and what is asked of it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use workloads::serve::{cheap, cheap_answer};

/// After how long something will never come.
pub const NEVER: Duration = Duration::from_secs(60);

/// Killed if its test fails.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    pub fn start() -> Server {
        Server::start_by(&mut Command::new(env!("CARGO_BIN_EXE_async-server")))
    }

    /// With so many file descriptors at most.
    pub fn with_descriptors(most: usize) -> Server {
        let limited = format!("ulimit -n {most} && exec \"$0\"");
        let server = env!("CARGO_BIN_EXE_async-server");
        Server::start_by(Command::new("sh").args(["-c", &limited, server]))
    }

    fn start_by(command: &mut Command) -> Server {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("a program that starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("it is piped");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        let address = address.and_then(|address| address.parse().ok());
        Server { child, address: address.unwrap_or_else(|| panic!("no address in {line:?}")) }
    }

    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    fn numbers(&self, what: &str) -> Vec<u32> {
        let list = fs::read_dir(format!("/proc/{}/{what}", self.pid()));
        let names = list.expect("a process that is there").map(|entry| entry.unwrap().file_name());
        names.map(|name| name.to_str().unwrap().parse().unwrap()).collect()
    }

    /// The numbers of its file descriptors.
    pub fn descriptors(&self) -> Vec<u32> {
        self.numbers("fd")
    }

    /// How many file descriptors and threads it has.
    pub fn holds(&self) -> (usize, usize) {
        (self.descriptors().len(), self.numbers("task").len())
    }

    /// For how long it has computed, all its threads together.
    pub fn computed(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap();
        // After the name, which may hold anything: the 14th and the 15th field are user and system
        // time, in ticks of 10 ms on every Linux there is.
        let fields = stat.rsplit_once(") ").unwrap().1.split(' ');
        let ticks: u64 = fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum();
        Duration::from_millis(10 * ticks)
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("somebody who listens");
        stream.set_read_timeout(Some(NEVER)).unwrap();
        stream
    }

    /// Ends it by a signal; it must end well, and soon.
    pub fn end(mut self) {
        kill(self.pid(), Signal::SIGTERM).unwrap();
        eventually("its end", || self.child.try_wait().unwrap().is_some());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn ask(stream: &mut TcpStream, n: u64) {
    stream.write_all(&cheap(n).unwrap().bytes()).unwrap();
}

pub fn answer(stream: &mut TcpStream, n: u64) {
    let right = cheap_answer(n).bytes(true);
    let mut answer = vec![0; right.len()];
    stream.read_exact(&mut answer).expect("an answer");
    assert_eq!(String::from_utf8_lossy(&answer), String::from_utf8_lossy(&right));
}

/// Asks so often, and tells how long each answer took.
pub fn times(stream: &mut TcpStream, questions: u64) -> Vec<Duration> {
    let mut times: Vec<_> = (0..questions)
        .map(|n| {
            let start = Instant::now();
            ask(stream, n);
            answer(stream, n);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times
}

pub fn p99(sorted: &[Duration]) -> Duration {
    sorted[sorted.len() * 99 / 100]
}

/// Waits until it is so.
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < NEVER, "{what} does not come");
        thread::sleep(Duration::from_micros(200));
    }
}

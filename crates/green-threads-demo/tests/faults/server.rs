//! The server under test, and what is asked of it.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use green_threads_demo::solve::GreenThreads;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use workloads::serve::{cheap, cheap_answer};
use workloads::{Approach, Stop};

/// After how long something will never come.
pub const NEVER: Duration = Duration::from_secs(60);

/// Tells the process that it is the server, and how many file descriptors it may have.
const DESCRIPTORS: &str = "SERVER_WITH_DESCRIPTORS";

/// It serves until its standard input ends; so it also ends with the test that has started it.
#[test]
#[ignore = "the others start it, as a process of its own"]
fn the_server_itself() {
    let Ok(most) = env::var(DESCRIPTORS) else { return };
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, most.parse().unwrap(), hard).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("\nserves at {}", listener.local_addr().unwrap());
    let stop = Stop::new();
    let asked = stop.clone();
    thread::spawn(move || {
        let _ = std::io::stdin().read(&mut [0]);
        asked.stop();
    });
    GreenThreads.serve(listener, &stop).unwrap();
}

/// Killed if its test fails.
pub struct Server {
    child: Child,
    /// Open for as long as it may say something.
    _says: BufReader<ChildStdout>,
    pub address: SocketAddr,
}

impl Server {
    pub fn start() -> Server {
        Server::with_descriptors(1_000)
    }

    /// With so many file descriptors at most.
    pub fn with_descriptors(most: usize) -> Server {
        let mut command = Command::new(env::current_exe().expect("a test is a program"));
        command.args(["--ignored", "--exact", "server::the_server_itself", "--nocapture"]);
        command.env(DESCRIPTORS, most.to_string());
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.spawn().expect("a program that starts");
        let mut says = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut said = says.by_ref().lines().map_while(Result::ok);
        let address = said
            .find_map(|line| line.strip_prefix("serves at ").map(str::parse))
            .expect("a line with the address");
        Server { child, _says: says, address: address.expect("an address") }
    }

    fn numbers(&self, what: &str) -> Vec<usize> {
        let list = fs::read_dir(format!("/proc/{}/{what}", self.child.id()));
        let names = list.expect("a process that is there").map(|entry| entry.unwrap().file_name());
        names.map(|name| name.to_str().unwrap().parse().unwrap()).collect()
    }

    /// The numbers of its file descriptors.
    pub fn descriptors(&self) -> Vec<usize> {
        self.numbers("fd")
    }

    /// For how long it has computed, all its threads together.
    pub fn computed(&self) -> Duration {
        let one = |thread: usize| {
            let path = format!("/proc/{}/task/{thread}/schedstat", self.child.id());
            let books = fs::read_to_string(path).expect("books of a thread that is there");
            books
                .split(' ')
                .next()
                .and_then(|nanos| nanos.parse::<u64>().ok())
                .expect("nanoseconds")
        };
        Duration::from_nanos(self.numbers("task").into_iter().map(one).sum())
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("somebody who listens");
        stream.set_read_timeout(Some(NEVER)).unwrap();
        stream
    }

    /// Asks it to end; it must end well, and soon.
    pub fn end(mut self) {
        drop(self.child.stdin.take());
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

/// Asks so often, and tells how long each answer took, the shortest first.
pub fn times(stream: &mut TcpStream, questions: u64) -> Vec<Duration> {
    let time = |n| {
        let start = Instant::now();
        ask(stream, n);
        answer(stream, n);
        start.elapsed()
    };
    let mut times: Vec<_> = (0..questions).map(time).collect();
    times.sort_unstable();
    times
}

/// Waits until it is so.
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < NEVER, "{what} does not come");
        thread::sleep(Duration::from_micros(200));
    }
}

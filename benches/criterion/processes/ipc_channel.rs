//! The same jobs by the crate `ipc-channel`: a channel of jobs to each of the workers, and one of
//! answers that they share. Several jobs are under way to each at a time, so that none waits for the
//! next.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use ::ipc_channel::ipc::{self, IpcOneShotServer, IpcReceiver, IpcSender};
use multiprocess_demo::child::Child;
use multiprocess_demo::lifeline::pipe;
use multiprocess_demo::start::{Entry, Method};

/// How many jobs a worker is given ahead.
const AHEAD: u64 = 64;

/// Where a worker begins. It reads from its descriptor where to fetch the ends of its channels.
pub const ENTRY: Entry = Entry { name: "ipc-channel", run: worker };

type Answer = (usize, i64);
type Ends = (usize, IpcReceiver<i64>, IpcSender<Answer>);

/// Workers, and the channels to them.
pub struct IpcChannel {
    jobs: Vec<IpcSender<i64>>,
    answers: IpcReceiver<Answer>,
    /// Dropped, and so killed and reaped, after the channels.
    _children: Vec<Child>,
}

impl IpcChannel {
    /// So many workers, all of them there.
    pub fn new(workers: usize) -> IpcChannel {
        let mut starter = Method::Spawn.starter().expect("this program's file");
        let (answer, answers) = ipc::channel().expect("a channel");
        let mut start = |number: usize| {
            let (server, name) = IpcOneShotServer::<IpcSender<Ends>>::new().expect("a server");
            let (read, write) = pipe().expect("a pipe");
            let child = starter.start(&ENTRY, &[read.as_fd()]).expect("a process");
            File::from(write).write_all(name.as_bytes()).expect("a process that reads");
            let (_, ends) = server.accept().expect("a process that connects");
            let (job, jobs) = ipc::channel().expect("a channel");
            ends.send((number, jobs, answer.clone())).expect("a process that listens");
            (job, child)
        };
        let (jobs, children) = (0..workers).map(&mut start).unzip();
        IpcChannel { jobs, answers, _children: children }
    }

    /// How long so many jobs take.
    pub fn run(&mut self, jobs: u64) -> Duration {
        let start = Instant::now();
        let mut todo = 0..jobs as i64;
        for _ in 0..AHEAD {
            for (channel, job) in self.jobs.iter().zip(todo.by_ref()) {
                channel.send(job).expect("a worker");
            }
        }
        let mut sum = 0;
        for _ in 0..jobs {
            let (worker, answer) = self.answers.recv().expect("an answer");
            sum += answer;
            if let Some(job) = todo.next() {
                self.jobs[worker].send(job).expect("a worker");
            }
        }
        let took = start.elapsed();
        assert_eq!(sum, -(0..jobs as i64).sum::<i64>());
        took
    }
}

fn worker(mut descriptors: Vec<OwnedFd>) {
    let mut name = String::new();
    let mut handed = File::from(descriptors.remove(0));
    handed.read_to_string(&mut name).expect("the name of a server");
    let (ends, end) = ipc::channel::<Ends>().expect("a channel");
    let server = IpcSender::connect(name).expect("a parent");
    server.send(ends).expect("a parent");
    let (number, jobs, answers) = end.recv().expect("the ends of the channels");
    // Until the parent has gone.
    while let Ok(job) = jobs.recv() {
        if answers.send((number, -job)).is_err() {
            break;
        }
    }
}

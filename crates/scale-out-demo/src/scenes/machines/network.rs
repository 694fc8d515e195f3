//! Machines, made of one: network namespaces (network_namespaces(7)), joined by cables (veth(4)).
//!
//! ```text
//!   worker's machine 1 ─ eth0 ═══════ v1 ┐
//!   worker's machine 2 ─ eth0 ═══════ v2 ┼ the broker's machine, 10.77.0.1: redis-server, the service
//!   worker's machine 3 ─ eth0 ═══════ v3 ┘
//! ```
//!
//! A namespace lives for as long as a process or thread is in it. Here that is `cat`, waiting for the end
//! of a pipe from this process, and on the broker's machine the service's thread, which ends with this
//! process: nothing is left behind, however it ends.

use std::ffi::OsString;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::thread;

use workloads::service;

use crate::broker::Broker;
use crate::guard::{Guard, Scratch};
use crate::redis_server;
use crate::roles::Program;
use crate::trouble::{Result, Trouble};

const BROKER: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);
const PORT: u16 = 6379;

/// The machines; the first is the broker's.
pub(super) struct Network {
    machines: Vec<Machine>,
}

struct Machine(Child);

impl Machine {
    fn new() -> Result<Machine> {
        let child = Command::new("unshare")
            .args(["--net", "cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut machine = Machine(child.map_err(Trouble::in_("unshare"))?);
        // What `cat` echoes shows that it runs, and so that it is in its namespace.
        machine.echo().map_err(|_| Trouble::new("unshare --net is not permitted"))?;
        machine.run("ip", "link set lo up")?;
        Ok(machine)
    }

    fn echo(&mut self) -> std::io::Result<()> {
        use std::io::{Error, ErrorKind, Read, Write};
        let (Some(input), Some(output)) = (&mut self.0.stdin, &mut self.0.stdout) else {
            return Err(Error::from(ErrorKind::BrokenPipe));
        };
        input.write_all(b"?")?;
        output.read_exact(&mut [0])
    }

    /// What runs `program` on this machine.
    fn enter(&self, program: &str) -> [OsString; 5] {
        let id = self.0.id().to_string();
        ["nsenter", "--target", &id, "--net", program].map(OsString::from)
    }

    fn run(&self, program: &str, arguments: &str) -> Result {
        let words = self.enter(program);
        let output = Command::new(&words[0]).args(&words[1..]).args(arguments.split(' ')).output();
        let doing = format!("{program} {arguments}");
        let output = output.map_err(Trouble::in_(&doing))?;
        match output.status.success() {
            true => Ok(()),
            false => Err(Trouble::in_(doing)(String::from_utf8_lossy(&output.stderr))),
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// What is on the broker's machine.
pub(super) struct Place {
    pub(super) broker: Broker,
    pub(super) service: SocketAddr,
    pub(super) program: Program,
    /// Before the directory in which it writes: fields are dropped in this order.
    _server: Guard,
    pub(super) scratch: Scratch,
}

impl Network {
    /// The broker's machine and so many others.
    pub(super) fn new(workers: u32) -> Result<Network> {
        let machines = (0..=workers).map(|_| Machine::new()).collect::<Result<Vec<_>>>()?;
        let network = Network { machines };
        let (broker, others) = (&network.machines[0], &network.machines[1..]);
        broker.run("ip", &format!("address add {BROKER}/32 dev lo"))?;
        for (number, machine) in (1..).zip(others) {
            let (id, address) = (machine.0.id(), Ipv4Addr::new(10, 77, 1, number));
            let cable = format!("link add v{number} type veth peer name eth0 netns {id}");
            broker.run("ip", &cable)?;
            broker.run("ip", &format!("link set v{number} up"))?;
            broker.run("ip", &format!("route add {address}/32 dev v{number} src {BROKER}"))?;
            machine.run("ip", &format!("address add {address}/32 dev eth0"))?;
            machine.run("ip", "link set eth0 up")?;
            machine.run("ip", &format!("route add {BROKER}/32 dev eth0 src {address}"))?;
        }
        Ok(network)
    }

    /// Does something on a thread that is on the broker's machine: the sockets that it makes are there.
    pub(super) fn inside<T: Send>(
        &self,
        something: impl FnOnce(&Network) -> T + Send,
    ) -> Result<T> {
        let namespace = format!("/proc/{}/ns/net", self.machines[0].0.id());
        let moving = || Trouble::in_("moving to the broker's machine");
        let namespace = File::open(namespace).map_err(moving())?;
        let there = thread::scope(|scope| {
            let thread = scope.spawn(|| {
                enter(&namespace)?;
                Ok(something(self))
            });
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        there.map_err(|why: std::io::Error| moving()(why))
    }

    /// Starts Redis and the slow service on the broker's machine. To be called [`inside`](Self::inside).
    pub(super) fn place(&self) -> Result<Place> {
        let program = Program::this().map_err(Trouble::in_("this program"))?;
        let scratch = Scratch::new(&program)?;
        let address = SocketAddr::from((BROKER, PORT));
        let words = self.machines[0].enter("redis-server").into_iter();
        // By default it talks to nobody but its own machine.
        let open = ["--protected-mode", "no"].map(OsString::from);
        let words = words.chain(redis_server::words(address)).chain(open);
        let server = Guard::of_command(&program, scratch.path(), words);
        let server = server.map_err(Trouble::in_("starting redis-server"))?;
        redis_server::await_answer(address)?;
        let doing = || Trouble::in_("starting the slow service");
        let listener = TcpListener::bind((BROKER, 0)).map_err(doing())?;
        let service = listener.local_addr().map_err(doing())?;
        // For as long as the chapter plays: nobody tells it when it is no longer needed.
        thread::spawn(move || service::serve(listener));
        let broker = Broker::redis(format!("redis://{address}"));
        Ok(Place { broker, service, program, scratch, _server: server })
    }

    /// The same command on that machine.
    pub(super) fn command_on(&self, machine: u32, command: &Command) -> Command {
        use std::os::unix::process::CommandExt;
        let words = self.machines[machine as usize].enter("--");
        let mut there = Command::new(&words[0]);
        there.args(&words[1..]).arg(command.get_program()).args(command.get_args());
        there.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        there
    }

    /// Pulls that machine's cable out.
    pub(super) fn cut(&self, machine: u32) -> Result {
        self.machines[0].run("ip", &format!("link set v{machine} down"))
    }
}

#[cfg(target_os = "linux")]
fn enter(namespace: &File) -> std::io::Result<()> {
    use nix::sched::{CloneFlags, setns};
    Ok(setns(namespace, CloneFlags::CLONE_NEWNET)?)
}

#[cfg(not(target_os = "linux"))]
fn enter(_: &File) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

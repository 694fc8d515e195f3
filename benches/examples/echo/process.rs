//! A server in a process of its own, which may run under a program that counts what it does.

// It is part of a benchmark too, which asks for no processor time.
#![allow(dead_code)]

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use multiprocess_demo::scenes::tax::cores::{Core, stay_on};
use workloads::limits;

use super::servers::{SERVERS, Server};

/// A server, and where it listens. Dropped, it is killed.
pub struct Serving {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Serving {
    /// Starts it on this core, for so many connections; under the command `under`, if there is one.
    ///
    /// # Errors
    /// If there is no such command, or the server says nothing.
    pub fn start(
        server: &Server,
        connections: usize,
        core: Core,
        under: &[&str],
    ) -> io::Result<Serving> {
        let ourselves = env::current_exe()?;
        let mut command = match under {
            [] => Command::new(&ourselves),
            [program, arguments @ ..] => {
                let mut command = Command::new(program);
                command.args(arguments).arg(&ourselves);
                command
            }
        };
        command.args(["serve", server.name, &connections.to_string()]);
        command.args(core.map(|core| core.to_string()));
        command.env("ASYNC_STD_THREAD_COUNT", "1");
        command.stdout(Stdio::piped());
        if !under.is_empty() {
            command.stderr(Stdio::piped());
        }
        let mut child = command.spawn()?;
        let mut said = String::new();
        let address = match child.stdout.as_mut() {
            Some(stdout) => BufReader::new(stdout).read_line(&mut said).map(|_| said.trim_end())?,
            None => "",
        };
        let address = address.parse().map_err(|_| io::Error::other(format!("it said {said:?}")));
        let address = address.inspect_err(|_| drop((child.kill(), child.wait())))?;
        Ok(Serving { child, address })
    }

    /// The processor time that it has used, all threads. Nothing where the system doesn't tell.
    #[must_use]
    pub fn cpu(&self) -> Option<Duration> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.child.id())).ok()?;
        let nanos = threads.flatten().filter_map(|thread| {
            let times = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            times.split(' ').next()?.parse::<u64>().ok()
        });
        Some(Duration::from_nanos(nanos.sum()))
    }

    /// Waits for its end, which comes when its clients have closed their connections, and gives
    /// what the program that it ran under had to say.
    ///
    /// # Errors
    /// If it didn't end well.
    pub fn end(mut self) -> io::Result<String> {
        let mut said = String::new();
        if let Some(stderr) = &mut self.child.stderr {
            stderr.read_to_string(&mut said)?;
        }
        let status = self.child.wait()?;
        if status.success() { Ok(said) } else { Err(io::Error::other(format!("{status}: {said}"))) }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The other side of [`Serving::start`]: the whole program, if its arguments are such. Whether
/// they were.
///
/// # Errors
/// If it can't listen.
pub fn served(arguments: &[String]) -> io::Result<bool> {
    let [first, name, connections, core @ ..] = arguments else { return Ok(false) };
    let server = SERVERS.iter().find(|server| server.name == *name);
    let (Some(server), Ok(connections), "serve") = (server, connections.parse(), first.as_str())
    else {
        return Ok(false);
    };
    // A program that counts would go on without the one that reads what it counted.
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL)?;
    stay_on(core.iter().find_map(|core| core.parse().ok()).as_slice());
    limits::allow_many_files();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    limits::queue_many_clients(&listener);
    println!("{}", listener.local_addr()?);
    (server.serve)(listener, connections);
    Ok(true)
}

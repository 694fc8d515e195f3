//! No runtime: one loop around epoll(7), edge-triggered. Nobody can serve with less.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use super::BUFFER;

const LISTENER: u64 = u64::MAX;

/// As many events as the runtimes take at a time.
const EVENTS: usize = 1024;

/// See [`super::Server::serve`].
pub fn serve(listener: TcpListener, connections: usize) {
    run(&listener, connections).expect("sockets that can be served");
}

fn run(listener: &TcpListener, connections: usize) -> io::Result<()> {
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    epoll.add(listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
    let edge = EpollFlags::EPOLLIN | EpollFlags::EPOLLRDHUP | EpollFlags::EPOLLET;
    let mut clients: Vec<Option<TcpStream>> = Vec::new();
    let mut open = connections;
    let mut events = [EpollEvent::empty(); EVENTS];
    let mut buffer = [0; BUFFER];
    while open > 0 {
        let ready = epoll.wait(&mut events, EpollTimeout::NONE)?;
        for event in &events[..ready] {
            if event.data() == LISTENER {
                let (client, _) = listener.accept()?;
                client.set_nodelay(true)?;
                client.set_nonblocking(true)?;
                epoll.add(&client, EpollEvent::new(edge, clients.len() as u64))?;
                clients.push(Some(client));
                continue;
            }
            let place = &mut clients[event.data() as usize];
            let Some(client) = place else { continue };
            let closing = event.events().contains(EpollFlags::EPOLLRDHUP);
            if echo(client, &mut buffer, closing)? {
                *place = None;
                open -= 1;
            }
        }
    }
    Ok(())
}

/// Sends back what there is. Whether the client has closed: then a short read isn't the last.
fn echo(mut client: &TcpStream, buffer: &mut [u8], closing: bool) -> io::Result<bool> {
    loop {
        match client.read(buffer) {
            Ok(0) => return Ok(true),
            Ok(read) => {
                client.write_all(&buffer[..read])?;
                if read < BUFFER && !closing {
                    return Ok(false);
                }
            }
            Err(why) if why.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(why) => return Err(why),
        }
    }
}

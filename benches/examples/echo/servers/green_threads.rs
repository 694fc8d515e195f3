//! On the green threads that chapter 6 builds.

use std::io::{self, Read, Write};
use std::net;

use green_threads_demo::green::net::{TcpListener, TcpStream};
use green_threads_demo::green::{run, spawn};

use super::BUFFER;

/// See [`super::Server::serve`].
pub fn serve(listener: net::TcpListener, connections: usize) {
    let served = run(|| {
        let listener = TcpListener::from_std(listener).expect("a listener");
        let mut clients = Vec::new();
        for _ in 0..connections {
            let (client, _) = listener.accept().expect("a client");
            clients.push(spawn(move || echo(client)));
        }
        for client in clients {
            let ended = client.join().expect("a green thread that ends");
            ended.expect("a client that closes");
        }
    });
    served.expect("a scheduler");
}

fn echo(mut client: TcpStream) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut buffer = [0; BUFFER];
    loop {
        match client.read(&mut buffer)? {
            0 => return Ok(()),
            read => client.write_all(&buffer[..read])?,
        }
    }
}

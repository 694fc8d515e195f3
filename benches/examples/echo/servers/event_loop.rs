//! On the runtime that chapter 5 builds.

use std::io;
use std::net;

use event_loop_demo::runtime::net::{TcpListener, TcpStream};
use event_loop_demo::runtime::{Runtime, spawn};

use super::BUFFER;

/// See [`super::Server::serve`].
pub fn serve(listener: net::TcpListener, connections: usize) {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener).expect("a listener");
        let mut clients = Vec::new();
        for _ in 0..connections {
            let (client, _) = listener.accept().await.expect("a client");
            clients.push(spawn(echo(client)));
        }
        for client in clients {
            let ended = client.await.expect("a task that ends");
            ended.expect("a client that closes");
        }
    });
}

async fn echo(client: TcpStream) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut buffer = [0; BUFFER];
    loop {
        match client.read(&mut buffer).await? {
            0 => return Ok(()),
            read => client.write_all(&buffer[..read]).await?,
        }
    }
}

//! On smol: its executor for one thread.

use std::io;
use std::net;

use smol::io::{AsyncReadExt, AsyncWriteExt};
use smol::net::{TcpListener, TcpStream};
use smol::{LocalExecutor, block_on};

use super::BUFFER;

/// See [`super::Server::serve`].
pub fn serve(listener: net::TcpListener, connections: usize) {
    let executor = LocalExecutor::new();
    block_on(executor.run(async {
        let listener = TcpListener::try_from(listener).expect("a listener");
        let mut clients = Vec::new();
        for _ in 0..connections {
            let (client, _) = listener.accept().await.expect("a client");
            clients.push(executor.spawn(echo(client)));
        }
        for client in clients {
            client.await.expect("a client that closes");
        }
    }));
}

async fn echo(mut client: TcpStream) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut buffer = [0; BUFFER];
    loop {
        match client.read(&mut buffer).await? {
            0 => return Ok(()),
            read => client.write_all(&buffer[..read]).await?,
        }
    }
}

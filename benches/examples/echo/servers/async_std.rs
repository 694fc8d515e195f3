//! On async-std. Its tasks run on threads of its own; that there is only one is said by
//! `ASYNC_STD_THREAD_COUNT`.

use std::io;
use std::net;

use async_std::io::{ReadExt, WriteExt};
use async_std::net::{TcpListener, TcpStream};
use async_std::task::{block_on, spawn};

use super::BUFFER;

/// See [`super::Server::serve`].
pub fn serve(listener: net::TcpListener, connections: usize) {
    block_on(async {
        let listener = TcpListener::from(listener);
        let mut clients = Vec::new();
        for _ in 0..connections {
            let (client, _) = listener.accept().await.expect("a client");
            clients.push(spawn(echo(client)));
        }
        for client in clients {
            client.await.expect("a client that closes");
        }
    });
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

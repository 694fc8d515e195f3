//! A server that does on its loop what it should have handed to another thread.

use std::io;
use std::time::Instant;

use workloads::serve::{Connection, Step};
use workloads::{Error, Result, Stop};

use crate::runtime::net::{TcpListener, TcpStream};
use crate::runtime::{Either, Runtime, select, spawn, timeout_at};
use crate::solve::stopped;

/// Serves until the stop; then every conversation ends where it is.
pub fn serve(listener: std::net::TcpListener, stop: &Stop) -> Result<()> {
    let serving = async {
        let listener = TcpListener::from_std(listener)?;
        let mut stopped = spawn(stopped(stop.clone()));
        while let Either::Right(client) = select(&mut stopped, listener.accept()).await {
            let (client, _) = client?;
            spawn(converse(client));
        }
        Ok(())
    };
    Runtime::new().and_then(|runtime| runtime.block_on(serving)).map_err(Error::io("serving"))
}

async fn converse(client: TcpStream) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut connection = Connection::new(Instant::now());
    let mut buffer = [0; 4 * 1024];
    loop {
        match connection.step(Instant::now()) {
            Step::Read { until } => {
                if let Ok(read) = timeout_at(until, client.read(&mut buffer)).await {
                    connection.received(&buffer[..read?]);
                }
            }
            Step::Write(bytes) => client.write_all(&bytes).await?,
            // Here is no .await: until it is done, this thread does nothing else.
            Step::Compute(job) => connection.computed(&job.run()),
            Step::Close => return Ok(()),
        }
    }
}

//! A server for as long as it is visited.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;

use stage::Result;
use workloads::{Approach, Error, Stop};

/// Lets the approach serve on a free port, visits it, and stops it, however the visit went.
pub fn visit<T>(
    approach: &dyn Approach,
    visitor: impl FnOnce(SocketAddr) -> Result<T>,
) -> Result<T> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let stop = Stop::new();
    let visited = thread::scope(|scope| {
        let server = scope.spawn(|| approach.serve(listener, &stop));
        let closing = StopWhenDropped(&stop);
        let visited = visitor(address);
        drop(closing);
        // A server returns once it has closed every connection and ended every thread of its own.
        server.join().map_err(Error::panicked)??;
        visited
    })?;
    if TcpStream::connect(address).is_ok() {
        return Err(format!("{} still listens after its stop", approach.name()).into());
    }
    Ok(visited)
}

struct StopWhenDropped<'a>(&'a Stop);

impl Drop for StopWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

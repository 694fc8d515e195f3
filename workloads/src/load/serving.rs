//! What a server is asked in every chapter that has one.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use super::{Load, Pace, Question, Report, Until};
use crate::error::{Error, Result};
use crate::stop::Stop;

/// Serves on a free port for as long as it is visited; then stops, however the visit went.
///
/// # Errors
/// Those of the visitor and of the server; and if there is somebody who listens after the stop.
pub fn visit<T, E: From<Error>>(
    serve: impl FnOnce(TcpListener, &Stop) -> Result<()> + Send,
    visitor: impl FnOnce(SocketAddr) -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    let starting = || "starting a server";
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::io(starting()))?;
    let address = listener.local_addr().map_err(Error::io(starting()))?;
    let stop = Stop::new();
    let visited = thread::scope(|scope| {
        let serving = scope.spawn(|| serve(listener, &stop));
        let closing = StopWhenDropped(&stop);
        let visited = visitor(address);
        drop(closing);
        // A server returns once it has closed every connection and ended whatever it started.
        serving.join().map_err(Error::panicked)??;
        visited
    })?;
    match TcpStream::connect(address) {
        Ok(_) => Err(Error::Refused("the server still listens after its stop").into()),
        Err(_) => Ok(visited),
    }
}

struct StopWhenDropped<'a>(&'a Stop);

impl Drop for StopWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Cheap questions of so many clients, each as soon as it has its last answer, for so long.
///
/// # Errors
/// As [`Load::run`], and for a wrong answer.
pub fn cheap(address: SocketAddr, clients: usize, during: Duration) -> Result<Report> {
    let load = Load { address, clients, pace: Pace::Closed, until: Until::Elapsed(during) };
    load.run(Question::cheap)?.all_right()
}

/// The same, and beside them one client that asks the expensive question again and again. Returns
/// what came of the cheap ones, and of the expensive ones.
///
/// # Errors
/// As [`cheap`].
pub fn cheap_beside_expensive(
    address: SocketAddr,
    clients: usize,
    during: Duration,
) -> Result<(Report, Report)> {
    let load = Load { address, clients: 1, pace: Pace::Closed, until: Until::Elapsed(during) };
    let (beside, cheap) = thread::scope(|scope| {
        let beside = scope.spawn(move || load.run(|_| Question::expensive()));
        let cheap = cheap(address, clients, during);
        (beside.join().map_err(Error::panicked), cheap)
    });
    Ok((cheap?, beside??.all_right()?))
}

impl Report {
    /// A wrong answer spoils the whole measurement.
    ///
    /// # Errors
    /// [`Error::Reply`] with the first that was wrong.
    pub fn all_right(self) -> Result<Report> {
        match self.first_wrong {
            None => Ok(self),
            Some(why) => {
                Err(Error::Reply { asked: format!("{} wrong replies, first", self.wrong), why })
            }
        }
    }
}

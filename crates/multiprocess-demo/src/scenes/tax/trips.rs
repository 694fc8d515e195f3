//! What trips take: wires in turns, and the median of their rounds.

use std::io;
use std::time::{Duration, Instant};

use super::cargo::{Cargo, Load};
use super::cores::{Core, Stay};
use super::errand::{self, Order};
use super::wire::{Kind, Wire};
use crate::child::Child;
use crate::start::Start;

/// A far process on each kind of wire, and this one, which stays on its core.
pub struct Fars {
    wires: Vec<(Box<dyn Wire>, Child)>,
    _stay: Stay,
}

impl Fars {
    /// Starts them, in the order of [`Kind::ALL`].
    ///
    /// # Errors
    /// If there is no process, memory or descriptor to be had.
    pub fn start(starter: &mut dyn Start, here: Core) -> io::Result<Fars> {
        let wires = Kind::ALL.map(|kind| kind.connect(starter)).into_iter();
        Ok(Fars { wires: wires.collect::<io::Result<_>>()?, _stay: Stay::on(here) })
    }

    /// What a trip takes on each kind of wire: there with so many bytes, back with so many.
    ///
    /// # Errors
    /// If a far process is gone.
    pub fn carry(
        &mut self,
        there: usize,
        back: usize,
        core: Core,
        often: Often,
    ) -> io::Result<[Duration; 3]> {
        let bytes = vec![1; there];
        let trips = often.trips;
        self.rounds(often, |wire| errand::carry(wire, trips, &bytes, back, core))
    }

    /// What it takes to send values: made bytes here, and values again there.
    ///
    /// # Errors
    /// If a far process is gone.
    pub fn send(
        &mut self,
        load: &Load,
        cargo: Cargo,
        core: Core,
        often: Often,
    ) -> io::Result<[Duration; 3]> {
        let pack = || load.pack().map_err(io::Error::other);
        let (trips, size) = (often.trips, pack()?.len());
        let order = Order { trips, size, answer: 1, cargo, core };
        self.rounds(often, |wire| errand::run(wire, order, load.count(), pack))
    }

    fn rounds(
        &mut self,
        often: Often,
        mut round: impl FnMut(&mut dyn Wire) -> io::Result<()>,
    ) -> io::Result<[Duration; 3]> {
        let mut times = [const { Vec::new() }; 3];
        // The first round warms up.
        for number in 0..=often.rounds {
            for ((wire, _), times) in self.wires.iter_mut().zip(&mut times) {
                let start = Instant::now();
                round(&mut **wire)?;
                if number > 0 {
                    times.push(start.elapsed() / often.trips as u32);
                }
            }
        }
        Ok(times.map(|mut times| median(&mut times)))
    }
}

/// How many rounds, of how many trips each.
#[derive(Debug, Clone, Copy)]
pub struct Often {
    /// Rounds, in which every wire has its turn.
    pub rounds: usize,
    /// Trips a turn.
    pub trips: usize,
}

/// What it takes to copy so many bytes once, without leaving the process.
#[must_use]
pub fn copy(bytes: usize, often: Often) -> Duration {
    // Both written to before: the first write to a page is the kernel's affair.
    let (from, mut to) = (vec![1_u8; bytes], vec![2_u8; bytes]);
    let mut times: Vec<_> = (0..often.rounds)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..often.trips {
                std::hint::black_box(&mut to).copy_from_slice(std::hint::black_box(&from));
            }
            start.elapsed() / often.trips as u32
        })
        .collect();
    median(&mut times)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

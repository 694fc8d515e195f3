//! Errands: what the far process does with what it receives, as often as it was told.

use std::io::{self, ErrorKind};

use super::cargo::Cargo;
use super::cores::{self, Core};
use super::wire::Wire;

/// What the far process is told before it is sent anything.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    /// How many messages will come.
    pub trips: usize,
    /// How many bytes each has.
    pub size: usize,
    /// How many bytes the answer to each is to have; at least one.
    pub answer: usize,
    /// What to make of each.
    pub cargo: Cargo,
    /// Where the far process is to run.
    pub core: Core,
}

/// The length of an order: five words.
const LENGTH: usize = 40;
const ANYWHERE: u64 = u64::MAX;

impl Order {
    fn encode(self) -> Vec<u8> {
        let core = self.core.map_or(ANYWHERE, |core| core as u64);
        let numbers = [self.trips, self.size, self.answer].map(|number| number as u64);
        let words = numbers.into_iter().chain([self.cargo.number(), core]);
        words.flat_map(u64::to_le_bytes).collect()
    }

    fn decode(bytes: &[u8]) -> Option<Order> {
        let words = bytes.chunks_exact(8).map(|word| word.try_into().ok().map(u64::from_le_bytes));
        let words: Vec<u64> = words.collect::<Option<_>>()?;
        let &[trips, size, answer, cargo, core] = &words[..] else { return None };
        Some(Order {
            trips: trips as usize,
            size: size as usize,
            answer: answer as usize,
            cargo: Cargo::of(cargo)?,
            core: (core != ANYWHERE).then_some(core as usize),
        })
    }
}

/// The far process's life: it does what it is ordered until the near end is gone, which is the
/// error that it ends with.
///
/// # Errors
/// That, or something that is no order.
pub fn serve(wire: &mut dyn Wire) -> io::Result<()> {
    loop {
        let order = Order::decode(wire.receive(LENGTH)?).ok_or(ErrorKind::InvalidData)?;
        cores::stay_on(order.core.as_slice());
        let mut answer = vec![0; order.answer];
        for _ in 0..order.trips {
            let values = order.cargo.unpack(wire.receive(order.size)?);
            // The first byte says how many values came, as far as a byte can.
            answer[0] = values.ok_or(ErrorKind::InvalidData)? as u8;
            wire.send(&answer)?;
        }
    }
}

/// So many round trips: there with bytes that `pack` makes each time, of so many values; back with
/// as many bytes as are wanted.
///
/// # Errors
/// If the far process is gone, or got something else.
pub fn run<Packed: AsRef<[u8]>>(
    wire: &mut dyn Wire,
    order: Order,
    values: usize,
    mut pack: impl FnMut() -> io::Result<Packed>,
) -> io::Result<()> {
    wire.send(&order.encode())?;
    for _ in 0..order.trips {
        wire.send(pack()?.as_ref())?;
        if wire.receive(order.answer)?[0] != values as u8 {
            return Err(io::Error::new(ErrorKind::InvalidData, "something else came there"));
        }
    }
    Ok(())
}

/// The same, with bytes that are there and mean nothing.
///
/// # Errors
/// If the far process is gone, or got something else.
pub fn carry(
    wire: &mut dyn Wire,
    trips: usize,
    bytes: &[u8],
    answer: usize,
    core: Core,
) -> io::Result<()> {
    let order = Order { trips, size: bytes.len(), answer, cargo: Cargo::Bytes, core };
    run(wire, order, bytes.len(), || Ok(bytes))
}

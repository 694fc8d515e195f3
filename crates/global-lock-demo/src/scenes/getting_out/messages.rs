//! What one interpreter gives to another.

use std::time::{Duration, Instant};

use stage::Result;

use crate::strategy::per_interpreter::Isolated;
use crate::vm::{Message, Program, Setup, listing};

/// A program that looks at what it is given, and leaves it where it is: `numbers`.
const LOOKS: &str = "\
  0           0 RESUME                   0

  1           2 LOAD_NAME                0 (numbers)
              4 POP_TOP
              6 LOAD_CONST               0 (None)
              8 RETURN_VALUE
";

/// A list that was copied into an interpreter and out of it again.
#[derive(Debug, Clone, Copy)]
pub struct Copy {
    /// How many elements it has.
    pub elements: usize,
    /// How much longer the program took with it than with an empty one.
    pub time: Duration,
}

impl Copy {
    /// Nanoseconds an element, in one direction.
    #[must_use]
    pub fn each_way(&self) -> f64 {
        self.time.as_nanos() as f64 / (2 * self.elements) as f64
    }

    /// How many times as long as the other one this took.
    #[must_use]
    pub fn over(&self, other: &Copy) -> f64 {
        self.time.as_secs_f64() / other.time.as_secs_f64().max(1e-6)
    }
}

/// Copies lists of these lengths in turns, and takes the medians.
///
/// # Errors
/// If one did not come back as it went.
pub fn copies(lengths: &[usize], rounds: usize) -> Result<Vec<Copy>> {
    let program = listing::parse("looks.py", LOOKS).map_err(|why| why.to_string())?;
    let lengths: Vec<_> = [0].into_iter().chain(lengths.iter().copied()).collect();
    let mut times = vec![Vec::new(); lengths.len()];
    for _ in 0..rounds {
        for (&elements, times) in lengths.iter().zip(&mut times) {
            times.push(there_and_back(&program, elements)?);
        }
    }
    let medians = times.into_iter().map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    });
    let all: Vec<_> = lengths.into_iter().zip(medians).collect();
    let less = all[0].1;
    let copy =
        |&(elements, time): &(usize, Duration)| Copy { elements, time: time.saturating_sub(less) };
    Ok(all[1..].iter().map(copy).collect())
}

fn there_and_back(program: &Program, elements: usize) -> Result<Duration> {
    let numbers = Message::List((0..elements as i64).map(Message::Int).collect());
    let setup = Setup::new(Isolated::default(), program);
    let setup = setup.given("numbers", numbers.clone()).asked("numbers");
    let start = Instant::now();
    let outcome = setup.run().map_err(|failure| failure.to_string())?;
    let took = start.elapsed();
    match outcome.answer == Some(numbers) && outcome.left == 0 {
        true => Ok(took),
        false => Err("a list did not come back as it went".into()),
    }
}

//! `time`: clocks and sleep.

use std::thread;
use std::time::{Duration, Instant};

use crate::strategy::Strategy;
use crate::vm::fault::{Fault, Result, raise};
use crate::vm::machine::Machine;
use crate::vm::threads::LOOK;
use crate::vm::value::Value;

use super::numbers::to_float;

/// `perf_counter()`: since the interpreter began.
pub fn perf_counter<S: Strategy>(machine: &mut Machine<'_, S>) -> Result<Value> {
    let now = machine.interpreter.start.elapsed().as_secs_f64();
    machine.float(now)
}

/// `sys.setswitchinterval(seconds)`.
pub fn set_interval<S: Strategy>(machine: &mut Machine<'_, S>, seconds: Value) -> Result<Value> {
    match Duration::try_from_secs_f64(to_float(machine, seconds)?) {
        Ok(interval) if !interval.is_zero() => {
            machine.interpreter.strategy.set_interval(interval);
            Ok(Value::NONE)
        }
        _ => raise("ValueError", "switch interval must be strictly positive"),
    }
}

/// Sleeps without the lock. A long sleep looks now and then whether the run is to stop.
pub fn sleep<S: Strategy>(machine: &mut Machine<'_, S>, seconds: Value) -> Result<Value> {
    let Ok(time) = Duration::try_from_secs_f64(to_float(machine, seconds)?) else {
        return raise("ValueError", "sleep length must be non-negative");
    };
    let interpreter = machine.interpreter;
    let began = Instant::now();
    machine.outside(|| {
        while !interpreter.stopped() {
            let left = time.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Ok(Value::NONE);
            }
            thread::sleep(if left > 2 * LOOK { LOOK } else { left });
        }
        Err(Fault::Stopped)
    })
}

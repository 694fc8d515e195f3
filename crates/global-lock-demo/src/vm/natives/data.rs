//! Bytes, and `zlib`.

use crate::strategy::Strategy;
use crate::vm::fault::{Result, raise};
use crate::vm::heap::{Inside, Kind};
use crate::vm::machine::Machine;
use crate::vm::value::Value;

use super::int;

/// How long bytes may be.
const MOST: usize = 1 << 28;

/// `bytes(length)`.
pub fn zeros<S: Strategy>(machine: &mut Machine<'_, S>, length: Value) -> Result<Value> {
    match length.as_int().and_then(|length| usize::try_from(length).ok()) {
        Some(length) if length <= MOST => {
            machine.with_inside(Kind::Bytes, Inside::Bytes(vec![0; length].into()))
        }
        _ => raise("ValueError", "bytes(n) is made of 0 to 2**28 zeros here"),
    }
}

/// A checksum. CPython's releases the lock where there are more than 5 KiB to read.
pub fn crc32<S: Strategy>(machine: &mut Machine<'_, S>, data: Value, value: i64) -> Result<Value> {
    let Some(bytes) = machine.bytes(data)? else {
        return raise("TypeError", "crc32() takes bytes");
    };
    let compute = || {
        let mut hasher = crc32fast::Hasher::new_with_initial(value as u32);
        hasher.update(&bytes);
        int(i64::from(hasher.finalize()))
    };
    if bytes.len() > 5 * 1024 { machine.outside(compute) } else { compute() }
}

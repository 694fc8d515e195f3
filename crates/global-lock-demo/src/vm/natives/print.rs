//! `print`, and how values look.

use crate::strategy::Strategy;
use crate::vm::code::Constant;
use crate::vm::fault::{Result, raise};
use crate::vm::heap::{Inside, Kind, Object};
use crate::vm::iterate::element;
use crate::vm::machine::Machine;
use crate::vm::value::{Value, View};

/// How long a line may be, in bytes; or a little longer.
const LONGEST: usize = 1 << 20;

/// A line: the values, with a blank between two.
pub fn print<S: Strategy>(machine: &mut Machine<'_, S>, values: &[Value]) -> Result<Value> {
    let mut line = String::new();
    for (i, &value) in values.iter().enumerate() {
        if i > 0 {
            line.push(' ');
        }
        show(machine, value, false, 0, &mut line)?;
    }
    machine.interpreter.print(line);
    Ok(Value::NONE)
}

/// Appends what `str` makes of a value, or `repr` if `quoted`.
fn show<S: Strategy>(
    machine: &mut Machine<'_, S>,
    value: Value,
    quoted: bool,
    depth: u32,
    line: &mut String,
) -> Result<()> {
    if depth == 20 {
        return raise("RecursionError", "too deep to print");
    }
    if line.len() > LONGEST {
        return raise("MemoryError", "a line has an end, too");
    }
    if let Some(number) = machine.as_float(value)? {
        line.push_str(&float(number));
        return Ok(());
    }
    if let Some(bytes) = machine.bytes(value)? {
        line.push_str(&format!("b'{}'", bytes.escape_ascii()));
        return Ok(());
    }
    match (value.view(), machine.constant(value)) {
        (View::None, _) => line.push_str("None"),
        (View::Bool(truth), _) => line.push_str(if truth { "True" } else { "False" }),
        (View::Int(int), _) => line.push_str(&int.to_string()),
        (_, Some(Constant::Text(text))) if quoted => line.push_str(&format!("'{text}'")),
        (_, Some(Constant::Text(text))) => line.push_str(text),
        (_, Some(Constant::Tuple(_))) => elements(machine, value, '(', ')', depth, line)?,
        (View::Object(_), _) => match machine.object(value)?.map(Object::kind) {
            Some(Kind::List) => elements(machine, value, '[', ']', depth, line)?,
            Some(Kind::Tuple) => elements(machine, value, '(', ')', depth, line)?,
            Some(Kind::Dict) => dict(machine, value, depth, line)?,
            kind => line.push_str(&format!("<{kind:?}>")),
        },
        (view, _) => line.push_str(&format!("<{view:?}>")),
    }
    Ok(())
}

fn elements<S: Strategy>(
    machine: &mut Machine<'_, S>,
    sequence: Value,
    open: char,
    close: char,
    depth: u32,
    line: &mut String,
) -> Result<()> {
    line.push(open);
    let mut place = 0;
    while let Some(value) = element(machine, sequence, place)? {
        if place > 0 {
            line.push_str(", ");
        }
        let shown = machine.step().and_then(|()| show(machine, value, true, depth + 1, line));
        machine.release(value)?;
        shown?;
        place += 1;
    }
    if open == '(' && place == 1 {
        line.push(',');
    }
    line.push(close);
    Ok(())
}

fn dict<S: Strategy>(
    machine: &mut Machine<'_, S>,
    value: Value,
    depth: u32,
    line: &mut String,
) -> Result<()> {
    let Some(object) = machine.object(value)? else { return Ok(()) };
    // Counted first: printing must not look at what somebody else has replaced meanwhile.
    let entries = object.inside(|inside| match inside {
        Inside::Dict(dict) => {
            for &(_, value) in &dict.entries {
                machine.retain(value)?;
            }
            Ok(dict.entries.clone())
        }
        _ => Ok(Vec::new()),
    })?;
    line.push('{');
    let mut shown = Ok(());
    for (i, (key, value)) in entries.into_iter().enumerate() {
        if shown.is_ok() {
            line.push_str(if i > 0 { ", " } else { "" });
            shown = machine.step().and_then(|()| show(machine, key, true, depth + 1, line));
            line.push_str(": ");
            shown = shown.and_then(|()| show(machine, value, true, depth + 1, line));
        }
        machine.release(value)?;
    }
    line.push('}');
    shown
}

/// As Python writes it: the shortest digits that come back as the same number.
fn float(number: f64) -> String {
    if number.is_nan() {
        return "nan".into();
    }
    let text = format!("{number:?}");
    match text.split_once('e') {
        // Rust writes 1e-7 and 1e16, Python 1e-07 and 1e+16.
        Some((digits, exponent)) => {
            let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |e| ('-', e));
            format!("{digits}e{sign}{exponent:0>2}")
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn floats_look_as_in_python() {
        for (number, text) in [
            (1.0, "1.0"),
            (0.1, "0.1"),
            (-2.5e-7, "-2.5e-07"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e16, "1e+16"),
            (123_456_789.125, "123456789.125"),
            (f64::INFINITY, "inf"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(super::float(number), text);
        }
    }
}

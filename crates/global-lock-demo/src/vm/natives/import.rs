//! `import`: modules, and what is in them.

use crate::strategy::Strategy;
use crate::vm::fault::{Fault, Result, raise};
use crate::vm::heap::Kind;
use crate::vm::machine::Machine;
use crate::vm::value::{Value, View};

use super::table::Native;

/// `import NAME`.
///
/// # Errors
/// `ModuleNotFoundError`.
pub fn import(name: &str, place: u32) -> Result<Value> {
    match Native::is_module(name) {
        true => Ok(Value::module(place)),
        false => raise("ModuleNotFoundError", format!("no module named {name} here")),
    }
}

/// `from MODULE import NAME`, a reference that the caller has.
///
/// # Errors
/// `ImportError`.
pub fn member<S: Strategy>(
    machine: &mut Machine<'_, S>,
    module: Value,
    name: u32,
) -> Result<Value> {
    let names = &machine.interpreter.program.names;
    let name = names[name as usize].as_str();
    let View::Module(module) = module.view() else {
        return raise("ImportError", "a member is imported from a module");
    };
    // Where counts are wrong, a number may be taken for a module that is not there.
    let module = names.get(module as usize).ok_or(Fault::Freed)?.as_str();
    match (module, name, Native::find(module, name)) {
        (_, _, Some(native)) => Ok(Value::native(native)),
        ("sys", "argv", _) => machine.holding(Kind::List, &machine.interpreter.arguments),
        // What they are does not matter: there is one kind of socket.
        ("socket", "AF_INET" | "SOCK_DGRAM", _) => Ok(Value::int(2).unwrap_or(Value::NULL)),
        _ => raise("ImportError", format!("cannot import {name} from {module} here")),
    }
}

//! One function of a program that comes with the chapter, by itself, and timed.

use std::time::Duration;

use global_lock_demo::host::field;
use global_lock_demo::strategy::Strategy;
use global_lock_demo::vm::programs::bundled;
use global_lock_demo::vm::{Program, Setup, listing};

/// Calls the function with the number that is its argument; it may use the global list `shared`.
const MODULE: &str = "\
RESUME 0
LOAD_CONST 0 (0); LOAD_CONST 0 (None); IMPORT_NAME 0 (sys); IMPORT_FROM 0 (argv)
STORE_NAME 0 (argv); POP_TOP
LOAD_CONST 0 (0); LOAD_CONST 0 (None); IMPORT_NAME 0 (time); IMPORT_FROM 0 (perf_counter)
STORE_NAME 0 (perf_counter); POP_TOP
BUILD_LIST 0; STORE_NAME 0 (shared)
LOAD_CONST 0 (CODE); MAKE_FUNCTION 0; STORE_NAME 0 (function)
PUSH_NULL; LOAD_NAME 0 (int); LOAD_NAME 0 (argv); LOAD_CONST 0 (1); BINARY_SUBSCR; CALL 1
STORE_NAME 0 (n)
PUSH_NULL; LOAD_NAME 0 (perf_counter); CALL 0; STORE_NAME 0 (began)
PUSH_NULL; LOAD_NAME 0 (function); LOAD_NAME 0 (n); CALL 1; POP_TOP
PUSH_NULL; LOAD_NAME 0 (print); LOAD_CONST 0 ('seconds')
PUSH_NULL; LOAD_NAME 0 (perf_counter); CALL 0; LOAD_NAME 0 (began); BINARY_OP 0 (-)
CALL 2; RETURN_VALUE";

/// A program that does nothing but to call this function of that program.
pub fn timed(program: &str, function: &str) -> Program {
    let listing = bundled(program).expect("it comes with the chapter");
    let head = format!("Disassembly of <code object {function},");
    let section = &listing[listing.find(&head).expect("it has this function")..];
    let section = section.split("\n\nDisassembly").next().unwrap_or(section);
    let code = &section["Disassembly of ".len()..=section.find('>').expect("it has a header")];
    let module = MODULE.replace("CODE", code);
    let instructions = module.lines().flat_map(|line| line.split("; ")).enumerate();
    let module: String =
        instructions.map(|(place, text)| format!("1 {} {text}\n", 2 * place)).collect();
    listing::parse(program, &format!("{module}\n{section}\n")).unwrap_or_else(|why| panic!("{why}"))
}

/// How long the function takes for this argument, in seconds.
pub fn seconds<S: Strategy>(strategy: S, program: &Program, argument: u64) -> f64 {
    let outcome = Setup::new(strategy, program).arguments([argument]).run();
    let outcome = outcome.unwrap_or_else(|why| panic!("{why}"));
    field(&outcome.to_string(), "seconds").unwrap_or_else(|why| panic!("{why}"))
}

/// The time for so many, where `one` says what each of many takes. Few are not measured: to start
/// the program would take longer.
pub fn scale(many: u64, one: impl Fn(u64) -> f64) -> Duration {
    const FEW: u64 = 1 << 20;
    Duration::from_secs_f64(one(many.max(FEW)) * many as f64)
}

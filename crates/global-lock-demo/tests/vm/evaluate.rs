//! Runs a function on a thread of its own, under every strategy, which must all agree.

use std::time::Duration;

use global_lock_demo::host::Simulated;
use global_lock_demo::vm::listing::parse;
use global_lock_demo::vm::{Limits, Outcome, Program};

use crate::assemble::{listing, program};

/// Far longer than anything takes here, so that what hangs is found out.
pub const LIMITS: Limits = Limits { patience: Duration::from_secs(60), checks: u64::MAX };

/// The program under every strategy; what its first thread fails with fails the test.
pub fn everywhere(program: &Program, arguments: &[String]) -> Vec<(Simulated, Outcome)> {
    Simulated::ALL.map(|strategy| (strategy, under(strategy, program, arguments))).into()
}

/// The program under every strategy that protects what threads share. Without protection, they may
/// be wrong in any way, and wait for ever: what is lost may be a lock.
pub fn protected(program: &Program, arguments: &[String]) -> Vec<(Simulated, Outcome)> {
    let strategies = Simulated::ALL.into_iter().filter(|one| *one != Simulated::Unprotected);
    strategies.map(|strategy| (strategy, under(strategy, program, arguments))).collect()
}

/// The program under one strategy.
pub fn under(strategy: Simulated, program: &Program, arguments: &[String]) -> Outcome {
    let running = strategy.start_program(program, arguments, LIMITS, None);
    running.end().unwrap_or_else(|why| panic!("{strategy:?}: {why}"))
}

const MODULE: &str = "
    LOAD_CONST 0; LOAD_CONST None; IMPORT_NAME threading
    IMPORT_FROM Thread; STORE_NAME Thread; IMPORT_FROM Lock; STORE_NAME Lock; POP_TOP
    LOAD_CONST 0; LOAD_CONST None; IMPORT_NAME time; IMPORT_FROM sleep; STORE_NAME sleep; POP_TOP
    LOAD_CONST 0; LOAD_CONST None; IMPORT_NAME zlib; IMPORT_FROM crc32; STORE_NAME crc32; POP_TOP
    LOAD_CONST f(); MAKE_FUNCTION 0; STORE_NAME f
    LOAD_CONST main(); MAKE_FUNCTION 0; STORE_NAME main
    PUSH_NULL; LOAD_NAME Thread; LOAD_CONST None; LOAD_NAME main; LOAD_CONST None
    BUILD_TUPLE 0; CALL 4; STORE_NAME thread
    LOAD_NAME thread; LOAD_METHOD start; CALL 0; POP_TOP
    LOAD_NAME thread; LOAD_METHOD join; CALL 0; POP_TOP
    LOAD_CONST None; RETURN_VALUE
";

/// A program whose thread runs `main`, which may call `f`.
pub fn threaded(main: &str, f: (&str, &str)) -> Program {
    program(&[("<module>", MODULE), ("main", main), f])
}

/// The instructions, and then one that makes one value of all that they leave.
pub fn gathered(code: &str) -> String {
    let gathered = (0..6).map(|many| format!("{code}; BUILD_TUPLE {many}"));
    let fits = |code: &String| parse("test.py", &listing(&[("main", &printing(code))])).is_ok();
    gathered.into_iter().find(fits).unwrap_or_else(|| panic!("{code} does not fit"))
}

/// What these instructions leave on the stack, as `print` shows it; or what they raise, and the
/// line. Whatever happens, no object may be left.
pub fn value(code: &str) -> Result<String, (u32, String)> {
    value_with(code, ("f", "LOAD_CONST None; RETURN_VALUE"))
}

/// The same, with a function `f`.
pub fn value_with(code: &str, f: (&str, &str)) -> Result<String, (u32, String)> {
    let main = printing(code);
    let program = threaded(&main, f);
    let mut results = Vec::new();
    for (strategy, outcome) in everywhere(&program, &[]) {
        assert_eq!(outcome.left, 0, "{strategy:?}: {code}: {:?}", outcome.failures);
        results.push(match &outcome.failures[..] {
            [] => Ok(outcome.lines.join("\n")),
            [failure] => Err((failure.line, failure.fault.to_string())),
            more => panic!("{more:?}"),
        });
    }
    let first = results.swap_remove(0);
    assert!(results.iter().all(|result| *result == first), "{code}: {first:?}, {results:?}");
    first
}

fn printing(code: &str) -> String {
    let code = code.trim();
    format!(
        "PUSH_NULL; LOAD_GLOBAL print; {code}; CALL 1; POP_TOP
         LOAD_CONST None; RETURN_VALUE"
    )
}

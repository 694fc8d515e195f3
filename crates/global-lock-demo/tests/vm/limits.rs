//! Nothing goes on for ever: patience ends who waits, and a budget of checks ends who computes.

use std::time::Duration;

use global_lock_demo::host::Simulated;
use global_lock_demo::vm::{Limits, Program};

use crate::assemble::program;
use crate::evaluate::threaded;

const STOPPED: &str = "stopped: the run took longer than it may";

/// So it ends under every strategy that counts right. The first thread is stopped like the others,
/// unless it was about to end on its own.
fn is_stopped(program: &Program, limits: Limits) {
    for strategy in &Simulated::ALL[1..] {
        let last = match strategy.start_program(program, &[], limits, None).end() {
            Err(said) => said,
            Ok(outcome) => {
                assert_eq!(outcome.left, 0, "{strategy:?}");
                outcome.failures.last().map(ToString::to_string).unwrap_or_default()
            }
        };
        assert!(last.ends_with(STOPPED), "{strategy:?}: {last}");
    }
}

const NO_PATIENCE: Limits = Limits { patience: Duration::from_millis(50), checks: u64::MAX };
const FEW_CHECKS: Limits = Limits { patience: Duration::from_secs(600), checks: 1000 };

const F: (&str, &str) =
    ("f()", "PUSH_NULL; LOAD_GLOBAL sleep; LOAD_CONST 1000000; CALL 1; RETURN_VALUE");

/// The first thread waits for the second, and that for something which never comes.
#[test]
fn who_waits_is_stopped_when_patience_ends() {
    for wait in [
        "PUSH_NULL; LOAD_GLOBAL sleep; LOAD_CONST 1e18; CALL 1",
        "PUSH_NULL; LOAD_GLOBAL Lock; CALL 0; STORE_FAST l
         LOAD_FAST l; LOAD_METHOD acquire; CALL 0; POP_TOP; LOAD_FAST l; LOAD_METHOD acquire; CALL 0",
        "LOAD_CONST 0; LOAD_CONST None; IMPORT_NAME socket; IMPORT_FROM socket; SWAP 2; POP_TOP
         STORE_FAST s; PUSH_NULL; LOAD_FAST s; LOAD_CONST 2; LOAD_CONST 2; CALL 2
         LOAD_METHOD recvfrom; LOAD_CONST 10; CALL 1",
        "PUSH_NULL; LOAD_GLOBAL Thread; LOAD_CONST None; LOAD_GLOBAL f; CALL 2; STORE_FAST t
         LOAD_FAST t; LOAD_METHOD start; CALL 0; POP_TOP; LOAD_FAST t; LOAD_METHOD join; CALL 0",
    ] {
        is_stopped(&threaded(&format!("{wait}; RETURN_VALUE"), F), NO_PATIENCE);
    }
}

#[test]
fn a_loop_without_an_end_is_stopped_by_the_budget() {
    for body in [
        "again:\nJUMP_BACKWARD again",
        "again:\nLOAD_CONST 1; POP_JUMP_BACKWARD_IF_TRUE again; LOAD_CONST None; RETURN_VALUE",
        "again:\nBUILD_LIST 0; LOAD_CONST 1; COMPARE_OP ==; POP_JUMP_BACKWARD_IF_FALSE again
         LOAD_CONST None; RETURN_VALUE",
        // One that goes on in native code.
        "PUSH_NULL; LOAD_NAME range; LOAD_CONST 1000000000000000; CALL 1; STORE_NAME r
         PUSH_NULL; LOAD_NAME sum; LOAD_NAME r; CALL 1; RETURN_VALUE",
        "PUSH_NULL; LOAD_NAME range; LOAD_CONST 1000000000000000; CALL 1; STORE_NAME r
         PUSH_NULL; LOAD_NAME list; LOAD_NAME r; CALL 1; RETURN_VALUE",
        "PUSH_NULL; LOAD_NAME range; LOAD_CONST 1000000000000000; CALL 1; STORE_NAME r
         PUSH_NULL; LOAD_NAME max; LOAD_NAME r; CALL 1; RETURN_VALUE",
        "LOAD_CONST (1,); LOAD_CONST 1000000; BINARY_OP *; RETURN_VALUE",
    ] {
        is_stopped(&program(&[("<module>", body)]), FEW_CHECKS);
    }
}

/// Two lists, of so many levels, in each of which the one below lies twice: 2^40 elements.
const TWICE: &str = "
    BUILD_LIST 0; STORE_NAME a; BUILD_LIST 0; STORE_NAME b; LOAD_CONST 15; STORE_NAME n
    again:
    LOAD_NAME a; COPY 1; BUILD_LIST 2; STORE_NAME a; LOAD_NAME b; COPY 1; BUILD_LIST 2; STORE_NAME b
    LOAD_NAME n; LOAD_CONST 1; BINARY_OP -; STORE_NAME n
    LOAD_NAME n; POP_JUMP_BACKWARD_IF_TRUE again";

#[test]
fn lists_that_double_are_not_gone_through_for_ever() {
    for then in [
        "LOAD_NAME a; LOAD_NAME b; COMPARE_OP ==; RETURN_VALUE",
        "LOAD_NAME a; LOAD_NAME b; BUILD_LIST 1; CONTAINS_OP 0; RETURN_VALUE",
        "PUSH_NULL; LOAD_NAME print; LOAD_NAME a; CALL 1; RETURN_VALUE",
    ] {
        is_stopped(&program(&[("<module>", &format!("{TWICE}; {then}"))]), FEW_CHECKS);
    }
}

/// Each thread starts another, and ends: no thread comes to many checks.
#[test]
fn threads_that_start_threads_are_stopped_by_the_budget() {
    let f = "PUSH_NULL; LOAD_GLOBAL Thread; LOAD_CONST None; LOAD_GLOBAL f; CALL 2
        LOAD_METHOD start; CALL 0; RETURN_VALUE";
    let main = "PUSH_NULL; LOAD_GLOBAL f; CALL 0; RETURN_VALUE";
    is_stopped(&threaded(main, ("f()", f)), FEW_CHECKS);
}

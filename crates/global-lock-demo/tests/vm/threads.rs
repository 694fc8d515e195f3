//! Threads of a program: they start, fail, wait for each other and for locks.

use crate::assemble::program;
use crate::evaluate::{everywhere, protected, threaded, value, value_with};

/// A new thread of `f` in the local `t`.
const THREAD: &str = "
    PUSH_NULL; LOAD_GLOBAL Thread; LOAD_CONST None; LOAD_GLOBAL f; LOAD_CONST None
    BUILD_LIST 0; BUILD_TUPLE 1; CALL 4; STORE_FAST t";
const START: &str = "LOAD_FAST t; LOAD_METHOD start; CALL 0; POP_TOP";
const JOIN: &str = "LOAD_FAST t; LOAD_METHOD join; CALL 0; POP_TOP";
const F: (&str, &str) =
    ("f(l)", "LOAD_FAST l; LOAD_METHOD append; LOAD_CONST 1; CALL 1; RETURN_VALUE");

fn raised(code: &str) -> String {
    value_with(&format!("{code}; LOAD_CONST 'no'"), F).expect_err(code).1
}

#[test]
fn a_thread_runs_once_after_its_start_and_before_its_join() {
    let shared = format!("BUILD_LIST 0; STORE_GLOBAL g; {THREAD}; {START}; {JOIN}; LOAD_GLOBAL g");
    let f = ("f(l)", "LOAD_GLOBAL g; LOAD_METHOD append; LOAD_FAST l; CALL 1; RETURN_VALUE");
    assert_eq!(value_with(&shared, f).as_deref(), Ok("[[]]"));
    let again = format!("{THREAD}; {START}; {JOIN}; {START}");
    assert_eq!(raised(&again), "RuntimeError: threads can only be started once");
    let early = format!("{THREAD}; {JOIN}");
    assert_eq!(raised(&early), "RuntimeError: cannot join a thread before it is started");
    assert_eq!(value_with(&format!("{THREAD}; LOAD_CONST 'never'"), F).as_deref(), Ok("never"));
}

#[test]
fn a_lock_is_released_by_who_has_it() {
    let lock = "PUSH_NULL; LOAD_GLOBAL Lock; CALL 0; STORE_FAST lock";
    let acquire = "LOAD_FAST lock; LOAD_METHOD acquire; CALL 0";
    let release = "LOAD_FAST lock; LOAD_METHOD release; CALL 0";
    let both = format!("{lock}; {acquire}; POP_TOP; {release}; POP_TOP; {acquire}");
    assert_eq!(value(&both).as_deref(), Ok("True"));
    assert_eq!(
        raised(&format!("{lock}; {release}; POP_TOP")),
        "RuntimeError: release unlocked lock"
    );
}

#[test]
fn a_thread_that_fails_is_reported_and_the_others_go_on() {
    let main = format!(
        "{THREAD}; {START}; {JOIN}; {THREAD}; {START}; {JOIN}
         PUSH_NULL; LOAD_GLOBAL print; LOAD_CONST 'on'; CALL 1; RETURN_VALUE"
    );
    let f = ("f(l)", "LOAD_CONST 0\nPOP_TOP\nLOAD_FAST l; LOAD_CONST 1; BINARY_OP +; RETURN_VALUE");
    for (strategy, outcome) in everywhere(&threaded(&main, f), &[]) {
        assert_eq!(outcome.lines, ["on"], "{strategy:?}");
        assert_eq!(outcome.left, 0, "{strategy:?}");
        for failure in &outcome.failures {
            let said = "test.py, line 3, in f: TypeError: these can't be operands of +";
            assert_eq!(failure.to_string(), said, "{strategy:?}");
        }
        assert_eq!(outcome.failures.len(), 2, "{strategy:?}");
    }
}

#[test]
fn what_is_no_function_is_counted_all_the_same() {
    let main = format!(
        "BUILD_LIST 0; STORE_GLOBAL f; {THREAD}; {START}; {JOIN}; LOAD_CONST None; RETURN_VALUE"
    );
    for (strategy, outcome) in everywhere(&threaded(&main, F), &[]) {
        let said: Vec<_> =
            outcome.failures.iter().map(|failure| failure.fault.to_string()).collect();
        assert_eq!(said, ["TypeError: what is called is not a function"], "{strategy:?}");
        assert_eq!(outcome.left, 0, "{strategy:?}");
    }
}

/// Who holds the interpreter's lock lets go of it where it waits for the program's own.
#[test]
fn threads_hand_a_lock_to_each_other() {
    let module = "
        LOAD_CONST 0; LOAD_CONST None; IMPORT_NAME threading
        IMPORT_FROM Thread; STORE_NAME Thread; IMPORT_FROM Lock; STORE_NAME Lock; POP_TOP
        LOAD_CONST f(); MAKE_FUNCTION 0; STORE_NAME f
        LOAD_CONST 0; STORE_NAME x; BUILD_LIST 0; STORE_NAME all
        PUSH_NULL; LOAD_NAME Lock; CALL 0; STORE_NAME lock
        PUSH_NULL; LOAD_NAME range; LOAD_CONST 4; CALL 1; GET_ITER
        start:
        FOR_ITER started; STORE_NAME number
        PUSH_NULL; LOAD_NAME Thread; LOAD_CONST None; LOAD_NAME f; LOAD_CONST None
        LOAD_CONST 500; BUILD_TUPLE 1; CALL 4; STORE_NAME t
        LOAD_NAME t; LOAD_METHOD start; CALL 0; POP_TOP
        LOAD_NAME all; LOAD_METHOD append; LOAD_NAME t; CALL 1; POP_TOP; JUMP_BACKWARD start
        started:
        LOAD_NAME all; GET_ITER
        join:
        FOR_ITER joined; LOAD_METHOD join; CALL 0; POP_TOP; JUMP_BACKWARD join
        joined:
        PUSH_NULL; LOAD_NAME print; LOAD_NAME x; CALL 1; RETURN_VALUE";
    let f = "again:
        LOAD_GLOBAL lock; LOAD_METHOD acquire; CALL 0; POP_TOP
        LOAD_GLOBAL x; LOAD_CONST 1; BINARY_OP +; STORE_GLOBAL x
        LOAD_GLOBAL lock; LOAD_METHOD release; CALL 0; POP_TOP
        LOAD_FAST n; LOAD_CONST 1; BINARY_OP -; STORE_FAST n
        LOAD_FAST n; POP_JUMP_BACKWARD_IF_TRUE again; LOAD_CONST None; RETURN_VALUE";
    let program = program(&[("<module>", module), ("f(n)", f)]);
    // Unprotected, they would lose references to the lock itself.
    for (strategy, outcome) in protected(&program, &[]) {
        assert_eq!(outcome.lines, ["2000"], "{strategy:?}");
        assert!(outcome.failures.is_empty() && outcome.left == 0, "{strategy:?}: {outcome:?}");
    }
}

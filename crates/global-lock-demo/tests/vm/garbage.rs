//! Whatever program the loader accepts, running it ends, and without a panic.

use std::time::Duration;

use global_lock_demo::host::{Simulated, arguments};
use global_lock_demo::vm::listing::parse;
use global_lock_demo::vm::programs::PROGRAMS;
use global_lock_demo::vm::{Limits, Program};
use proptest::prelude::*;

use crate::assemble::listing;
use crate::evaluate::everywhere;

const LIMITS: Limits = Limits { patience: Duration::from_millis(200), checks: 2000 };

/// Under one lock and under none every reference is counted, so nothing is freed too early.
fn ends(program: &Program) {
    let arguments = arguments![2, 3, 0.001];
    for strategy in [Simulated::Interval, Simulated::FreeThreaded, Simulated::Unprotected] {
        let said = match strategy.start_program(program, &arguments, LIMITS, None).end() {
            Err(said) => said,
            Ok(outcome) => format!("{:?}", outcome.failures),
        };
        let wrong = said.contains("freed") || said.contains("Freed");
        assert!(strategy == Simulated::Unprotected || !wrong, "{strategy:?}: {said}");
    }
}

/// What lies on the stack when a statement of these instructions is over, if they can follow each
/// other: each takes so many values and puts so many.
fn statement(steps: &[Step]) -> String {
    let mut text = String::new();
    let mut depth = 0;
    for (instruction, takes, puts) in steps {
        if *takes <= depth {
            text += &format!("{instruction}; ");
            depth = depth - takes + puts;
        }
    }
    text + &"POP_TOP; ".repeat(depth)
}

type Step = (&'static str, usize, usize);

const STEPS: &[Step] = &[
    ("PUSH_NULL", 0, 1),
    ("LOAD_CONST None", 0, 1),
    ("LOAD_CONST True", 0, 1),
    ("LOAD_CONST 0", 0, 1),
    ("LOAD_CONST -1", 0, 1),
    ("LOAD_CONST 3", 0, 1),
    ("LOAD_CONST 4611686018427387903", 0, 1),
    ("LOAD_CONST 1.5", 0, 1),
    ("LOAD_CONST 'text'", 0, 1),
    ("LOAD_CONST b'bytes'", 0, 1),
    ("LOAD_CONST (1, (2,))", 0, 1),
    ("LOAD_CONST f()", 0, 1),
    ("LOAD_FAST a", 0, 1),
    ("LOAD_FAST b", 0, 1),
    ("LOAD_GLOBAL x", 0, 1),
    ("LOAD_GLOBAL y", 0, 1),
    ("LOAD_GLOBAL f", 0, 1),
    ("LOAD_GLOBAL g", 0, 1),
    ("LOAD_GLOBAL NULL + f", 0, 2),
    ("LOAD_GLOBAL NULL + g", 0, 2),
    ("LOAD_GLOBAL NULL + Thread", 0, 2),
    ("LOAD_GLOBAL NULL + Lock", 0, 2),
    ("LOAD_GLOBAL NULL + crc32", 0, 2),
    ("LOAD_GLOBAL NULL + sleep", 0, 2),
    ("LOAD_GLOBAL NULL + sum", 0, 2),
    ("LOAD_GLOBAL NULL + list", 0, 2),
    ("LOAD_GLOBAL NULL + max", 0, 2),
    ("LOAD_GLOBAL NULL + range", 0, 2),
    ("LOAD_GLOBAL NULL + len", 0, 2),
    ("LOAD_GLOBAL NULL + print", 0, 2),
    ("LOAD_GLOBAL NULL + float", 0, 2),
    ("LOAD_GLOBAL NULL + int", 0, 2),
    ("LOAD_GLOBAL NULL + bytes", 0, 2),
    ("STORE_FAST a", 1, 0),
    ("STORE_FAST b", 1, 0),
    ("STORE_GLOBAL x", 1, 0),
    ("STORE_GLOBAL y", 1, 0),
    ("STORE_GLOBAL g", 1, 0),
    ("POP_TOP", 1, 0),
    ("COPY 1", 1, 2),
    ("COPY 2", 2, 3),
    ("SWAP 2", 2, 2),
    ("SWAP 3", 3, 3),
    ("CALL 0", 2, 1),
    ("CALL 1", 3, 1),
    ("CALL 2", 4, 1),
    ("CALL 4", 6, 1),
    ("LOAD_METHOD append", 1, 2),
    ("LOAD_METHOD start", 1, 2),
    ("LOAD_METHOD join", 1, 2),
    ("LOAD_METHOD acquire", 1, 2),
    ("LOAD_METHOD release", 1, 2),
    ("BINARY_OP +", 2, 1),
    ("BINARY_OP -", 2, 1),
    ("BINARY_OP *", 2, 1),
    ("BINARY_OP /", 2, 1),
    ("BINARY_OP //", 2, 1),
    ("BINARY_OP %", 2, 1),
    ("BINARY_OP &", 2, 1),
    ("BINARY_OP <<", 2, 1),
    ("BINARY_OP >>", 2, 1),
    ("COMPARE_OP <", 2, 1),
    ("COMPARE_OP ==", 2, 1),
    ("IS_OP 1", 2, 1),
    ("CONTAINS_OP 0", 2, 1),
    ("UNARY_NOT", 1, 1),
    ("UNARY_NEGATIVE", 1, 1),
    ("BINARY_SUBSCR", 2, 1),
    ("STORE_SUBSCR", 3, 0),
    ("BUILD_LIST 0", 0, 1),
    ("BUILD_LIST 1", 1, 1),
    ("BUILD_LIST 3", 3, 1),
    ("BUILD_TUPLE 0", 0, 1),
    ("BUILD_TUPLE 2", 2, 1),
    ("BUILD_MAP 0", 0, 1),
    ("BUILD_MAP 1", 2, 1),
    ("LIST_APPEND 1", 2, 1),
    ("LIST_EXTEND 1", 2, 1),
    ("UNPACK_SEQUENCE 2", 1, 2),
    ("GET_ITER", 1, 1),
    ("MAKE_FUNCTION 0", 1, 1),
    ("IMPORT_NAME threading", 2, 1),
    ("IMPORT_FROM Lock", 1, 2),
];

/// What stands between two statements: perhaps a jump to another one, on a condition.
#[derive(Debug, Clone)]
enum Between {
    Nothing,
    If(&'static str, usize),
    For(usize),
}

fn between() -> impl Strategy<Value = Between> {
    let condition = prop::sample::select(vec!["LOAD_CONST 1", "LOAD_GLOBAL x", "LOAD_FAST a"]);
    prop_oneof![
        2 => Just(Between::Nothing),
        1 => (condition, 0..9_usize).prop_map(|(condition, to)| Between::If(condition, to)),
        1 => (0..9_usize).prop_map(Between::For),
    ]
}

fn function() -> impl Strategy<Value = String> {
    let steps = prop::collection::vec(prop::sample::select(STEPS), 0..14);
    let statements = prop::collection::vec((steps, between()), 1..9);
    statements.prop_map(|statements| {
        let mut text = String::new();
        let many = statements.len();
        for (place, (steps, between)) in statements.into_iter().enumerate() {
            text += &format!("\ns{place}:\n{}\n", statement(&steps));
            text += &match between {
                Between::Nothing => String::new(),
                Between::If(condition, to) => {
                    let to = to % (many + 1);
                    let way = if to <= place { "BACKWARD" } else { "FORWARD" };
                    format!("{condition}; POP_JUMP_{way}_IF_TRUE s{to}\n")
                }
                Between::For(step) => format!(
                    "LOAD_GLOBAL x; GET_ITER\nn{place}:\nFOR_ITER e{place}; {}
                     JUMP_BACKWARD n{place}\ne{place}:\nNOP\n",
                    ["POP_TOP", "STORE_FAST a", "STORE_GLOBAL y"][step % 3],
                ),
            };
        }
        text + &format!("\ns{many}:\nLOAD_CONST None; RETURN_VALUE")
    })
}

/// Some values to begin with.
const BEGIN: &str = "
    LOAD_CONST 0; LOAD_CONST None; IMPORT_NAME threading
    IMPORT_FROM Thread; STORE_NAME Thread; IMPORT_FROM Lock; STORE_NAME Lock; POP_TOP
    LOAD_CONST 0; LOAD_CONST None; IMPORT_NAME time; IMPORT_FROM sleep; STORE_NAME sleep; POP_TOP
    LOAD_CONST 0; LOAD_CONST None; IMPORT_NAME zlib; IMPORT_FROM crc32; STORE_NAME crc32; POP_TOP
    LOAD_CONST f(); MAKE_FUNCTION 0; STORE_NAME f; LOAD_CONST g(); MAKE_FUNCTION 0; STORE_NAME g
    BUILD_LIST 0; LOAD_CONST 1.5; BUILD_LIST 2; STORE_NAME x";

/// Starts a thread that runs `f` with the list in `x`.
const START: &str = "
    PUSH_NULL; LOAD_NAME Thread; LOAD_CONST None; LOAD_NAME f; LOAD_CONST None; LOAD_NAME x
    BUILD_TUPLE 1; CALL 4; LOAD_METHOD start; CALL 0; POP_TOP";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn random_instructions_end(
        module in function(),
        f in function(),
        g in function(),
        threads in 0..3_usize,
    ) {
        let module = format!("{BEGIN}\n{}\n{module}", START.repeat(threads));
        let listing = listing(&[("<module>", &module), ("f(a, b)", &f), ("g(b, a)", &g)]);
        match parse("random.py", &listing) {
            Ok(program) => ends(&program),
            Err(why) => panic!("{why}\n{listing}"),
        }
    }

    #[test]
    fn changed_programs_end(
        program in prop::sample::select(PROGRAMS),
        changes in prop::collection::vec((any::<usize>(), any::<usize>(), 0..3_u8), 1..4),
    ) {
        let mut lines: Vec<_> = program.listing.lines().collect();
        for (one, other, change) in changes {
            let (one, other) = (one % lines.len(), other % lines.len());
            match change {
                0 => lines.swap(one, other),
                1 => lines[one] = lines[other],
                _ => drop(lines.remove(one)),
            }
        }
        if let Ok(program) = parse("changed.py", &lines.join("\n")) {
            ends(&program);
        }
    }
}

/// So that the test above can fail: what it generates does run, and does not all fail at once.
#[test]
fn statements_do_what_they_say() {
    let steps: Vec<Step> =
        ["BINARY_OP +", "LOAD_CONST 3", "COPY 1", "BINARY_OP *", "STORE_GLOBAL y", "BUILD_LIST 0"]
            .iter()
            .map(|wanted| *STEPS.iter().find(|step| step.0 == *wanted).unwrap())
            .collect();
    let module = format!(
        "{}\nLOAD_NAME print; LOAD_NAME y; PUSH_NULL; SWAP 3; SWAP 2; CALL 1; RETURN_VALUE",
        statement(&steps)
    );
    let program = parse("random.py", &listing(&[("<module>", &module)])).unwrap();
    for (strategy, outcome) in everywhere(&program, &[]) {
        assert_eq!(outcome.lines, ["9"], "{strategy:?}");
    }
}

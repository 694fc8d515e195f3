//! What each instruction does, under every strategy.

use crate::evaluate::{value, value_with};

/// Each case: the instructions, and what they leave on the stack.
fn all(cases: &[(&str, &str)]) {
    for (code, shown) in cases {
        assert_eq!(value(code).as_deref(), Ok(*shown), "{code}");
    }
}

#[test]
fn constants_and_the_stack() {
    all(&[
        ("LOAD_CONST None", "None"),
        ("LOAD_CONST True", "True"),
        ("LOAD_CONST -1.5", "-1.5"),
        ("LOAD_CONST b'\\x00a'", "b'\\x00a'"),
        ("LOAD_CONST ((1,), 'a', ())", "((1,), 'a', ())"),
        ("LOAD_CONST 1; LOAD_CONST 2; SWAP 2; BUILD_TUPLE 2", "(2, 1)"),
        ("BUILD_LIST 0; LOAD_CONST 2; COPY 2; BUILD_TUPLE 3", "([], 2, [])"),
        ("LOAD_CONST 1; NOP; BUILD_LIST 0; POP_TOP; PRECALL 1", "1"),
        ("BUILD_LIST 0; STORE_FAST a; LOAD_FAST a; STORE_FAST b; LOAD_FAST a", "[]"),
        ("BUILD_LIST 0; STORE_GLOBAL g; LOAD_GLOBAL g; STORE_GLOBAL g; LOAD_GLOBAL g", "[]"),
    ]);
}

#[test]
fn numbers() {
    let two = |operation: &str, a: &str, b: &str| {
        value(&format!("LOAD_CONST {a}; LOAD_CONST {b}; BINARY_OP {operation}"))
    };
    for (a, operation, b, result) in [
        ("2", "+", "3", "5"),
        ("2", "-=", "3", "-1"),
        ("True", "+", "True", "2"),
        ("-7", "*", "3", "-21"),
        ("7", "/", "2", "3.5"),
        ("-7", "//", "2", "-4"),
        ("7", "//", "-2", "-4"),
        ("-7", "%", "3", "2"),
        ("7", "%", "-3", "-2"),
        ("12", "&", "10", "8"),
        ("12", "|", "10", "14"),
        ("12", "^", "10", "6"),
        ("3", "<<", "4", "48"),
        ("0", "<<", "400", "0"),
        ("-9", ">>", "1", "-5"),
        ("-9", ">>", "4000", "-1"),
        ("1.5", "+", "2", "3.5"),
        ("1.0", "//", "0.1", "9.0"),
        ("-7.5", "%", "2", "0.5"),
        ("4611686018427387902", "+", "1", "4611686018427387903"),
        ("-4611686018427387903", "-", "1", "-4611686018427387904"),
    ] {
        assert_eq!(two(operation, a, b).as_deref(), Ok(result), "{a} {operation} {b}");
    }
    all(&[
        ("LOAD_CONST 3; UNARY_NEGATIVE", "-3"),
        ("LOAD_CONST 0.0; UNARY_NEGATIVE", "-0.0"),
        ("LOAD_CONST 1.5; UNARY_NOT", "False"),
        ("BUILD_LIST 0; UNARY_NOT", "True"),
        ("BUILD_LIST 0; LOAD_CONST 2; BUILD_LIST 2; LOAD_CONST 2; BINARY_OP *", "[[], 2, [], 2]"),
        ("LOAD_CONST (1, 2); LOAD_CONST -1; BINARY_OP *", "()"),
        ("BUILD_LIST 0; LOAD_CONST 1000000000000000000; BINARY_OP *", "[]"),
    ]);
}

#[test]
fn comparisons() {
    let two = |comparison: &str, a: &str, b: &str| {
        value(&format!("LOAD_CONST {a}; LOAD_CONST {b}; COMPARE_OP {comparison}"))
    };
    for (a, b, less, equal) in [
        ("1", "2", true, false),
        ("2", "1", false, false),
        ("2", "2", false, true),
        ("-4611686018427387904", "4611686018427387903", true, false),
        ("4611686018427387902", "4611686018427387903", true, false),
        ("1", "1.0", false, true),
        ("1.5", "True", false, false),
        ("'ab'", "'b'", true, false),
        ("'b'", "'b'", false, true),
    ] {
        for (comparison, holds) in [
            ("<", less),
            ("<=", less || equal),
            ("==", equal),
            ("!=", !equal),
            (">", !less && !equal),
            (">=", !less),
        ] {
            let shown = if holds { "True" } else { "False" };
            assert_eq!(two(comparison, a, b).as_deref(), Ok(shown), "{a} {comparison} {b}");
        }
    }
    let nan = "PUSH_NULL; LOAD_GLOBAL float; LOAD_CONST 'nan'; CALL 1";
    for (comparison, shown) in [("<", "False"), ("==", "False"), ("!=", "True"), (">=", "False")] {
        let code = format!("{nan}; COPY 1; COMPARE_OP {comparison}");
        assert_eq!(value(&code).as_deref(), Ok(shown), "nan {comparison} nan");
    }
    all(&[
        ("LOAD_CONST 1; BUILD_LIST 1; LOAD_CONST 1.0; BUILD_LIST 1; COMPARE_OP ==", "True"),
        ("LOAD_CONST 1; BUILD_LIST 1; LOAD_CONST 1; BUILD_TUPLE 1; COMPARE_OP ==", "False"),
        ("LOAD_CONST 1; BUILD_TUPLE 1; LOAD_CONST (1,); COMPARE_OP ==", "True"),
        ("BUILD_LIST 0; BUILD_LIST 0; IS_OP 0", "False"),
        ("BUILD_LIST 0; COPY 1; IS_OP 0", "True"),
        ("BUILD_LIST 0; COPY 1; IS_OP 1", "False"),
        ("LOAD_CONST 2; LOAD_CONST (1, 2.0); CONTAINS_OP 0", "True"),
        (
            "LOAD_CONST 4611686018427387902; LOAD_CONST (4611686018427387903,); CONTAINS_OP 1",
            "True",
        ),
        ("BUILD_LIST 0; BUILD_LIST 0; BUILD_LIST 1; CONTAINS_OP 0", "True"),
        ("LOAD_CONST 'a'; LOAD_CONST 'a'; LOAD_CONST 1; BUILD_MAP 1; CONTAINS_OP 0", "True"),
    ]);
}

#[test]
fn containers() {
    all(&[
        ("LOAD_CONST (5, 6); LOAD_CONST -1; BINARY_SUBSCR", "6"),
        ("BUILD_LIST 0; LOAD_CONST 6; BUILD_LIST 2; LOAD_CONST 0; BINARY_SUBSCR", "[]"),
        ("LOAD_CONST 'k'; BUILD_LIST 0; BUILD_MAP 1; LOAD_CONST 'k'; BINARY_SUBSCR", "[]"),
        ("LOAD_CONST 1; BUILD_LIST 0; LOAD_CONST True; LOAD_CONST 7; BUILD_MAP 2", "{1: 7}"),
        (
            "BUILD_LIST 0; BUILD_LIST 1; STORE_FAST l
             BUILD_LIST 0; LOAD_FAST l; BUILD_LIST 2; LOAD_FAST l; LOAD_CONST 0; STORE_SUBSCR
             LOAD_CONST 8; LOAD_FAST l; LOAD_CONST 0; STORE_SUBSCR; LOAD_FAST l",
            "[8]",
        ),
        (
            "BUILD_MAP 0; STORE_FAST d
             BUILD_LIST 0; LOAD_FAST d; LOAD_CONST 'k'; STORE_SUBSCR
             LOAD_CONST 8; LOAD_FAST d; LOAD_CONST 'k'; STORE_SUBSCR; LOAD_FAST d",
            "{'k': 8}",
        ),
        ("BUILD_LIST 0; LOAD_CONST 3; LIST_APPEND 1", "[3]"),
        ("BUILD_LIST 0; LOAD_CONST (3, 4); LIST_EXTEND 1", "[3, 4]"),
        ("LOAD_CONST 1; BUILD_LIST 0; BUILD_TUPLE 2; UNPACK_SEQUENCE 2; BUILD_LIST 2", "[[], 1]"),
        ("BUILD_LIST 0; COPY 1; LOAD_METHOD append; LOAD_CONST 1; CALL 1; POP_TOP", "[1]"),
    ]);
}

#[test]
fn loops_and_jumps() {
    let over = |made: &str| {
        let code = format!(
            "BUILD_LIST 0; STORE_FAST l; {made}; GET_ITER\nnext:\nFOR_ITER end
             LOAD_FAST l; SWAP 2; LIST_APPEND 1; POP_TOP; JUMP_BACKWARD next\nend:\nLOAD_FAST l"
        );
        value(&code)
    };
    let range = |code: &str| over(&format!("PUSH_NULL; LOAD_GLOBAL range; {code}"));
    assert_eq!(over("LOAD_CONST (1, 'a')").as_deref(), Ok("[1, 'a']"));
    assert_eq!(over("BUILD_LIST 0; BUILD_LIST 1; GET_ITER").as_deref(), Ok("[[]]"));
    let map = "LOAD_CONST 'k'; BUILD_LIST 0; BUILD_MAP 1";
    assert_eq!(over(map).as_deref(), Ok("['k']"));
    assert_eq!(range("LOAD_CONST 3; CALL 1").as_deref(), Ok("[0, 1, 2]"));
    assert_eq!(range("LOAD_CONST 3; LOAD_CONST 1; LOAD_CONST -1; CALL 3").as_deref(), Ok("[3, 2]"));
    let ends =
        "LOAD_CONST 4611686018427387902; LOAD_CONST 4611686018427387903; LOAD_CONST 9; CALL 3";
    assert_eq!(range(ends).as_deref(), Ok("[4611686018427387902]"), "the next would be too great");

    let jumps = |made: &str, jump: &str| {
        value(&format!(
            "{made}; {jump} there; LOAD_CONST 'on'; JUMP_FORWARD end
             there:\nLOAD_CONST 'there'\nend:\nNOP"
        ))
    };
    for made in ["LOAD_CONST 1", "BUILD_LIST 0; BUILD_LIST 1", "LOAD_CONST 'a'", "LOAD_CONST True"]
    {
        assert_eq!(jumps(made, "POP_JUMP_FORWARD_IF_TRUE").as_deref(), Ok("there"), "{made}");
        assert_eq!(jumps(made, "POP_JUMP_FORWARD_IF_FALSE").as_deref(), Ok("on"), "{made}");
    }
    for made in
        ["LOAD_CONST 0.0", "BUILD_LIST 0", "LOAD_CONST ''", "LOAD_CONST False", "BUILD_MAP 0"]
    {
        assert_eq!(jumps(made, "POP_JUMP_FORWARD_IF_FALSE").as_deref(), Ok("there"), "{made}");
        assert_eq!(jumps(made, "POP_JUMP_FORWARD_IF_TRUE").as_deref(), Ok("on"), "{made}");
    }
    all(&[
        ("BUILD_LIST 0; JUMP_IF_TRUE_OR_POP end; LOAD_CONST 'last'\nend:\nNOP", "last"),
        ("BUILD_LIST 0; JUMP_IF_FALSE_OR_POP end; LOAD_CONST 'last'\nend:\nNOP", "[]"),
        (
            "LOAD_CONST 3; STORE_FAST n\nagain:
             LOAD_FAST n; LOAD_CONST 1; BINARY_OP -; STORE_FAST n
             LOAD_FAST n; POP_JUMP_BACKWARD_IF_TRUE again; LOAD_FAST n",
            "0",
        ),
    ]);
}

#[test]
fn calls() {
    let f = ("f(a, b)", "LOAD_FAST b; LOAD_FAST a; BUILD_TUPLE 2; RETURN_VALUE");
    let call = "PUSH_NULL; LOAD_GLOBAL f; BUILD_LIST 0; LOAD_CONST 2; CALL 2";
    assert_eq!(value_with(call, f).as_deref(), Ok("(2, [])"));
    let null = "LOAD_GLOBAL NULL + f; BUILD_LIST 0; LOAD_CONST 2; CALL 2";
    assert_eq!(value_with(null, f).as_deref(), Ok("(2, [])"));
    // A thousand functions are inside each other: main, and f so often.
    let deep = (
        "f(n)",
        "LOAD_FAST n; POP_JUMP_FORWARD_IF_TRUE more; BUILD_LIST 0; RETURN_VALUE
         more:
         PUSH_NULL; LOAD_GLOBAL f; LOAD_FAST n; LOAD_CONST 1; BINARY_OP -; CALL 1; RETURN_VALUE",
    );
    let depth = |n| value_with(&format!("PUSH_NULL; LOAD_GLOBAL f; LOAD_CONST {n}; CALL 1"), deep);
    assert_eq!(depth(998).as_deref(), Ok("[]"));
    assert_eq!(depth(999), Err((3, "RecursionError: calls are a thousand deep".to_owned())));
}

#[test]
fn functions_that_are_not_bytecode() {
    let call = |name: &str, arguments: &str| {
        let many = arguments.matches("LOAD_CONST").count();
        value(&format!("PUSH_NULL; LOAD_GLOBAL {name}; {arguments}; CALL {many}"))
    };
    for (name, arguments, result) in [
        ("abs", "LOAD_CONST -3", "3"),
        ("abs", "LOAD_CONST -0.0", "0.0"),
        ("int", "LOAD_CONST ' -4_2 '", "-42"),
        ("int", "LOAD_CONST -3.9", "-3"),
        ("int", "LOAD_CONST True", "1"),
        ("float", "LOAD_CONST '1e3'", "1000.0"),
        ("len", "LOAD_CONST 'dä'", "2"),
        ("list", "LOAD_CONST (1, 2)", "[1, 2]"),
        ("list", "NOP", "[]"),
        ("max", "LOAD_CONST (1, 3.5, 2)", "3.5"),
        ("min", "LOAD_CONST 3; LOAD_CONST 1; LOAD_CONST 2", "1"),
        ("sum", "LOAD_CONST (1, 2.5)", "3.5"),
        ("bytes", "LOAD_CONST 2", "b'\\x00\\x00'"),
        ("crc32", "LOAD_CONST b'threads'", "1871592925"),
        ("sleep", "LOAD_CONST 0", "None"),
        ("print", "NOP", "\nNone"),
    ] {
        assert_eq!(call(name, arguments).as_deref(), Ok(result), "{name}({arguments})");
    }
    all(&[
        // The greatest is counted though the list that it comes from is gone.
        (
            "PUSH_NULL; LOAD_GLOBAL max
             LOAD_CONST 1; LOAD_CONST 2; BINARY_OP /; LOAD_CONST 0; CALL 2",
            "0.5",
        ),
        (
            "PUSH_NULL; LOAD_GLOBAL len; PUSH_NULL; LOAD_GLOBAL range
             LOAD_CONST 0; LOAD_CONST 9; LOAD_CONST 2; CALL 3; CALL 1",
            "5",
        ),
    ]);
}

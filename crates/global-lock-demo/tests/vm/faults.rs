//! What is raised, in which line, and that nothing is left behind then either.

use crate::evaluate::{gathered, value, value_with};

/// The line that raises, and what.
fn raised(code: &str) -> (u32, String) {
    match value(code) {
        Ok(shown) => panic!("{code} gives {shown}"),
        Err(raised) => raised,
    }
}

#[test]
fn each_error_is_of_its_kind() {
    for (code, kind) in [
        // Each has an object on the stack that has to be let go.
        ("BUILD_LIST 0; LOAD_CONST 1; BINARY_OP +", "TypeError: these can't be operands of +"),
        ("BUILD_LIST 0; LOAD_CONST 1.5; BINARY_OP *", "TypeError: "),
        ("BUILD_LIST 0; UNARY_NEGATIVE", "TypeError: "),
        ("BUILD_LIST 0; LOAD_CONST 1; COMPARE_OP <", "TypeError: there is no < between these"),
        ("LOAD_CONST 1; BUILD_LIST 0; LOAD_CONST 1.5; BINARY_OP &", "TypeError: "),
        ("BUILD_LIST 0; LOAD_CONST 1; CONTAINS_OP 0", "TypeError: this contains nothing"),
        ("BUILD_LIST 0; BUILD_MAP 0; CONTAINS_OP 0", "TypeError: only "),
        ("BUILD_LIST 0; BUILD_LIST 0; BINARY_SUBSCR", "TypeError: an index "),
        ("BUILD_MAP 0; BUILD_LIST 0; BINARY_SUBSCR", "TypeError: only "),
        ("BUILD_LIST 0; LOAD_CONST None; CALL 0", "TypeError: "),
        ("PUSH_NULL; BUILD_LIST 0; LOAD_CONST 1; CALL 1", "TypeError: what is called "),
        ("BUILD_LIST 0; BUILD_LIST 0; CALL 0", "TypeError: what is called "),
        ("BUILD_LIST 0; BUILD_LIST 0; LOAD_CONST 2; STORE_SUBSCR", "IndexError: "),
        (
            "BUILD_LIST 0; LOAD_CONST 1; LOAD_CONST 2; STORE_SUBSCR",
            "TypeError: nothing can be stored",
        ),
        ("BUILD_LIST 0; BUILD_MAP 0; BUILD_LIST 0; STORE_SUBSCR", "TypeError: only "),
        ("LOAD_CONST 1; GET_ITER", "TypeError: this is not iterable"),
        ("BUILD_LIST 0; LOAD_CONST 1; LIST_EXTEND 1", "TypeError: this is not iterable"),
        ("LOAD_CONST 1; BUILD_LIST 0; LIST_APPEND 1", "TypeError: only a list "),
        ("BUILD_LIST 0; MAKE_FUNCTION 0", "SystemError: "),
        ("BUILD_LIST 0; UNPACK_SEQUENCE 1", "ValueError: 1 values "),
        ("BUILD_LIST 0; LOAD_ATTR size", "AttributeError: no object here has the attribute size"),
        (
            "BUILD_LIST 0; LOAD_METHOD shout; POP_TOP",
            "AttributeError: no object here has the method shout",
        ),
        ("BUILD_LIST 0; LOAD_METHOD start; CALL 0", "AttributeError: only threads "),
        ("BUILD_LIST 0; LOAD_GLOBAL nobody; POP_TOP", "NameError: name nobody is not defined"),
        ("BUILD_LIST 0; LOAD_FAST nothing; POP_TOP", "UnboundLocalError: nothing has no value yet"),
        ("BUILD_LIST 1; LOAD_CONST 1; BINARY_SUBSCR", "IndexError: "),
        ("LOAD_CONST (1, 2); LOAD_CONST -3; BINARY_SUBSCR", "IndexError: "),
        ("LOAD_CONST 'k'; BUILD_LIST 0; BUILD_MAP 1; LOAD_CONST 'j'; BINARY_SUBSCR", "KeyError: "),
        ("BUILD_LIST 0; LOAD_CONST 1; LOAD_CONST 0; BINARY_OP //", "ZeroDivisionError: "),
        ("BUILD_LIST 0; LOAD_CONST 1; LOAD_CONST 0.0; BINARY_OP %", "ZeroDivisionError: "),
        ("BUILD_LIST 0; LOAD_CONST 1; LOAD_CONST 0; BINARY_OP /", "ZeroDivisionError: "),
        ("LOAD_CONST 4611686018427387903; LOAD_CONST 1; BINARY_OP +", "OverflowError: "),
        ("LOAD_CONST -4611686018427387904; LOAD_CONST 1; BINARY_OP -", "OverflowError: "),
        ("LOAD_CONST -4611686018427387904; UNARY_NEGATIVE", "OverflowError: "),
        ("LOAD_CONST -4611686018427387904; LOAD_CONST -1; BINARY_OP //", "OverflowError: "),
        ("LOAD_CONST 4294967296; COPY 1; BINARY_OP *", "OverflowError: "),
        ("LOAD_CONST 1; LOAD_CONST 62; BINARY_OP <<", "OverflowError: "),
        ("LOAD_CONST 1; LOAD_CONST -1; BINARY_OP <<", "ValueError: "),
        ("LOAD_CONST 1; LOAD_CONST -1; BINARY_OP >>", "ValueError: "),
        (
            "BUILD_LIST 0; BUILD_LIST 1; LOAD_CONST 4611686018427387903; BINARY_OP *",
            "MemoryError: ",
        ),
        ("BUILD_LIST 0; IMPORT_FROM thing; POP_TOP", "ImportError: "),
        ("LOAD_CONST 0; BUILD_LIST 0; IMPORT_NAME os", "ModuleNotFoundError: "),
        ("LOAD_CONST 0; BUILD_LIST 0; IMPORT_NAME time; IMPORT_FROM travel", "ImportError: "),
    ] {
        let (line, why) = raised(&gathered(&format!("LOAD_CONST 1\nPOP_TOP; {code}")));
        assert!(why.starts_with(kind), "{code}: {why}");
        assert_eq!(line, 2, "{code}");
    }
}

#[test]
fn functions_refuse_what_they_can_not_use() {
    for (name, arguments, kind) in [
        ("abs", "BUILD_LIST 0", "TypeError: "),
        ("bytes", "LOAD_CONST -1", "ValueError: "),
        ("bytes", "LOAD_CONST 4611686018427387903", "ValueError: "),
        ("crc32", "BUILD_LIST 0", "TypeError: "),
        ("float", "LOAD_CONST 'much'", "ValueError: "),
        ("int", "LOAD_CONST 1e300", "OverflowError: "),
        ("int", "LOAD_CONST '9223372036854775807'", "OverflowError: "),
        ("int", "LOAD_CONST 'x'", "ValueError: "),
        ("len", "LOAD_CONST 1", "TypeError: "),
        ("list", "LOAD_CONST 1", "TypeError: "),
        ("list", "BUILD_LIST 0; BUILD_LIST 0", "TypeError: list() does not take these 2 arguments"),
        ("max", "NOP", "ValueError: "),
        ("max", "BUILD_LIST 0; LOAD_CONST 1; LOAD_CONST 0.5; BINARY_OP +", "TypeError: "),
        ("min", "LOAD_CONST 1", "TypeError: "),
        ("range", "BUILD_LIST 0", "TypeError: "),
        ("range", "LOAD_CONST 1; LOAD_CONST 2; LOAD_CONST 0", "ValueError: "),
        ("sleep", "LOAD_CONST -1", "ValueError: "),
        ("sleep", "BUILD_LIST 0", "TypeError: "),
        ("sum", "LOAD_CONST (1, 2.5, 'x')", "TypeError: "),
        ("Thread", "NOP", "TypeError: "),
    ] {
        let many = match arguments {
            "NOP" => 0,
            "LOAD_CONST 1; LOAD_CONST 2; LOAD_CONST 0" => 3,
            one => 1 + usize::from(one.contains(';')),
        };
        let (_, why) = raised(&format!("PUSH_NULL; LOAD_GLOBAL {name}; {arguments}; CALL {many}"));
        assert!(why.starts_with(kind), "{name}({arguments}): {why}");
    }
}

#[test]
fn lists_that_lie_too_deep_in_each_other_are_refused() {
    let nested = |deep: u32, then: &str| {
        format!(
            "BUILD_LIST 0; STORE_FAST l; LOAD_CONST {deep}; STORE_FAST n
             more:
             LOAD_FAST l; BUILD_LIST 1; STORE_FAST l
             LOAD_FAST n; LOAD_CONST 1; BINARY_OP -; STORE_FAST n
             LOAD_FAST n; POP_JUMP_BACKWARD_IF_TRUE more
             {then}"
        )
    };
    let (line, why) = raised(&nested(30, "LOAD_FAST l"));
    assert_eq!((line, &*why), (6, "RecursionError: too deep to print"));
    // Many of them are freed without recursion.
    assert_eq!(value(&nested(60_000, "LOAD_CONST 'freed'")).as_deref(), Ok("freed"));
    let (_, why) = raised(&nested(200, "LOAD_FAST l; LOAD_FAST l; BUILD_LIST 1; COMPARE_OP =="));
    assert_eq!(why, "RecursionError: too deep to compare");
}

#[test]
fn a_heap_that_is_full_is_an_error() {
    let fill = |made: &str| {
        raised(&format!(
            "BUILD_LIST 0; STORE_FAST l; LOAD_CONST 0.5; STORE_FAST x
             more:
             LOAD_FAST l; {made}; LIST_APPEND 1; POP_TOP; JUMP_BACKWARD more"
        ))
    };
    for made in [
        "LOAD_FAST x; LOAD_CONST 1; BINARY_OP +",
        "BUILD_LIST 0",
        "BUILD_LIST 0; BUILD_TUPLE 1",
        "BUILD_MAP 0",
        "LOAD_CONST 'k'; BUILD_LIST 0; BUILD_MAP 1",
        "LOAD_CONST (1,); GET_ITER",
        "BUILD_MAP 0; GET_ITER",
        "PUSH_NULL; LOAD_GLOBAL Lock; CALL 0",
        "PUSH_NULL; LOAD_GLOBAL max; LOAD_CONST (1, 2); CALL 1; BUILD_LIST 1",
    ] {
        let (line, why) = fill(made);
        assert_eq!((line, &*why), (3, "MemoryError: the heap is full"), "{made}");
    }
    let (_, why) = raised(
        "PUSH_NULL; LOAD_GLOBAL list
         PUSH_NULL; LOAD_GLOBAL range; LOAD_CONST 2000000; CALL 1; CALL 1",
    );
    assert_eq!(why, "MemoryError: a list has an end, too");
}

#[test]
fn the_line_is_that_of_the_function_that_fails() {
    let f = ("f(a)", "NOP\nNOP\nNOP\nLOAD_FAST a; LOAD_CONST 0; BINARY_OP /; RETURN_VALUE");
    let code = "LOAD_CONST 1\nPOP_TOP; PUSH_NULL; LOAD_GLOBAL f; LOAD_CONST 1; CALL 1";
    assert_eq!(value_with(code, f), Err((4, "ZeroDivisionError: division by zero".to_owned())));
    let f = ("f(a)", "LOAD_FAST b; STORE_FAST b; LOAD_CONST None; RETURN_VALUE");
    let (line, why) = value_with("PUSH_NULL\nLOAD_GLOBAL f; BUILD_LIST 0\n CALL 1", f).unwrap_err();
    assert_eq!((line, &*why), (1, "UnboundLocalError: b has no value yet"));
    let three = "PUSH_NULL; LOAD_GLOBAL f\nBUILD_LIST 0; BUILD_LIST 0; BUILD_LIST 0\nCALL 3";
    let (line, why) = value_with(three, f).unwrap_err();
    assert_eq!(line, 3);
    assert_eq!(why, "TypeError: f() got 3 arguments, more than it has locals");
}

#[test]
fn the_mark_below_what_is_called_can_be_kept_in_variables() {
    for (code, result) in [
        ("PUSH_NULL; BUILD_LIST 1", Ok("[<Null>]")),
        ("PUSH_NULL; STORE_GLOBAL g; LOAD_CONST 1", Ok("1")),
        ("PUSH_NULL; STORE_GLOBAL g; LOAD_GLOBAL g", Err("NameError: name g is not defined")),
        ("PUSH_NULL; STORE_FAST a; LOAD_FAST a", Err("UnboundLocalError: a has no value yet")),
        ("PUSH_NULL; PUSH_NULL; CALL 0", Err("TypeError: what is called is not a function")),
        ("PUSH_NULL; GET_ITER", Err("TypeError: this is not iterable")),
        ("PUSH_NULL; COPY 1; COMPARE_OP ==", Ok("True")),
        ("PUSH_NULL; COPY 1; BINARY_OP +", Err("TypeError: these can't be operands of +")),
        ("PUSH_NULL; COPY 1; BUILD_MAP 1; PUSH_NULL; BINARY_SUBSCR; UNARY_NOT", Ok("True")),
    ] {
        assert_eq!(value(code).as_deref().map_err(|(_, why)| &**why), result, "{code}");
    }
}

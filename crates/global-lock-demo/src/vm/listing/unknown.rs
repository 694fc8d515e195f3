//! Instructions that are not known: is it the program, or the listing?

use super::lines::{MAKE_ANOTHER, excerpt};

/// Why there is no such instruction.
pub(super) fn unknown(opcode: &str) -> String {
    let others = OTHERS.split_whitespace().any(|other| other == opcode);
    if opcode == "KW_NAMES" {
        // It names a constant by its number alone, so the listing does not say which.
        "a listing does not say which names KW_NAMES stands for; \
         pass arguments by position, as in Thread(None, work, None, (1, 2))"
            .to_owned()
    } else if others {
        let known: Vec<_> = KNOWN.split_whitespace().collect();
        format!("this interpreter does not know {opcode}; it knows {}", known.join(", "))
    } else {
        format!("Python 3.11 has no instruction {}; {MAKE_ANOTHER}", excerpt(opcode))
    }
}

/// The instructions that this interpreter knows.
const KNOWN: &str = "
    BINARY_OP BINARY_SUBSCR BUILD_LIST BUILD_MAP BUILD_TUPLE CACHE CALL COMPARE_OP CONTAINS_OP COPY
    EXTENDED_ARG FOR_ITER GET_ITER IMPORT_FROM IMPORT_NAME IS_OP JUMP_BACKWARD JUMP_FORWARD
    JUMP_IF_FALSE_OR_POP JUMP_IF_TRUE_OR_POP LIST_APPEND LIST_EXTEND LOAD_ATTR LOAD_CONST LOAD_FAST
    LOAD_GLOBAL LOAD_METHOD LOAD_NAME MAKE_FUNCTION NOP POP_JUMP_BACKWARD_IF_FALSE
    POP_JUMP_BACKWARD_IF_TRUE POP_JUMP_FORWARD_IF_FALSE POP_JUMP_FORWARD_IF_TRUE POP_TOP PRECALL
    PUSH_NULL RESUME RETURN_VALUE STORE_FAST STORE_GLOBAL STORE_NAME STORE_SUBSCR SWAP
    UNARY_NEGATIVE UNARY_NOT UNPACK_SEQUENCE";

/// The other instructions of Python 3.11 (its `Lib/opcode.py`): for exceptions, classes, closures,
/// generators, sets, slices, patterns and formatting.
const OTHERS: &str = "
    ASYNC_GEN_WRAP BEFORE_ASYNC_WITH BEFORE_WITH BUILD_CONST_KEY_MAP BUILD_SET BUILD_SLICE
    BUILD_STRING CALL_FUNCTION_EX CHECK_EG_MATCH CHECK_EXC_MATCH COPY_FREE_VARS DELETE_ATTR
    DELETE_DEREF DELETE_FAST DELETE_GLOBAL DELETE_NAME DELETE_SUBSCR DICT_MERGE DICT_UPDATE
    END_ASYNC_FOR FORMAT_VALUE GET_AITER GET_ANEXT GET_AWAITABLE GET_LEN GET_YIELD_FROM_ITER
    IMPORT_STAR JUMP_BACKWARD_NO_INTERRUPT LIST_TO_TUPLE LOAD_ASSERTION_ERROR LOAD_BUILD_CLASS
    LOAD_CLASSDEREF LOAD_CLOSURE LOAD_DEREF MAKE_CELL MAP_ADD MATCH_CLASS MATCH_KEYS MATCH_MAPPING
    MATCH_SEQUENCE POP_EXCEPT POP_JUMP_BACKWARD_IF_NONE POP_JUMP_BACKWARD_IF_NOT_NONE
    POP_JUMP_FORWARD_IF_NONE POP_JUMP_FORWARD_IF_NOT_NONE PREP_RERAISE_STAR PRINT_EXPR
    PUSH_EXC_INFO RAISE_VARARGS RERAISE RETURN_GENERATOR SEND SETUP_ANNOTATIONS SET_ADD SET_UPDATE
    STORE_ATTR STORE_DEREF UNARY_INVERT UNARY_POSITIVE UNPACK_EX WITH_EXCEPT_START YIELD_VALUE";

#[cfg(test)]
mod tests {
    use super::super::instructions::read;
    use super::super::lines::Line;
    use super::super::tables::{Locals, Tables};
    use super::{KNOWN, OTHERS};

    /// What `read` says of an instruction without an argument.
    fn said(opcode: &str) -> String {
        let mut tables = Tables::new(&[]).unwrap();
        let line = Line { source: None, offset: 0, opcode, argument: None, text: None };
        match read(&line, &mut Locals::default(), &mut tables) {
            Ok(_) => String::new(),
            Err(why) => why,
        }
    }

    #[test]
    fn the_instructions_it_says_it_knows_are_those_it_knows() {
        for opcode in KNOWN.split_whitespace() {
            let why = said(opcode);
            assert!(why.is_empty() || why.starts_with(&format!("{opcode} has no")), "{why}");
        }
        for opcode in OTHERS.split_whitespace() {
            assert!(said(opcode).contains("it knows BINARY_OP, "), "{opcode}");
        }
        assert!(said("RETURN_CONST").contains("python3.11 -m dis"));
    }
}

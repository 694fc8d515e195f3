//! The loader of listings: what it refuses, in which line, and that nothing makes it panic.

#[path = "listing/garbage.rs"]
mod garbage;
#[path = "listing/programs.rs"]
mod programs;

use std::path::Path;

use global_lock_demo::vm::code::{Binary, Constant, Instruction, Program};
use global_lock_demo::vm::listing::{load, parse};

const ADD: &str = "\
  0           0 RESUME                   0

  1           2 LOAD_CONST               0 (<code object add at 0x7f35, file \"add.py\", line 1>)
              4 MAKE_FUNCTION            0
              6 STORE_NAME               0 (add)

  4           8 PUSH_NULL
             10 LOAD_NAME                0 (add)
             12 LOAD_CONST               1 ((1.5, ('it\\'s', b'\\x00a'), -1))
             14 PRECALL                  1
             18 CALL                     1
             28 POP_TOP
             30 LOAD_CONST               2 (None)
             32 RETURN_VALUE

Disassembly of <code object add, file \"add.py\", line 1>:
  1           0 RESUME                   0

  2           2 LOAD_FAST                1 (n)
              4 POP_JUMP_FORWARD_IF_FALSE     7 (to 20)
        >>    6 LOAD_FAST                1 (n)
              8 LOAD_CONST               1 (-1)
             10 BINARY_OP               13 (+=)
             14 STORE_FAST               1 (n)
             16 LOAD_FAST                1 (n)
             18 POP_JUMP_BACKWARD_IF_TRUE     7 (to 6)
        >>   20 LOAD_FAST                1 (n)
             22 RETURN_VALUE
";

fn read(text: &str) -> Program {
    parse("add.dis", text).unwrap_or_else(|why| panic!("{why}"))
}

/// The line that is refused, and what is said; it is always one line that names the place.
fn refused(text: &str) -> (Option<usize>, String) {
    let why = parse("bad.dis", text).expect_err("it should be refused");
    let said = why.to_string();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("; ") && said.len() < 1000, "{said}");
    let place = why.line().map_or("bad.dis: ".to_owned(), |line| format!("bad.dis:{line}: "));
    assert!(said.starts_with(&place), "{said}");
    (why.line(), said)
}

/// The line of the listing in which this stands.
fn line_of(text: &str, what: &str) -> Option<usize> {
    Some(text.lines().position(|line| line.contains(what)).expect("it stands there") + 1)
}

#[test]
fn a_program_is_what_its_listing_says() {
    let program = read(ADD);
    assert_eq!(program.names, ["add"]);
    assert_eq!(
        program.constants,
        [
            Constant::Code(1),
            Constant::Float(1.5),
            Constant::Text("it's".to_owned()),
            Constant::Bytes(vec![0, b'a']),
            Constant::Tuple(vec![2, 3]),
            Constant::Int(-1),
            Constant::Tuple(vec![1, 4, 5]),
            Constant::None,
        ]
    );
    let [module, add] = &program.codes[..] else { panic!("two code objects") };
    assert_eq!((&*module.name, module.depth, module.locals.len()), ("<module>", 3, 0));
    assert_eq!((&*add.name, add.depth), ("add", 2));
    assert_eq!(add.locals, ["", "n"], "nothing says the name of a local that is not used");
    assert_eq!(add.lines, [1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
    assert_eq!(
        add.instructions[2..8],
        [
            Instruction::PopJumpIf { when: false, back: false, to: 9 },
            Instruction::LoadFast(1),
            Instruction::LoadConst(5),
            Instruction::BinaryOp(Binary::Add),
            Instruction::StoreFast(1),
            Instruction::LoadFast(1),
        ]
    );
    assert_eq!(add.instructions[8], Instruction::PopJumpIf { when: true, back: true, to: 3 });
}

#[test]
fn what_can_not_run_is_refused_with_its_line() {
    // Each case: what stands in the listing, what stands there instead, what is said.
    for (right, wrong, said) in [
        ("4 MAKE_FUNCTION            0", "4 MAKE_BANANA 0", "Python 3.11 has no instruction"),
        ("28 POP_TOP", "28 YIELD_VALUE", "it knows BINARY_OP, "),
        ("28 POP_TOP", "28 KW_NAMES 2", "pass arguments by position"),
        ("28 POP_TOP", "28 COPY 0", "at least 1"),
        ("28 POP_TOP", "28 COPY", "no number of 16 bits"),
        ("28 POP_TOP", "28 COPY 70000", "no number of 16 bits"),
        ("28 POP_TOP", "28 IS_OP 2", "0, or 1"),
        ("4 MAKE_FUNCTION            0", "4 MAKE_FUNCTION 1 (defaults)", "no defaults"),
        ("0 (add)", "0 (add", "(TEXT)"),
        ("0 (add)", "0", "NUMBER (TEXT)"),
        ("13 (+=)", "8 (**)", "there are + - * / // % & | ^ << >>"),
        ("(to 20)", "(to 21)", "no instruction of this function is at 21"),
        ("(to 20)", "(to 32)", "no instruction of this function is at 32"),
        ("(to 20)", "(nowhere)", "(to OFFSET)"),
        ("7 (to 6)", "7 (to 20)", "it jumps back"),
        ("7 (to 20)", "7 (to 0)", "it jumps ahead"),
        ("18 POP_JUMP_BACKWARD_IF_TRUE     7 (to 6)", "12 NOP", "offsets go up"),
        ("10 BINARY_OP               13 (+=)", "10 STORE_SUBSCR", "stack underflow"),
        (
            "14 PRECALL                  1",
            "14 UNPACK_SEQUENCE 65535",
            "becomes 65537 deep; at most",
        ),
        ("28 POP_TOP", "28 NOP", "returns with 2 values"),
        ("1 (-1)", "1 (1j)", "no constant here"),
        ("1 (-1)", "1 ()", "no constant here"),
        ("1 (-1)", "1 (infinity)", "no constant here"),
        ("1 (-1)", "1 (4611686018427387904)", "63 bits"),
        ("1 (-1)", "1 (-1 -1)", "no constant here"),
        ("1 (-1)", "1 ('a' 'b')", "comes after the end of a constant"),
        ("1 (-1)", "1 ('a)", "without its end"),
        ("1 (-1)", "1 ((1, 2)", "without its end"),
        ("1 (-1)", "1 ('\\ud800')", "no character"),
        ("1 (-1)", "1 (b'\u{3a9}')", "not a byte"),
        ("object add at 0x7f35", "object sub", "no section for sub of line 1"),
        ("Disassembly of <code object add,", "Disassembly of <code object,", "no code object"),
        ("16 LOAD_FAST                1 (n)", "16 LOAD_FAST 1 (m)", "local 1 is n further up"),
        ("16 LOAD_FAST                1 (n)", "16 LOAD_FAST 999 (m)", "at most 256"),
        ("22 RETURN_VALUE", "22 POP_TOP", "it should return"),
        ("22 RETURN_VALUE", "ExceptionTable:", "without try"),
    ] {
        let before = &ADD[..ADD.find(right).expect(right)];
        let text = ADD.replacen(right, wrong, 1);
        let (line, why) = refused(&text);
        assert!(why.contains(said), "{wrong}: {why}");
        // What is left on the stack is noticed where the function returns.
        let is_late = why.contains("returns with");
        let changed = Some(before.matches('\n').count() + 1).filter(|_| !is_late);
        assert_eq!(line, changed.or_else(|| line_of(&text, "32 RETURN_VALUE")), "{why}");
    }
}

#[test]
fn ways_that_meet_must_agree_on_the_stack() {
    // The loop leaves a value behind each time round.
    let text = ADD.replacen("14 STORE_FAST               1 (n)", "14 NOP", 1);
    let (line, why) = refused(&text);
    assert!(why.contains("deep here on one way"), "{why}");
    let meeting = [line_of(&text, "6 LOAD_FAST"), line_of(&text, "20 LOAD_FAST")];
    assert!(meeting.contains(&line), "{why}");
}

#[test]
fn a_truncated_listing_is_refused_wherever_it_ends() {
    let whole = read(ADD);
    for (end, _) in ADD.char_indices() {
        let said = parse("add.dis", &ADD[..end]);
        // The last newline, and nothing else, may be missing.
        assert!(said.is_err() || said.as_ref() == Ok(&whole), "{end}: {said:?}");
        assert_eq!(said.is_ok(), end >= ADD.trim_end().len(), "{end}");
    }
}

#[test]
fn a_second_function_of_the_same_name_and_line_is_refused() {
    let twice = format!("{ADD}\n{}", &ADD[ADD.find("Disassembly").unwrap()..]);
    let (line, why) = refused(&twice);
    assert!(why.contains("a second add of line 1"), "{why}");
    assert_eq!(line, Some(30));
}

#[test]
fn listings_of_other_versions_get_told_which_is_wanted() {
    for (version, listing, line) in [
        ("2.7", "  1           0 LOAD_CONST               0 ('doc')\n", 1),
        ("3.10", "  1           0 LOAD_NAME                0 (x)\n", 1),
        (
            "3.12",
            "  0           0 RESUME                   0\n              2 RETURN_CONST   0 (None)\n",
            2,
        ),
        (
            "3.12",
            "  0           0 RESUME     0\n\n  1           2 LOAD_ATTR   1 (NULL|self + append)\n",
            3,
        ),
        (
            "3.13",
            "  0           RESUME         0\n\n  1           PUSH_NULL\n              POP_TOP\n",
            4,
        ),
        (
            "3.13",
            "  0           0 RESUME                   0\n\n  2   L1:     LOAD_FAST 0 (n)\n",
            3,
        ),
    ] {
        let (at, why) = refused(listing);
        assert_eq!(at, Some(line), "{version}: {why}");
        assert!(why.contains("make the listing with python3.11 -m dis"), "{version}: {why}");
    }
}

#[test]
fn what_is_no_listing_is_refused() {
    for (text, said) in [
        ("", "<module> has no instructions"),
        ("\n\n", "<module> has no instructions"),
        (&ADD[ADD.find("Disassembly").unwrap()..], "<module> has no instructions"),
        ("def add(n):\n    return n + 1\n", "is not SOURCE"),
        (&"\x1b".repeat(5000), r"\u{1b}"),
        (&"0 RESUME 0\n".repeat(1 << 17), "at most"),
        (&format!("0 RESUME 0\n{}", "2 NOP\n".repeat(70_000)), "at most 65535 instructions"),
        (&format!("0 RESUME 0\n2 LOAD_CONST 0 ({}", "(".repeat(100_000)), "is not in parentheses"),
        (&format!("0 RESUME 0\n2 LOAD_CONST 0 ({})", "(".repeat(100_000)), "tuples in tuples"),
    ] {
        let (_, why) = refused(text);
        assert!(why.contains(said), "{why}");
    }
}

#[test]
fn files_that_can_not_be_read_are_refused() {
    let missing = Path::new("no/such/file.dis");
    let why = load(missing).unwrap_err();
    assert_eq!(why.line(), None);
    let said = why.to_string();
    assert!(said.starts_with("no/such/file.dis: ") && said.contains("name a listing"), "{said}");
    assert!(load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap_err().line().is_none());

    let binary = std::env::temp_dir().join(format!("listing-{}.dis", std::process::id()));
    std::fs::write(&binary, b"  0           0 RESUME    0\n\xff\n").unwrap();
    let why = load(&binary).unwrap_err();
    std::fs::remove_file(&binary).unwrap();
    assert_eq!(why.line(), Some(2), "{why}");
    assert!(why.to_string().contains("not text"), "{why}");
}

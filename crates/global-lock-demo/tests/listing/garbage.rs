//! Whatever the loader is given, it answers; what it accepts keeps what the interpreter relies on.

use global_lock_demo::vm::code::{Code, Constant, Instruction, Program};
use global_lock_demo::vm::listing::parse;
use global_lock_demo::vm::programs::PROGRAMS;
use proptest::prelude::*;

/// Every place that a program names is there.
fn is_whole(program: &Program) {
    assert!(!program.codes.is_empty());
    for (place, constant) in program.constants.iter().enumerate() {
        match constant {
            Constant::Tuple(parts) => assert!(parts.iter().all(|part| (*part as usize) < place)),
            Constant::Code(code) => assert!((*code as usize) < program.codes.len()),
            _ => {}
        }
    }
    for code in &program.codes {
        assert_eq!(code.instructions.len(), code.lines.len());
        for (place, instruction) in code.instructions.iter().enumerate() {
            names_what_is_there(*instruction, place, code, program);
        }
    }
}

fn names_what_is_there(instruction: Instruction, place: usize, code: &Code, program: &Program) {
    let ahead = |to: u32| (place + 1..code.instructions.len()).contains(&(to as usize));
    let back = |to: u32| to as usize <= place;
    assert!(match instruction {
        Instruction::LoadConst(constant) => (constant as usize) < program.constants.len(),
        Instruction::LoadFast(local) | Instruction::StoreFast(local) =>
            usize::from(local) < code.locals.len(),
        Instruction::LoadGlobal { name, .. }
        | Instruction::StoreGlobal(name)
        | Instruction::LoadAttr(name)
        | Instruction::LoadMethod(name)
        | Instruction::ImportName(name)
        | Instruction::ImportFrom(name) => (name as usize) < program.names.len(),
        Instruction::ForIter(to)
        | Instruction::JumpForward(to)
        | Instruction::JumpIfOrPop { to, .. }
        | Instruction::PopJumpIf { back: false, to, .. } => ahead(to),
        Instruction::JumpBackward(to) | Instruction::PopJumpIf { back: true, to, .. } => back(to),
        _ => true,
    });
}

/// A line of one of the programs' listings.
fn line() -> impl Strategy<Value = String> {
    let lines = PROGRAMS.iter().flat_map(|program| program.listing.lines());
    prop::sample::select(lines.map(str::to_owned).collect::<Vec<_>>())
}

/// Something that is done to a listing's lines; the first number says where.
#[derive(Debug, Clone)]
enum Change {
    Delete(usize),
    Swap(usize, usize),
    Insert(usize, String),
    /// One of the numbers in the line becomes another.
    Number(usize, usize, u32),
    /// A character in the line becomes another.
    Character(usize, usize, char),
}

fn change() -> impl Strategy<Value = Change> {
    let any_number = prop_oneof![0..4_u32, 0..700_u32, 65_530..65_540_u32, any::<u32>()];
    prop_oneof![
        any::<usize>().prop_map(Change::Delete),
        any::<(usize, usize)>().prop_map(|(a, b)| Change::Swap(a, b)),
        (any::<usize>(), line()).prop_map(|(at, line)| Change::Insert(at, line)),
        (any::<usize>(), 0..3_usize, any_number).prop_map(|(at, n, to)| Change::Number(at, n, to)),
        (any::<usize>(), any::<usize>(), any::<char>())
            .prop_map(|(at, n, to)| Change::Character(at, n, to)),
    ]
}

fn apply(change: Change, lines: &mut Vec<String>) {
    let len = lines.len();
    if len == 0 {
        return;
    }
    match change {
        Change::Delete(at) => drop(lines.remove(at % len)),
        Change::Swap(a, b) => lines.swap(a % len, b % len),
        Change::Insert(at, line) => lines.insert(at % len, line),
        Change::Number(at, n, to) => {
            let line = &mut lines[at % len];
            let words: Vec<_> = line.split(' ').collect();
            let numbers = words.iter().enumerate().filter(|(_, word)| word.parse::<u32>().is_ok());
            if let Some((place, _)) = numbers.into_iter().nth(n) {
                let new = to.to_string();
                let changed = |(at, word)| if at == place { &*new } else { word };
                let words: Vec<_> = words.iter().copied().enumerate().map(changed).collect();
                *line = words.join(" ");
            }
        }
        Change::Character(at, n, to) => {
            let line = &mut lines[at % len];
            let mut chars: Vec<_> = line.chars().collect();
            if !chars.is_empty() {
                let n = n % chars.len();
                chars[n] = to;
            }
            *line = chars.into_iter().collect();
        }
    }
}

fn answers(text: &str) {
    match parse("garbage.dis", text) {
        Ok(program) => is_whole(&program),
        Err(why) => {
            let line = why.line().expect("it is about a line");
            assert!((1..=text.lines().count().max(1)).contains(&line), "{why}");
            assert_eq!(why.to_string().lines().count(), 1, "{why}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_gets_an_answer(text in any::<String>()) {
        answers(&text);
    }

    #[test]
    fn any_argument_text_gets_an_answer(text in r#"[-(),'"\\bxnuU0-9a-fNoneTru <>.e]{0,40}"#) {
        answers(&format!("0 RESUME 0\n2 LOAD_CONST 0 ({text})\n4 RETURN_VALUE\n"));
    }

    #[test]
    fn lines_in_any_order_get_an_answer(lines in prop::collection::vec(line(), 0..60)) {
        answers(&lines.join("\n"));
    }

    #[test]
    fn changed_listings_get_an_answer(
        program in prop::sample::select(PROGRAMS),
        changes in prop::collection::vec(change(), 1..4),
    ) {
        let mut lines: Vec<_> = program.listing.lines().map(str::to_owned).collect();
        changes.into_iter().for_each(|change| apply(change, &mut lines));
        answers(&lines.join("\n"));
    }
}

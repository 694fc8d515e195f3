//! Programs as tests write them: instructions as in a listing, with labels instead of offsets.

use global_lock_demo::vm::Program;
use global_lock_demo::vm::listing::parse;

/// A program of functions, the first of which is the module: a name with its parameters, and its
/// instructions, some to a line, with `;` between. They are of the source's line that they stand
/// in, from 1 up. A line `NAME:` is a label, and `LOAD_CONST f()` loads the code of `f`.
pub fn program(functions: &[(&str, &str)]) -> Program {
    let listing = listing(functions);
    parse("test.py", &listing).unwrap_or_else(|why| panic!("{why}\n{listing}"))
}

pub fn listing(functions: &[(&str, &str)]) -> String {
    let mut listing = String::new();
    for (number, (head, body)) in functions.iter().enumerate() {
        let (name, parameters) = head.split_once('(').unwrap_or((head, ")"));
        if number > 0 {
            listing += &format!("\nDisassembly of {}:\n", code_object(name));
        }
        let parameters =
            parameters.trim_end_matches(')').split(", ").filter(|name| !name.is_empty());
        let mut locals = parameters.map(str::to_owned).collect();
        let steps = steps(body);
        listing += "0 0 RESUME 0\n";
        for (place, (line, step)) in
            steps.iter().enumerate().filter(|(_, (_, step))| !is_label(step))
        {
            let text = instruction(step, &steps, &mut locals);
            listing += &format!("{line} {} {text}\n", offset(&steps, place));
        }
    }
    listing
}

fn code_object(name: &str) -> String {
    format!("<code object {name}, file \"test.py\", line 1>")
}

/// Instructions and labels, each with its line.
fn steps(body: &str) -> Vec<(usize, &str)> {
    let lines = body.trim().lines().enumerate();
    let steps =
        lines.flat_map(|(line, text)| text.split(';').map(move |step| (line + 1, step.trim())));
    steps.filter(|(_, step)| !step.is_empty()).collect()
}

fn is_label(step: &str) -> bool {
    step.ends_with(':')
}

/// Where it stands, after RESUME and those before it.
fn offset(steps: &[(usize, &str)], place: usize) -> usize {
    2 + 2 * steps[..place].iter().filter(|(_, step)| !is_label(step)).count()
}

fn instruction(step: &str, steps: &[(usize, &str)], locals: &mut Vec<String>) -> String {
    let Some((opcode, operand)) = step.split_once(' ') else { return step.to_owned() };
    match opcode {
        "LOAD_FAST" | "STORE_FAST" => {
            let known = locals.iter().position(|local| local == operand);
            let place = known.unwrap_or_else(|| {
                locals.push(operand.to_owned());
                locals.len() - 1
            });
            format!("{opcode} {place} ({operand})")
        }
        "FOR_ITER" => format!("{opcode} 0 (to {})", target(operand, steps)),
        _ if opcode.contains("JUMP") => format!("{opcode} 0 (to {})", target(operand, steps)),
        "LOAD_CONST" if operand.ends_with("()") => {
            format!("{opcode} 0 ({})", code_object(operand.trim_end_matches("()")))
        }
        _ if operand.parse::<u32>().is_ok() && opcode != "LOAD_CONST" => step.to_owned(),
        _ => format!("{opcode} 0 ({operand})"),
    }
}

fn target(label: &str, steps: &[(usize, &str)]) -> usize {
    let is_it = |(_, step): &(usize, &str)| step.strip_suffix(':') == Some(label);
    let place = steps.iter().position(is_it).unwrap_or_else(|| panic!("no label {label}"));
    offset(steps, place)
}

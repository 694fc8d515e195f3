//! One line of a listing, taken apart.

/// One instruction, as it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// The line in the program's source, where it is another than in the line before.
    pub(super) source: Option<u32>,
    /// Where the instruction is, in bytes from the function's start.
    pub(super) offset: u32,
    /// Its name.
    pub(super) opcode: &'a str,
    /// Its argument.
    pub(super) argument: Option<u32>,
    /// What the argument stands for; in the listing it is in parentheses.
    pub(super) text: Option<&'a str>,
}

impl<'a> Line<'a> {
    /// Reads `SOURCE >> OFFSET OPCODE ARGUMENT (TEXT)`, of which all but OFFSET and OPCODE may be
    /// missing.
    pub(super) fn read(line: &'a str) -> Result<Line<'a>, String> {
        let mut rest = line;
        let mut numbers = Vec::new();
        let opcode = loop {
            match word(&mut rest) {
                ">>" => {}
                number if number.starts_with(|c: char| c.is_ascii_digit()) => {
                    numbers.push(parse(number)?);
                }
                opcode => break opcode,
            }
        };
        let numbers = match numbers[..] {
            [offset] => Some((None, offset)),
            [source, offset] => Some((Some(source), offset)),
            _ => None,
        };
        let is_name = |name: &str| {
            !name.is_empty() && name.bytes().all(|c| c.is_ascii_uppercase() || c == b'_')
        };
        let Some((source, offset)) = numbers.filter(|_| is_name(opcode)) else {
            let line = excerpt(line);
            return Err(format!(
                "{line} is not SOURCE >> OFFSET OPCODE NUMBER (TEXT); {MAKE_ANOTHER}"
            ));
        };
        let (argument, text) = match word(&mut rest) {
            "" => (None, None),
            number => (Some(parse(number)?), in_parentheses(rest.trim())?),
        };
        Ok(Line { source, offset, opcode, argument, text })
    }

    /// The number, for an instruction that has one, in 16 bits.
    pub(super) fn number(&self) -> Result<u16, String> {
        self.argument.and_then(|number| number.try_into().ok()).ok_or_else(|| {
            format!("{} has no number of 16 bits; one should follow it", self.opcode)
        })
    }

    /// The text, for an instruction that has one.
    pub(super) fn text(&self) -> Result<&'a str, String> {
        self.text
            .ok_or_else(|| format!("{} has no text; after it comes NUMBER (TEXT)", self.opcode))
    }
}

/// What helps if the listing comes from another Python: 3.13, for one, prints no offsets.
pub(super) const MAKE_ANOTHER: &str = "make the listing with python3.11 -m dis";

/// The beginning of what stands in a listing, for messages: it may be long.
pub(super) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

/// Takes the first word off.
fn word<'a>(rest: &mut &'a str) -> &'a str {
    let line = rest.trim_start();
    let (word, after) = line.split_at(line.find(char::is_whitespace).unwrap_or(line.len()));
    *rest = after;
    word
}

fn parse(number: &str) -> Result<u32, String> {
    number.parse().map_err(|_| {
        format!("{} is no number; there should be one of at most 32 bits", excerpt(number))
    })
}

fn in_parentheses(text: &str) -> Result<Option<&str>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        Some(inner) => Ok(Some(inner)),
        None => Err(format!("{} is not in parentheses; it should be (TEXT)", excerpt(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn a_line_is_taken_apart() {
        let line = |source, offset, opcode, argument, text| {
            Ok(Line { source, offset, opcode, argument, text })
        };
        let read = Line::read;
        assert_eq!(read("4   0 RESUME  0"), line(Some(4), 0, "RESUME", Some(0), None));
        assert_eq!(read("7 >> 12 POP_TOP"), line(Some(7), 12, "POP_TOP", None, None));
        assert_eq!(read(">> 12 COPY 1"), line(None, 12, "COPY", Some(1), None));
        assert_eq!(
            read("  2 LOAD_CONST  3 (') (')"),
            line(None, 2, "LOAD_CONST", Some(3), Some("') ('"))
        );
    }

    #[test]
    fn what_is_no_line_is_refused() {
        for (line, why) in [
            ("", "SOURCE >> OFFSET"),
            ("4", "SOURCE >> OFFSET"),
            ("NOP", "SOURCE >> OFFSET"),
            ("1 2 3 NOP", "SOURCE >> OFFSET"),
            ("L1: 4 NOP", "SOURCE >> OFFSET"),
            ("1 nop", "SOURCE >> OFFSET"),
            ("99999999999 NOP", "32 bits"),
            ("1 COPY x", "32 bits"),
            ("1 LOAD_FAST 0 (x", "(TEXT)"),
            ("1 LOAD_FAST 0 )", "(TEXT)"),
        ] {
            let said = Line::read(line).unwrap_err();
            assert!(said.contains(why), "{line}: {said}");
        }
    }
}

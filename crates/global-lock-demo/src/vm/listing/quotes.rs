//! Texts and bytes in quotes, with escapes.

use std::str::Chars;

/// What may stand between the quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    /// Any character.
    Text,
    /// Characters below 256: one stands for one byte.
    Bytes,
}

/// Takes off what begins with a quote and ends with the same one, and returns what it stands for.
pub(super) fn quoted(rest: &mut &str, escapes: Escapes) -> Result<String, String> {
    let mut chars = rest.chars();
    let quote = chars.next();
    let mut text = String::new();
    loop {
        let c = match chars.next() {
            None => return Err("a text without its end; it should be in quotes".to_owned()),
            Some('\\') => escapes.read(&mut chars)?,
            c if c == quote => break,
            Some(c) => c,
        };
        if escapes == Escapes::Bytes && c > '\u{ff}' {
            return Err(format!("`{c}` is not a byte; it should be \\xNN"));
        }
        text.push(c);
    }
    *rest = chars.as_str();
    Ok(text)
}

impl Escapes {
    /// What comes after a backslash.
    fn read(self, chars: &mut Chars<'_>) -> Result<char, String> {
        let kind = chars.next();
        let digits = match (kind, self) {
            (Some(c @ ('\\' | '\'' | '"')), _) => return Ok(c),
            (Some('n'), _) => return Ok('\n'),
            (Some('r'), _) => return Ok('\r'),
            (Some('t'), _) => return Ok('\t'),
            (Some('x'), _) => 2,
            (Some('u'), Escapes::Text) => 4,
            (Some('U'), Escapes::Text) => 8,
            _ => {
                return Err(
                    "there is no such escape; after a backslash comes one of \\ ' \" n r t xNN"
                        .to_owned(),
                );
            }
        };
        let hex: String = chars.take(digits).collect();
        (hex.len() == digits && hex.bytes().all(|c| c.is_ascii_hexdigit()))
            .then(|| u32::from_str_radix(&hex, 16).ok())
            .flatten()
            .and_then(char::from_u32)
            .ok_or_else(|| format!("`{hex}` is no character; it should be {digits} hex digits"))
    }
}

//! A listing is the module's own code, then a section for each function, under a line like
//! `Disassembly of <code object add, file "a.py", line 13>:`.

use super::Refused;

/// The listing of one code object.
pub(super) struct Section<'a> {
    /// The function's name.
    pub(super) name: &'a str,
    /// The line of the source where the function begins.
    pub(super) line: u32,
    /// The line of the listing where the section begins.
    pub(super) at: usize,
    /// Its lines, and where they stand in the listing.
    pub(super) body: Vec<(usize, &'a str)>,
}

/// Splits a listing into its sections; the first is the module's.
pub(super) fn split(text: &str) -> Result<Vec<Section<'_>>, Refused> {
    let mut sections = vec![Section { name: "<module>", line: 0, at: 1, body: Vec::new() }];
    for (index, line) in text.lines().enumerate() {
        let at = index + 1;
        let line = line.trim();
        if let Some(header) = line.strip_prefix("Disassembly of ") {
            let header = header.strip_suffix(':').unwrap_or(header);
            let Some((name, line)) = code_object(header) else {
                let right = "<code object NAME, file \"FILE\", line NUMBER>:";
                return Err((at, format!("no code object is named here; Disassembly of {right}")));
            };
            sections.push(Section { name, line, at, body: Vec::new() });
        } else if line == "ExceptionTable:" {
            let why = "this interpreter has no exceptions; write the program without try and with";
            return Err((at, why.to_owned()));
        } else if let (false, Some(section)) = (line.is_empty(), sections.last_mut()) {
            section.body.push((at, line));
        }
    }
    match sections.iter().find(|section| section.body.is_empty()) {
        Some(section) => {
            let why = format!(
                "{} has no instructions; RESUME is the first of every function",
                section.name
            );
            Err((section.at, why))
        }
        None => Ok(sections),
    }
}

/// The name and line of `<code object NAME, file "FILE", line NUMBER>`: that is how a section and
/// the constant that stands for it are known to belong together. An address is passed over.
pub(super) fn code_object(text: &str) -> Option<(&str, u32)> {
    let (name, rest) =
        text.strip_prefix("<code object ")?.strip_suffix('>')?.split_once(", file \"")?;
    let name = name.split_once(" at 0x").map_or(name, |(name, _)| name);
    let (_, line) = rest.rsplit_once("\", line ")?;
    Some((name, line.parse().ok()?))
}

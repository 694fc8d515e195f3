//! Source text to be shown: cut from the file that was compiled, so that what is read is what runs.

/// What stands between `// [name` and `// name]` in a source file, moved to the edge; nothing if there
/// are no such marks.
#[must_use]
pub fn excerpt(source: &str, name: &str) -> String {
    let (from, to) = (format!("// [{name}"), format!("// {name}]"));
    let lines = source.lines().skip_while(|line| line.trim() != from).skip(1);
    let lines: Vec<_> = lines.take_while(|line| line.trim() != to).collect();
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let least = lines.iter().filter(|line| !line.is_empty()).map(indent).min().unwrap_or(0);
    let cut: Vec<_> = lines.iter().map(|line| line.get(least..).unwrap_or_default()).collect();
    cut.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_stands_between_its_marks_and_at_the_edge() {
        let text = "x\n  // [a\n  fn a() {\n\n    b\n  }\n  // a]\n// [b\nc\n// b]";
        assert_eq!(excerpt(text, "a"), "fn a() {\n\n  b\n}");
        assert_eq!(excerpt(text, "b"), "c");
        assert_eq!(excerpt(text, "d"), "");
    }
}

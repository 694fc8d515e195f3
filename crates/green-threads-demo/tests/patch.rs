//! The monkey patch, made visible: the code that blocks, and the code that only waits, are the same.

/// What a file is made of, without the names that it imports and the words at its head.
fn code(text: &str) -> Vec<&str> {
    let other = |line: &&str| !line.starts_with("use ") && !line.starts_with("//!");
    let lines: Vec<_> = text.lines().filter(other).collect();
    let begins = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    lines[begins..].to_vec()
}

#[test]
fn only_the_imports_differ() {
    let blocks = include_str!("../../../workloads/src/blocking.rs");
    let waits = include_str!("../src/blocking.rs");
    assert!(code(blocks).len() > 100);
    assert_eq!(code(blocks), code(waits));
    let imports = |text: &'static str| text.lines().filter(|line| line.starts_with("use "));
    let [block, wait] = [blocks, waits].map(|text| {
        imports(text).any(|line| line.contains("std::net::{") && line.contains("TcpStream"))
    });
    assert!(block && !wait, "the names that block are those of std::net");
}

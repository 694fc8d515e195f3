//! Source text to be shown: cut from the file that was compiled, so that what is read is what runs.

/// The part of a source file that is shown: what stands between the marks, as it was compiled.
pub(super) fn listing(source: &str) -> String {
    stage::excerpt(source, "listing").replace("pub(super) ", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_stands_between_the_marks_and_at_the_edge() {
        let text =
            "x\n    // [listing\n    pub(super) fn a() {\n\n        b\n    }\n    // listing]\ny";
        assert_eq!(listing(text), "fn a() {\n\n    b\n}");
        assert_eq!(listing("no marks"), "");
    }

    /// 80 columns, and 4 of them are the indent of a listing.
    #[test]
    fn what_is_shown_fits_its_place() {
        for source in [
            include_str!("../green/switch/aarch64.rs"),
            include_str!("../green/switch/x86_64.rs"),
            include_str!("hidden/client.rs"),
            include_str!("locals/handlers.rs"),
            include_str!("yields/order.rs"),
        ] {
            let listing = listing(source);
            assert!(!listing.is_empty());
            let wide = listing.lines().find(|line| line.chars().count() > 76);
            assert_eq!(wide, None);
        }
    }
}

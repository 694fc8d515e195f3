//! What was typed, for whoever wants the same run once more.

use std::ffi::OsString;

/// The options whose values are directories and programs of this machine, which are nobody's business
/// and nowhere else; and what stands for them.
const PRIVATE: [(&str, &str); 3] = [("--out", "DIR"), ("--path", "DIR"), ("--python", "PATH")];

/// The command of these arguments, with `DIR` and `PATH` in the place of what is private.
#[must_use]
pub fn command(arguments: impl Iterator<Item = OsString>) -> String {
    let mut words = vec!["cargo run --release -p benches --".to_owned()];
    let mut private = false;
    for argument in arguments {
        let argument = argument.to_string_lossy().into_owned();
        let name = argument.split('=').next().unwrap_or_default();
        if let Some((name, value)) = PRIVATE.iter().find(|(option, _)| *option == name) {
            words.push(format!("{name} {value}"));
            private = argument == *name;
        } else if argument.starts_with('-') {
            private = false;
            words.push(argument);
        } else if !private {
            words.push(if argument.contains(' ') { format!("'{argument}'") } else { argument });
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    #[test]
    fn what_was_typed_has_no_private_paths_and_need_not_be_text() {
        let of = |line: &str| command(line.split('|').map(OsString::from));
        let run = "cargo run --release -p benches --";
        assert_eq!(of("all|--only|global lock"), format!("{run} all --only 'global lock'"));
        assert_eq!(of("all|--out|/home/me|--quick"), format!("{run} all --out DIR --quick"));
        assert_eq!(of("all|--path=/home/me|--quick"), format!("{run} all --path DIR --quick"));
        assert_eq!(of("all|--python|/a|/b|--quick"), format!("{run} all --python PATH --quick"));
        let odd = OsString::from_vec(vec![b'a', 0xff]);
        assert_eq!(command([odd].into_iter()), format!("{run} a\u{fffd}"));
    }
}

//! The calibration in its file: kept, and taken again when the machine or the program differs.

use std::path::{Path, PathBuf};
use std::{env, fs};

use serde::{Deserialize, Serialize};

use super::calibration::Calibration;
use crate::facts::Facts;
use crate::{Result, micro};

/// The version of the file.
pub const SCHEMA: u32 = 3;

/// The machine and the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The version of the file; another one is not read.
    pub schema: u32,
    /// The processor's model.
    pub cpu: String,
    /// How many cores this process may use.
    pub cores: usize,
    /// The system's name and release.
    pub kernel: String,
    /// The program's version, how it was compiled, and when it was written to disk.
    pub program: String,
}

impl Key {
    /// This machine, this program.
    #[must_use]
    pub fn here(facts: &Facts) -> Key {
        let written = env::current_exe().and_then(fs::metadata).and_then(|file| file.modified());
        let written = written.ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
        let written = written.map_or(0, |at| at.as_secs());
        Key {
            schema: SCHEMA,
            cpu: facts.cpu.clone(),
            cores: facts.cores,
            kernel: facts.kernel.clone(),
            program: format!("{} {profile} {written}", env!("CARGO_PKG_VERSION")),
        }
    }
}

/// Where it is kept.
#[must_use]
pub fn place() -> PathBuf {
    micro::target().join("bench-calibration.json")
}

impl Calibration {
    /// What is kept in this file, if that is of this machine and program, and whole.
    #[must_use]
    pub fn kept(file: &Path, here: &Key) -> Option<Calibration> {
        let read: Calibration = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
        (read.of == *here && read.is_sane()).then_some(read)
    }

    /// Keeps it there: whole, or not at all.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn keep(&self, file: &Path) -> Result {
        if let Some(directory) = file.parent() {
            fs::create_dir_all(directory)?;
        }
        let draft = file.with_extension(format!("{}.draft", std::process::id()));
        let written = fs::write(&draft, serde_json::to_vec_pretty(self)?);
        let kept = written.and_then(|()| fs::rename(&draft, file));
        if kept.is_err() {
            let _ = fs::remove_file(&draft);
        }
        Ok(kept?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::calibration::tests::easy;
    use super::*;

    #[test]
    fn what_cannot_be_kept_leaves_no_draft() {
        let directory = env::temp_dir().join(format!("calibration-{}", std::process::id()));
        // A file can't take the place of a directory.
        let file = directory.join("kept.json");
        fs::create_dir_all(&file).unwrap();
        assert!(easy(2).keep(&file).is_err());
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1, "only what was there before");
        fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn what_is_kept_is_read_unless_it_is_broken_or_of_something_else() {
        let name = format!("calibration-{}.json", std::process::id());
        let file = env::temp_dir().join(name);
        let kept = easy(2);
        assert_eq!(Calibration::kept(&file, &kept.of), None, "nothing there");
        kept.keep(&file).unwrap();
        assert_eq!(Calibration::kept(&file, &kept.of), Some(kept.clone()));
        for other in [
            Key { schema: 0, ..kept.of.clone() },
            Key { cores: 3, ..kept.of.clone() },
            Key { cpu: "another".into(), ..kept.of.clone() },
            Key { kernel: "another".into(), ..kept.of.clone() },
            Key { program: "another".into(), ..kept.of.clone() },
        ] {
            assert_eq!(Calibration::kept(&file, &other), None, "{other:?}");
        }
        let whole = fs::read_to_string(&file).unwrap();
        for broken in [
            whole[..whole.len() / 2].to_owned(),
            whole.replacen("\"speed\": 1.0", "\"speed\": 0.0", 1),
            whole.replacen("\"ask_ms\": 0.0", "\"ask_ms\": -1.0", 1),
            String::new(),
        ] {
            fs::write(&file, broken).unwrap();
            assert_eq!(Calibration::kept(&file, &kept.of), None);
        }
        fs::remove_file(&file).unwrap();
    }
}

//! Bytes as text: JSON has no bytes.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Bytes, each of them the character of that number (ISO 8859-1, "Latin 1"): what is ASCII stays
/// readable and as short as it was, and all else comes back as it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latin(String);

impl Latin {
    /// The bytes. What is not of such a character came from somewhere else: it becomes `?`.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.0.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect()
    }

    /// The bytes as a path.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        OsString::from_vec(self.bytes()).into()
    }
}

impl From<&[u8]> for Latin {
    fn from(bytes: &[u8]) -> Latin {
        Latin(bytes.iter().map(|byte| char::from(*byte)).collect())
    }
}

impl From<&Path> for Latin {
    fn from(path: &Path) -> Latin {
        Latin::from(path.as_os_str().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back_and_ascii_can_be_read() {
        let all: Vec<u8> = (0..=255).collect();
        let sent = serde_json::to_string(&Latin::from(&all[..])).unwrap();
        let received: Latin = serde_json::from_str(&sent).unwrap();
        assert_eq!(received.bytes(), all);
        assert_eq!(serde_json::to_string(&Latin::from(&b"/tmp/a"[..])).unwrap(), "\"/tmp/a\"");
    }
}

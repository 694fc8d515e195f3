//! Bytes that travel as they are.
//!
//! To serde a `Vec<u8>` is a sequence like any other, so that its items are encoded one after
//! another, each with a call. It can't know better: for the compiler, `u8` is just one of the types
//! that there can be a `Vec` of. These are copied in one piece.

use std::ffi::OsString;
use std::fmt;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

/// Bytes in one piece.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        struct InOnePiece;

        impl Visitor<'_> for InOnePiece {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_owned()))
            }
        }

        deserializer.deserialize_bytes(InOnePiece)
    }
}

/// A path is bytes too, and need not be text.
impl From<&Path> for Bytes {
    fn from(path: &Path) -> Bytes {
        Bytes(path.as_os_str().as_bytes().to_owned())
    }
}

impl From<Bytes> for PathBuf {
    fn from(Bytes(path): Bytes) -> PathBuf {
        OsString::from_vec(path).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    #[test]
    fn bytes_arrive_as_they_were_sent() {
        let sent = Bytes((0..=255).cycle().take(100_000).collect());
        let encoded = postcard::to_stdvec(&sent).unwrap();
        assert_eq!(encoded.len(), 100_000 + 3, "the length, and no more");
        assert_eq!(postcard::from_bytes::<Bytes>(&encoded).unwrap(), sent);
        assert!(postcard::from_bytes::<Bytes>(&encoded[..50_000]).is_err());
    }

    #[test]
    fn a_path_that_is_no_text_is_still_a_path() {
        let path = Path::new(OsStr::from_bytes(b"not-utf-8-\xff"));
        assert!(postcard::to_stdvec(path).is_err(), "serde takes a path for text");
        let encoded = postcard::to_stdvec(&Bytes::from(path)).unwrap();
        let there = PathBuf::from(postcard::from_bytes::<Bytes>(&encoded).unwrap());
        assert_eq!(there, path);
    }
}

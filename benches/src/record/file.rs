//! `report.json`: a record is written, and read again.

use std::fs;
use std::path::Path;

use super::{Record, SCHEMA};
use crate::Result;

impl Record {
    /// Reads what [`Record::write`] wrote.
    ///
    /// # Errors
    /// One line, if there is no such file, or if it is no record of this version.
    pub fn read(path: &Path) -> Result<Record> {
        let say = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
        let bytes = fs::read(path).map_err(|why| say(&why))?;
        let value: serde_json::Value = serde_json::from_slice(&bytes)
            .map_err(|why| say(&format_args!("this is no report.json: {why}")))?;
        match value["schema"].as_u64() {
            Some(schema) if schema == u64::from(SCHEMA) => {}
            Some(other) => {
                return Err(say(&format_args!("schema {other}, where {SCHEMA} is read")).into());
            }
            None => return Err(say(&"this is no report.json: it has no schema").into()),
        }
        Ok(serde_json::from_value(value).map_err(|why| say(&why))?)
    }

    /// Writes it as JSON.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn write(&self, path: &Path) -> Result {
        let json = serde_json::to_string_pretty(self)? + "\n";
        Ok(fs::write(path, json).map_err(|why| format!("{}: {why}", path.display()))?)
    }
}

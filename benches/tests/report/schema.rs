//! `README.md` describes the record that is written.

use std::collections::BTreeSet;

use benches::record::Record;
use serde_json::Value;

use crate::rich::record;

/// The names of fields; those of figures, loads, problems and crates are data.
fn fields(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Array(all) => all.iter().for_each(|one| fields(one, names)),
        Value::Object(all) => {
            for (name, value) in all {
                names.insert(name.clone());
                match (name.as_str(), value) {
                    ("figures" | "latencies" | "sizes" | "versions", Value::Object(by_name)) => {
                        by_name.values().for_each(|value| fields(value, names));
                    }
                    _ => fields(value, names),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn each_field_is_documented() {
    let readme = include_str!("../../README.md");
    let (_, schema) = readme.split_once("## `report.json`, schema 2").expect("the schema");
    let mut names = BTreeSet::new();
    fields(&serde_json::to_value(record()).expect("JSON"), &mut names);
    assert!(names.len() > 40, "{names:?}");
    for name in names {
        assert!(schema.contains(&format!("| `{name}` |")), "{name} is not documented");
    }
}

#[test]
fn a_record_is_read_as_it_was_written() {
    let path = std::env::temp_dir().join(format!("benches-{}-schema.json", std::process::id()));
    record().write(&path).expect("a file");
    let read = Record::read(&path);
    std::fs::remove_file(&path).expect("the file");
    assert_eq!(read.expect("a record"), record());
}

//! The tables that instructions refer to: a program's names and constants, each once, and a
//! function's locals.

use std::collections::HashMap;

use super::Refused;
use super::sections::Section;
use crate::vm::code::Constant;

/// The tables of a program. Their places have 32 bits, which is more than a listing has bytes.
pub(super) struct Tables<'a> {
    names: Vec<String>,
    name_places: HashMap<String, u32>,
    constants: Vec<Constant>,
    /// By what [`Debug`](std::fmt::Debug) says: unlike `==`, that tells −0.0 from 0.0.
    constant_places: HashMap<String, u32>,
    /// By name and line.
    codes: HashMap<(&'a str, u32), u32>,
}

impl<'a> Tables<'a> {
    /// The tables of a program with these functions; names and constants are yet to come.
    pub(super) fn new(sections: &[Section<'a>]) -> Result<Tables<'a>, Refused> {
        let mut codes = HashMap::new();
        for (place, section) in sections.iter().enumerate() {
            if codes.insert((section.name, section.line), place as u32).is_some() {
                let Section { name, line, .. } = section;
                let why = format!("a second {name} of line {line}; write it on a line of its own");
                return Err((section.at, why));
            }
        }
        Ok(Tables {
            names: Vec::new(),
            name_places: HashMap::new(),
            constants: Vec::new(),
            constant_places: HashMap::new(),
            codes,
        })
    }

    /// The place of a name.
    pub(super) fn name(&mut self, name: &str) -> u32 {
        if let Some(place) = self.name_places.get(name) {
            return *place;
        }
        let place = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.name_places.insert(name.to_owned(), place);
        place
    }

    /// The place of a constant.
    pub(super) fn constant(&mut self, constant: Constant) -> u32 {
        *self.constant_places.entry(format!("{constant:?}")).or_insert_with(|| {
            self.constants.push(constant);
            self.constants.len() as u32 - 1
        })
    }

    /// The place of the function with this name and line.
    pub(super) fn code(&self, name: &str, line: u32) -> Result<u32, String> {
        self.codes.get(&(name, line)).copied().ok_or_else(|| {
            format!(
                "there is no section for {name} of line {line}; \
                 the listing should go on with its Disassembly"
            )
        })
    }

    /// The constants and the names.
    pub(super) fn into_parts(self) -> (Vec<Constant>, Vec<String>) {
        (self.constants, self.names)
    }
}

/// The locals of one function, as far as its instructions mention them.
#[derive(Default)]
pub(super) struct Locals(Vec<Option<String>>);

/// As many locals as a function may have.
const MOST_LOCALS: usize = 256;

impl Locals {
    /// The place of the local with this number and name.
    pub(super) fn place(&mut self, number: u16, name: &str) -> Result<u16, String> {
        let index = usize::from(number);
        if index >= MOST_LOCALS {
            return Err(format!(
                "there is no local {number}; a function has at most {MOST_LOCALS}"
            ));
        }
        if index >= self.0.len() {
            self.0.resize(index + 1, None);
        }
        let known = self.0[index].get_or_insert_with(|| name.to_owned());
        if known == name {
            Ok(number)
        } else {
            Err(format!("local {number} is {known} further up, and {name} here; it has one name"))
        }
    }

    /// Their names. A parameter that is never used has none: no instruction tells.
    pub(super) fn into_names(self) -> Vec<String> {
        self.0.into_iter().map(Option::unwrap_or_default).collect()
    }
}

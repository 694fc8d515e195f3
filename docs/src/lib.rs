//! The book's machinery: its words are in `docs/pages`, the chapters' in their READMEs.
//!
//! | module | what |
//! |---|---|
//! | [`repository`] | where what is |
//! | [`links`] | the links of a Markdown text |
//! | [`commands`] | the commands that a text tells the reader to type |
//! | [`programs`] | those programs, found or built, and run |
//! | [`console`] | what a text says that they print |
//! | [`pointers`] | where a scene sends its reader |
//! | [`demos`], [`talk`] | what runs on the slides of the talk, and how long it all takes |
//! | [`preprocessor`] | what mdBook has done to each page before it is drawn |
//!
//! The tests hold all Markdown of the repository against the files, programs and recipes that there
//! are.

#![forbid(unsafe_code)]

pub mod commands;
pub mod console;
pub mod demos;
pub mod links;
pub mod pointers;
pub mod preprocessor;
pub mod programs;
pub mod repository;
pub mod talk;

//! What becomes of a record: the page, its looks in a browser, Markdown, the schema's description,
//! and the comparison with another. No test looks at a time.

mod browser;
mod commands;
mod compared;
mod page;
mod reference;
mod rich;
mod schema;
mod verdicts;

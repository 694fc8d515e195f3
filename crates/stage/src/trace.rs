//! The timelines as a trace that Perfetto (and Chrome's `about:tracing`) opens: the JSON of the
//! "Trace Event Format", one process a timeline, one thread a lane, one complete event a span.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::Timeline;

/// Writes all timelines, each with its name.
///
/// # Errors
/// What the writer says.
pub fn write(out: &mut impl Write, timelines: &[(String, Timeline)]) -> io::Result<()> {
    let events: Vec<_> = timelines
        .iter()
        .enumerate()
        .flat_map(|(process, (name, timeline))| events(process + 1, name, timeline))
        .collect();
    writeln!(out, "{}", json!({ "displayTimeUnit": "ms", "traceEvents": events }))?;
    // A buffer that is dropped keeps its errors to itself.
    out.flush()
}

fn events(process: usize, name: &str, timeline: &Timeline) -> Vec<Value> {
    let named = |what: &str, thread: usize, name: &str| json!({ "ph": "M", "name": what, "pid": process, "tid": thread, "args": { "name": name } });
    let mut events = vec![named("process_name", 0, name)];
    for (thread, lane) in timeline.lanes.iter().enumerate() {
        events.push(named("thread_name", thread + 1, &lane.name));
        events.extend(lane.spans.iter().map(|span| {
            let name = match span.item {
                Some(item) => format!("{} {item}", span.state),
                None => span.state.to_owned(),
            };
            json!({
                "ph": "X", "name": name, "cat": span.state, "pid": process, "tid": thread + 1,
                "ts": span.from.as_nanos() as f64 / 1e3,
                "dur": (span.to - span.from).as_nanos() as f64 / 1e3,
            })
        }));
    }
    events
}

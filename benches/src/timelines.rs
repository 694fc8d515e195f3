//! Pictures of who did what when, out of the scenes of the chapters: each scene is played once more,
//! before nobody, in a process of its own.

use std::process::{Command, ExitCode, Stdio, id};
use std::time::Duration;

use serde_json::json;
use stage::Scene;

use crate::Result;
use crate::interrupt::Interrupt;
use crate::process::{self, Child, Trouble};
use crate::progress::Progress;
use crate::record::{Lane, Span, Timeline};

/// One of the timelines of a scene.
struct Picture {
    chapter: &'static str,
    scene: &'static Scene,
    /// Which of them, from 0.
    place: usize,
    title: &'static str,
    /// What to look for. What comes of it is for the reader to see: it is not checked here.
    see: &'static str,
}

const PICTURES: [Picture; 6] = [
    Picture {
        chapter: "threading-demo",
        scene: &threading_demo::scenes::pools::SCENE,
        place: 2,
        title: "A pool of threads counts primes",
        see: "Who is done claims the next piece. Look whether they compute at the same time, and \
              whether they end together.",
    },
    Picture {
        chapter: "global-lock-demo",
        scene: &global_lock_demo::scenes::timeline::SCENE,
        place: 0,
        title: "Two threads that compute, under a global lock",
        see: "Only who holds the lock may compute. Look for what the other does meanwhile, and how \
              often the lock changes hands.",
    },
    Picture {
        chapter: "multiprocess-demo",
        scene: &multiprocess_demo::scenes::pool::SCENE,
        place: 1,
        title: "Two processes count primes",
        see: "Each range is a message there, and its count one back. Look whether they compute at the \
              same time, as threads do.",
    },
    Picture {
        chapter: "event-loop-demo",
        scene: &event_loop_demo::scenes::runtime::SCENE,
        place: 0,
        title: "A hundred tasks on the one thread of an event loop",
        see: "Look how many wait at the same time, and how many have their turn at any one instant: \
              the first is concurrency, the second would be parallelism.",
    },
    Picture {
        chapter: "event-loop-demo",
        scene: &event_loop_demo::scenes::blocked::SCENE,
        place: 0,
        title: "A task that blocks the loop",
        see: "One task doesn't give way. Look for the heartbeats of the others meanwhile.",
    },
    Picture {
        chapter: "green-threads-demo",
        scene: &green_threads_demo::scenes::scheduler::SCENE,
        place: 0,
        title: "Green threads, and nobody who schedules them",
        see: "Look who goes on where one begins to wait, and who sleeps where nobody can go on.",
    },
];

/// How many there are.
pub const COUNT: usize = PICTURES.len();

/// Which picture a child is to take; the parent says it, so nothing of it is for the reader.
#[derive(Debug, Clone, clap::Args)]
#[expect(missing_docs, reason = "as in `cell`")]
pub struct Task {
    #[arg(long)]
    pub parent: u32,
    #[arg(long)]
    pub picture: usize,
    #[arg(long)]
    pub quick: bool,
}

/// Takes all of them, until it is interrupted. One that can't be taken is missing, and the reason is
/// said. Call this on the main thread (see [`Child::start`]).
#[must_use]
pub fn take(
    quick: bool,
    deadline: Duration,
    interrupt: &Interrupt,
    progress: &mut Progress,
) -> (Vec<Timeline>, Vec<String>) {
    let names = PICTURES.iter().map(|picture| format!("timeline: {}", picture.scene.name));
    progress.part(names.collect());
    let (mut taken, mut missing) = (Vec::new(), Vec::new());
    for (number, picture) in PICTURES.iter().enumerate() {
        progress.step();
        match one(number, quick, deadline, interrupt) {
            Ok(timeline) => taken.push(timeline),
            Err(Trouble::Interrupted) => break,
            Err(why) => missing.push(format!("{}: {}: {}", picture.title, why.name(), why.why())),
        }
    }
    progress.step();
    (taken, missing)
}

fn one(
    number: usize,
    quick: bool,
    deadline: Duration,
    interrupt: &Interrupt,
) -> Result<Timeline, Trouble> {
    let failed = |why: &dyn ToString| Trouble::Failed(why.to_string());
    let mut command: Command = process::ourselves().map_err(|why| failed(&why))?;
    command.args(["timeline", "--parent", &id().to_string(), "--picture", &number.to_string()]);
    command.args(quick.then_some("--quick")).stderr(Stdio::piped());
    let mut child =
        Child::start(&mut command, Some(deadline), interrupt).map_err(|why| failed(&why))?;
    let line = child.line();
    child.end()?;
    serde_json::from_str(&line.unwrap_or_default()).map_err(|why| failed(&why))
}

/// Plays the scene, and tells its timeline as one line of JSON.
#[must_use]
pub fn run_child(task: &Task) -> ExitCode {
    match process::be_child_of(task.parent).and_then(|()| picture(task)) {
        Ok(timeline) => match process::tell(&json!(timeline)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn picture(task: &Task) -> Result<Timeline> {
    let picture = PICTURES.get(task.picture).ok_or("no such picture")?;
    let recorded = picture.scene.record(task.quick).map_err(|why| why.to_string())?;
    let timeline = recorded.into_iter().nth(picture.place).map(|(_, timeline)| timeline);
    let timeline = timeline.ok_or("the scene has drawn no such timeline")?;
    // Time begins with the first span.
    let begin = timeline.lanes.iter().flat_map(|lane| &lane.spans).map(|span| span.from).min();
    let micros = |time: Duration| (time - begin.unwrap_or_default()).as_nanos() as f64 / 1e3;
    let span = |span: &stage::timeline::Span| Span {
        state: span.state.into(),
        from_us: micros(span.from),
        to_us: micros(span.to),
    };
    let lane = |lane: &stage::timeline::Finished| Lane {
        name: lane.name.clone(),
        spans: lane.spans.iter().map(span).collect(),
    };
    Ok(Timeline {
        title: picture.title.into(),
        see: picture.see.into(),
        command: format!("cargo run -p {} -- {}", picture.chapter, picture.scene.name),
        lanes: timeline.lanes.iter().map(lane).collect(),
    })
}

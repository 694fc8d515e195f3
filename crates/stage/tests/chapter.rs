//! A chapter from outside: what it prints, for whom, and how it ends.
//!
//! Without a harness, because this program is also the chapter: started with `PLAY` in its
//! environment it plays the scenes below, with the command line that it was given.

use std::env;
use std::fs;
use std::process::{Command, ExitCode, Output, Stdio};

use serde_json::Value;
use stage::{
    Bars, Chapter, ChapterOption, Exercise, Mark, Recorder, Result, Scene, Stage, Table, Weight,
};

const fn scene(name: &'static str, play: fn(&mut Stage<'_>) -> Result) -> Scene {
    Scene {
        name,
        title: "a title that is rather long, for a terminal that may be narrow",
        claim: "what is claimed, in a sentence or two, so that it must be wrapped to be read in \
                any terminal",
        play,
        try_this: "something else",
        read: "crates/stage/tests/chapter.rs",
    }
}

const fn exercise(measure: fn(&mut Stage<'_>) -> Result<f64>) -> Exercise {
    Exercise {
        task: "Think of a number, and foresee it.",
        what: "the number",
        unit: "ms",
        measure,
        before: None,
        within: 1.25,
        why: "That is what it takes.",
    }
}

const CHAPTER: Chapter = Chapter {
    name: "test-demo",
    title: "Scenes that end in every way",
    scenes: &[
        scene("good", good),
        scene("fallen", fallen),
        scene("failed", |_| Err("there is no such thing".into())),
        scene("panicked", |stage| {
            stage.say("so far so good");
            panic!("number {}", 7)
        }),
        scene("last", good),
    ],
    reports: &[scene("survey", survey)],
    exercises: &[
        exercise(|stage| {
            stage.say("Measuring.");
            Ok(if stage.is_quick() { 40.0 } else { 80.0 })
        }),
        exercise(|_| Err("there is nothing to measure".into())),
        Exercise { before: Some(7.0), ..exercise(|_| Ok(7.5)) },
    ],
    options: &[ChapterOption {
        name: "path",
        value: "DIR",
        help: "where to look",
        check: |_| Ok(()),
        is_secret: false,
    }],
    marks: &[Mark { state: "resting", glyph: 'z', weight: Weight::Light }],
};

fn good(stage: &mut Stage<'_>) -> Result {
    stage.say("Something to say, at such a length that no narrow terminal has room for it.");
    let mut table = Table::new(["way", "time", "what is remarkable about it"]);
    table.row(["one", "1.00 ms", "nothing that could not be said in fewer words"]);
    stage.table(&table);
    let mut bars = Bars::new("Bars:", "ms");
    bars.bar("one", 1.0);
    stage.bars(&bars);
    let recorder = Recorder::new();
    let mut lane = recorder.lane("main");
    for state in ["computing", "waiting", "holding", "blocked", "resting"] {
        lane.now(state);
    }
    drop(lane);
    stage.timeline("A timeline:", recorder.timeline());
    stage.check("it holds", "1", true, "never said");
    Ok(())
}

fn fallen(stage: &mut Stage<'_>) -> Result {
    stage.check("it does not hold", "0 of 1", false, "the reason why that may be");
    Ok(())
}

/// A report, which also tells the values of an option that may be repeated.
fn survey(stage: &mut Stage<'_>) -> Result {
    let paths: Vec<_> = stage.options("path").map(|path| path.to_string_lossy()).collect();
    stage.say(format!("of {paths:?} the last is {:?}", stage.option("path")));
    Ok(())
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(arguments).stdin(Stdio::null());
    command
        .env("PLAY", "")
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .env("COLUMNS", "80");
    command
}

/// Status, standard output and standard error.
fn told(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn play(arguments: &[&str]) -> (Option<i32>, String, String) {
    told(&command(arguments).output().unwrap())
}

/// The last lines are the summary.
fn summary(page: &str) -> String {
    let (_, summary) = page.rsplit_once("\n\n").unwrap();
    let (count, rest) = summary.split_once(" in ").unwrap();
    let (_, rest) = rest.split_once(" s: ").unwrap();
    format!("{count}: {rest}")
}

fn a_scene_that_fails_or_panics_is_told_and_the_rest_goes_on() {
    let (status, page, errors) = play(&[]);
    assert_eq!(status, Some(1));
    let expected = "\
5 scenes: 2 of 3 claims held
✗ fallen: it does not hold: 0 of 1. The reason why that may be
✗ failed: could not be played: there is no such thing
✗ panicked: could not be played: it panicked: number 7
";
    assert_eq!(summary(&page), expected);
    assert!(errors.contains("test-demo: scene failed: there is no such thing\n"), "{errors}");
    assert!(errors.contains("test-demo: scene panicked: it panicked: number 7\n"), "{errors}");
}

fn a_report_is_played_only_when_it_is_named_and_has_no_number() {
    let (_, page, _) = play(&[]);
    assert!(!page.contains("survey"), "{page}");
    let (status, page, _) = play(&["survey", "good"]);
    assert_eq!((status, summary(&page).as_str()), (Some(0), "2 scenes: 1 of 1 claim held\n"));
    assert!(page.contains("\n━━ survey ━━ a title") && page.contains("\n━━ 1 good ━━ a title"));
    for option in ["--list", "--help"] {
        let (_, list, _) = play(&[option]);
        let expected = "
  5 last      a title that is rather long, for a terminal that may be narrow

reports, played only by name:
    survey    a title that is rather long, for a terminal that may be narrow
";
        assert!(list.contains("  1 good      a title") && list.ends_with(expected), "{list}");
    }
}

fn an_option_may_be_repeated() {
    for (arguments, said) in [
        (&["survey"][..], "of [] the last is None"),
        (&["survey", "--path", "a", "--path=b"], "of [\"a\", \"b\"] the last is Some(\"b\")"),
    ] {
        let (_, page, _) = play(arguments);
        assert!(page.contains(said), "{page}");
    }
}

fn a_chapter_says_how_its_states_look() {
    let (_, page, _) = play(&["good"]);
    assert!(page.contains("  z resting"), "{page}");
}

fn a_claim_that_falls_is_a_finding_and_no_failure() {
    let (status, page, errors) = play(&["fallen"]);
    assert_eq!((status, errors.as_str()), (Some(0), ""));
    assert!(summary(&page).starts_with("1 scene: 0 of 1 claim held\n"), "{page}");
    assert!(page.contains("✗ did not hold: it does not hold: 0 of 1. The reason why"), "{page}");
}

fn with_json_every_line_is_an_object_whatever_happens() {
    let (status, lines, _) = play(&["--json", "--quick"]);
    assert_eq!(status, Some(1));
    let scenes: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<_> = scenes.iter().map(|scene| scene["scene"].as_str().unwrap()).collect();
    assert_eq!(names, ["good", "fallen", "failed", "panicked", "last"]);
    assert!(scenes.iter().all(|scene| scene["quick"] == true));
    assert_eq!(scenes[0]["error"], Value::Null);
    assert_eq!(scenes[1]["checks"][0]["held"], false);
    assert_eq!(scenes[2]["error"], "there is no such thing");
    assert_eq!(scenes[3]["error"], "it panicked: number 7");
    assert_eq!(scenes[3]["figures"][0]["text"], "so far so good");
    let spans = &scenes[0]["figures"][3]["timeline"]["lanes"][0]["spans"];
    assert_eq!(spans.as_array().unwrap().len(), 5);
    let (status, lines, _) = play(&["--list", "--json"]);
    let listed: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((status, listed.len()), (Some(0), 6), "the scenes and the report");
    assert_eq!(listed[5]["scene"], "survey");
    assert_eq!(listed[0]["read"], "crates/stage/tests/chapter.rs");
}

fn no_line_is_wider_than_the_terminal_and_a_pipe_gets_no_escapes() {
    for columns in [40, 60, 80, 120] {
        for arguments in [&["good", "fallen"][..], &["--help"], &["--list"]] {
            let mut command = command(arguments);
            let (_, page, _) = told(&command.env("COLUMNS", columns.to_string()).output().unwrap());
            assert!(!page.contains('\x1b'), "{page:?}");
            for line in page.lines() {
                let fits = line.chars().count() <= columns;
                assert!(fits || line.split_whitespace().count() == 1, "{columns}: {line:?}");
                assert_eq!(line, line.trim_end());
            }
        }
    }
    // That colour is wanted can be said, and that it is not.
    let coloured = |variable: &str| {
        let output = command(&["good"]).env(variable, "1").output().unwrap();
        told(&output).1.contains('\x1b')
    };
    assert_eq!((coloured("CLICOLOR_FORCE"), coloured("NO_COLOR")), (true, false));
}

fn pace_goes_on_where_nobody_can_press_enter() {
    let (status, page, _) = play(&["--pace", "good"]);
    assert_eq!((status, page.matches("(Enter goes on)").count()), (Some(0), 2));
}

fn what_the_reader_foresees_is_held_against_a_run() {
    let (status, page, _) = play(&["check"]);
    assert_eq!(status, Some(0));
    let third =
        "3. Think of a number, and foresee it.\n   cargo run -p test-demo -- check 3 NUMBER (ms)\n";
    assert!(page.ends_with(third), "{page}");
    let rule = "the number: you said 70 ms, it is 80 ms (right within a factor of 1.25)";
    let unwrapped = |page: String| Vec::from_iter(page.split_whitespace()).join(" ");
    let (status, page, _) = play(&["check", "1", "70"]);
    let page = unwrapped(page);
    assert_eq!(status, Some(0));
    assert!(page.starts_with("━━ exercise 1 ━━ the number ━"), "{page}");
    assert!(page.contains("Think of a number") && page.contains("Measuring."), "{page}");
    assert!(page.contains(&format!("✓ as you said: {rule}")), "{page}");
    let (status, page, _) = play(&["--quick", "check", "1", "70"]);
    assert_eq!(status, Some(0), "a wrong prediction is a finding");
    let page = unwrapped(page);
    assert!(page.contains("✗ not as you said: the number: you said 70 ms, it is 40 ms"), "{page}");
    let (_, json, _) = play(&["--json", "check", "1", "70"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((json["exercise"].as_u64(), &json["figures"][1]["held"]), (Some(1), &true.into()));
    let (_, page, _) = play(&["check", "3", "7.5"]);
    assert!(unwrapped(page.clone()).contains("✗ as before: the number: 7.50 ms"), "{page}");
    assert!(
        !page.contains("why:"),
        "what comes of the change is not told before it is made: {page}"
    );
    let (status, _, errors) = play(&["check", "2", "1"]);
    let why = "test-demo: exercise 2: there is nothing to measure\n";
    assert_eq!((status, errors.as_str()), (Some(1), why));
}

fn an_audience_that_leaves_is_no_failure_and_a_full_disk_is_one() {
    let mut child =
        command(&["good"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let (status, _, errors) = told(&child.wait_with_output().unwrap());
    assert_eq!((status, errors.as_str()), (Some(0), ""));
    let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let output = command(&["good"]).stdout(full.try_clone().unwrap()).output().unwrap();
    let (status, _, errors) = told(&output);
    assert_eq!((status, errors.lines().count()), (Some(1), 1), "{errors}");
    assert!(errors.starts_with("standard output: No space left"), "{errors}");
    let (status, _, errors) = play(&["good", "--trace", "/dev/full"]);
    assert_eq!(status, Some(1), "{errors}");
    assert!(errors.starts_with("test-demo: --trace /dev/full: No space left"), "{errors}");
}

fn a_trace_has_every_timeline() {
    let path = env::temp_dir().join(format!("stage-trace-{}.json", std::process::id()));
    let (status, _, _) = play(&["--trace", path.to_str().unwrap()]);
    let trace: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!(status, Some(1));
    let events = trace["traceEvents"].as_array().unwrap();
    let processes = events.iter().filter(|event| event["name"] == "process_name");
    let names: Vec<_> =
        processes.map(|process| process["args"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["good: A timeline:", "last: A timeline:"]);
}

fn a_picture_has_every_timeline() {
    let path = env::temp_dir().join(format!("stage-picture-{}.svg", std::process::id()));
    let (status, _, _) = play(&["--svg", path.to_str().unwrap()]);
    let svg = fs::read_to_string(&path).unwrap();
    let (ended, _, errors) = play(&["fallen", "--svg", path.to_str().unwrap()]);
    fs::remove_file(&path).unwrap();
    assert_eq!(status, Some(1));
    for said in [">good: A timeline:</text>", ">last: A timeline:</text>", ">resting</text>"] {
        assert!(svg.contains(said), "{said}: {svg}");
    }
    assert_eq!(ended, Some(0));
    assert!(errors.ends_with("no scene played has a timeline\n"), "{errors}");
}

fn wrong_use_is_told_in_a_line() {
    for (arguments, said) in [
        (
            &["nothing"][..],
            "there is no scene \"nothing\"; the scenes are good, fallen, failed, panicked, last; \
             reports: survey\n",
        ),
        (&["0"], "there is no scene \"0\"; "),
        (&["6"], "there is no scene \"6\"; "),
        (&["--what"], "there is no option --what; --help tells what there is"),
        (&["-q"], "there is no option -q; --help tells what there is"),
        (&["--path"], "--path needs a value: --path DIR"),
        (&["--quick=1"], "unexpected argument for option '--quick': \"1\""),
        (&["--pace", "--json"], "--pace waits for a reader and --json has none: give one of them"),
        (&["check", "4", "1"], "there is no exercise \"4\"; they are numbered 1 to 3\n"),
        (&["check", "0"], "there is no exercise \"0\"; they are numbered 1 to 3\n"),
        (
            &["check", "1", "-1"],
            "there is no option -1, and what is foreseen is a number from 0 on\n",
        ),
        (
            &["check", "1"],
            "exercise 1 is checked against one number that you foresee, in ms: check 1 NUMBER\n",
        ),
        (
            &["check", "1", "much"],
            "\"much\" is no number from 0 on; exercise 1 is checked against one number that you \
             foresee, in ms: check 1 NUMBER\n",
        ),
        (&["check", "1", "NaN"], "\"NaN\" is no number from 0 on; "),
        (&["check", "1", "2", "--svg", "x"], "--svg is for scenes; an exercise draws nothing\n"),
        (&["check", "--trace", "x"], "--trace is for scenes; an exercise draws nothing\n"),
        (&["check", "1", "2", "3"], "exercise 1 is checked against one number that you foresee"),
        (&["--trace", "/nowhere/x"], "--trace /nowhere/x: No such file or directory"),
        (&["--svg", "/nowhere/x"], "--svg /nowhere/x: No such file or directory"),
        (&["--svg"], "--svg needs a value: --svg FILE"),
    ] {
        let (status, page, errors) = play(arguments);
        assert_eq!((status, page.as_str(), errors.lines().count()), (Some(2), "", 1), "{errors}");
        assert!(errors.starts_with(&format!("test-demo: {said}")), "{arguments:?}: {errors}");
    }
}

fn main() -> ExitCode {
    if env::var_os("PLAY").is_some() {
        return CHAPTER.play();
    }
    let tests: [(&str, fn()); 13] = [
        (
            "a_scene_that_fails_or_panics_is_told_and_the_rest_goes_on",
            a_scene_that_fails_or_panics_is_told_and_the_rest_goes_on,
        ),
        (
            "a_report_is_played_only_when_it_is_named_and_has_no_number",
            a_report_is_played_only_when_it_is_named_and_has_no_number,
        ),
        ("an_option_may_be_repeated", an_option_may_be_repeated),
        ("a_chapter_says_how_its_states_look", a_chapter_says_how_its_states_look),
        (
            "a_claim_that_falls_is_a_finding_and_no_failure",
            a_claim_that_falls_is_a_finding_and_no_failure,
        ),
        (
            "with_json_every_line_is_an_object_whatever_happens",
            with_json_every_line_is_an_object_whatever_happens,
        ),
        (
            "no_line_is_wider_than_the_terminal_and_a_pipe_gets_no_escapes",
            no_line_is_wider_than_the_terminal_and_a_pipe_gets_no_escapes,
        ),
        ("pace_goes_on_where_nobody_can_press_enter", pace_goes_on_where_nobody_can_press_enter),
        (
            "an_audience_that_leaves_is_no_failure_and_a_full_disk_is_one",
            an_audience_that_leaves_is_no_failure_and_a_full_disk_is_one,
        ),
        (
            "what_the_reader_foresees_is_held_against_a_run",
            what_the_reader_foresees_is_held_against_a_run,
        ),
        ("a_trace_has_every_timeline", a_trace_has_every_timeline),
        ("a_picture_has_every_timeline", a_picture_has_every_timeline),
        ("wrong_use_is_told_in_a_line", wrong_use_is_told_in_a_line),
    ];
    for (name, test) in tests {
        test();
        println!("test {name} ... ok");
    }
    ExitCode::SUCCESS
}

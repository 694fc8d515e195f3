//! The page in a real browser, if there is one: Chromium, without a window.
//!
//! A page around it holds it in a frame as narrow as a phone, looks at it as its reader's browser
//! has laid it out, and writes down what it saw.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use benches::report::html;
use serde_json::Value;

use crate::commands::Directory;
use crate::rich::record;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK: &str = include_str!("look.js");

fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let candidates = std::env::split_paths(&path).collect::<Vec<_>>();
    NAMES
        .iter()
        .flat_map(|name| candidates.iter().map(move |at| at.join(name)))
        .find(|at| at.is_file())
}

/// The page in a frame of its own, and what looks at it.
fn framed(page: &str) -> String {
    let page = page.replace('&', "&amp;").replace('"', "&quot;");
    format!(
        "<!DOCTYPE html><meta charset=utf-8><link rel=icon href=data:,><pre id=seen></pre>\
         <script>{LOOK}</script>\
         <iframe id=frame style=\"border:0;width:360px;height:800px\" srcdoc=\"{page}\"></iframe>"
    )
}

/// What Chromium makes of a file, and what it says meanwhile.
fn dumped(browser: &Path, file: &Path, dark: bool) -> (String, String) {
    let home = file.with_extension(if dark { "dark" } else { "light" });
    let scheme = if dark { 0 } else { 1 };
    let output = home.with_extension("dom");
    let errors = home.with_extension("err");
    let mut child = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args([
            "--enable-logging=stderr",
            "--virtual-time-budget=2000",
            "--hide-scrollbars",
            "--dump-dom",
        ])
        .arg(format!("--blink-settings=preferredColorScheme={scheme}"))
        .arg(format!("--user-data-dir={}", home.display()))
        .arg(format!("file://{}", file.display()))
        .stdout(Stdio::from(fs::File::create(&output).expect("a file")))
        .stderr(Stdio::from(fs::File::create(&errors).expect("a file")))
        .spawn()
        .expect("a browser");
    let start = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            panic!("{} did not end", browser.display());
        }
        thread::sleep(Duration::from_millis(20));
    }
    let read = |path| String::from_utf8_lossy(&fs::read(path).expect("a file")).into_owned();
    (read(output), read(errors))
}

fn seen(browser: &Path, directory: &Path, page: &str, dark: bool) -> (Value, String) {
    let file = directory.join("framed.html");
    fs::write(&file, framed(page)).expect("a file");
    let (dom, errors) = dumped(browser, &file, dark);
    let told = dom.split_once("<pre id=\"seen\">").and_then(|(_, rest)| rest.split_once("</pre>"));
    let (told, _) = told.unwrap_or_else(|| panic!("{dom}\n{errors}"));
    let told = told.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    (serde_json::from_str(&told).unwrap_or_else(|why| panic!("{why}: {told}\n{errors}")), errors)
}

#[test]
fn it_is_readable_on_a_phone_in_light_and_dark_without_an_error_or_a_request() {
    let Some(browser) = browser() else {
        eprintln!("skipped: there is no Chromium on the PATH");
        return;
    };
    let directory = Directory::new("browser");
    let seen = |page: &str, dark| seen(&browser, &directory.0, page, dark);
    let page = html::page(&record());
    let both = [false, true].map(|dark| (dark, seen(&page, dark)));
    let broken = page.replace(
        "</main>",
        "<img src=\"http://127.0.0.1:9/none.png\"><p style=\"color:#888;width:900px\">wide and pale</p>\
         <p class=command style=\"width:3em;overflow-x:auto\"><code style=\"white-space:pre\">cut and bare</code></p>\
         <script>nothing()</script></main>",
    );
    let (bad, errors) = seen(&broken, false);
    for (dark, (seen, errors)) in both {
        assert_eq!(seen["dark"], dark, "{seen}");
        assert_eq!(seen["viewport"], 360, "{seen}");
        assert_eq!(seen["width"], 360, "nothing sticks out: {seen}");
        assert_eq!(seen["requests"], serde_json::json!([]), "{seen}");
        assert_eq!(seen["pale"], serde_json::json!([]), "{seen}");
        assert_eq!(seen["cut"], serde_json::json!([]), "{seen}");
        assert_eq!(seen["bare"], serde_json::json!([]), "{seen}");
        assert!(seen["sorted"].as_bool() == Some(true), "{seen}");
        assert!(!errors.contains("CONSOLE"), "{errors}");
    }
    // It would have been seen.
    assert!(bad["width"].as_u64() > Some(360), "{bad}");
    assert_eq!(bad["requests"].as_array().map(Vec::len), Some(1), "{bad}");
    assert_eq!(bad["pale"], serde_json::json!(["wide and pale"]), "{bad}");
    assert_eq!(bad["cut"], serde_json::json!(["cut and bare"]), "{bad}");
    assert_eq!(bad["bare"], serde_json::json!(["cut and bare"]), "{bad}");
    assert!(errors.contains("CONSOLE"), "{errors}");
}

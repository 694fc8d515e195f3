//! The terminal, or what stands in its place: a pipe, a file, nobody.

use std::any::Any;
use std::io::{self, ErrorKind, Write};
use std::panic::{self, AssertUnwindSafe};

use anstyle::{AnsiColor, Style as Ansi};

/// The columns that a page has when nothing says otherwise, and the fewest that it is drawn for.
const COLUMNS: usize = 80;
const FEWEST: usize = 40;

/// What a piece of text is; how that looks is decided here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Nothing special.
    Plain,
    /// A heading.
    Heading,
    /// Something beside the point.
    Faint,
    /// Good news.
    Good,
    /// Bad news.
    Bad,
    /// One of several things to be told apart; told apart by more than colour, always.
    Kind(usize),
}

impl Style {
    fn ansi(self) -> Ansi {
        // Blue, yellow, magenta, cyan: told apart by the colour-blind too.
        const KINDS: [AnsiColor; 4] =
            [AnsiColor::Blue, AnsiColor::Yellow, AnsiColor::Magenta, AnsiColor::Cyan];
        match self {
            Style::Plain => Ansi::new(),
            Style::Heading => Ansi::new().bold(),
            Style::Faint => Ansi::new().dimmed(),
            Style::Good => AnsiColor::Green.on_default().bold(),
            Style::Bad => AnsiColor::Red.on_default().bold(),
            Style::Kind(i) => KINDS[i % KINDS.len()].on_default(),
        }
    }
}

/// Prints to standard output, in colour where that is wanted (`NO_COLOR`, pipes and dumb
/// terminals are honoured), or nowhere.
pub struct Printer {
    out: Option<Box<dyn Write>>,
    width: usize,
}

/// Thrown when nobody listens any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AudienceLeft {
    /// Of its own will, as behind `| head`.
    Content,
    /// The output failed, as on a full disk; a [`Printer`] has said so on standard error.
    Cut,
}

/// Runs this for as long as somebody listens to what its printers print.
///
/// # Errors
/// If nobody does any more: then it has unwound, and let go all that it held.
pub fn while_heard<T>(run: impl FnOnce() -> T) -> Result<T, AudienceLeft> {
    panic::catch_unwind(AssertUnwindSafe(run)).map_err(|payload| match payload.downcast() {
        Ok(left) => *left,
        Err(payload) => panic::resume_unwind(payload),
    })
}

impl Printer {
    /// To standard output; as wide as the terminal, or as `COLUMNS` says.
    #[must_use]
    pub fn stdout() -> Printer {
        let terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let width = told.or(terminal).unwrap_or(COLUMNS).max(FEWEST);
        Printer { out: Some(Box::new(anstream::stdout())), width }
    }

    /// To nobody: for `--json`, which prints its own lines.
    #[must_use]
    pub fn silent() -> Printer {
        Printer { out: None, width: COLUMNS }
    }

    /// To a writer, so many columns wide.
    #[must_use]
    pub fn to(out: impl Write + 'static, width: usize) -> Printer {
        Printer { out: Some(Box::new(out)), width: width.max(FEWEST) }
    }

    /// How many columns there are.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// A line as it is.
    pub fn line(&mut self, text: &str) {
        self.pieces(&[(Style::Plain, text)]);
    }

    /// A line of pieces, each in its style, without the blanks at its end.
    pub fn pieces(&mut self, pieces: &[(Style, &str)]) {
        let mut line = String::new();
        let last = pieces.iter().rposition(|(_, text)| !text.trim_end().is_empty());
        for (i, (style, text)) in pieces.iter().enumerate().take(last.map_or(0, |last| last + 1)) {
            let text = if Some(i) == last { text.trim_end() } else { text };
            let ansi = style.ansi();
            line.push_str(&format!("{ansi}{text}{ansi:#}"));
        }
        line.push('\n');
        self.write(line.as_bytes());
    }

    /// A heading, and a rule behind it up to the edge.
    pub(crate) fn heading(&mut self, text: &str) {
        let mut lines = wrap(text, self.width);
        if let Some(last) = lines.last_mut() {
            let rule = self.width.saturating_sub(last.chars().count() + 1);
            *last = format!("{last} {}", "━".repeat(rule));
        }
        for line in lines {
            self.pieces(&[(Style::Heading, &line)]);
        }
    }

    /// A paragraph that is wrapped; from the second line on it is indented as deep as `lead` is
    /// long.
    pub fn paragraph(&mut self, lead: &str, text: &str) {
        self.wrapped(lead, Style::Faint, text);
    }

    /// A paragraph behind a mark.
    pub fn mark(&mut self, mark: &str, style: Style, text: &str) {
        self.wrapped(&format!("{mark}: "), style, text);
    }

    fn wrapped(&mut self, lead: &str, style: Style, text: &str) {
        let mut lead = lead;
        let mut indent = " ".repeat(lead.chars().count());
        if indent.len() > self.width / 2 {
            // A lead so long stands on lines of its own.
            let margin = &indent[..lead.len() - lead.trim_start().len()];
            for line in wrap(lead, self.width - margin.len()) {
                self.pieces(&[(style, margin), (style, &line)]);
            }
            indent = "    ".to_owned();
            lead = &indent;
        }
        let lines = wrap(text, self.width.saturating_sub(indent.len()));
        for (i, line) in lines.iter().enumerate() {
            let lead = if i == 0 { lead } else { &indent };
            self.pieces(&[(style, lead), (Style::Plain, line)]);
        }
    }

    /// Waits for Enter, or for the end of input.
    pub(crate) fn wait_for_enter(&mut self) {
        self.pieces(&[(Style::Faint, "(Enter goes on)")]);
        let _ = io::stdin().read_line(&mut String::new());
    }

    /// Writes one line of JSON, also when this printer prints nothing else.
    pub(crate) fn json(&mut self, value: &serde_json::Value) {
        let silent = self.out.is_none();
        if silent {
            self.out = Some(Box::new(io::stdout()));
        }
        self.write(format!("{value}\n").as_bytes());
        if silent {
            self.out = None;
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        let Some(out) = &mut self.out else { return };
        let Err(why) = out.write_all(bytes).and_then(|()| out.flush()) else { return };
        let left = match why.kind() {
            ErrorKind::BrokenPipe => AudienceLeft::Content,
            _ => {
                eprintln!("standard output: {why}");
                AudienceLeft::Cut
            }
        };
        // Unwind, so that all that the scene holds (threads, sockets, files) is let go.
        panic::resume_unwind(Box::new(left) as Box<dyn Any + Send>)
    }
}

/// Breaks text into lines of at most `width` characters, between words.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let fits = line.chars().count() + 1 + word.chars().count() <= width;
            if !line.is_empty() && !fits {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_prints_to_nobody_is_unwound_and_says_why() {
        let full = || Printer::to(io::Cursor::new([0_u8; 4]), 80).line("more than that");
        assert_eq!((while_heard(|| 1), while_heard(full)), (Ok(1), Err(AudienceLeft::Cut)));
    }

    #[test]
    fn no_line_is_longer_than_the_width_unless_a_word_is() {
        let lines = wrap("to be or not to be that is antidisestablishmentarianism", 10);
        assert_eq!(lines, ["to be or", "not to be", "that is", "antidisestablishmentarianism"]);
        assert_eq!(wrap("a\n\nb", 10), ["a", "", "b"]);
    }
}

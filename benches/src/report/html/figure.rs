//! A picture, what to see in it, and how to get it again.

use maud::{Markup, html};

/// What stands around a picture.
pub struct Figure<'a> {
    /// Of what it is.
    pub title: &'a str,
    /// What to see in it, in a sentence.
    pub see: &'a str,
    /// The command that measures it again.
    pub command: &'a str,
}

impl Figure<'_> {
    /// Around this.
    pub fn show(&self, picture: &Markup) -> Markup {
        html! {
            figure {
                h3 { (self.title) }
                p class="see" { (self.see) }
                (picture)
                figcaption { code { (self.command) } }
            }
        }
    }
}

/// What is wider than a phone moves in a box of its own, also by the keyboard.
pub fn scroll(label: &str, wide: &Markup) -> Markup {
    html! { div class="scroll" tabindex="0" role="region" aria-label=(label) { (wide) } }
}

//! What charts are made of: lines, marks, words, and the picture around them.

use maud::{Markup, html};

/// A line with its marks: which of them, by number. Both the colour and the form tell it.
pub fn line(points: &[(f64, f64)], look: usize) -> Markup {
    let path: String = points.iter().enumerate().map(|(i, point)| step(i, *point)).collect();
    html! {
        path class=(format!("line s{look} d{look}", look = look % LOOKS)) d=(path) {}
        @for (x, y) in points { (mark(*x, *y, look)) }
    }
}

fn step(i: usize, (x, y): (f64, f64)) -> String {
    format!("{}{x} {y}", if i == 0 { "M" } else { "L" })
}

/// How many looks there are.
pub const LOOKS: usize = 7;

/// A mark around this point.
pub fn mark(x: f64, y: f64, look: usize) -> Markup {
    let form = match look % LOOKS {
        0 => "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
        1 => "m-3.6-3.6h7.2v7.2h-7.2z",
        2 => "m0-4.6l4.4 7.8h-8.8z",
        3 => "m0-4.8l4.8 4.8l-4.8 4.8l-4.8-4.8z",
        4 => "m0 4.6l4.4-7.8h-8.8z",
        5 => "m-4-1.3h2.7v-2.7h2.6v2.7h2.7v2.6h-2.7v2.7h-2.6v-2.7h-2.7z",
        _ => "m-4.4-1.2h8.8v2.4h-8.8z",
    };
    html! { path class=(format!("mark s{}", look % LOOKS)) d=(format!("M{x} {y}{form}")) {} }
}

/// A picture of so many pixels, with what it is in words for those who don't see it.
pub fn picture(title: &str, words: &str, (width, height): (f64, f64), body: &Markup) -> Markup {
    html! {
        svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img"
            viewBox=(format!("0 0 {width} {height}")) {
            title { (title) }
            desc { (words) }
            (body)
        }
    }
}

/// Text at a point: `start`, `middle` or `end` of it lies there.
pub fn text(x: f64, y: f64, anchor: &str, text: &str) -> Markup {
    html! { text x=(x) y=(y) class=(anchor) { (text) } }
}

/// A round figure without the zeros behind its point.
pub fn short(figure: &str) -> String {
    figure.replace(".00 ", " ").replace(".0 ", " ")
}

/// A thin line between two points.
pub fn rule((x, y): (f64, f64), (to_x, to_y): (f64, f64)) -> Markup {
    html! { path class="grid" d=(format!("M{x} {y}L{to_x} {to_y}")) {} }
}

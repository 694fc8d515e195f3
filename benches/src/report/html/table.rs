//! A table of the report as HTML.

use maud::{Markup, html};

use super::figure::scroll;
use crate::grid::Grid;

/// In a box of its own; with JavaScript it can be sorted.
pub fn table(label: &str, grid: &Grid) -> Markup {
    let table = html! {
        table class="sortable" {
            thead { tr { @for heading in grid.headings() { th scope="col" { (heading) } } } }
            tbody {
                @for row in grid.rows() {
                    tr {
                        @for (column, cell) in row.iter().enumerate() {
                            @if column == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                        }
                    }
                }
            }
        }
    };
    scroll(label, &table)
}

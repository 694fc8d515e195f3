//! Plays chapter 4: `cargo run -p multiprocess-demo`.

fn main() {
    multiprocess_demo::enter();
}

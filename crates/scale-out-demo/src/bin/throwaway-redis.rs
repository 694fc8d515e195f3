//! A Redis server for a while: `cargo run -p scale-out-demo --bin throwaway-redis`. It says where it is,
//! and is gone with all that it held when this program ends.

use std::io::Read;
use std::process::ExitCode;

use scale_out_demo::guard::Scratch;
use scale_out_demo::redis_server::{RedisServer, free_address, installed};
use scale_out_demo::roles::{self, Program};
use scale_out_demo::trouble::{Result, Trouble};

fn main() -> ExitCode {
    roles::enter();
    if std::env::args_os().len() > 1 {
        eprintln!("throwaway-redis: it takes no arguments");
        return ExitCode::from(2);
    }
    if !installed() {
        eprintln!(
            "throwaway-redis: redis-server is not installed; Debian and Ubuntu have it as \
             redis-server, Homebrew as redis"
        );
        return ExitCode::from(2);
    }
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("throwaway-redis: {why}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> Result {
    let program = Program::this().map_err(Trouble::in_("this program"))?;
    let scratch = Scratch::new(&program)?;
    let server = RedisServer::start(&program, scratch.path(), free_address()?)?;
    println!("{}", server.url());
    eprintln!("In another terminal: cargo run -p scale-out-demo -- --redis {}", server.url());
    eprintln!("Ctrl-C, or the end of the input, ends it.");
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    Ok(())
}

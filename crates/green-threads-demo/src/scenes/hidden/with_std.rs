//! The client, with what the standard library has under these names.

use std::{net::TcpStream, thread::spawn};

include!("client.rs");

//! The client, with what this chapter has under these names.

use crate::green::{net::TcpStream, spawn};

include!("client.rs");

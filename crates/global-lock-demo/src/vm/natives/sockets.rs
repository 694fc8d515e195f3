//! `socket`: datagrams, on this machine only.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;

use crate::strategy::Strategy;
use crate::vm::code::Constant;
use crate::vm::fault::{Fault, Result, raise};
use crate::vm::heap::{Inside, Kind};
use crate::vm::iterate::element;
use crate::vm::machine::Machine;
use crate::vm::threads::LOOK;
use crate::vm::value::Value;

/// The longest datagram that is received.
const MOST: usize = 65_536;

/// `socket(AF_INET, SOCK_DGRAM)`. It has a port from the start, which `bind` may replace.
pub fn socket<S: Strategy>(machine: &mut Machine<'_, S>) -> Result<Value> {
    let socket = open(0)?;
    machine.with_inside(Kind::Socket, Inside::Socket(Arc::new(socket)))
}

fn open(port: u16) -> Result<UdpSocket> {
    let opened = UdpSocket::bind((Ipv4Addr::LOCALHOST, port))
        // So that a thread which waits for ever sees that the run is to stop.
        .and_then(|socket| socket.set_read_timeout(Some(LOOK)).map(|()| socket));
    opened.or_else(|why| raise("OSError", why.to_string()))
}

/// `socket.bind((host, port))`.
pub fn bind<S: Strategy>(
    machine: &mut Machine<'_, S>,
    socket: Value,
    address: Value,
) -> Result<Value> {
    let port = self::address(machine, address)?.port();
    let Some(object) = machine.of_kind(socket, Kind::Socket)? else {
        return raise("AttributeError", "only sockets are bound");
    };
    let bound = Arc::new(open(port)?);
    object.inside(|inside| *inside = Inside::Socket(bound));
    Ok(Value::NONE)
}

/// `socket.getsockname()`.
pub fn name<S: Strategy>(machine: &mut Machine<'_, S>, socket: Value) -> Result<Value> {
    let socket = of(machine, socket)?;
    match socket.local_addr() {
        Ok(address) => pair(machine, address),
        Err(why) => raise("OSError", why.to_string()),
    }
}

/// `socket.recvfrom(most)`: data, and where it is from.
pub fn receive<S: Strategy>(
    machine: &mut Machine<'_, S>,
    socket: Value,
    most: Value,
) -> Result<Value> {
    let socket = of(machine, socket)?;
    let most = most.as_int().and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST);
    let mut buffer = vec![0; most.min(MOST)];
    let interpreter = machine.interpreter;
    let received = machine.outside(|| {
        loop {
            match socket.recv_from(&mut buffer) {
                Err(why) if is_time_out(&why) && !interpreter.stopped() => {}
                Err(why) if is_time_out(&why) => return Err(Fault::Stopped),
                received => return Ok(received),
            }
        }
    })?;
    let (length, from) = received.or_else(|why| raise("OSError", why.to_string()))?;
    let from = pair(machine, from)?;
    match machine.with_inside(Kind::Bytes, Inside::Bytes(buffer[..length].into())) {
        Ok(data) => machine.holding(Kind::Tuple, &[data, from]),
        Err(fault) => {
            machine.release(from)?;
            Err(fault)
        }
    }
}

fn is_time_out(why: &std::io::Error) -> bool {
    matches!(
        why.kind(),
        std::io::ErrorKind::WouldBlock
            | std::io::ErrorKind::TimedOut
            | std::io::ErrorKind::Interrupted
    )
}

/// `socket.sendto(data, address)`.
pub fn send<S: Strategy>(
    machine: &mut Machine<'_, S>,
    socket: Value,
    data: Value,
    to: Value,
) -> Result<Value> {
    let (socket, to) = (of(machine, socket)?, address(machine, to)?);
    let Some(data) = machine.bytes(data)? else {
        return raise("TypeError", "what is sent is bytes");
    };
    match machine.outside(|| socket.send_to(&data, to)) {
        Ok(sent) => Ok(Value::int(sent as i64).unwrap_or(Value::NONE)),
        Err(why) => raise("OSError", why.to_string()),
    }
}

/// `socket.close()`.
pub fn close<S: Strategy>(machine: &mut Machine<'_, S>, socket: Value) -> Result<Value> {
    if let Some(object) = machine.of_kind(socket, Kind::Socket)? {
        object.inside(|inside| *inside = Inside::Nothing);
    }
    Ok(Value::NONE)
}

fn of<S: Strategy>(machine: &Machine<'_, S>, socket: Value) -> Result<Arc<UdpSocket>> {
    let object = machine.of_kind(socket, Kind::Socket)?;
    let socket = object.and_then(|object| {
        object.inside(|inside| match inside {
            Inside::Socket(socket) => Some(socket.clone()),
            _ => None,
        })
    });
    socket.map_or_else(|| raise("OSError", "this is not an open socket"), Ok)
}

/// An address as a tuple. The host is always this machine.
fn pair<S: Strategy>(machine: &mut Machine<'_, S>, address: SocketAddr) -> Result<Value> {
    let port = Value::int(i64::from(address.port())).unwrap_or(Value::NONE);
    machine.holding(Kind::Tuple, &[machine.interpreter.localhost, port])
}

/// An address from a tuple.
fn address<S: Strategy>(machine: &mut Machine<'_, S>, tuple: Value) -> Result<SocketAddr> {
    let (host, port) = (part(machine, tuple, 0)?, part(machine, tuple, 1)?);
    let host = match machine.constant(host) {
        Some(Constant::Text(host)) => host.parse::<IpAddr>().ok(),
        _ => None,
    };
    let port = port.as_int().and_then(|port| u16::try_from(port).ok());
    match (host, port) {
        (Some(host), Some(port)) if host.is_loopback() => Ok((host, port).into()),
        _ => raise("OSError", "an address is ('127.0.0.1', PORT) here"),
    }
}

/// A part of an address. What has to be counted is none.
fn part<S: Strategy>(machine: &mut Machine<'_, S>, tuple: Value, place: usize) -> Result<Value> {
    let part = element(machine, tuple, place)?.unwrap_or_default();
    machine.release(part)?;
    Ok(if part.as_object().is_some() { Value::NULL } else { part })
}

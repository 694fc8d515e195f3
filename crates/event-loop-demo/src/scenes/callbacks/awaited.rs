//! The same job as an `async fn`.

use std::net::SocketAddr;

use workloads::http::Incoming;
use workloads::{Error, Result};

use super::question::{HowMany, Page, Question, Receipt};
use crate::runtime::net::TcpStream;

// [listing
pub(super) async fn job(shop: SocketAddr, pages: u64) -> Result<u64> {
    let pages = ask(shop, HowMany(pages)).await?;
    let mut taken = 0;
    for page in 0..pages {
        taken += ask(shop, Page(page)).await?;
    }
    ask(shop, Receipt(taken)).await
}
// listing]

async fn ask(shop: SocketAddr, question: Question) -> Result<u64> {
    let request = question.request();
    let asking = || format!("GET {}", request.target);
    let stream = TcpStream::connect(shop).await.map_err(Error::io(asking()))?;
    stream.write_all(&request.bytes()).await.map_err(Error::io(asking()))?;
    let mut incoming = Incoming::default();
    let mut buffer = [0; 4 * 1024];
    loop {
        let read = stream.read(&mut buffer).await.map_err(Error::io(asking()))?;
        if let Some(reply) = incoming.received(&request, &buffer[..read])? {
            return question.answer(&reply);
        }
    }
}

pub(super) const TEXT: &str = include_str!("awaited.rs");

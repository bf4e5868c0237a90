//! What is too much, too slow, too many: and those who listen for hours.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::NOW;
use super::site::{Site, empty, header, locally, record, status};

#[tokio::test]
async fn what_is_too_large_is_refused() {
    locally(async {
        let site = Site::open(None);
        let long = "x".repeat(3000);
        assert_eq!(status(&site.get(&format!("/{long}")).await), 414);
        let huge = format!("x-huge: {}", "x".repeat(40_000));
        assert_eq!(status(&site.ask("GET /", &[&huge], "").await), 431);
        let many: Vec<String> = (0..300).map(|at| format!("x-{at}: 1")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(status(&site.ask("GET /", &many, "").await), 431);
        let large = "x".repeat(5000);
        assert_eq!(status(&site.ask("POST /login", &[], &large).await), 413);
        let host = site.address;
        let chunked = format!(
            "POST /login HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n1388\r\n{large}\r\n0\r\n\r\n"
        );
        assert_eq!(status(&site.send(chunked).await), 413);
        let garbage = site.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n").await;
        assert_eq!(status(&garbage), 400, "TLS is not spoken here");
        assert_eq!(status(&site.get("/healthz").await), 200, "and the next one is served");
    })
    .await;
}

#[tokio::test]
async fn requests_in_one_go_are_answered_in_order() {
    locally(async {
        let site = Site::open(None);
        let host = site.address;
        let one = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n");
        let last = format!("GET /healthz HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        let replies = site.send(one("/nothing") + &one("/api/modems") + &last).await;
        let found: Vec<u16> =
            replies.split("HTTP/1.1 ").skip(1).map(|it| it[..3].parse().unwrap()).collect();
        assert_eq!(found, [404, 200, 200], "{replies}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn who_is_slow_is_left() {
    locally(async {
        let site = Site::open(None);
        let host = site.address;
        for (sent, allowed) in [
            (String::new(), 11),
            ("GET / HTTP/1.1\r\nhost: ".to_owned(), 11),
            (format!("POST /login HTTP/1.1\r\nhost: {host}\r\ncontent-length: 9\r\n\r\nform"), 25),
            (format!("GET /healthz HTTP/1.1\r\nhost: {host}\r\n\r\n"), 25),
        ] {
            let start = tokio::time::Instant::now();
            site.send(&sent).await;
            let took = start.elapsed();
            assert!(
                took >= Duration::from_secs(5) && took <= Duration::from_secs(allowed),
                "{sent:?}: {took:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_listener_hears_of_changes_and_listeners_are_few() {
    locally(async {
        let site = Site::open(None);
        let request = format!("GET /events HTTP/1.1\r\nhost: {}\r\n\r\n", site.address);
        let mut streams = Vec::new();
        for _ in 0..16 {
            let mut stream = TcpStream::connect(site.address).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            until(&mut stream, "retry: 3000").await;
            streams.push(stream);
        }
        let refused = site.get("/events").await;
        assert_eq!(status(&refused), 503);
        assert!(header(&refused, "retry-after").is_some());
        site.answer(record("attic", NOW, "12.34"));
        let heard = until(&mut streams[0], "event: record").await;
        assert!(heard.contains("event: view\ndata: {\"schema\":1,\"modem\":\"attic\""), "{heard}");
        until(&mut streams[3], "id: 1").await;
        drop(streams);
        let mut stream = TcpStream::connect(site.address).await.unwrap();
        while !until_or_end(&mut stream, &request, "retry: 3000").await {
            stream = TcpStream::connect(site.address).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_listener_that_was_left_behind_reads_everything_anew() {
    locally(async {
        let site = Site::open(None);
        let mut stream = TcpStream::connect(site.address).await.unwrap();
        let request = format!("GET /events HTTP/1.1\r\nhost: {}\r\n\r\n", site.address);
        stream.write_all(request.as_bytes()).await.unwrap();
        until(&mut stream, "retry: 3000").await;
        for _ in 0..1000 {
            site.board.show(empty("attic"));
        }
        until(&mut stream, "event: reload").await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_on_which_nothing_happens_is_kept_alive() {
    locally(async {
        let site = Site::open(None);
        let mut stream = TcpStream::connect(site.address).await.unwrap();
        let request = format!("GET /events HTTP/1.1\r\nhost: {}\r\n\r\n", site.address);
        stream.write_all(request.as_bytes()).await.unwrap();
        until(&mut stream, "\r\n:\n\n").await;
        until(&mut stream, "\r\n:\n\n").await;
    })
    .await;
}

#[tokio::test]
async fn more_connections_than_it_has_room_for_are_told_so() {
    locally(async {
        let site = Site::open(None);
        let mut held = Vec::new();
        for _ in 0..64 {
            held.push(TcpStream::connect(site.address).await.unwrap());
        }
        let reply = site.get("/healthz").await;
        assert_eq!(status(&reply), 503);
        drop(held);
        while status(&site.get("/healthz").await) != 200 {}
    })
    .await;
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    locally(async {
        let site = Site::open(None);
        let settings = saldo::web::Settings { listen: site.address, token_file: None };
        let error = saldo::web::Server::bind(&settings, site.board.clone(), None).err().unwrap();
        assert_eq!(error.exit_status(), 2);
        let expected = format!("cannot listen on {}: address already in use", site.address);
        assert_eq!(error.to_string(), expected);
    })
    .await;
}

/// Reads until this text has come.
async fn until(stream: &mut TcpStream, wanted: &str) -> String {
    let mut heard = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let count = stream.read(&mut piece).await.unwrap();
        heard.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&heard);
        if text.contains(wanted) {
            return text.into_owned();
        }
        assert!(count > 0, "no {wanted:?} in {text}");
    }
}

/// Sends a request; whether this text comes, rather than the end of the reply.
async fn until_or_end(stream: &mut TcpStream, request: &str, wanted: &str) -> bool {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut piece = [0; 4096];
    let count = stream.read(&mut piece).await.unwrap();
    String::from_utf8_lossy(&piece[..count]).contains(wanted)
}

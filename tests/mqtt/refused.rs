//! Brokers that do not want us, are not there, or are none.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use super::broker::{self, Broker, LIMIT, tool};
use super::reporter::{Reporter, settings};

#[test]
fn a_broker_that_does_not_want_us_says_why_once_and_gets_nothing() {
    let at = tempfile::tempdir().unwrap();
    let passwords = at.path().join("passwords");
    let name = passwords.to_str().unwrap();
    if !tool(at.path(), "mosquitto_passwd", &["-b", "-c", name, "me", "right"]) {
        return;
    }
    let Some(broker) = Broker::start(&format!("password_file {name}")) else { return };
    let mut settings = settings(&broker.url());
    settings.user = Some("me".into());
    let secret = at.path().join("secret");
    settings.password_file = Some(secret.clone());
    std::fs::write(&secret, "wrong\n").unwrap();
    let reporter = Reporter::start(&settings, at.path(), &["attic"]);
    let line = reporter.log.recv_timeout(LIMIT).unwrap();
    assert!(line.contains("not authorized; next try at "), "{line}");
    assert!(!line.contains("wrong"), "{line}");
    drop(reporter);
    std::fs::write(&secret, "right\n").unwrap();
    let reporter = Reporter::start(&settings, at.path(), &["attic"]);
    assert!(reporter.log.recv_timeout(LIMIT).unwrap().contains("connected as saldo-house"));
}

#[test]
fn a_place_with_no_broker_is_named_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = format!("mqtt://127.0.0.1:{}", broker::free_port());
    for (url, words) in
        [(&*nowhere, "connection refused"), ("mqtt://nothing.invalid", "no host has that name")]
    {
        let reporter = Reporter::start(&settings(url), folder.path(), &["attic"]);
        let line = reporter.log.recv_timeout(LIMIT).unwrap();
        assert!(line.contains(words), "{line}");
    }
}

/// Answers each connection with one of these, and counts them.
fn pretend(answers: Vec<Vec<u8>>) -> (String, Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("mqtt://{}", listener.local_addr().unwrap());
    let (count, counted) = mpsc::channel();
    thread::spawn(move || {
        for (number, answer) in answers.into_iter().enumerate() {
            let (mut stream, _) = listener.accept().unwrap();
            let mut hello = [0; 14];
            let _ = stream.read_exact(&mut hello);
            let _ = stream.write_all(&answer);
            let _ = count.send(number);
            // Whatever is closed too soon is reset, with all that nobody has read.
            if number == 0 {
                let _ = std::io::copy(&mut stream, &mut std::io::sink());
            }
        }
    });
    (url, counted)
}

#[test]
fn no_octets_of_a_broker_break_us_and_none_are_too_many() {
    const ACCEPTED: [u8; 4] = [0x20, 2, 0, 0];
    let mut seed: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut noise = |length: usize| -> Vec<u8> {
        (0..length)
            .map(|_| {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                seed as u8
            })
            .collect()
    };
    let mut answers = vec![[&ACCEPTED[..], &[0x30, 0xff, 0xff, 0xff, 0x7f]].concat()];
    for length in 0..40 {
        answers.push(noise(length));
        answers.push([&ACCEPTED[..], &noise(length)].concat());
    }
    let connections = answers.len();
    let (url, counted) = pretend(answers);
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(&url);
    settings.first_wait = 0.0;
    let reporter = Reporter::start(&settings, folder.path(), &["attic"]);
    reporter.wait_for("a packet of 268435455 octets; 262144 are the limit");
    for _ in 0..connections {
        counted.recv_timeout(LIMIT).expect("it goes on trying");
    }
}

#[cfg(feature = "mqtt-tls")]
#[test]
fn a_certificate_is_believed_for_its_authority_and_its_host_alone() {
    let at = tempfile::tempdir().unwrap();
    let make =
        |arguments: &str| tool(at.path(), "openssl", &arguments.split(' ').collect::<Vec<_>>());
    std::fs::write(at.path().join("names"), "subjectAltName=DNS:localhost").unwrap();
    for authority in ["ours", "other"] {
        let key = "req -x509 -newkey rsa:2048 -nodes -days 2";
        if !make(&format!(
            "{key} -subj /CN={authority} -keyout {authority}.key -out {authority}.pem"
        )) {
            return;
        }
    }
    for name in ["broker", "client"] {
        make(&format!(
            "req -newkey rsa:2048 -nodes -subj /CN={name} -keyout {name}.key -out {name}.csr"
        ));
        make(&format!(
            "x509 -req -in {name}.csr -CA ours.pem -CAkey ours.key -CAcreateserial -days 2 -extfile names -out {name}.pem"
        ));
    }
    let port = broker::free_port();
    let file = |name: &str| at.path().join(name);
    let lines = format!(
        "listener {port}\ncafile {}\ncertfile {}\nkeyfile {}\nrequire_certificate true",
        file("ours.pem").display(),
        file("broker.pem").display(),
        file("broker.key").display()
    );
    let Some(_broker) = Broker::start(&lines) else { return };
    for (host, authority, has_own, words) in [
        ("localhost", Some("ours.pem"), true, "connected as saldo-house"),
        ("localhost", Some("other.pem"), true, "not signed by"),
        ("localhost", None, true, "not signed by a public authority"),
        ("127.0.0.1", Some("ours.pem"), true, "is of another host"),
        ("localhost", Some("ours.pem"), false, "the broker wants a certificate of ours"),
        ("localhost", Some("names"), true, "names: no certificate in it"),
        ("localhost", Some("nothing.pem"), true, "nothing.pem: "),
    ] {
        let mut settings = settings(&format!("mqtts://{host}:{port}"));
        settings.ca_file = authority.map(file);
        settings.certificate = has_own.then(|| file("client.pem"));
        settings.key = has_own.then(|| file("client.key"));
        let reporter = Reporter::start(&settings, at.path(), &["attic"]);
        let line = reporter.log.recv_timeout(LIMIT).unwrap();
        assert!(line.contains(words), "{host} {authority:?}: {line}");
    }
}

//! The cable goes: in every phase that is one error, at once, and nobody waits for the dead.

use std::time::Duration;

use saldo::Error;
use saldo::client::Modem;
use saldo::sim::{self, Output};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::Instant;

use super::bench::{ask, run};

/// Plays a modem on the far end, and lets go of it as the `last` command line comes.
async fn modem_until(mut line: DuplexStream, last: usize) {
    let mut modem = sim::Modem::named("be-proximus").unwrap();
    let mut octets = [0; 256];
    let mut seen = 0;
    loop {
        while let Some(Output::Bytes(bytes)) = modem.poll_output(Instant::now().into_std()) {
            if line.write_all(&bytes).await.is_err() {
                return;
            }
        }
        let next = modem.poll_timeout().map(Instant::from_std);
        let alarm = async {
            match next {
                Some(next) => tokio::time::sleep_until(next).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            read = line.read(&mut octets) => {
                let Ok(count @ 1..) = read else { return };
                seen += octets[..count].iter().filter(|octet| **octet == b'\r').count();
                if seen >= last {
                    return;
                }
                modem.handle_input(Instant::now().into_std(), &octets[..count]);
            }
            () = alarm => {}
        }
    }
}

#[test]
fn a_cable_pulled_at_any_command_is_one_error_at_once() {
    run(async {
        let mut commands = 1;
        loop {
            let (near, far) = tokio::io::duplex(1024);
            let (started, mut modem) = (Instant::now(), Modem::new(near));
            let (asked, ()) = tokio::join!(
                async {
                    let asked = ask(&mut modem).await;
                    modem.close().await;
                    asked
                },
                modem_until(far, commands)
            );
            assert!(started.elapsed() < Duration::from_secs(1), "command {commands}");
            match asked {
                Err(Error::Unplugged { port }) => assert_eq!(port, "a pipe"),
                Ok(_) => break,
                Err(error) => panic!("command {commands}: {error}"),
            }
            commands += 1;
        }
        assert!(commands > 4, "the question takes more commands than {commands}");
    });
}

#[test]
fn a_cable_pulled_while_the_network_works_is_noticed_at_once() {
    run(async {
        let mut modem = Modem::new(super::bench::named("unplugged"));
        let started = Instant::now();
        let error = ask(&mut modem).await.unwrap_err();
        assert!(matches!(error, Error::Unplugged { .. }), "{error}");
        let port = modem.close().await;
        assert_eq!(started.elapsed(), Duration::from_millis(30));
        assert!(port.noted.borrow().is_empty(), "a modem that restarts has forgotten its settings");
    });
}

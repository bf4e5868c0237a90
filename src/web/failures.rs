//! Wrong tokens, by peer: after a few of them in a minute it has to wait, right or wrong.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use tokio::time::Instant;

/// So many wrong tokens a peer may try within [`WINDOW`].
const TRIES: u32 = 5;
const WINDOW: Duration = Duration::from_secs(60);

/// More peers than this are not remembered: the one that has waited longest is forgotten.
const PEERS: usize = 256;

/// Who was wrong lately.
#[derive(Debug, Default)]
pub(super) struct Failures(Vec<Failure>);

#[derive(Debug)]
struct Failure {
    peer: IpAddr,
    tries: u32,
    since: Instant,
}

impl Failures {
    /// How long this peer has to wait before it is listened to.
    pub(super) fn wait(&mut self, peer: IpAddr, now: Instant) -> Option<Duration> {
        self.0.retain(|failure| now.duration_since(failure.since) < WINDOW);
        let peer = network(peer);
        let failure = self.0.iter().find(|failure| failure.peer == peer)?;
        let waits = failure.tries >= TRIES;
        waits.then(|| WINDOW.saturating_sub(now.duration_since(failure.since)))
    }

    /// Remembers a wrong token.
    pub(super) fn add(&mut self, peer: IpAddr, now: Instant) {
        let peer = network(peer);
        if let Some(failure) = self.0.iter_mut().find(|failure| failure.peer == peer) {
            failure.tries += 1;
            return;
        }
        if self.0.len() >= PEERS {
            self.0.remove(0);
        }
        self.0.push(Failure { peer, tries: 1, since: now });
    }
}

/// Whoever has one IPv6 address has all of its /64.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_that_is_wrong_too_often_waits_and_others_do_not() {
        let (mut failures, start) = (Failures::default(), Instant::now());
        let [one, two]: [IpAddr; 2] = ["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        for _ in 0..TRIES {
            assert_eq!(failures.wait(one, start), None);
            failures.add(one, start);
        }
        assert_eq!(failures.wait(one, start), Some(WINDOW));
        assert_eq!(failures.wait("::ffff:10.0.0.1".parse().unwrap(), start), Some(WINDOW));
        assert_eq!(failures.wait(two, start), None);
        assert_eq!(failures.wait(one, start + WINDOW), None);
    }

    #[test]
    fn a_house_of_addresses_is_one_peer_and_memory_is_bounded() {
        let (mut failures, start) = (Failures::default(), Instant::now());
        for host in 0..TRIES {
            failures.add(format!("2001:db8::{host}").parse().unwrap(), start);
        }
        assert!(failures.wait("2001:db8::ffff".parse().unwrap(), start).is_some());
        for house in 0..1000 {
            failures.add(format!("2001:db8:0:{house:x}::1").parse().unwrap(), start);
        }
        assert_eq!(failures.0.len(), PEERS);
    }
}

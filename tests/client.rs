//! The client on a simulated modem, with a clock that stands still: answers that are late, lost, doubled
//! or refused, cables that are pulled, and settings that are as they were.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "client/bench.rs"]
mod bench;
#[path = "client/dialects.rs"]
mod dialects;
#[cfg(feature = "esim")]
#[path = "client/esim.rs"]
mod esim;
#[path = "client/fallback.rs"]
mod fallback;
#[path = "client/fire.rs"]
mod fire;
#[path = "client/ladder.rs"]
mod ladder;
#[path = "client/learned.rs"]
mod learned;
#[path = "client/menus.rs"]
mod menus;
#[path = "client/messages.rs"]
mod messages;
#[path = "client/money.rs"]
mod money;
#[path = "client/pin.rs"]
mod pin;
#[cfg(feature = "esim")]
#[path = "client/profiles.rs"]
mod profiles;
#[path = "client/requests.rs"]
mod requests;
#[cfg(feature = "esim")]
#[path = "client/restored.rs"]
mod restored;
#[path = "client/scripts.rs"]
mod scripts;
#[path = "client/settings.rs"]
mod settings;
#[path = "client/sim_and_network.rs"]
mod sim_and_network;
#[path = "client/stored.rs"]
mod stored;
#[path = "client/unplugged.rs"]
mod unplugged;
#[path = "client/wire.rs"]
mod wire;

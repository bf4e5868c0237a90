//! `saldo esim notifications`: what the card still wants to tell. They are listed and never removed.

use crate::Error;
use crate::euicc::{Notification, Operation};

use super::super::with_modem::AnyModem;
use super::super::{Globals, out};
use super::json::NotificationsLine;
use super::or_dash;

/// A card has room for some dozens.
const MANY: usize = 10;

pub(super) async fn run(modem: &mut AnyModem, globals: &Globals) -> Result<(), Error> {
    let mut card = modem.euicc().await?;
    let waiting = card.notifications().await?;
    card.close().await?;
    if globals.json {
        return out::json(&NotificationsLine::of(&waiting, globals));
    }
    let rows: Vec<_> = waiting.iter().map(|one| row(one, globals)).collect();
    for line in out::columns(&rows) {
        out::line(out::visible(&line))?;
    }
    if waiting.is_empty() {
        out::note(globals, "no notification waits");
    }
    remark(waiting.len(), globals);
    Ok(())
}

/// How many wait, and who sends them.
pub(super) fn remark(waiting: usize, globals: &Globals) {
    const SENT: &str = "an eSIM app (LPA) sends them when it is online; saldo leaves them alone";
    match waiting {
        0 => {}
        1 => out::note(globals, &format!("1 notification waits; {SENT}")),
        _ if waiting > MANY => {
            let warning = "a card has room for few, and each switch adds two";
            out::note(globals, &format!("{waiting} notifications wait: {warning}; {SENT}"));
        }
        _ => out::note(globals, &format!("{waiting} notifications wait; {SENT}")),
    }
}

fn row(one: &Notification, globals: &Globals) -> [String; 4] {
    let iccid = one.iccid.map(|iccid| iccid.shown(globals.show_ids));
    [
        one.number.to_string(),
        operation(one.operation),
        or_dash(&iccid.unwrap_or_default()),
        or_dash(&one.address),
    ]
}

pub(super) fn operation(operation: Operation) -> String {
    match operation {
        Operation::Install => "install".into(),
        Operation::Enable => "enable".into(),
        Operation::Disable => "disable".into(),
        Operation::Delete => "delete".into(),
        Operation::Other(bit) => format!("operation-{bit}"),
    }
}

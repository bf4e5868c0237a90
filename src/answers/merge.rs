//! Counters and sensors that a modem spreads over lines become one item.

use super::Item;

/// The items, the later of a kind that comes in pieces merged into the first.
pub(super) fn items(items: Vec<Item>) -> Vec<Item> {
    let mut merged: Vec<Item> = Vec::with_capacity(items.len());
    for item in items {
        let left = merged.iter_mut().try_fold(item, |item, earlier| absorb(earlier, item));
        merged.extend(left);
    }
    merged
}

/// Gives the item back where it is of another kind, or says something else of the same thing.
fn absorb(earlier: &mut Item, item: Item) -> Option<Item> {
    match (earlier, item) {
        (Item::Retries(earlier), Item::Retries(later)) => {
            *earlier = earlier.or(later);
            None
        }
        (Item::Temperature(earlier), Item::Temperature(later)) => {
            earlier.max_c = earlier.max_c.max(later.max_c);
            earlier.sensors.extend(later.sensors);
            None
        }
        (Item::Identity(earlier), Item::Identity(later)) => {
            earlier.manufacturer = earlier.manufacturer.take().or(later.manufacturer);
            earlier.model = earlier.model.take().or(later.model);
            earlier.firmware = earlier.firmware.take().or(later.firmware);
            None
        }
        (_, item) => Some(item),
    }
}

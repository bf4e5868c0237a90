//! Words and stems looked up in one walk over the word.
//!
//! The hash of every beginning of a word falls out of hashing the word, so the longest stem costs
//! no more than the word itself. Built once a language, read for every word of every reply.

use std::borrow::Cow;

/// A word list: whole words, and stems that stand for every word they begin.
#[derive(Debug)]
pub(super) struct Dictionary<V> {
    /// The number of an entry, counted from one, below its [`tag`]; zero is empty. A power of two, at
    /// most half full.
    slots: Vec<u32>,
    entries: Vec<Entry<V>>,
    /// Octets of the shortest stem: no beginning below it need be looked up.
    shortest_stem: usize,
}

#[derive(Debug)]
struct Entry<V> {
    word: Cow<'static, str>,
    stem: bool,
    value: V,
}

/// A word with the hashes of its beginnings, made once for every dictionary it is looked up in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hashed<'w> {
    word: &'w str,
    /// Of the beginnings of one octet, two and so on.
    beginnings: [u32; MAX_STEM],
    whole: u32,
}

impl<'w> Hashed<'w> {
    pub(super) fn new(word: &'w str) -> Self {
        let (mut beginnings, mut whole) = ([0; MAX_STEM], FIRST);
        for (at, octet) in word.bytes().enumerate() {
            whole = step(whole, octet);
            if let Some(slot) = beginnings.get_mut(at) {
                *slot = whole;
            }
        }
        Self { word, beginnings, whole }
    }
}

const FIRST: u32 = 0x811c_9dc5;

/// One step of FNV-1a.
const fn step(hash: u32, octet: u8) -> u32 {
    (hash ^ octet as u32).wrapping_mul(0x0100_0193)
}

/// What of the hash stands in a slot, so that most entries need not be looked at: its upper half, with
/// the last bit for stems.
const fn tag(hash: u32, stem: bool) -> u32 {
    hash & 0xfffe_0000 | (stem as u32) << 16
}

impl<V: Copy> Dictionary<V> {
    /// Room for `words` entries before the table grows.
    pub(super) fn with_capacity(words: usize) -> Self {
        let slots = (words * 2).next_power_of_two().clamp(16, 1 << 15);
        let entries = Vec::with_capacity(words);
        Self { slots: vec![0; slots], entries, shortest_stem: usize::MAX }
    }

    /// Adds a word; `written` ends in `*` where it is a stem. A word already there is `merge`d.
    pub(super) fn add(&mut self, written: Cow<'static, str>, value: V, merge: impl Fn(V, V) -> V) {
        let (word, stem) = without_star(written);
        if word.is_empty() || self.entries.len() >= usize::from(u16::MAX) - 1 {
            return;
        }
        let hash = hash(&word);
        let known = self.position(hash, &word, stem);
        if let Some(entry) = known.and_then(|at| self.entries.get_mut(at)) {
            entry.value = merge(entry.value, value);
            return;
        }
        if (self.entries.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        if stem {
            self.shortest_stem = self.shortest_stem.min(word.len());
        }
        self.entries.push(Entry { word, stem, value });
        self.put(hash, stem, self.entries.len());
    }

    /// The value of the whole word, else of the longest stem it begins with.
    pub(super) fn find(&self, hashed: &Hashed<'_>) -> Option<V> {
        let word = hashed.word;
        self.entry(hashed.whole, word, false)
            .or_else(|| self.stem_of(hashed))
            .map(|found| found.value)
    }

    /// Whole words are also what their stem is: each gets its own value `merge`d with that of the stem.
    pub(super) fn inherit(&mut self, merge: impl Fn(V, V) -> V) {
        for at in 0..self.entries.len() {
            let Some(entry) = self.entries.get(at).filter(|entry| !entry.stem) else { continue };
            let Some(stem) = self.stem_of(&Hashed::new(&entry.word)).map(|stem| stem.value) else {
                continue;
            };
            if let Some(entry) = self.entries.get_mut(at) {
                entry.value = merge(entry.value, stem);
            }
        }
    }

    fn stem_of(&self, hashed: &Hashed<'_>) -> Option<&Entry<V>> {
        let word = hashed.word;
        let beginnings = hashed.beginnings.iter().enumerate().take(word.len());
        let mut stems = beginnings.skip(self.shortest_stem.saturating_sub(1)).rev();
        stems.find_map(|(at, hash)| self.entry(*hash, word.get(..=at)?, true))
    }

    /// Whether the whole word is an entry.
    pub(super) fn contains(&self, word: &str) -> bool {
        self.entry(hash(word), word, false).is_some()
    }

    /// The longest entry that `text` begins with: its length in octets and its value.
    ///
    /// For scripts that write no spaces, where a stem is a word like any other.
    pub(super) fn longest(&self, text: &str) -> Option<(usize, V)> {
        let mut hash = FIRST;
        let mut longest = None;
        for (at, octet) in text.bytes().enumerate().take(MAX_WORD) {
            hash = step(hash, octet);
            let Some(beginning) = text.get(..=at) else { continue };
            let entry =
                self.entry(hash, beginning, false).or_else(|| self.entry(hash, beginning, true));
            if let Some(entry) = entry {
                longest = Some((at + 1, entry.value));
            }
        }
        longest
    }

    fn entry(&self, hash: u32, word: &str, stem: bool) -> Option<&Entry<V>> {
        self.position(hash, word, stem).and_then(|at| self.entries.get(at))
    }

    fn position(&self, hash: u32, word: &str, stem: bool) -> Option<usize> {
        let (mask, tag) = (self.slots.len() - 1, tag(hash, stem));
        let mut at = hash as usize & mask;
        loop {
            let slot = *self.slots.get(at)?;
            let index = (slot as usize & 0xffff).checked_sub(1)?;
            if slot & 0xffff_0000 == tag && self.entries.get(index)?.word == word {
                return Some(index);
            }
            at = (at + 1) & mask;
        }
    }

    fn put(&mut self, hash: u32, stem: bool, number: usize) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while let Some(slot) = self.slots.get_mut(at) {
            if *slot == 0 {
                *slot = tag(hash, stem) | u32::from(u16::try_from(number).unwrap_or(0));
                return;
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        self.slots = vec![0; self.slots.len() * 2];
        for number in 1..=self.entries.len() {
            let Some(entry) = self.entries.get(number - 1) else { return };
            let (hash, stem) = (hash(&entry.word), entry.stem);
            self.put(hash, stem, number);
        }
    }
}

fn hash(word: &str) -> u32 {
    word.bytes().fold(FIRST, step)
}

/// The word, and whether it stands for all that begin with it.
fn without_star(mut written: Cow<'static, str>) -> (Cow<'static, str>, bool) {
    let stem = written.ends_with('*');
    match &mut written {
        Cow::Borrowed(word) => *word = word.trim_end_matches('*'),
        Cow::Owned(word) => word.truncate(word.trim_end_matches('*').len()),
    }
    (written, stem)
}

/// Octets of the longest stem there may be; a test reads every file.
pub(super) const MAX_STEM: usize = 32;

/// Longer than any entry, in octets: where [`Dictionary::longest`] stops looking.
const MAX_WORD: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn dictionary(words: &[&str]) -> Dictionary<usize> {
        let mut dictionary = Dictionary::with_capacity(2);
        for (value, word) in words.iter().enumerate() {
            dictionary.add(Cow::Owned((*word).to_owned()), value, |_, new| new);
        }
        dictionary
    }

    #[test]
    fn the_whole_word_wins_over_the_longest_stem() {
        let words = dictionary(&["bal", "bal*", "balan*", "saldo"]);
        for (word, expected) in [
            ("bal", Some(0)),
            ("balls", Some(1)),
            ("balanced", Some(2)),
            ("saldo", Some(3)),
            ("saldos", None),
            ("ba", None),
            ("", None),
        ] {
            assert_eq!(words.find(&Hashed::new(word)), expected, "{word}");
        }
    }

    #[test]
    fn a_whole_word_inherits_from_its_stem() {
        let mut words = dictionary(&["bal", "ba*", "saldo"]);
        words.inherit(|whole, stem| whole * 10 + stem);
        assert_eq!(words.find(&Hashed::new("bal")), Some(1));
        assert_eq!(words.find(&Hashed::new("bar")), Some(1));
        assert_eq!(words.find(&Hashed::new("saldo")), Some(2));
    }

    #[test]
    fn the_longest_beginning_of_unspaced_text_is_found() {
        let words = dictionary(&["余额", "余", "元"]);
        assert_eq!(words.longest("余额是42"), Some(("余额".len(), 0)));
        assert_eq!(words.longest("是余额"), None);
    }

    #[test]
    fn a_table_that_grew_still_finds_everything() {
        let words: Vec<String> = (0..3000).map(|number| format!("w{number}*")).collect();
        let written: Vec<&str> = words.iter().map(String::as_str).collect();
        let dictionary = dictionary(&written);
        for (value, word) in words.iter().enumerate() {
            assert_eq!(dictionary.find(&Hashed::new(word.trim_end_matches('*'))), Some(value));
        }
    }
}

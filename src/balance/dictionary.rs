//! Words and stems looked up in one walk over the word.
//!
//! The hash of every beginning of a word falls out of hashing the word, so the longest stem costs
//! no more than the word itself. Built once a language, read for every word of every reply.

use std::borrow::Cow;

/// A word list: whole words, and stems that stand for every word they begin.
#[derive(Debug)]
pub(super) struct Dictionary<V> {
    /// Index into `entries` plus one; zero is empty. A power of two, at most half full.
    slots: Vec<u16>,
    entries: Vec<Entry<V>>,
}

#[derive(Debug)]
struct Entry<V> {
    word: Cow<'static, str>,
    stem: bool,
    value: V,
}

const FIRST: u32 = 0x811c_9dc5;

/// One step of FNV-1a.
const fn step(hash: u32, octet: u8) -> u32 {
    (hash ^ octet as u32).wrapping_mul(0x0100_0193)
}

impl<V: Copy> Dictionary<V> {
    /// Room for `words` entries before the table grows.
    pub(super) fn with_capacity(words: usize) -> Self {
        let slots = (words * 2).next_power_of_two().clamp(16, 1 << 15);
        Self { slots: vec![0; slots], entries: Vec::with_capacity(words) }
    }

    /// Adds a word; `written` ends in `*` where it is a stem. A word already there is `merge`d.
    pub(super) fn add(&mut self, written: Cow<'static, str>, value: V, merge: impl Fn(V, V) -> V) {
        let (word, stem) = without_star(written);
        if word.is_empty() || self.entries.len() >= usize::from(u16::MAX) - 1 {
            return;
        }
        let hash = word.bytes().fold(FIRST, step);
        let known = self.position(hash, &word, stem);
        if let Some(entry) = known.and_then(|at| self.entries.get_mut(at)) {
            entry.value = merge(entry.value, value);
            return;
        }
        if (self.entries.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        self.entries.push(Entry { word, stem, value });
        self.put(hash, self.entries.len());
    }

    /// The value of the whole word, else of the longest stem it begins with.
    pub(super) fn find(&self, word: &str) -> Option<V> {
        let mut hash = FIRST;
        let mut stem = None;
        for (at, octet) in word.bytes().enumerate() {
            hash = step(hash, octet);
            let beginning = word.get(..=at);
            if let Some(entry) = beginning.and_then(|beginning| self.entry(hash, beginning, true)) {
                stem = Some(entry.value);
            }
        }
        self.entry(hash, word, false).map(|entry| entry.value).or(stem)
    }

    /// Whether the whole word is an entry.
    pub(super) fn contains(&self, word: &str) -> bool {
        self.entry(word.bytes().fold(FIRST, step), word, false).is_some()
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
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let index = usize::from(*self.slots.get(at)?).checked_sub(1)?;
            let entry = self.entries.get(index)?;
            if entry.stem == stem && entry.word == word {
                return Some(index);
            }
            at = (at + 1) & mask;
        }
    }

    fn put(&mut self, hash: u32, number: usize) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while let Some(slot) = self.slots.get_mut(at) {
            if *slot == 0 {
                *slot = u16::try_from(number).unwrap_or(0);
                return;
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        self.slots = vec![0; self.slots.len() * 2];
        for number in 1..=self.entries.len() {
            let hash =
                self.entries.get(number - 1).map(|entry| entry.word.bytes().fold(FIRST, step));
            self.put(hash.unwrap_or(FIRST), number);
        }
    }
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
            assert_eq!(words.find(word), expected, "{word}");
        }
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
            assert_eq!(dictionary.find(word.trim_end_matches('*')), Some(value));
        }
    }
}

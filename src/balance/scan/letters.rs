//! Letters and runs of them: what a word is made of in each script.

/// Letters, and the marks over and under letters of Indic and Southeast Asian scripts.
pub(super) fn is_letter(c: char) -> bool {
    c.is_alphabetic()
        || matches!(c, '\u{900}'..='\u{ecf}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17d3}')
            && !matches!(c, '฿' | '৳' | '।' | '॥')
}

/// Whether the script writes no spaces between words.
pub(in crate::balance) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

/// How far the word at the start of `rest` goes.
pub(super) fn run_length(rest: &str) -> usize {
    // Most words are ASCII and end at a space.
    let plain = rest.bytes().take_while(u8::is_ascii_lowercase).count();
    let end = rest.as_bytes().get(plain);
    if end.is_none_or(|end| end.is_ascii() && !matches!(end, b'\'' | b'"' | b'$')) && plain > 0 {
        return plain;
    }
    let mut end = 0;
    let mut letters = rest.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        // Hebrew marks its abbreviations: `ש"ח`.
        let inner = at > 0
            && match c {
                '\'' => next.is_some_and(is_letter),
                '"' => next.is_some_and(|next| matches!(next, '\u{5d0}'..='\u{5ea}')),
                _ => false,
            };
        let sign = at > 0 && matches!(c, '$' | '¢' | '₵');
        if !is_letter(c) && !inner && !sign || is_unspaced(c) {
            break;
        }
        end = at + c.len_utf8();
        if sign {
            break;
        }
    }
    end
}

/// Initials and abbreviations that a mark joins: `s.d.`, `A/C`, `t/m`, `S/`, `ธ.ค.`: length and letters.
pub(super) fn joined(rest: &str) -> Option<(usize, String)> {
    // Most words are no such thing, which their second letter tells.
    if !rest.chars().nth(1).is_some_and(|mark| matches!(mark, '.' | '/')) {
        return None;
    }
    let mut letters = String::new();
    let mut length = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let Some((_, mark @ ('.' | '/'))) = chars.peek().copied().filter(|_| is_letter(c)) else {
            // The last initial may come without its mark, if no word begins with it.
            let ends = is_letter(c)
                && chars.peek().is_none_or(|(_, next)| !is_letter(*next) && *next != '\'');
            if ends && !letters.is_empty() {
                letters.push(c);
                length = at + c.len_utf8();
            }
            break;
        };
        chars.next();
        letters.push(c);
        length = at + c.len_utf8() + mark.len_utf8();
        if letters.chars().count() == 1 && mark == '/' && matches!(c, 's' | 'b') {
            let amount = rest.get(length..).unwrap_or_default().trim_start_matches(['.', ' ']);
            if amount.starts_with(|c: char| c.is_ascii_digit()) {
                return Some((length, format!("{c}/")));
            }
        }
    }
    (letters.chars().count() > 1).then_some((length, letters))
}

/// The word in Cyrillic, where some of its Latin letters only look it: `pуб`, `OCTATOK`.
pub(super) fn cyrillic_twin(word: &str) -> Option<String> {
    word.chars()
        .map(|c| match c {
            'a' => Some('а'),
            'b' => Some('в'),
            'c' => Some('с'),
            'e' => Some('е'),
            'h' => Some('н'),
            'k' => Some('к'),
            'm' => Some('м'),
            'o' => Some('о'),
            'p' => Some('р'),
            't' => Some('т'),
            'x' => Some('х'),
            'y' => Some('у'),
            'i' => Some('і'),
            '\u{400}'..='\u{4ff}' => Some(c),
            _ => None,
        })
        .collect()
}

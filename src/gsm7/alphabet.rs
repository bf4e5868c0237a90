//! The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038 clauses 6.2.1, 6.2.1.1).

/// The septet that says: the next one is in the extension table.
pub(super) const ESCAPE: u8 = 0x1B;

/// The character of a septet that no escape precedes. The high bit is ignored.
pub(super) fn plain(septet: u8) -> char {
    DEFAULT.get(usize::from(septet & 0x7F)).copied().unwrap_or(' ')
}

/// The character of a septet behind an escape, where the extension table has one.
pub(super) fn escaped(septet: u8) -> Option<char> {
    EXTENSION.iter().find(|(known, _)| *known == septet).map(|(_, character)| *character)
}

/// UTF-8 of each septet that no escape precedes: two octets, then how many of them count.
pub(super) const UTF8: [[u8; 3]; 128] = utf8();

/// Sixteen septets a row. The escape itself is shown as a space by whoever does not know it.
#[rustfmt::skip]
const DEFAULT: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å',
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', ' ', 'Æ', 'æ', 'ß', 'É',
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/',
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?',
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O',
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§',
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];

#[rustfmt::skip]
const EXTENSION: &[(u8, char)] = &[
    (0x0A, '\u{c}'), (0x14, '^'), (0x28, '{'), (0x29, '}'), (0x2F, '\\'),
    (0x3C, '['), (0x3D, '~'), (0x3E, ']'), (0x40, '|'), (0x65, '€'),
];

/// No character of the alphabet needs more than two octets.
#[expect(
    clippy::indexing_slicing,
    reason = "runs in the compiler, where a wrong index is an error"
)]
const fn utf8() -> [[u8; 3]; 128] {
    let mut table = [[0; 3]; 128];
    let mut septet = 0;
    while septet < 128 {
        let code = DEFAULT[septet] as u32;
        assert!(code < 0x800);
        table[septet] = match code {
            0..0x80 => [code as u8, 0, 1],
            _ => [0xC0 | (code >> 6) as u8, 0x80 | (code & 0x3F) as u8, 2],
        };
        septet += 1;
    }
    table
}

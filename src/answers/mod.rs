//! What a modem's lines say: one type and one file a kind of answer.

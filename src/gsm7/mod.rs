//! The GSM 7-bit default alphabet, its shift tables and packing (3GPP TS 23.038 clause 6).

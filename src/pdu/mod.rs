//! SMS TPDUs: DELIVER and STATUS-REPORT in, SUBMIT both ways (3GPP TS 23.040 clause 9).

//! Data coding scheme octets of cell broadcast, USSD and SMS (3GPP TS 23.038 clauses 4 and 5).

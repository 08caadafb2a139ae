//! Who may do what: membership, keys, and the sealing and signing of records.

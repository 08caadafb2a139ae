//! Pretend people, network, clock and disk, for tests.

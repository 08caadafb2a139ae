//! The one loop that joins sync, store, net, the clock and chance.

#![no_main]
//! See `hedgerow_fuzz::changes`.

hedgerow_fuzz::target!("changes");

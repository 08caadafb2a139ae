#![no_main]
//! See `hedgerow_fuzz::addresses`.

hedgerow_fuzz::target!("addresses");

#![no_main]
//! See `hedgerow_fuzz::rows`.

hedgerow_fuzz::target!("rows");

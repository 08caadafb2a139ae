#![no_main]
//! See `hedgerow_fuzz::store_rows`.

hedgerow_fuzz::target!("store_rows");

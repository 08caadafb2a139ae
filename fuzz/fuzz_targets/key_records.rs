#![no_main]
//! See `hedgerow_fuzz::key_records`.

hedgerow_fuzz::target!("key_records");

#![no_main]
//! See `hedgerow_fuzz::key_box`.

hedgerow_fuzz::target!("key_box");

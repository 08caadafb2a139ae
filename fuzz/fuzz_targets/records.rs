#![no_main]
//! See `hedgerow_fuzz::records`.

hedgerow_fuzz::target!("records");

#![no_main]
//! See `hedgerow_fuzz::payloads`.

hedgerow_fuzz::target!("payloads");

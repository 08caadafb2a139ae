#![no_main]
//! See `hedgerow_fuzz::checkpoints`.

hedgerow_fuzz::target!("checkpoints");

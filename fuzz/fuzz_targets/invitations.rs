#![no_main]
//! See `hedgerow_fuzz::invitations`.

hedgerow_fuzz::target!("invitations");

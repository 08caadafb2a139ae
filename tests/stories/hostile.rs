//! Peers who mean harm, beside two who write together. All of it goes over loopback, and needs no rights.

mod members;
mod scene;
mod strangers;

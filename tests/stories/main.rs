//! Stories that cross rooms, told with real processes, sockets and networks. One file a subject, one binary.

mod clear;
#[cfg(target_os = "linux")]
mod crashes;
#[cfg(target_os = "linux")]
mod damage;
mod demonstration;
mod durable;
mod files;
mod ground;
mod handover;
#[cfg(target_os = "linux")]
mod hostile;
mod keychain;
mod leaving;
mod nearby;
mod plans;
#[cfg(target_os = "linux")]
mod power_cuts;
mod real_notes;
#[cfg(target_os = "linux")]
mod repair;
mod roles;
mod sharing;
mod three_authors;
mod trouble;
mod window;

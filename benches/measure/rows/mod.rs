//! The rows of the table, a file each.

mod both_durable;
mod carrying;
mod cold_start;
mod commit;
mod connections;
mod first_sync;
mod keystroke;
mod members;
mod memory;
mod on_disk;
mod reconnect;
mod remote_keystroke;
mod wire;

use crate::Run;
use hedgerow_benches::Figure;

/// A row.
pub(crate) struct Row {
    pub(crate) number: u8,
    pub(crate) name: &'static str,
    pub(crate) measure: fn(&Run) -> Vec<Figure>,
}

/// Every row, in order.
pub(crate) const ALL: &[Row] = &[
    Row { number: 1, name: "A local keystroke", measure: keystroke::measure },
    Row { number: 2, name: "A remote keystroke", measure: remote_keystroke::measure },
    Row { number: 3, name: "A keystroke durable on two devices", measure: both_durable::measure },
    Row { number: 4, name: "Bytes on the wire for a keystroke", measure: wire::measure },
    Row { number: 5, name: "First sync", measure: first_sync::measure },
    Row { number: 6, name: "Meeting again", measure: reconnect::measure },
    Row { number: 7, name: "Carrying", measure: carrying::measure },
    Row { number: 8, name: "A durable commit", measure: commit::measure },
    Row { number: 9, name: "Bytes on disk", measure: on_disk::measure },
    Row { number: 11, name: "Cold start", measure: cold_start::measure },
    Row { number: 12, name: "Memory", measure: memory::measure },
    Row { number: 14, name: "A notebook with 1,000 members", measure: members::measure },
    Row { number: 15, name: "Idle connections", measure: connections::measure },
];

/// Plays a scene for callgrind, or for memory to be read off a process of its own.
pub(crate) fn play(scene: &str, arguments: &[&str]) {
    match scene {
        "keystroke" => keystroke::play(arguments),
        "bare-keystroke" => keystroke::play_bare(arguments),
        "keystroke-among-members" => members::play(arguments),
        "resident" => memory::play(arguments),
        "called-net" | "callers-net" | "called-bare" | "callers-bare" => connections::play(scene, arguments),
        other => panic!("there is no scene {other}"),
    }
}

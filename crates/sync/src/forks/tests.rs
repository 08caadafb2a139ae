//! Of two changes with one number, the same one stands for everybody: the one that others wrote on.

use super::*;
use hedgerow_access::Pins;
use hedgerow_model::{ActorId, DeviceId};
use std::sync::Arc;

/// The people of these tests, by the first byte of their devices; Bo has a second device.
const ADA: u8 = 1;
const BO: u8 = 2;
const CY: u8 = 3;
const BOS_PHONE: u8 = 12;

fn hash(n: u8) -> ChangeHash {
    ChangeHash::from_bytes([n; 32])
}

fn person(change: &Change) -> Option<PersonId> {
    let device = change.actor.device().as_bytes()[0];
    Some(PersonId::from_bytes([device % 10; 32]))
}

/// One change: its hash, whose device made it, its number there, and what it is built on.
type Line = (u8, u8, u64, &'static [u8]);

fn changes(lines: &[Line]) -> Changes {
    let mut changes = Changes::default();
    for (n, device, seq, deps) in lines {
        let change = Change {
            actor: ActorId::new(DeviceId::from_bytes([*device; 32]), [0; 8]),
            seq: *seq,
            deps: deps.iter().copied().map(hash).collect(),
            pins: Arc::new(Pins::new([])),
            record: None,
            depth: 0,
        };
        changes.add(hash(*n), change);
    }
    changes
}

/// What is hidden when those named in `late` came too late.
fn hidden_without(lines: &[Line], late: &[u8]) -> Vec<u8> {
    let stands = |hash: &ChangeHash, _: &Change| !late.contains(&hash.as_bytes()[0]);
    let hidden = hidden(&changes(lines), stands, person);
    hidden.into_iter().map(|hash| hash.as_bytes()[0]).collect()
}

fn hidden_of(lines: &[Line]) -> Vec<u8> {
    hidden_without(lines, &[])
}

/// Ada's device numbered two changes 2: the lower hash is 20, the higher one 30.
const FORK: [Line; 3] = [(10, ADA, 1, &[]), (20, ADA, 2, &[10]), (30, ADA, 2, &[10])];

fn and(more: &[Line]) -> Vec<Line> {
    [&FORK, more].concat()
}

#[test]
fn nobody_wrote_on_either_and_the_lower_hash_stands() {
    assert_eq!(hidden_of(&FORK), [30]);
}

#[test]
fn the_one_that_bo_wrote_on_stands() {
    assert_eq!(hidden_of(&and(&[(40, BO, 1, &[30])])), [20]);
    assert_eq!(hidden_of(&and(&[(40, BO, 1, &[20])])), [30]);
}

#[test]
fn more_people_outweigh_fewer_and_the_fewer_are_hidden_with_what_they_wrote_on() {
    let lines = and(&[(40, BO, 1, &[20]), (41, BO, 2, &[40]), (50, CY, 1, &[30]), (60, 4, 1, &[30])]);
    assert_eq!(hidden_of(&lines), [20, 40, 41], "Bo's two changes go with the one he wrote on");
}

#[test]
fn somebody_counts_once_however_much_they_write_and_on_however_many_devices() {
    let lines = and(&[(40, BO, 1, &[20]), (41, BO, 2, &[40]), (42, BOS_PHONE, 1, &[20]), (50, CY, 1, &[30])]);
    assert_eq!(hidden_of(&lines), [30, 50], "one beside one: the lower hash");
}

#[test]
fn ada_does_not_count_for_herself() {
    assert_eq!(hidden_of(&and(&[(31, ADA, 3, &[30]), (32, ADA, 4, &[31])])), [30, 31, 32]);
}

#[test]
fn what_came_too_late_counts_for_nothing() {
    assert_eq!(hidden_without(&and(&[(40, BO, 1, &[30])]), &[40]), [30, 40]);
}

#[test]
fn what_came_too_late_displaces_nothing_by_its_hash_but_by_whom_it_carries() {
    assert_eq!(hidden_without(&FORK, &[20]), [20]);
    assert_eq!(hidden_without(&and(&[(40, BO, 1, &[20])]), &[20]), [30]);
}

#[test]
fn whoever_wrote_on_what_was_written_on_it_counts_too() {
    assert_eq!(hidden_of(&and(&[(31, ADA, 3, &[30]), (40, BO, 1, &[31])])), [20]);
}

#[test]
fn one_fork_after_the_other_is_settled_each_by_itself() {
    let lines = and(&[(40, BO, 1, &[30]), (70, CY, 1, &[30]), (71, CY, 2, &[70]), (72, CY, 2, &[70])]);
    assert_eq!(hidden_of(&lines), [20, 72]);
}

#[test]
fn the_order_in_which_they_came_does_not_matter() {
    let mut lines = and(&[(40, BO, 1, &[30]), (50, CY, 1, &[20]), (51, 4, 1, &[20])]);
    let first = hidden_of(&lines);
    assert_eq!(first, [30, 40]);
    // Each comes after what it builds on; beside that, in any order.
    for at in 1..lines.len() - 1 {
        for to in at + 1..lines.len() {
            lines.swap(at, to);
            let causal = (0..lines.len()).all(|at| {
                let here = |dep: &u8| lines[..at].iter().any(|line| line.0 == *dep);
                lines[at].3.iter().all(here)
            });
            assert!(!causal || hidden_of(&lines) == first);
            lines.swap(at, to);
        }
    }
}

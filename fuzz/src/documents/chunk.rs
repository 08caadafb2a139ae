//! Automerge's chunks, put together with a true checksum around whatever is inside.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use hedgerow_document::Document;
use hedgerow_model::{ActorId, ChangeHash};
use sha2::{Digest, Sha256};

use crate::input::{Input, write_part};

/// What stands before a chunk's body: four bytes of magic, four of checksum, one of its type.
const HEAD: usize = 9;
const CHANGE: u8 = 1;
const DOCUMENT: u8 = 0;

/// A chunk of this type around a body.
pub(crate) fn chunk(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut hashed = vec![kind];
    unsigned(&mut hashed, body.len() as u64);
    hashed.extend(body);
    let hash = Sha256::digest(&hashed);
    let mut out = vec![0x85, 0x6f, 0x4a, 0x83];
    out.extend(&hash[..4]);
    out.extend(hashed);
    out
}

/// The body of a chunk of our own.
pub(crate) fn body(chunk: &[u8]) -> &[u8] {
    let mut at = Leb { bytes: chunk, at: HEAD };
    at.unsigned();
    &chunk[at.at..]
}

/// A checkpoint with both of its chunks' checksums made true, unpacked; `None` when it does not even have two.
pub(crate) fn with_true_checksums(checkpoint: &[u8]) -> Option<Vec<u8>> {
    let (head, rest) = checkpoint.split_first_chunk::<6>()?;
    let [1, 0, length @ ..] = *head else { return None };
    let (change, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(length)).ok()?)?;
    let (_, document) = rest.split_first_chunk::<4>()?;
    let mut out = vec![1, 0];
    for (kind, bent) in [(CHANGE, change), (DOCUMENT, document)] {
        let mut at = Leb { bytes: bent, at: HEAD };
        at.unsigned();
        let whole = chunk(kind, bent.get(at.at..)?);
        out.extend(u32::try_from(whole.len()).ok()?.to_le_bytes());
        out.extend(whole);
    }
    Some(out)
}

/// A checkpoint of our own, unpacked: bytes that can be bent one by one.
pub(crate) fn unpacked(checkpoint: &[u8]) -> Vec<u8> {
    let word = |at: usize| u32::from_le_bytes(checkpoint[at..at + 4].try_into().expect("four bytes")) as usize;
    if checkpoint[1] == 0 {
        return checkpoint.to_vec();
    }
    let packed = 2 + 4 + word(2) + 4;
    let mut plain = [&[1, 0], &checkpoint[2..packed]].concat();
    let mut decoder = flate2::read::DeflateDecoder::new(&checkpoint[packed..]);
    decoder.read_to_end(&mut plain).expect("our own unpacks");
    plain
}

/// What the maker of a checkpoint states of the document in it.
pub(crate) struct Stated {
    pub(crate) heads: Vec<ChangeHash>,
    pub(crate) actors: Vec<(ActorId, u64, ChangeHash)>,
}

impl Stated {
    pub(crate) fn of(document: &Document) -> Stated {
        Stated { heads: document.heads(), actors: document.actors().collect() }
    }

    pub(crate) fn read(input: &mut Input<'_>) -> Stated {
        let heads = (0..input.byte()).filter_map(|_| ChangeHash::from_slice(input.take(32))).collect();
        let mut actors = Vec::new();
        for _ in 0..input.byte() {
            let (actor, seq, hash) = (input.take(40), input.short(), input.take(32));
            actors
                .extend(ActorId::from_slice(actor).zip(ChangeHash::from_slice(hash)).map(|(a, h)| (a, seq.into(), h)));
        }
        Stated { heads, actors }
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = vec![self.heads.len() as u8];
        self.heads.iter().for_each(|head| out.extend(head.as_bytes()));
        out.push(self.actors.len() as u8);
        for (actor, seq, hash) in &self.actors {
            out.extend(actor.as_bytes());
            out.extend((*seq as u16).to_le_bytes());
            out.extend(hash.as_bytes());
        }
        out
    }
}

/// The columns that a change may have, and one that it may not.
const COLUMNS: [u64; 15] = [0x01, 0x02, 0x11, 0x13, 0x15, 0x34, 0x42, 0x56, 0x57, 0x70, 0x71, 0x73, 0x94, 0xa5, 0xb6];

/// A change in parts. Numbers that are zero stand for what is due, so that most bent changes fit onto the page:
///
/// actor (which of those on the page; beyond them, a new one), seq, start of the operations, dependencies (a bit for
/// each change of the page; none for its heads), other actors (a bit each), time, message, columns (which; data).
pub(crate) struct Parts<'a> {
    actor: u8,
    seq: u8,
    start: u8,
    deps: u16,
    others: u8,
    time: u8,
    message: &'a [u8],
    columns: BTreeMap<u64, Vec<u8>>,
}

impl<'a> Parts<'a> {
    pub(crate) fn read(input: &mut Input<'a>) -> Parts<'a> {
        let (actor, seq, start, deps) = (input.byte(), input.byte(), input.byte(), input.short());
        let (others, time, message) = (input.byte(), input.byte(), input.part());
        let mut columns = BTreeMap::new();
        while !input.is_empty() {
            let spec = COLUMNS[usize::from(input.byte()) % COLUMNS.len()];
            columns.insert(spec, input.part().to_vec());
        }
        Parts { actor, seq, start, deps, others, time, message, columns }
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = vec![self.actor, self.seq, self.start];
        out.extend(self.deps.to_le_bytes());
        out.extend([self.others, self.time]);
        write_part(&mut out, self.message);
        for (spec, data) in &self.columns {
            out.push(COLUMNS.iter().position(|known| known == spec).expect("our own changes have no other") as u8);
            write_part(&mut out, data);
        }
        out
    }

    /// Takes one of our own changes of `page` apart.
    pub(crate) fn of(page: &Document, raw: &'a [u8]) -> Parts<'a> {
        let actors: Vec<ActorId> = page.actors().map(|(actor, ..)| actor).collect();
        let mut from = Leb { bytes: body(raw), at: 0 };
        let deps = (0..from.unsigned()).map(|_| from.take(32)).count();
        assert_eq!(deps, page.heads().len(), "our own changes build on all there is");
        let length = from.unsigned();
        let own = ActorId::from_slice(from.take(length)).expect("an actor has 40 bytes");
        let (_seq, _start, _time) = (from.unsigned(), from.unsigned(), from.skip());
        let length = from.unsigned();
        let message = from.take(length);
        let mut others = 0;
        for _ in 0..from.unsigned() {
            let length = from.unsigned();
            let other = ActorId::from_slice(from.take(length)).expect("an actor has 40 bytes");
            others |= 1 << actors.iter().position(|actor| *actor == other).expect("they wrote on the page");
        }
        let described: Vec<(u64, u64)> = (0..from.unsigned()).map(|_| (from.unsigned(), from.unsigned())).collect();
        let columns = described.into_iter().map(|(spec, length)| (spec, from.take(length).to_vec())).collect();
        let actor = actors.iter().position(|actor| *actor == own).unwrap_or(actors.len()) as u8;
        Parts { actor, seq: 0, start: 0, deps: 0, others, time: 0, message, columns }
    }

    /// The change, as somebody who means harm would write it on `page`.
    pub(crate) fn put_together(&self, page: &Document) -> Vec<u8> {
        let actors: Vec<ActorId> = page.actors().map(|(actor, ..)| actor).collect();
        let stranger = ActorId::from_bytes([4; 40]);
        let own = actors.get(usize::from(self.actor)).copied().unwrap_or(stranger);
        let deps = self.dependencies(page);
        let tops = page.changes().into_iter().filter(|facts| deps.contains(&facts.hash));
        let due = tops.map(|facts| facts.start_op + facts.ops).max().unwrap_or(1);
        let seq = page.actor_head(&own).map_or(1, |(seq, _)| seq + 1);
        let of_choice = |number: u8, due: u64| if number == 0 { due } else { u64::from(number) };
        let mut out = Vec::new();
        unsigned(&mut out, deps.len() as u64);
        deps.iter().for_each(|dep| out.extend(dep.as_bytes()));
        bytes(&mut out, own.as_bytes());
        unsigned(&mut out, of_choice(self.seq, seq));
        unsigned(&mut out, of_choice(self.start, due));
        out.push(self.time & 0x3f); // one byte, and not negative
        bytes(&mut out, self.message);
        let others: Vec<&ActorId> =
            (0..8).filter(|bit| self.others & (1 << bit) != 0).filter_map(|bit| actors.get(bit)).collect();
        unsigned(&mut out, others.len() as u64);
        others.iter().for_each(|other| bytes(&mut out, other.as_bytes()));
        unsigned(&mut out, self.columns.len() as u64);
        for (spec, data) in &self.columns {
            unsigned(&mut out, *spec);
            unsigned(&mut out, data.len() as u64);
        }
        self.columns.values().for_each(|data| out.extend(data));
        chunk(CHANGE, &out)
    }

    fn dependencies(&self, page: &Document) -> BTreeSet<ChangeHash> {
        if self.deps == 0 {
            return page.heads().into_iter().collect();
        }
        let chosen = page.changes().into_iter().enumerate().filter(|(at, _)| *at < 16 && self.deps & (1 << at) != 0);
        chosen.map(|(_, facts)| facts.hash).collect()
    }
}

fn unsigned(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    unsigned(out, bytes.len() as u64);
    out.extend(bytes);
}

/// Reads numbers, and stops at the end whatever they say.
struct Leb<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Leb<'a> {
    fn unsigned(&mut self) -> u64 {
        let (mut value, mut shift) = (0, 0);
        while let Some(byte) = self.bytes.get(self.at) {
            self.at += 1;
            if shift < 64 {
                value |= u64::from(byte & 0x7f) << shift;
            }
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        value
    }

    /// Passes a number over.
    fn skip(&mut self) {
        self.unsigned();
    }

    fn take(&mut self, length: u64) -> &'a [u8] {
        let end = self.at.saturating_add(usize::try_from(length).unwrap_or(usize::MAX)).min(self.bytes.len());
        let taken = self.bytes.get(self.at..end).unwrap_or_default();
        self.at = end;
        taken
    }
}

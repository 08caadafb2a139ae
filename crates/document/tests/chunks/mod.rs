//! Change chunks taken apart, bent, and put together again with a right checksum.

use rand_core::Rng;
use sha2::{Digest, Sha256};

pub(crate) fn write_unsigned(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            return out.push(low);
        }
        out.push(low | 0x80);
    }
}

fn write_signed(out: &mut Vec<u8>, mut value: i64) {
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        if (value == 0 && low & 0x40 == 0) || (value == -1 && low & 0x40 != 0) {
            return out.push(low);
        }
        out.push(low | 0x80);
    }
}

fn read_unsigned(bytes: &[u8], at: &mut usize) -> u64 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = bytes[*at];
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return value;
        }
    }
}

fn read_signed(bytes: &[u8], at: &mut usize) -> i64 {
    let (mut value, mut shift) = (0i64, 0);
    loop {
        let byte = bytes[*at];
        *at += 1;
        value |= i64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return if byte & 0x40 != 0 && shift < 64 { value | (-1 << shift) } else { value };
        }
    }
}

fn read_bytes(bytes: &[u8], at: &mut usize) -> Vec<u8> {
    let length = read_unsigned(bytes, at) as usize;
    *at += length;
    bytes[*at - length..*at].to_vec()
}

/// A chunk of this type around a body.
pub(crate) fn chunk(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut hashed = vec![kind];
    write_unsigned(&mut hashed, body.len() as u64);
    hashed.extend(body);
    let hash = Sha256::digest(&hashed);
    let mut out = vec![0x85, 0x6f, 0x4a, 0x83];
    out.extend(&hash[..4]);
    out.extend(hashed);
    out
}

/// A change chunk, taken apart.
#[derive(Debug, Clone)]
pub(crate) struct RawChange {
    pub(crate) deps: Vec<[u8; 32]>,
    pub(crate) actor: Vec<u8>,
    pub(crate) seq: u64,
    pub(crate) start: u64,
    pub(crate) time: i64,
    pub(crate) message: Vec<u8>,
    pub(crate) others: Vec<Vec<u8>>,
    pub(crate) columns: Vec<(u64, Vec<u8>)>,
    pub(crate) extra: Vec<u8>,
}

impl RawChange {
    pub(crate) fn parse(raw: &[u8]) -> RawChange {
        let mut at = 9;
        read_unsigned(raw, &mut at);
        let mut deps = Vec::new();
        for _ in 0..read_unsigned(raw, &mut at) {
            deps.push(raw[at..at + 32].try_into().expect("32 bytes"));
            at += 32;
        }
        let actor = read_bytes(raw, &mut at);
        let seq = read_unsigned(raw, &mut at);
        let start = read_unsigned(raw, &mut at);
        let time = read_signed(raw, &mut at);
        let message = read_bytes(raw, &mut at);
        let others = (0..read_unsigned(raw, &mut at)).map(|_| read_bytes(raw, &mut at)).collect();
        let described: Vec<(u64, usize)> = (0..read_unsigned(raw, &mut at))
            .map(|_| (read_unsigned(raw, &mut at), read_unsigned(raw, &mut at) as usize))
            .collect();
        let mut columns = Vec::new();
        for (spec, length) in described {
            columns.push((spec, raw[at..at + length].to_vec()));
            at += length;
        }
        RawChange { deps, actor, seq, start, time, message, others, columns, extra: raw[at..].to_vec() }
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        write_unsigned(&mut out, self.deps.len() as u64);
        out.extend(self.deps.concat());
        let put = |out: &mut Vec<u8>, bytes: &[u8]| {
            write_unsigned(out, bytes.len() as u64);
            out.extend(bytes);
        };
        put(&mut out, &self.actor);
        write_unsigned(&mut out, self.seq);
        write_unsigned(&mut out, self.start);
        write_signed(&mut out, self.time);
        put(&mut out, &self.message);
        write_unsigned(&mut out, self.others.len() as u64);
        for other in &self.others {
            put(&mut out, other);
        }
        write_unsigned(&mut out, self.columns.len() as u64);
        for (spec, data) in &self.columns {
            write_unsigned(&mut out, *spec);
            write_unsigned(&mut out, data.len() as u64);
        }
        for (_, data) in &self.columns {
            out.extend(data);
        }
        out.extend(&self.extra);
        chunk(1, &out)
    }

    /// Bends one thing; most often a byte of a column.
    pub(crate) fn mutate(&mut self, rng: &mut impl Rng, other: &RawChange) {
        let mut below = |most: usize| rng.next_u32() as usize % most.max(1);
        match below(20) {
            0 => self.start = below(200) as u64 + 1,
            1 => self.seq = below(5) as u64,
            2 => {
                self.deps.pop();
            }
            3 => self.others.push([9; 40].to_vec()),
            4 => {
                self.others.pop();
            }
            5 => self.extra = vec![below(256) as u8; below(6) + 1],
            6 => self.columns.clone_from(&other.columns),
            7 => {
                self.columns.remove(below(self.columns.len()));
            }
            8 => {
                let (spec, data) = other.columns[below(other.columns.len())].clone();
                if let Some(column) = self.columns.iter_mut().find(|column| column.0 == spec) {
                    column.1 = data;
                }
            }
            _ => {
                let column = below(self.columns.len());
                let data = &mut self.columns[column].1;
                if data.is_empty() {
                    return;
                }
                let at = below(data.len());
                match below(4) {
                    0 => data[at] = below(256) as u8,
                    1 => data[at] = data[at].wrapping_add(1),
                    2 => data[at] ^= 1 << below(8),
                    _ => data[at] = below(8) as u8,
                }
            }
        }
    }
}

/// The data of the columns of operations in the document chunk of a checkpoint: what it holds, whatever order the
/// changes came in.
pub(crate) fn operations(checkpoint: &[u8]) -> Vec<u8> {
    use std::io::Read;
    let word = |at: usize| u32::from_le_bytes(checkpoint[at..at + 4].try_into().expect("4 bytes")) as usize;
    let packed = &checkpoint[2 + 4 + word(2) + 4..];
    let mut plain = Vec::new();
    if checkpoint[1] == 1 {
        flate2::read::DeflateDecoder::new(packed).read_to_end(&mut plain).expect("it unpacks");
    } else {
        plain.extend(packed);
    }
    let mut at = 9;
    read_unsigned(&plain, &mut at);
    for _ in 0..read_unsigned(&plain, &mut at) {
        read_bytes(&plain, &mut at);
    }
    let heads = read_unsigned(&plain, &mut at) as usize;
    at += heads * 32;
    let mut sizes = [0, 0];
    for size in &mut sizes {
        for _ in 0..read_unsigned(&plain, &mut at) {
            read_unsigned(&plain, &mut at);
            *size += read_unsigned(&plain, &mut at) as usize;
        }
    }
    at += sizes[0];
    plain[at..at + sizes[1]].to_vec()
}

//! Walks everything and says what is not as it was written.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::row::{self, COUNTS_KEY, Use};
use super::shared::Shared;
use super::tally::{Count, Tally};
use crate::{Damage, StoreFault, Wrong};

/// All that is wrong. Only while nothing is being saved: the counts are held against the rows.
pub(super) fn check(shared: &Shared) -> Vec<Damage> {
    let mut found = Vec::new();
    let mut counted = Tally::default();
    let walked = shared.walk(b"", &mut |raw, row| {
        match row::parts(raw) {
            Some((table, key)) => {
                counted.add(&*shared.sealer, table, raw, row);
                if let Err(fault) = shared.open_row(table, key, raw, row) {
                    found.push(damage_of(fault, table, key));
                }
            }
            None if raw == COUNTS_KEY => {}
            None => found.push(Damage::row("", raw, Wrong::Unsealable)),
        }
        ControlFlow::Continue(())
    });
    match walked {
        // What was not reached is not there to be counted.
        Err(fault) => found.push(damage_of(shared.engine_fault("read", fault), "", b"")),
        Ok(()) => compare(shared, &counted, &mut found),
    }
    found
}

fn damage_of(fault: StoreFault, table: &str, key: &[u8]) -> Damage {
    match fault {
        StoreFault::Damaged(damage) => damage,
        other => Damage::row(table, key, Wrong::Unreadable { why: other.to_string() }),
    }
}

fn compare(shared: &Shared, counted: &Tally, found: &mut Vec<Damage>) {
    let stated = match stated(shared) {
        Ok(Some(stated)) => stated,
        Ok(None) => return found.push(Damage::store(Wrong::CountsLost)),
        Err(fault) => return found.push(damage_of(fault, "", b"")),
    };
    let remembered = shared.tally().commits;
    if stated.commits < remembered {
        found.push(Damage::store(Wrong::WentBack { stated: remembered, found: stated.commits }));
    }
    let hurt: BTreeSet<String> = found.iter().map(|damage| damage.table.clone()).collect();
    let tables: BTreeSet<&String> = stated.tables.keys().chain(counted.tables.keys()).collect();
    for table in tables {
        let of = |tally: &Tally| tally.tables.get(table).copied().unwrap_or_default();
        let (Count { rows: wanted, sum, .. }, Count { rows, sum: seen, .. }) = (of(&stated), of(counted));
        if wanted != rows {
            found.push(Damage::table(table, Wrong::CountDiffers { stated: wanted, found: rows }));
        } else if sum != seen && !hurt.contains(table) {
            found.push(Damage::table(table, Wrong::ContentDiffers));
        }
    }
}

/// The sealed counts; `None` when they are missing or cannot be opened.
pub(super) fn stated(shared: &Shared) -> Result<Option<Tally>, StoreFault> {
    let sealed = shared.engine.get(COUNTS_KEY).map_err(|fault| shared.engine_fault("read", fault))?;
    let open = |sealed: Vec<u8>| shared.sealer.open(&row::context(Use::Counts, &[]), &sealed);
    Ok(sealed.and_then(open).and_then(|plain| Tally::parse(&plain)))
}

/// Counts what is there, for want of counts that say what should be.
pub(super) fn count_anew(shared: &Shared) -> Result<Tally, StoreFault> {
    let mut counted = Tally::default();
    let walked = shared.walk(b"", &mut |raw, row| {
        if let Some((table, _)) = row::parts(raw) {
            counted.add(&*shared.sealer, table, raw, row);
        }
        ControlFlow::Continue(())
    });
    walked.map_err(|fault| shared.engine_fault("read", fault))?;
    Ok(counted)
}

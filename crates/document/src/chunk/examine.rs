//! What a change says of itself, read within bounds.

use super::columns::{Budget, Cell, Column, Counted, Kind, Runs, columns, count_rows, describe};
use super::reader::{Reader, chunk_body};
use crate::{ChangeRefusal, Refused};
use hedgerow_model::{ActorId, ChangeHash, Moment};

/// The most bytes one change may have: 2.5 MiB, so that the largest page that can be imported fits into one.
pub const CHANGE_MOST: usize = 5 << 19;

/// The most operations one change may have, beyond one for each of its bytes. Written text takes at least a byte a
/// character; only deletions and formatting are shorter than what they do.
pub const OPS_MOST: u64 = 200_000;

/// The most bytes that the strings in a change may unfold into, each counted as often as it is repeated.
const STRINGS_MOST: u64 = 4 << 20;

/// The most dependencies, and the most other actors, that a change may name.
const NAMES_MOST: u64 = 4096;

/// The longest commit message, in bytes.
const MESSAGE_MOST: u64 = 256;

/// The kinds of operation that make an object, and the one that marks text.
const MAKES: [u64; 4] = [0, 2, 4, 6];
const MARK: u64 = 7;

/// What a change says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeFacts {
    /// Its name: the SHA-256 of its bytes.
    pub hash: ChangeHash,
    /// The line of editing it belongs to.
    pub actor: ActorId,
    /// Its number in that line, from 1.
    pub seq: u64,
    /// The number of its first operation.
    pub start_op: u64,
    /// How many operations it has.
    pub ops: u64,
    /// The changes it was made on top of, in order.
    pub deps: Vec<ChangeHash>,
    /// The commit message.
    pub message: Option<String>,
    /// When its author's clock said it was made.
    pub time: Moment,
}

impl ChangeFacts {
    /// The number of its last operation.
    pub(crate) fn max_op(&self) -> u64 {
        self.start_op + self.ops - 1
    }
}

/// An object's name: the number and the author of the operation that made it. `None` is the root.
pub(crate) type ObjectName = Option<(u64, ActorId)>;

/// An object that a change makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MadeObject {
    /// The number of the operation that makes it.
    pub(crate) counter: u64,
    /// Where it is put.
    pub(crate) within: ObjectName,
}

/// All that was learned from reading a change.
#[derive(Debug, Clone)]
pub(crate) struct Examined {
    pub(crate) facts: ChangeFacts,
    /// The other actors its operations speak of, sorted.
    pub(crate) others: Vec<ActorId>,
    /// The objects it makes.
    pub(crate) makes: Vec<MadeObject>,
    /// The objects in which it marks text, in order, without repetition in a row.
    pub(crate) marks: Vec<ObjectName>,
}

/// Reads one raw change without allocating more than its size accounts for: the type of chunk and the checksum are
/// right, numbers are in their shortest form, dependencies sorted, actors of exactly 40 bytes, no column is deflated or
/// unknown, all columns have as many rows as there are operations, and no byte is left over.
///
/// # Errors
/// Says which of these does not hold. What is refused here is never shown to automerge.
pub fn examine(raw: &[u8]) -> Result<ChangeFacts, ChangeRefusal> {
    inspect(raw).map(|examined| examined.facts)
}

/// As [`examine`], with all that was learned.
pub(crate) fn inspect(raw: &[u8]) -> Result<Examined, ChangeRefusal> {
    if raw.len() > CHANGE_MOST {
        return Err(Refused::TooLarge { size: raw.len(), most: CHANGE_MOST }.into());
    }
    let (body, hash) = chunk_body(raw, 1)?;
    let hash = ChangeHash::from_bytes(hash);
    read_body(body, hash, raw.len()).map_err(|why| ChangeRefusal::of(hash, why))
}

fn read_body(body: &[u8], hash: ChangeHash, size: usize) -> Result<Examined, Refused> {
    let mut reader = Reader::new(body);
    let deps = ascending(&mut reader, "its dependencies are not in order", |r| r.array().map(ChangeHash::from_bytes))?;
    let actor = actor(&mut reader)?;
    let seq = reader.unsigned()?;
    let start_op = reader.unsigned()?;
    if seq == 0 || start_op == 0 || start_op > u64::from(u32::MAX / 2) {
        return Err(Refused::Form("a number is out of bounds"));
    }
    let time = Moment::from_seconds(reader.signed()?);
    let message = message(&mut reader)?;
    let others = ascending(&mut reader, "its actors are not in order", self::actor)?;
    if others.binary_search(&actor).is_ok() {
        return Err(Refused::Form("it names its own actor twice"));
    }
    let described = describe(&mut reader, 14)?;
    let columns = columns(&mut reader, described)?;
    if !reader.is_done() {
        return Err(Refused::Form("bytes follow its end"));
    }
    let table = Table::read(&columns, size, others.len())?;
    if start_op + table.ops > u64::from(u32::MAX / 2) {
        return Err(Refused::Form("a number is out of bounds"));
    }
    let name = |index: u64| actor_at(index, &actor, &others);
    let (makes, marks) = table.objects(start_op, name)?;
    let facts = ChangeFacts { hash, actor, seq, start_op, ops: table.ops, deps, message, time };
    Ok(Examined { facts, others, makes, marks })
}

fn ascending<T: Ord>(
    reader: &mut Reader<'_>,
    wrong: &'static str,
    mut read: impl FnMut(&mut Reader<'_>) -> Result<T, Refused>,
) -> Result<Vec<T>, Refused> {
    let count = reader.unsigned()?;
    if count > NAMES_MOST {
        return Err(Refused::Form("it names too many changes or actors"));
    }
    let mut all: Vec<T> = Vec::new();
    for _ in 0..count {
        let next = read(reader)?;
        if all.last().is_some_and(|before| *before >= next) {
            return Err(Refused::Form(wrong));
        }
        all.push(next);
    }
    Ok(all)
}

fn actor(reader: &mut Reader<'_>) -> Result<ActorId, Refused> {
    if reader.unsigned()? != 40 {
        return Err(Refused::Form("an actor does not have 40 bytes"));
    }
    reader.array().map(ActorId::from_bytes)
}

fn message(reader: &mut Reader<'_>) -> Result<Option<String>, Refused> {
    let length = reader.unsigned()?;
    if length > MESSAGE_MOST {
        return Err(Refused::Form("its message is too long"));
    }
    let text = std::str::from_utf8(reader.take(length)?).map_err(|_| Refused::Form("its message is not text"))?;
    Ok(Some(text).filter(|text| !text.is_empty()).map(str::to_owned))
}

fn actor_at(index: u64, own: &ActorId, others: &[ActorId]) -> Option<ActorId> {
    match index.checked_sub(1) {
        None => Some(*own),
        Some(other) => others.get(usize::try_from(other).ok()?).copied(),
    }
}

/// The specifications of the columns of operations, in the only order in which they may come.
mod spec {
    pub(super) const OBJECT_ACTOR: u64 = 0x01;
    pub(super) const OBJECT_COUNTER: u64 = 0x02;
    pub(super) const KEY_ACTOR: u64 = 0x11;
    pub(super) const KEY_COUNTER: u64 = 0x13;
    pub(super) const KEY_STRING: u64 = 0x15;
    pub(super) const INSERT: u64 = 0x34;
    pub(super) const ACTION: u64 = 0x42;
    pub(super) const VALUE_METADATA: u64 = 0x56;
    pub(super) const VALUE: u64 = 0x57;
    pub(super) const PREDECESSORS: u64 = 0x70;
    pub(super) const PREDECESSOR_ACTOR: u64 = 0x71;
    pub(super) const PREDECESSOR_COUNTER: u64 = 0x73;
    pub(super) const EXPAND: u64 = 0x94;
    pub(super) const MARK_NAME: u64 = 0xa5;
}

/// The columns of a change's operations, counted.
struct Table<'a> {
    ops: u64,
    columns: &'a [Column<'a>],
    makes_or_marks: bool,
}

impl<'a> Table<'a> {
    fn read(columns: &'a [Column<'a>], size: usize, others: usize) -> Result<Table<'a>, Refused> {
        let most = OPS_MOST + u64::try_from(size).unwrap_or(u64::MAX);
        let mut budget = Budget { rows: most, strings: STRINGS_MOST, most };
        let mut table = Table { ops: 0, columns, makes_or_marks: false };
        let action = count_rows(Kind::Integer, table.data(spec::ACTION), &mut budget)?;
        if action.rows == 0 {
            return Err(Refused::Form("it has no operations"));
        }
        if action.greatest > MARK {
            return Err(Refused::Form("it holds an operation of an unknown kind"));
        }
        table.ops = action.rows;
        table.makes_or_marks = Runs::new(Kind::Integer, table.data(spec::ACTION))
            .rows()
            .any(|cell| matches!(cell, Cell::Number(n) if n == MARK || MAKES.contains(&n)));
        let values = count_rows(Kind::ValueMetadata, table.data(spec::VALUE_METADATA), &mut budget)?.sum;
        let predecessors = count_rows(Kind::Group, table.data(spec::PREDECESSORS), &mut budget)?.sum;
        for column in columns {
            let kind = Kind::of(column.spec).ok_or(Refused::Form("a column is deflated"))?;
            let counted = count_rows(kind, column.data, &mut budget)?;
            table.check(column, counted, values, predecessors, others)?;
        }
        Ok(table)
    }

    fn check(
        &self,
        column: &Column<'_>,
        counted: Counted,
        values: u64,
        predecessors: u64,
        others: usize,
    ) -> Result<(), Refused> {
        let fits = match column.spec {
            spec::VALUE => u64::try_from(column.data.len()) == Ok(values),
            spec::PREDECESSOR_ACTOR | spec::PREDECESSOR_COUNTER => counted.rows == predecessors,
            spec::OBJECT_ACTOR
            | spec::OBJECT_COUNTER
            | spec::KEY_ACTOR
            | spec::KEY_COUNTER
            | spec::KEY_STRING
            | spec::INSERT
            | spec::ACTION
            | spec::VALUE_METADATA
            | spec::PREDECESSORS
            | spec::EXPAND
            | spec::MARK_NAME => counted.rows == self.ops || column.data.is_empty(),
            _ => return Err(Refused::Form("it has an unknown column")),
        };
        if !fits {
            return Err(Refused::Form("its columns do not fit together"));
        }
        let is_actor = Kind::of(column.spec) == Some(Kind::Actor);
        if is_actor && usize::try_from(counted.greatest).map_or(true, |greatest| greatest > others) {
            return Err(Refused::Form("it speaks of an actor that it does not name"));
        }
        Ok(())
    }

    fn data(&self, spec: u64) -> &'a [u8] {
        self.columns.iter().find(|column| column.spec == spec).map_or(&[], |column| column.data)
    }

    /// Row by row; a column that is absent is all `Null`.
    fn cells(&self, spec: u64, kind: Kind) -> impl Iterator<Item = Cell<'a>> {
        Runs::new(kind, self.data(spec)).rows().chain(std::iter::repeat(Cell::Null))
    }

    /// The objects made, and those in which text is marked. Every mark's end stands right behind its beginning.
    fn objects(
        &self,
        start_op: u64,
        name: impl Fn(u64) -> Option<ActorId>,
    ) -> Result<(Vec<MadeObject>, Vec<ObjectName>), Refused> {
        let (mut makes, mut marks) = (Vec::new(), Vec::<ObjectName>::new());
        if !self.makes_or_marks {
            return Ok((makes, marks));
        }
        let mut open: Option<ObjectName> = None;
        let mut actions = self.cells(spec::ACTION, Kind::Integer);
        let mut object_actors = self.cells(spec::OBJECT_ACTOR, Kind::Actor);
        let mut object_counters = self.cells(spec::OBJECT_COUNTER, Kind::Integer);
        let mut inserts = self.cells(spec::INSERT, Kind::Boolean);
        let mut mark_names = self.cells(spec::MARK_NAME, Kind::String);
        for counter in (start_op..).take(usize::try_from(self.ops).unwrap_or(usize::MAX)) {
            let action = number(actions.next()).ok_or(Refused::Form("an operation has no kind"))?;
            let within = match (number(object_counters.next()), number(object_actors.next())) {
                (None, None) => None,
                (Some(counter), Some(index)) => {
                    Some((counter, name(index).ok_or(Refused::Form("it speaks of an actor that it does not name"))?))
                }
                _ => return Err(Refused::Form("an object has half a name")),
            };
            let inserted = number(inserts.next()) == Some(1);
            let named = matches!(mark_names.next(), Some(Cell::Text(_)));
            if action == MARK {
                let shape = inserted && within.is_some() && (named == open.is_none());
                if !shape || open.as_ref().is_some_and(|begun| *begun != within) {
                    return Err(Refused::Form("a mark is not followed by its end"));
                }
                if marks.last() != Some(&within) {
                    marks.push(within);
                }
                open = if named { Some(within) } else { None };
                continue;
            }
            if open.is_some() {
                return Err(Refused::Form("a mark is not followed by its end"));
            }
            if MAKES.contains(&action) {
                if within.is_some_and(|(parent, _)| parent >= counter) {
                    return Err(Refused::Form("an object lies in one that comes after it"));
                }
                makes.push(MadeObject { counter, within });
            }
        }
        if open.is_some() {
            return Err(Refused::Form("a mark is not followed by its end"));
        }
        Ok((makes, marks))
    }
}

fn number(cell: Option<Cell<'_>>) -> Option<u64> {
    match cell {
        Some(Cell::Number(number)) => Some(number),
        _ => None,
    }
}

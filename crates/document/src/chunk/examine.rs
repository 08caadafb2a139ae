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

/// The longest commit message, in bytes.
const MESSAGE_MOST: u64 = 256;

/// The kinds of operation. One more, 6, makes a table: nothing writes it, and automerge is not at ease with it.
const MAKE_MAP: u64 = 0;
const PUT: u64 = 1;
const MAKE_LIST: u64 = 2;
const DELETE: u64 = 3;
const MAKE_TEXT: u64 = 4;
const INCREMENT: u64 = 5;
const MARK: u64 = 7;
const MAKES: [u64; 3] = [MAKE_MAP, MAKE_LIST, MAKE_TEXT];

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
    /// The objects in which it marks text.
    pub(crate) marks: Vec<ObjectName>,
    /// The objects in which it does something that has no place in a text: there, only characters and maps (block
    /// markers) are inserted, and nothing is put over what is there.
    pub(crate) unlike_text: Vec<ObjectName>,
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
    let Operations { makes, marks, unlike_text, .. } = table.operations(start_op, name)?;
    let facts = ChangeFacts { hash, actor, seq, start_op, ops: table.ops, deps, message, time };
    Ok(Examined { facts, others, makes, marks, unlike_text })
}

fn ascending<T: Ord>(
    reader: &mut Reader<'_>,
    wrong: &'static str,
    mut read: impl FnMut(&mut Reader<'_>) -> Result<T, Refused>,
) -> Result<Vec<T>, Refused> {
    // However many it says there are, each takes bytes: the end comes soon enough.
    let count = reader.unsigned()?;
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
}

impl<'a> Table<'a> {
    fn read(columns: &'a [Column<'a>], size: usize, others: usize) -> Result<Table<'a>, Refused> {
        let most = OPS_MOST + u64::try_from(size).unwrap_or(u64::MAX);
        let mut budget = Budget { rows: most, strings: STRINGS_MOST, most };
        let mut table = Table { ops: 0, columns };
        let action = count_rows(Kind::Integer, table.data(spec::ACTION), &mut budget)?;
        if action.rows == 0 {
            return Err(Refused::Form("it has no operations"));
        }
        let known = |cell| matches!(cell, Cell::Number(kind) if kind <= INCREMENT || kind == MARK);
        if !Runs::new(Kind::Integer, table.data(spec::ACTION)).rows().all(known) {
            return Err(Refused::Form("it holds an operation of an unknown kind"));
        }
        table.ops = action.rows;
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

    /// Goes through the operations: each has the shape that its kind has, and nothing that belongs to another.
    fn operations(&self, start_op: u64, name: impl Fn(u64) -> Option<ActorId>) -> Result<Operations, Refused> {
        let mut found = Operations::default();
        let mut actions = self.cells(spec::ACTION, Kind::Integer);
        let mut object_actors = self.cells(spec::OBJECT_ACTOR, Kind::Actor);
        let mut object_counters = self.cells(spec::OBJECT_COUNTER, Kind::Integer);
        let mut inserts = self.cells(spec::INSERT, Kind::Boolean);
        let mut keys = self.cells(spec::KEY_STRING, Kind::String);
        let mut values = self.cells(spec::VALUE_METADATA, Kind::ValueMetadata);
        let mut expands = self.cells(spec::EXPAND, Kind::Boolean);
        let mut mark_names = self.cells(spec::MARK_NAME, Kind::String);
        for counter in (start_op..).take(usize::try_from(self.ops).unwrap_or(usize::MAX)) {
            let within = match (number(object_counters.next()), number(object_actors.next())) {
                (None, None) => None,
                (Some(counter), Some(index)) => {
                    Some((counter, name(index).ok_or(Refused::Form("it speaks of an actor that it does not name"))?))
                }
                _ => return Err(Refused::Form("an object has half a name")),
            };
            found.take(&Operation {
                counter,
                within,
                action: number(actions.next()).ok_or(Refused::Form("an operation has no kind"))?,
                inserted: number(inserts.next()) == Some(1),
                keyed: matches!(keys.next(), Some(Cell::Text(_))),
                value: number(values.next()).unwrap_or(0),
                expands: number(expands.next()) == Some(1),
                named: matches!(mark_names.next(), Some(Cell::Text(_))),
            })?;
        }
        if found.open.is_some() {
            return Err(Refused::Form("a mark is not followed by its end"));
        }
        Ok(found)
    }
}

/// What one operation says, as far as its shape goes.
struct Operation {
    counter: u64,
    within: ObjectName,
    action: u64,
    inserted: bool,
    /// By a name, not by a place in a sequence.
    keyed: bool,
    /// Four bits of type, then the length.
    value: u64,
    expands: bool,
    named: bool,
}

/// What the operations of a change do that has to be looked at with the document at hand.
#[derive(Default)]
struct Operations {
    makes: Vec<MadeObject>,
    marks: Vec<ObjectName>,
    unlike_text: Vec<ObjectName>,
    open: Option<ObjectName>,
}

impl Operations {
    fn take(&mut self, op: &Operation) -> Result<(), Refused> {
        if op.action == MARK {
            return self.mark(op);
        }
        if self.open.is_some() {
            return Err(Refused::Form("a mark is not followed by its end"));
        }
        let makes = MAKES.contains(&op.action);
        let bare = makes || op.action == DELETE;
        if op.named || op.expands || (bare && op.value != 0) || (op.inserted && matches!(op.action, DELETE | INCREMENT))
        {
            return Err(Refused::Form("an operation says more than its kind can"));
        }
        let text_value = op.value & 0xf == 6 && op.value >> 4 > 0;
        let like_text = match (op.inserted, op.action) {
            (true, PUT) => text_value,
            (true, action) => action == MAKE_MAP,
            (false, action) => action == DELETE,
        };
        if !op.keyed && !like_text {
            note(&mut self.unlike_text, op.within);
        }
        if makes {
            if op.within.is_some_and(|(parent, _)| parent >= op.counter) {
                return Err(Refused::Form("an object lies in one that comes after it"));
            }
            self.makes.push(MadeObject { counter: op.counter, within: op.within });
        }
        Ok(())
    }

    /// A mark is two operations, one right after the other in one object: its beginning has a name, its end has none.
    fn mark(&mut self, op: &Operation) -> Result<(), Refused> {
        let shape = match &self.open {
            None => op.named,
            Some(begun) => !op.named && op.value == 0 && *begun == op.within,
        };
        if !shape || !op.inserted || op.within.is_none() {
            return Err(Refused::Form("a mark is not followed by its end"));
        }
        self.open = if op.named { Some(op.within) } else { None };
        note(&mut self.marks, op.within);
        Ok(())
    }
}

/// Takes down an object, unless it is the one taken down last.
fn note(objects: &mut Vec<ObjectName>, object: ObjectName) {
    if objects.last() != Some(&object) {
        objects.push(object);
    }
}

fn number(cell: Option<Cell<'_>>) -> Option<u64> {
    match cell {
        Some(Cell::Number(number)) => Some(number),
        _ => None,
    }
}

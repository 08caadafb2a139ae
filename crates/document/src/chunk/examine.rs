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
pub(crate) const MAKE_MAP: u64 = 0;
const PUT: u64 = 1;
pub(crate) const MAKE_LIST: u64 = 2;
pub(crate) const DELETE: u64 = 3;
pub(crate) const MAKE_TEXT: u64 = 4;
pub(crate) const INCREMENT: u64 = 5;
pub(crate) const MARK: u64 = 7;
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

/// An operation's name: its number and its author.
pub(crate) type Name = (u64, ActorId);

/// An object's name: that of the operation that made it. `None` is the root.
pub(crate) type ObjectName = Option<Name>;

/// All that was learned from reading a change.
#[derive(Debug, Clone)]
pub(crate) struct Examined<'a> {
    pub(crate) facts: ChangeFacts,
    /// The other actors its operations speak of, sorted.
    pub(crate) others: Vec<ActorId>,
    /// Whether it marks text.
    pub(crate) has_marks: bool,
    columns: Vec<Column<'a>>,
}

impl<'a> Examined<'a> {
    /// What it does, operation by operation.
    pub(crate) fn operations(&self) -> impl Iterator<Item = Result<Operation<'a>, Refused>> {
        operations(&self.columns, &self.facts, &self.others)
    }
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
pub(crate) fn inspect(raw: &[u8]) -> Result<Examined<'_>, ChangeRefusal> {
    if raw.len() > CHANGE_MOST {
        return Err(Refused::TooLarge { size: raw.len(), most: CHANGE_MOST }.into());
    }
    let (body, hash) = chunk_body(raw, 1)?;
    let hash = ChangeHash::from_bytes(hash);
    read_body(body, hash, raw.len()).map_err(|why| ChangeRefusal::of(hash, why))
}

fn read_body(body: &[u8], hash: ChangeHash, size: usize) -> Result<Examined<'_>, Refused> {
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
    let facts = ChangeFacts { hash, actor, seq, start_op, ops: table.ops, deps, message, time };
    let mut shapes = Shapes::default();
    for op in operations(&columns, &facts, &others) {
        shapes.take(&op?)?;
    }
    if shapes.open.is_some() {
        return Err(Refused::Form("a mark is not followed by its end"));
    }
    Ok(Examined { facts, others, has_marks: shapes.has_marks, columns })
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
        data(self.columns, spec)
    }
}

fn data<'a>(columns: &[Column<'a>], spec: u64) -> &'a [u8] {
    columns.iter().find(|column| column.spec == spec).map_or(&[], |column| column.data)
}

/// Row by row; a column that is absent is all `Null`.
fn cells<'a>(columns: &[Column<'a>], spec: u64, kind: Kind) -> impl Iterator<Item = Cell<'a>> + use<'a> {
    Runs::new(kind, data(columns, spec)).rows().chain(std::iter::repeat(Cell::Null))
}

/// A column of names in two halves: whose, and which number.
fn names<'a>(
    whose: impl Iterator<Item = Cell<'a>>,
    numbers: impl Iterator<Item = Cell<'a>>,
    actor: ActorId,
    others: Vec<ActorId>,
) -> impl Iterator<Item = Result<Half, Refused>> {
    let mut so_far = 0i64;
    let numbers = numbers.map(move |cell| match cell {
        Cell::Difference(more) => {
            so_far = so_far.checked_add(more).ok_or(Refused::Form("a number is out of bounds"))?;
            u64::try_from(so_far).map(Some).map_err(|_| Refused::Form("a number is out of bounds"))
        }
        cell => Ok(number(Some(cell))),
    });
    whose.zip(numbers).map(move |(index, counter)| match (number(Some(index)), counter?) {
        (None, None) => Ok(Half::Nothing),
        (None, Some(0)) => Ok(Half::Head),
        (Some(index), Some(counter)) if counter > 0 => {
            let actor = actor_at(index, &actor, &others);
            Ok(Half::Name((counter, actor.ok_or(Refused::Form("it speaks of an actor that it does not name"))?)))
        }
        _ => Err(Refused::Form("it speaks of something by half a name")),
    })
}

/// What stands where a name may be.
enum Half {
    Nothing,
    Head,
    Name(Name),
}

/// The operations in these columns, which were counted.
fn operations<'a>(
    columns: &[Column<'a>],
    facts: &ChangeFacts,
    others: &[ActorId],
) -> impl Iterator<Item = Result<Operation<'a>, Refused>> + use<'a> {
    let named = |whose, number, kind| {
        names(cells(columns, whose, Kind::Actor), cells(columns, number, kind), facts.actor, others.to_vec())
    };
    let mut objects = named(spec::OBJECT_ACTOR, spec::OBJECT_COUNTER, Kind::Integer);
    let mut elements = named(spec::KEY_ACTOR, spec::KEY_COUNTER, Kind::Delta);
    let mut predecessors = named(spec::PREDECESSOR_ACTOR, spec::PREDECESSOR_COUNTER, Kind::Delta);
    let mut keys = cells(columns, spec::KEY_STRING, Kind::String);
    let mut inserts = cells(columns, spec::INSERT, Kind::Boolean);
    let mut actions = cells(columns, spec::ACTION, Kind::Integer);
    let mut values = cells(columns, spec::VALUE_METADATA, Kind::ValueMetadata);
    let mut counts = cells(columns, spec::PREDECESSORS, Kind::Group);
    let mut expands = cells(columns, spec::EXPAND, Kind::Boolean);
    let mut mark_names = cells(columns, spec::MARK_NAME, Kind::String);
    (facts.start_op..=facts.max_op()).map(move |counter| {
        let half = Refused::Form("it speaks of something by half a name");
        let within = match objects.next().transpose()? {
            Some(Half::Name(name)) => Some(name),
            Some(Half::Nothing) => None,
            _ => return Err(half),
        };
        let place = match (keys.next(), elements.next().transpose()?) {
            (Some(Cell::Text(name)), Some(Half::Nothing)) => Place::Name(name),
            (Some(Cell::Null), Some(Half::Head)) => Place::Head,
            (Some(Cell::Null), Some(Half::Name(name))) => Place::Element(name),
            _ => return Err(Refused::Form("an operation does not say where")),
        };
        let count = usize::try_from(number(counts.next()).unwrap_or(0)).unwrap_or(usize::MAX);
        let mut before: Vec<Name> = Vec::new();
        for _ in 0..count {
            match predecessors.next().transpose()? {
                Some(Half::Name(name)) if before.last().is_none_or(|last| *last < name) => before.push(name),
                _ => return Err(Refused::Form("what it takes the place of is not in order")),
            }
        }
        Ok(Operation {
            counter,
            within,
            place,
            action: number(actions.next()).ok_or(Refused::Form("an operation has no kind"))?,
            inserted: number(inserts.next()) == Some(1),
            predecessors: before,
            value: number(values.next()).unwrap_or(0),
            expands: number(expands.next()) == Some(1),
            named: matches!(mark_names.next(), Some(Cell::Text(_))),
        })
    })
}

/// One operation, as it says.
pub(crate) struct Operation<'a> {
    pub(crate) counter: u64,
    pub(crate) within: ObjectName,
    pub(crate) place: Place<'a>,
    pub(crate) action: u64,
    pub(crate) inserted: bool,
    /// What it takes the place of, sorted.
    pub(crate) predecessors: Vec<Name>,
    /// Four bits of type, then the length.
    value: u64,
    expands: bool,
    named: bool,
}

/// Where in its object an operation does something.
pub(crate) enum Place<'a> {
    /// In a map, under this name.
    Name(&'a [u8]),
    /// In a sequence, before everything.
    Head,
    /// In a sequence, at this element, or right behind it.
    Element(Name),
}

impl Operation<'_> {
    /// Whether it may be done in a text: there, only characters and maps (block markers) are inserted, and nothing is
    /// put over what is there.
    pub(crate) fn is_like_text(&self) -> bool {
        let text_value = self.value & 0xf == 6 && self.value >> 4 > 0;
        match (self.inserted, self.action) {
            (true, PUT) => text_value,
            (true, action) => matches!(action, MAKE_MAP | MARK),
            (false, action) => action == DELETE,
        }
    }
}

/// Each operation has the shape that its kind has, and nothing that belongs to another.
#[derive(Default)]
struct Shapes {
    has_marks: bool,
    /// The object of a mark that has begun.
    open: Option<ObjectName>,
}

impl Shapes {
    fn take(&mut self, op: &Operation<'_>) -> Result<(), Refused> {
        if op.action == MARK {
            return self.mark(op);
        }
        if self.open.is_some() {
            return Err(Refused::Form("a mark is not followed by its end"));
        }
        let bare = MAKES.contains(&op.action) || op.action == DELETE;
        let cannot_insert = matches!(op.action, DELETE | INCREMENT) || matches!(op.place, Place::Name(_));
        let nowhere = !op.inserted && matches!(op.place, Place::Head);
        if op.named || op.expands || nowhere || (bare && op.value != 0) || (op.inserted && cannot_insert) {
            return Err(Refused::Form("an operation says more than its kind can"));
        }
        Ok(())
    }

    /// A mark is two operations, one right after the other in one object: its beginning has a name, its end has none.
    fn mark(&mut self, op: &Operation<'_>) -> Result<(), Refused> {
        let shape = match &self.open {
            None => op.named,
            Some(begun) => !op.named && op.value == 0 && *begun == op.within,
        };
        if !shape || !op.inserted || op.within.is_none() {
            return Err(Refused::Form("a mark is not followed by its end"));
        }
        self.open = if op.named { Some(op.within) } else { None };
        self.has_marks = true;
        Ok(())
    }
}

fn number(cell: Option<Cell<'_>>) -> Option<u64> {
    match cell {
        Some(Cell::Number(number)) => Some(number),
        _ => None,
    }
}

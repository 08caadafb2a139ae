//! Column data: run lengths summed, never unfolded.

use super::reader::Reader;
use crate::Refused;
use hedgerow_model::mutant;

/// How a column is encoded; the low three bits of its specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Group,
    Actor,
    Integer,
    Delta,
    Boolean,
    String,
    ValueMetadata,
    Value,
}

/// One column of a chunk, as it lies there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column<'a> {
    pub(crate) spec: u64,
    pub(crate) data: &'a [u8],
}

/// What the columns of one chunk may unfold into.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    /// Rows, for each column.
    pub(crate) rows: u64,
    /// Bytes of strings, for all columns together, repeated as often as their runs say.
    pub(crate) strings: u64,
    /// What `rows` was, for the message.
    pub(crate) most: u64,
}

impl Kind {
    /// `None` when the column is said to be deflated: no chunk that travels may hold one.
    pub(crate) fn of(spec: u64) -> Option<Kind> {
        if spec & 0b1000 != 0 {
            return None;
        }
        Some(match spec & 0b111 {
            0 => Kind::Group,
            1 => Kind::Actor,
            2 => Kind::Integer,
            3 => Kind::Delta,
            4 => Kind::Boolean,
            5 => Kind::String,
            6 => Kind::ValueMetadata,
            _ => Kind::Value,
        })
    }
}

/// The column descriptions at `reader`, and then, once the caller has read on to where the data begins, their data.
pub(crate) fn describe(reader: &mut Reader<'_>, most: u64) -> Result<Vec<(u64, u64)>, Refused> {
    let count = reader.unsigned()?;
    if count > most {
        return Err(Refused::Form("it has too many columns"));
    }
    let mut described: Vec<(u64, u64)> = Vec::new();
    for _ in 0..count {
        let (spec, length) = (reader.unsigned()?, reader.unsigned()?);
        if Kind::of(spec).is_none() {
            return Err(Refused::Form("a column is deflated"));
        }
        if described.last().is_some_and(|(before, _)| *before >= spec) {
            return Err(Refused::Form("its columns are not in order"));
        }
        described.push((spec, length));
    }
    Ok(described)
}

/// The data of the columns that were described.
pub(crate) fn columns<'a>(reader: &mut Reader<'a>, described: Vec<(u64, u64)>) -> Result<Vec<Column<'a>>, Refused> {
    described.into_iter().map(|(spec, length)| Ok(Column { spec, data: reader.take(length)? })).collect()
}

/// The columns of a document chunk: those of its changes, then those of its operations, then the data of all.
pub(crate) fn described_columns<'a>(reader: &mut Reader<'a>) -> Result<Vec<Column<'a>>, Refused> {
    let mut described = describe(reader, 64)?;
    described.extend(describe(reader, 64)?);
    columns(reader, described)
}

/// What is in a column, by counting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    /// How many rows.
    pub(crate) rows: u64,
    /// The sum of the numbers in it (saturating): for a group, the rows of the columns grouped; for value metadata, the
    /// bytes of the values.
    pub(crate) sum: u64,
    /// The greatest number in it.
    pub(crate) greatest: u64,
}

/// Reads a whole column run by run, within `budget`.
pub(crate) fn count_rows(kind: Kind, data: &[u8], budget: &mut Budget) -> Result<Counted, Refused> {
    let mut counted = Counted::default();
    if kind == Kind::Value {
        return Ok(counted);
    }
    let mut runs = Runs::new(kind, data);
    while let Some(run) = runs.next_run()? {
        counted.rows = counted
            .rows
            .checked_add(run.count)
            .filter(|rows| *rows <= budget.rows || mutant("count-no-operations"))
            .ok_or(Refused::TooManyOps { most: budget.most })?;
        match run.value {
            Cell::Number(number) => {
                let each = if kind == Kind::ValueMetadata { number >> 4 } else { number };
                counted.sum = counted.sum.saturating_add(each.saturating_mul(run.count));
                counted.greatest = counted.greatest.max(number);
            }
            Cell::Text(text) => {
                let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
                budget.strings = budget
                    .strings
                    .checked_sub(length.saturating_mul(run.count))
                    .ok_or(Refused::TooManyOps { most: budget.most })?;
            }
            Cell::Null | Cell::Difference(_) => {}
        }
    }
    Ok(counted)
}

/// One value of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cell<'a> {
    Null,
    Number(u64),
    /// From the number before it in the column.
    Difference(i64),
    Text(&'a [u8]),
}

/// The same value, `count` times over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run<'a> {
    count: u64,
    value: Cell<'a>,
}

/// The runs of a column; a literal run comes as one run for each of its values.
pub(crate) struct Runs<'a> {
    kind: Kind,
    reader: Reader<'a>,
    literal: u64,
    truth: bool,
    begun: bool,
}

impl<'a> Runs<'a> {
    pub(crate) fn new(kind: Kind, data: &'a [u8]) -> Runs<'a> {
        Runs { kind, reader: Reader::new(data), literal: 0, truth: true, begun: false }
    }

    fn next_run(&mut self) -> Result<Option<Run<'a>>, Refused> {
        if self.kind == Kind::Boolean {
            return self.next_truths();
        }
        if self.literal > 0 {
            self.literal -= 1;
            return Ok(Some(Run { count: 1, value: self.cell()? }));
        }
        if self.reader.is_done() {
            return Ok(None);
        }
        let count = self.reader.signed()?;
        Ok(Some(match count {
            0 => {
                let count = self.reader.unsigned()?;
                if count == 0 {
                    return Err(Refused::Form("a run is empty"));
                }
                Run { count, value: Cell::Null }
            }
            1.. => Run { count: count.unsigned_abs(), value: self.cell()? },
            _ => {
                self.literal = count.unsigned_abs() - 1;
                Run { count: 1, value: self.cell()? }
            }
        }))
    }

    /// Runs of no and yes by turns, beginning with no; only the first may be empty.
    fn next_truths(&mut self) -> Result<Option<Run<'a>>, Refused> {
        loop {
            if self.reader.is_done() {
                return Ok(None);
            }
            self.truth = !self.truth;
            let count = self.reader.unsigned()?;
            if count == 0 && self.begun {
                return Err(Refused::Form("a run is empty"));
            }
            self.begun = true;
            if count > 0 {
                return Ok(Some(Run { count, value: Cell::Number(u64::from(self.truth)) }));
            }
        }
    }

    fn cell(&mut self) -> Result<Cell<'a>, Refused> {
        Ok(match self.kind {
            Kind::Delta => Cell::Difference(self.reader.signed()?),
            Kind::String => {
                let length = self.reader.unsigned()?;
                Cell::Text(self.reader.take(length)?)
            }
            _ => Cell::Number(self.reader.unsigned()?),
        })
    }

    /// Row by row. Only for a column that [`count_rows`] has been through: what cannot be read ends it.
    pub(crate) fn rows(mut self) -> impl Iterator<Item = Cell<'a>> {
        let runs = std::iter::from_fn(move || self.next_run().ok().flatten());
        runs.flat_map(|run| (0..run.count).map(move |_| run.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(kind: Kind, data: &[u8]) -> Result<Counted, Refused> {
        count_rows(kind, data, &mut Budget { rows: 1000, strings: 100, most: 1000 })
    }

    #[test]
    fn runs_literals_and_nulls_are_counted() {
        // three sevens, then 1 and 2, then five nothings
        let data = [3, 7, 0x7e, 1, 2, 0, 5];
        assert_eq!(counted(Kind::Integer, &data), Ok(Counted { rows: 10, sum: 24, greatest: 7 }));
        assert_eq!(counted(Kind::Boolean, &[0, 2, 3]), Ok(Counted { rows: 5, sum: 2, greatest: 1 }));
    }

    #[test]
    fn a_few_bytes_that_say_millions_are_refused_by_counting() {
        let ten_million = [0x80, 0xad, 0xe2, 0x04, 7];
        assert_eq!(counted(Kind::Integer, &ten_million), Err(Refused::TooManyOps { most: 1000 }));
        let ninety_nine_elevens = [0xe3, 0x00, 2, b'a', b'b'];
        assert!(counted(Kind::String, &ninety_nine_elevens).is_err(), "198 bytes where 100 are allowed");
    }

    #[test]
    fn rows_come_one_by_one() {
        let rows: Vec<Cell<'_>> = Runs::new(Kind::Boolean, &[1, 2]).rows().collect();
        assert_eq!(rows, [Cell::Number(0), Cell::Number(1), Cell::Number(1)]);
    }
}

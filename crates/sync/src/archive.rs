//! What is read from and written to the device: rows on named shelves.

/// A kind of row. The README gives each one's key and value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shelf {
    /// One row a notebook.
    Notebook,
    /// A record's bytes.
    Record,
    /// Where a record stands, without its bytes.
    Placed,
    /// Which stream a tag names, and its summary.
    Stream,
    /// The keys of a notebook's epochs.
    Keys,
    /// Records that a checkpoint stands for.
    Replaced,
    /// Records that will never be admitted, and why.
    Refused,
    /// The list of a file's pieces.
    Attachment,
    /// A piece of a file, sealed.
    Piece,
    /// Pieces of files that are being attached.
    Draft,
    /// What this device keeps for itself.
    Own,
}

impl Shelf {
    /// Every shelf.
    pub const ALL: [Shelf; 11] = [
        Shelf::Notebook,
        Shelf::Record,
        Shelf::Placed,
        Shelf::Stream,
        Shelf::Keys,
        Shelf::Replaced,
        Shelf::Refused,
        Shelf::Attachment,
        Shelf::Piece,
        Shelf::Draft,
        Shelf::Own,
    ];

    /// Its name on the device.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Shelf::Notebook => "notebook",
            Shelf::Record => "record",
            Shelf::Placed => "placed",
            Shelf::Stream => "stream",
            Shelf::Keys => "keys",
            Shelf::Replaced => "replaced",
            Shelf::Refused => "refused",
            Shelf::Attachment => "attachment",
            Shelf::Piece => "piece",
            Shelf::Draft => "draft",
            Shelf::Own => "own",
        }
    }
}

/// The device could not give a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{say}")]
pub struct ArchiveFault {
    /// What is wrong, in words.
    pub say: String,
    /// Whether this row is damaged, and others are not concerned; else it may be read another time.
    pub is_damage: bool,
}

/// What the replica reads with. It sees exactly the batches that were reported saved, in order.
pub trait Archive {
    /// One row, or `None`.
    ///
    /// # Errors
    /// When the row is there and cannot be read, or the device refuses.
    fn get(&self, shelf: Shelf, key: &[u8]) -> Result<Option<Vec<u8>>, ArchiveFault>;

    /// All rows whose key begins with `prefix`, in order of their keys.
    ///
    /// # Errors
    /// When the device refuses.
    fn scan(&self, shelf: Shelf, prefix: &[u8]) -> Result<Vec<Row>, ArchiveFault>;

    /// The keys that begin with `prefix`, in order, also of rows that cannot be read.
    ///
    /// # Errors
    /// When the device refuses.
    fn keys(&self, shelf: Shelf, prefix: &[u8]) -> Result<Vec<Vec<u8>>, ArchiveFault>;
}

/// A key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

/// Rows to write, all or none of them. A later line on the same key wins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// Puts (`Some`) and deletes (`None`), in order.
    pub rows: Vec<(Shelf, Vec<u8>, Option<Vec<u8>>)>,
}

impl Batch {
    /// Writes a row.
    pub fn put(&mut self, shelf: Shelf, key: Vec<u8>, value: Vec<u8>) {
        self.rows.push((shelf, key, Some(value)));
    }

    /// Takes a row away.
    pub fn delete(&mut self, shelf: Shelf, key: Vec<u8>) {
        self.rows.push((shelf, key, None));
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Bytes one after the other: the only way keys are made.
pub(crate) fn key(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

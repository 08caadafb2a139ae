//! Reading everything that is kept, and saying what does not read.

use crate::archive::Archive;
use crate::event::Refusal;
use crate::notebook::{Notebook, Placed};
use crate::replica::Replica;
use crate::rows::Kind;
use hedgerow_model::{NotebookId, RecordId};

/// What a check of every record found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// How many records there are.
    pub records: usize,
    /// What is wrong.
    pub unsound: Vec<Unsound>,
}

/// One thing that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsound {
    /// In which notebook.
    pub notebook: NotebookId,
    /// Which record; none when it is the notebook itself.
    pub record: Option<RecordId>,
    /// What is wrong, in words that name it.
    pub why: String,
}

impl Replica {
    /// Reads and checks every record, those among them that left their sets because they could not be read.
    ///
    /// # Errors
    /// When the device cannot be read at all.
    pub fn check(&self, archive: &dyn Archive) -> Result<Checked, Refusal> {
        let mut checked = Checked::default();
        for (id, why) in &self.unreadable {
            checked.unsound.push(Unsound { notebook: *id, record: None, why: why.clone() });
        }
        for (id, notebook) in &self.notebooks {
            for (record, placed) in notebook.records.iter().chain(&notebook.lost) {
                checked.records += 1;
                if let Some(what) = wrong_with(notebook, archive, record, placed)? {
                    let why = format!("record {record} ({}) {what}", placed.kind.word());
                    checked.unsound.push(Unsound { notebook: *id, record: Some(*record), why });
                }
            }
        }
        Ok(checked)
    }
}

/// What is wrong with a record, if anything is. A device that does not read is no damage.
fn wrong_with(
    notebook: &Notebook,
    archive: &dyn Archive,
    id: &RecordId,
    placed: &Placed,
) -> Result<Option<String>, Refusal> {
    let sealed = match notebook.read(archive, id) {
        Err(fault) if fault.is_damage => return Ok(Some(format!("cannot be read: {fault}"))),
        Err(fault) => return Err(Refusal::Device(fault.to_string())),
        Ok(None) => return Ok(Some("is missing".to_owned())),
        Ok(Some(sealed)) => sealed,
    };
    if placed.kind == Kind::Key {
        return Ok(None);
    }
    Ok(match notebook.epochs.key(&sealed.epoch()) {
        None => Some("is sealed under a key that is not here".to_owned()),
        Some(key) => sealed.admit(key, &notebook.id).err().map(|refusal| refusal.to_string()),
    })
}

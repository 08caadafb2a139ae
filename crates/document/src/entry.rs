//! Writing values into a map: nothing is written that is there already.

use crate::body::edits;
use automerge::transaction::{Transactable, Transaction};
use automerge::{AutomergeError, ObjId, ObjType, ReadDoc, ScalarValue, Value};
use hedgerow_model::mutant;

/// What people type: `\r\n` is one line break, other control characters are left out.
pub(crate) fn typed(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// Puts text, or takes it away, unless it says so already.
pub(crate) fn put_text(
    tx: &mut Transaction<'_>,
    object: &ObjId,
    key: &str,
    text: Option<&str>,
) -> Result<(), AutomergeError> {
    let there = tx.get_all(object, key)?;
    match text {
        Some(text) if !matches!(&there[..], [(value, _)] if value.as_str() == Some(text)) => tx.put(object, key, text),
        None if !there.is_empty() => tx.delete(object, key),
        _ => Ok(()),
    }
}

/// Puts yes or no, unless it says so already; nothing there is no.
pub(crate) fn put_truth(
    tx: &mut Transaction<'_>,
    object: &ObjId,
    key: &str,
    truth: bool,
) -> Result<(), AutomergeError> {
    let there = tx.get(object, key)?;
    let is = matches!(there, Some((Value::Scalar(value), _)) if *value == ScalarValue::Boolean(true));
    if is == truth { Ok(()) } else { tx.put(object, key, truth) }
}

/// Makes a text object, in which two who write at once both keep their words.
pub(crate) fn begin_text(
    tx: &mut Transaction<'_>,
    object: &ObjId,
    key: &str,
    text: &str,
) -> Result<(), AutomergeError> {
    let made = tx.put_object(object, key, ObjType::Text)?;
    if text.is_empty() { Ok(()) } else { tx.splice_text(&made, 0, 0, text) }
}

/// Makes an entry say this. Where it is a text object only the words that differ are touched, and one that is to say
/// nothing is emptied and stays; anything else is put, or taken away.
pub(crate) fn amend_text(
    tx: &mut Transaction<'_>,
    object: &ObjId,
    key: &str,
    text: Option<&str>,
) -> Result<(), AutomergeError> {
    let Some((Value::Object(ObjType::Text), there)) = tx.get(object, key)? else {
        return put_text(tx, object, key, text);
    };
    let old = tx.text(&there)?;
    if mutant("replace-why-whole") {
        let all = isize::try_from(old.chars().count()).unwrap_or(isize::MAX);
        return if Some(old.as_str()) == text {
            Ok(())
        } else {
            tx.splice_text(&there, 0, all, text.unwrap_or_default())
        };
    }
    for edit in edits(&old, text.unwrap_or_default()).into_iter().rev() {
        let delete = isize::try_from(edit.delete).unwrap_or(isize::MAX);
        tx.splice_text(&there, edit.at, delete, &edit.insert)?;
    }
    Ok(())
}

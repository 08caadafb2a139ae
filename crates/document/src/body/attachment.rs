//! A file that stands on a page, in its block's marker and in Markdown.

use automerge::ScalarValue;
use automerge::hydrate::{Map, Value};
use hedgerow_model::{Attachment, AttachmentId, FileName, MediaType};

/// What the kind of block is called.
pub(crate) const NAME: &str = "attachment";

/// What a fenced block that stands for a file is said to be written in.
pub(crate) const FENCE: &str = "attachment";

/// What code is said to be written in that reads like such a block and is none.
pub(crate) const AS_TEXT: &str = "attachment, as text";

/// The entries of a marker that say which file it is.
pub(crate) const ATTRIBUTES: [&str; 4] = ["attachment", "name", "media_type", "size"];

/// What a marker says of the file.
pub(crate) fn attributes(file: &Attachment) -> Vec<(&'static str, ScalarValue)> {
    let [id, name, media_type, size] = ATTRIBUTES;
    vec![
        (id, ScalarValue::from(file.id.to_string())),
        (name, ScalarValue::from(file.name.as_str())),
        (media_type, ScalarValue::from(file.media_type.as_str())),
        (size, ScalarValue::Int(i64::try_from(file.size).unwrap_or(i64::MAX))),
    ]
}

/// The file that a marker names; `None` when it names none. Name and kind are brought to what they may be: they come from
/// another person's device.
pub(crate) fn of(attributes: &Map) -> Option<Attachment> {
    let [id, name, media_type, size] = ATTRIBUTES;
    let text = |key: &str| match attributes.get(key) {
        Some(Value::Scalar(ScalarValue::Str(text))) => Some(text.to_string()),
        Some(Value::Text(text)) => Some(text.to_string()),
        _ => None,
    };
    let size = match attributes.get(size) {
        Some(Value::Scalar(ScalarValue::Int(size))) => u64::try_from(*size).ok(),
        Some(Value::Scalar(ScalarValue::Uint(size))) => Some(*size),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates")]
        Some(Value::Scalar(ScalarValue::F64(size))) => Some(*size as u64),
        _ => None,
    };
    Some(Attachment {
        id: AttachmentId::parse(&text(id)?).ok()?,
        name: FileName::nearest(&text(name).unwrap_or_default()),
        media_type: MediaType::nearest(&text(media_type).unwrap_or_default()),
        size: size?.min(Attachment::MOST),
    })
}

/// The file as the lines of a fenced block: its name, kind, length and id, and what is said of it.
pub(crate) fn written(file: &Attachment, text: &str) -> String {
    format!("{}\n{}\n{} bytes\n{}\n{text}", file.name, file.media_type, file.size, file.id)
}

/// Reads [`written`]; `None` when it is anything else.
pub(crate) fn read(text: &str) -> Option<(Attachment, String)> {
    let mut lines = text.splitn(5, '\n');
    let mut next = || lines.next();
    let (name, media_type, size, id, said) = (next()?, next()?, next()?, next()?, next().unwrap_or_default());
    let file = Attachment {
        id: AttachmentId::parse(id).ok()?,
        name: FileName::try_from(name.to_owned()).ok()?,
        media_type: MediaType::try_from(media_type.to_owned()).ok()?,
        size: size.strip_suffix(" bytes")?.parse().ok().filter(|size| *size <= Attachment::MOST)?,
    };
    Some((file, said.to_owned()))
}

/// Line breaks read as spaces, one for one, so that places in it stay where they are.
pub(crate) fn one_line(text: &str) -> String {
    text.replace('\n', " ")
}

//! Who is on a page, and where: told to whoever is connected while it is so, and kept by nobody.

use crate::event::{Effect, Notice, Refusal};
use crate::message::Message;
use crate::replica::Replica;
use hedgerow_model::{DeviceId, Moment, NotebookId, PageId};
use serde::{Deserialize, Serialize};

/// The most that is passed on of what one device says of where it is, in a second; an editor says less.
const PASSED_ON: u32 = 20;

/// Where somebody is on a page: where their selection began, and where its moving end is. The same twice where nothing is
/// selected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caret {
    /// Where the selection began.
    pub anchor: Place,
    /// Where it is drawn out to.
    pub head: Place,
}

/// A place in a page's body that moves with what stands there: an Automerge cursor as text, at most [`Place::MOST`] bytes.
/// Whoever draws it finds out whether it leads anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Place(String);

impl Place {
    /// The most bytes.
    pub const MOST: usize = 128;

    /// A place, if it can be one by its form: letters, digits, `@` and `-`.
    #[must_use]
    pub fn new(cursor: &str) -> Option<Place> {
        let fits = !cursor.is_empty() && cursor.len() <= Self::MOST;
        let is_written_so = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'-');
        (fits && cursor.bytes().all(is_written_so)).then(|| Place(cursor.to_owned()))
    }

    /// The cursor.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Place {
    type Error = &'static str;

    fn try_from(cursor: String) -> Result<Place, &'static str> {
        Place::new(&cursor).ok_or("it is no place in a page")
    }
}

/// How much a device has said of where it is, in the second that began then.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Chatter {
    since: Moment,
    said: u32,
}

impl Chatter {
    /// Whether one more is passed on.
    fn allows(&mut self, now: Moment) -> bool {
        if now.since(self.since) >= 1_000 {
            *self = Chatter { since: now, said: 0 };
        }
        self.said = self.said.saturating_add(1);
        self.said <= PASSED_ON
    }
}

impl Replica {
    /// Tells the connected devices of members where this person is on a page, or that they have left it.
    pub(crate) fn be_present(
        &mut self,
        notebook: &NotebookId,
        page: &PageId,
        caret: Option<Caret>,
    ) -> Result<(), Refusal> {
        self.known_page(notebook, page)?;
        let held = self.notebook(notebook)?;
        let members: Vec<DeviceId> = self.sessions.keys().filter(|peer| held.shares_with(peer)).copied().collect();
        let message = Message::Present(*notebook, *page, caret);
        for peer in members {
            self.tell(peer, &message);
        }
        Ok(())
    }

    /// Somebody says where they are. It is passed on if they are a member with us, and the page is here.
    pub(crate) fn hear_present(
        &mut self,
        now: Moment,
        from: DeviceId,
        notebook: NotebookId,
        page: PageId,
        caret: Option<Caret>,
    ) {
        let shared = self.notebooks.get(&notebook).is_some_and(|held| held.shares_with(&from));
        if !shared || self.known_page(&notebook, &page).is_err() {
            return;
        }
        let Some(session) = self.sessions.get_mut(&from) else { return };
        if session.chatter.allows(now) {
            self.effects.push(Effect::Notice(Notice::Present { notebook, page, device: from, caret }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_cursor_by_its_form() {
        let cursor = format!("-1234@{}", "0a".repeat(40));
        assert_eq!(Place::new(&cursor).map(|place| place.as_str().to_owned()), Some(cursor));
        for wrong in ["", "12 34@aa", "1234@\u{e9}", "\u{202e}1234@aa", &"1".repeat(Place::MOST + 1)] {
            assert_eq!(Place::new(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn whoever_says_where_they_are_without_end_is_passed_on_within_a_bound() {
        let (mut chatter, begun) = (Chatter::default(), Moment::from_millis(1_800_000_000_000));
        let passed = |chatter: &mut Chatter, at: Moment| (0..1_000).filter(|_| chatter.allows(at)).count();
        assert_eq!(passed(&mut chatter, begun), PASSED_ON as usize);
        assert_eq!(passed(&mut chatter, begun.plus_millis(999)), 0);
        assert_eq!(passed(&mut chatter, begun.plus_millis(1_000)), PASSED_ON as usize, "in the next second");
    }
}

//! Row 2: a keystroke that comes from another device: opened, judged, applied and ready to be shown.

use crate::Run;
use crate::stage::device::{connect, talk};
use crate::stage::pages::{Grown, body_of, change, grow};
use crate::stage::timing::took;
use automerge::{Automerge, ReadDoc};
use hedgerow_benches::{Figure, Goal, Unit};
use hedgerow_document::{Edit, PageEdit};
use hedgerow_sync::{Command, Event};

/// Keystrokes that come together where somebody types faster than frames are drawn, or a connection stalled.
const BURST: usize = 30;
/// The kind of message that carries records.
const RECORDS: u8 = 7;

pub(crate) fn measure(run: &Run) -> Vec<Figure> {
    let sizes = [run.size(10_000, 1_000), run.size(100_000, 10_000)];
    sizes.into_iter().flat_map(|size| at(size, run)).collect()
}

fn at(size: usize, run: &Run) -> Vec<Figure> {
    let mut page = Remote::begin(size);
    let (runs, bursts) = (run.size(40, 15), run.size(10, 4));
    let singles: Vec<(f64, f64)> = (0..runs).map(|turn| page.comes(1, turn % 2 == 0)).collect();
    let together: Vec<(f64, f64)> = (0..bursts).map(|turn| page.comes(BURST, turn % 2 == 0)).collect();
    let (ours, bare) = singles.into_iter().unzip();
    let (ours_together, bare_together) = together.into_iter().unzip();
    vec![
        Figure::new(format!("keystroke into a page of {size} operations"), Unit::Nanoseconds, ours)
            .against("bare automerge: apply_changes", bare)
            .goal(Goal::AtMost(1.2)),
        Figure::new(format!("{BURST} at once into a page of {size} operations"), Unit::Nanoseconds, ours_together)
            .against("bare automerge: apply_changes of all", bare_together)
            .goal(Goal::AtMost(1.2)),
    ]
}

/// A page that Ada types in and Bo reads, and the same without Hedgerow.
struct Remote {
    page: Grown,
    bare: Automerge,
    at: usize,
}

impl Remote {
    fn begin(size: usize) -> Remote {
        let mut page = grow(size);
        let bare = page.mirror.bare();
        let at = page.ada.body(&page.notebook, &page.page).chars().count() / 2;
        // He has the page open.
        page.bo.body(&page.notebook, &page.page);
        connect(&mut page.ada, &mut page.bo);
        let mut remote = Remote { page, bare, at };
        remote.comes(1, true);
        remote
    }

    /// Ada types `keys` keystrokes, which are saved together: how long Bo takes over what she sends, and how long Automerge
    /// takes.
    fn comes(&mut self, keys: usize, ours_first: bool) -> (f64, f64) {
        let mut changes = Vec::with_capacity(keys);
        for _ in 0..keys {
            let edit = PageEdit::Splice { at: self.at, delete: 0, insert: "a".to_owned() };
            self.at += 1;
            self.page.ada.now = self.page.ada.now.plus_millis(30);
            self.page.ada.ask(Command::EditPage(self.page.notebook, self.page.page, edit.clone()));
            changes.push(change(self.page.mirror.edit(Edit::Page(edit))));
        }
        self.page.ada.save();
        let bare = &mut self.bare;
        let apply = || took(|| bare.apply_changes(changes).expect("they apply")).0;
        let (ours, theirs) = if ours_first {
            let ours = hear(&mut self.page);
            (ours, apply())
        } else {
            let theirs = apply();
            (hear(&mut self.page), theirs)
        };
        let shown = self.page.bo.body(&self.page.notebook, &self.page.page);
        let text = self.bare.text(body_of(&self.bare)).expect("a text");
        assert_eq!(shown.matches('a').count(), text.matches('a').count(), "both show the same");
        (ours, theirs)
    }
}

/// Lets Bo hear all that Ada has to say; how long what carries records takes him, but for his disk.
fn hear(page: &mut Grown) -> f64 {
    let (ada, bo) = (page.ada.id(), page.bo.id());
    let mut time = 0.0;
    for (_, message) in std::mem::take(&mut page.ada.outbox).into_iter().filter(|(to, _)| *to == bo) {
        let is_timed = message.get(1) == Some(&RECORDS);
        let (mut whole, ()) = took(|| page.bo.tell(Event::Received(ada, message)));
        while let Some(saved) = page.bo.save_some() {
            whole += took(|| page.bo.tell(Event::Saved(saved))).0;
        }
        time += if is_timed { whole } else { 0.0 };
    }
    assert!(time > 0.0, "the keystroke came");
    talk(&mut page.ada, &mut page.bo, |ada, bo| ada.outbox.is_empty() && bo.outbox.is_empty());
    time
}

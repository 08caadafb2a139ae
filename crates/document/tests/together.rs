//! Ada, Bo and Cy write apart and meet in any order: they agree, and no word is lost that nobody took away.

mod bodies;
mod people;

use bodies::any_body;
use hedgerow_document::markdown;
use hedgerow_document::{Block, BlockKind, Document, Mark, MarkKind, PageEdit, canonical, normal, page};
use hedgerow_model::{ActorId, FieldName};
use people::{Person, ada_and_bo, begin, person, splice, title};
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use std::collections::BTreeSet;

/// One run: three people, the changes still on their way to each, and what was written and taken away.
struct Run {
    rng: ChaCha8Rng,
    people: Vec<Person>,
    on_the_way: Vec<Vec<Vec<u8>>>,
    written: BTreeSet<String>,
    taken_away: BTreeSet<String>,
}

impl Run {
    fn new(seed: u64) -> Run {
        let mut people = vec![person(1), person(2), person(3)];
        people[0].edit(begin("Flood rota", &["Night cover is thin.", "Ring the duty officer first."]));
        for other in 1..3 {
            let ada = people[0].clone();
            people[other].hear(&ada);
        }
        let on_the_way = vec![Vec::new(); 3];
        let rng = ChaCha8Rng::seed_from_u64(seed);
        Run { rng, people, on_the_way, written: BTreeSet::new(), taken_away: BTreeSet::new() }
    }

    fn below(&mut self, most: usize) -> usize {
        self.rng.next_u32() as usize % most.max(1)
    }

    fn act(&mut self) {
        let who = self.below(3);
        match self.below(3) {
            0 => self.deliver(who),
            _ => self.write(who),
        }
    }

    fn write(&mut self, who: usize) {
        // A word like no other, with spaces around it wherever it is put into text.
        let word = format!("{:016x}", (self.written.len() as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let edit = self.draw(who, &word);
        let before = self.people[who].text();
        let Some(change) = self.people[who].edit(edit) else { return };
        let after = self.people[who].text();
        if after.contains(&word) {
            self.written.insert(word);
        }
        let gone = self.written.iter().filter(|word| before.contains(word.as_str()) && !after.contains(word.as_str()));
        self.taken_away.extend(gone.cloned().collect::<Vec<_>>());
        for other in (0..3).filter(|other| *other != who) {
            self.on_the_way[other].push(change.bytes.clone());
        }
    }

    fn draw(&mut self, who: usize, word: &str) -> PageEdit {
        let length = page::body_length(&self.people[who].document);
        let at = self.below(length + 1);
        match self.below(12) {
            0..=3 => splice(at, 0, &format!(" {word} ")),
            4 => splice(at, 0, &format!(" {word}\n")),
            5 => splice(at, self.below(8).min(length - at), &format!(" {word} ")),
            6 => PageEdit::Append(vec![Block { kind: BlockKind::Bullet, ..Block::paragraph(word) }]),
            7 => PageEdit::Rename(title(word)),
            8 => PageEdit::SetField { name: FieldName::parse("area").expect("a name"), text: Some(word.to_owned()) },
            9 => {
                let changes = self.people[who].document.changes();
                let version = changes[self.below(changes.len())].hash;
                PageEdit::Restore(vec![version])
            }
            _ => PageEdit::Replace(self.rework(who, word)),
        }
    }

    /// The page as somebody saves it again from an editor: a word more, a block less, another kind, another mark.
    fn rework(&mut self, who: usize, word: &str) -> Vec<Block> {
        let mut blocks = self.people[who].page().blocks;
        let at = self.below(blocks.len());
        let length = blocks[at].text.chars().count();
        let (from, to) = (self.below(length + 1), self.below(length + 1));
        match self.below(6) {
            0 => blocks.insert(at, Block::paragraph(word)),
            1 => {
                blocks.remove(at);
            }
            2 => {
                blocks[at].kind = [BlockKind::Heading(2), BlockKind::Quote, BlockKind::Paragraph][self.below(3)].clone()
            }
            3 => blocks[at].marks.push(Mark { from: from.min(to), to: from.max(to), kind: MarkKind::Strong }),
            4 => blocks[at].marks.clear(),
            _ => {
                let byte = blocks[at].text.char_indices().nth(from).map_or(blocks[at].text.len(), |(byte, _)| byte);
                blocks[at].text.insert_str(byte, &format!(" {word} "));
            }
        }
        blocks
    }

    /// Some of what is on its way arrives, in any order; what comes too early stays on its way.
    fn deliver(&mut self, who: usize) {
        let mut waiting = std::mem::take(&mut self.on_the_way[who]);
        let mut left = Vec::new();
        for _ in 0..self.below(waiting.len() + 1) {
            let raw = waiting.swap_remove(self.below(waiting.len()));
            match self.people[who].document.admit(&[&raw]) {
                Ok(()) => {}
                Err(refusal) => {
                    assert!(refusal.missing().is_some(), "an honest change: {refusal}");
                    left.push(raw);
                }
            }
        }
        waiting.extend(left);
        self.on_the_way[who] = waiting;
    }

    fn settle(&mut self) {
        for who in 0..3 {
            while !self.on_the_way[who].is_empty() {
                self.deliver(who);
            }
        }
    }
}

fn canon(document: &Document) -> String {
    let (page, unknown) = page::read(document);
    assert_eq!(unknown, [], "nothing here is from the future");
    canonical::page(&page, &[], &ActorId::to_string)
}

#[test]
fn they_agree_and_no_word_is_lost_that_nobody_took_away() {
    let runs = if std::env::var_os("HEDGEROW_LONG").is_some() { 1_000 } else { 60 };
    for seed in 0..runs {
        let mut run = Run::new(seed);
        for _ in 0..40 {
            run.act();
        }
        run.settle();
        let ada = canon(&run.people[0].document);
        for other in &run.people[1..] {
            assert_eq!(canon(&other.document), ada, "seed {seed}");
            assert_eq!(other.document.heads(), run.people[0].document.heads(), "seed {seed}");
        }
        for word in run.written.difference(&run.taken_away) {
            assert!(ada.contains(word.as_str()), "seed {seed}: {word} is lost\n{ada}");
        }
        let document = &run.people[2].document;
        let actors: Vec<_> = document.actors().collect();
        let back = Document::from_checkpoint(&document.checkpoint(), &document.heads(), &actors).expect("our own");
        assert_eq!(canon(&back), ada, "seed {seed}");
        let raws = document.raw_changes_since(&[]);
        let rebuilt = Document::from_changes(raws.iter().map(Vec::as_slice)).expect("our own");
        assert_eq!(canon(&rebuilt), ada, "seed {seed}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_replacement_reads_as_it_was_given(first in any_body(), second in any_body(), third in any_body()) {
        let (mut ada, mut bo) = ada_and_bo(&[]);
        let mut before = ada.page().blocks;
        for body in [first, second, third] {
            let wanted = normal(body.clone());
            let change = ada.edit(PageEdit::Replace(body));
            prop_assert_eq!(change.is_none(), wanted == before);
            prop_assert_eq!(&ada.page().blocks, &wanted);
            bo.hear(&ada);
            prop_assert_eq!(&bo.page().blocks, &wanted);
            prop_assert_eq!(ada.edit(PageEdit::Replace(wanted.clone())), None);
            before = wanted;
        }
    }

    #[test]
    fn what_is_added_reads_as_it_was_given(first in any_body(), second in any_body()) {
        let mut ada = person(1);
        ada.edit(begin("Page", &[]));
        ada.edit(PageEdit::Replace(first.clone()));
        let (first, second) = (normal(first), normal(second));
        ada.edit(PageEdit::Append(second.clone()));
        let expected = if first == normal(Vec::new()) { second } else { normal([first, second].concat()) };
        prop_assert_eq!(ada.page().blocks, expected);
    }

    #[test]
    fn a_splice_does_to_the_text_what_it_says(
        body in any_body(), at in 0usize..40, delete in 0usize..10, insert in "[a\nŵ🏠 ]{0,5}",
    ) {
        let mut ada = person(1);
        // What is said of a file stands on one line, whatever is put into it.
        let has_files = body.iter().any(|block| matches!(block.kind, BlockKind::Attachment(_)));
        let lines = |text: String| if has_files { text.replace('\n', " ") } else { text };
        ada.edit(begin("Page", &[]));
        ada.edit(PageEdit::Replace(body));
        let mut text: Vec<char> = ada.text().chars().collect();
        prop_assert_eq!(page::body_length(&ada.document), text.len());
        let at = at.min(text.len());
        let delete = delete.min(text.len() - at);
        text.splice(at..at + delete, insert.chars());
        ada.edit(splice(at, delete, &insert));
        prop_assert_eq!(lines(ada.text()), lines(text.into_iter().collect()));
    }

    #[test]
    fn a_page_goes_out_as_markdown_and_comes_back_into_the_same_document(body in any_body()) {
        let mut ada = person(1);
        ada.edit(begin("Page", &[]));
        ada.edit(PageEdit::Replace(body));
        let read = markdown::read(&markdown::write(&ada.page())).expect("not too large");
        prop_assert_eq!(ada.edit(PageEdit::Replace(read.blocks)), None);
    }
}

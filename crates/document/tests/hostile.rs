//! Changes and checkpoints of somebody who means harm: what is let in must harm nobody.

mod chunks;
mod people;

use automerge::{Automerge, ROOT, ReadDoc};
use chunks::{RawChange, chunk, operations, write_unsigned};
use hedgerow_document::{
    Block, CHANGE_MOST, ChangeRefusal, Document, Edit, Mark, MarkKind, OPS_MOST, PageEdit, Refused, examine, history,
    page,
};
use people::{Person, begin, person, splice, title};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rand_core::Rng;

/// Ada's page, on which Bo has written once, and a change of each kind that Bo makes next.
fn scene() -> (Person, Vec<Vec<u8>>) {
    let (mut ada, mut bo, mut cy) = (person(1), person(2), person(3));
    ada.edit(begin("Flood rota", &["hello brave world", "un dau tri"]));
    cy.hear(&ada);
    cy.edit(splice(5, 1, " concurrent "));
    ada.edit(splice(0, 2, "zz"));
    ada.hear(&cy);
    bo.hear(&ada);
    bo.edit(PageEdit::Rename(title("Rota")));
    ada.hear(&bo);
    let marked = |person: &Person| {
        let mut blocks = person.page().blocks;
        blocks[0].marks.push(Mark { from: 2, to: 6, kind: MarkKind::Strong });
        blocks[0].marks.push(Mark { from: 4, to: 8, kind: MarkKind::Link("http://a.uk".to_owned()) });
        PageEdit::Replace(blocks)
    };
    let edits = [
        splice(4, 0, "abc"),
        splice(4, 3, "Q"),
        splice(6, 0, "\n"),
        splice(3, 20, ""),
        marked(&bo),
        PageEdit::SetDeleted(true),
        PageEdit::Append(vec![Block::paragraph("pedwar"), Block::paragraph("pump")]),
    ];
    let changes = edits.map(|edit| bo.clone().edit(edit).expect("a change").bytes);
    (ada, changes.to_vec())
}

/// What was let in has to save, load, rebuild from its changes, merge in any order, and be edited and read further.
fn does_no_harm(before: &Document, after: &Document, mutant: &[u8]) {
    let heads = after.heads();
    let actors: Vec<_> = after.actors().collect();
    let loaded = Document::from_checkpoint(&after.checkpoint(), &heads, &actors).expect("it can be kept");
    let raws = after.raw_changes_since(&[]);
    let rebuilt = Document::from_changes(raws.iter().map(Vec::as_slice)).expect("it can be rebuilt");
    assert_eq!(page::read(&loaded), page::read(after));
    assert_eq!(page::read(&rebuilt), page::read(after));
    assert_eq!(operations(&rebuilt.checkpoint()), operations(&after.checkpoint()), "rebuilt otherwise");
    let _ = history::versions(after);
    let mut other = person(9);
    other.document = before.clone();
    let change = other.edit(splice(2, 3, "conc")).expect("a change").bytes;
    let (mut one, mut two) = (after.clone(), before.clone());
    one.admit(&[&change]).expect("an honest change after the mutant");
    two.admit(&[&change]).expect("an honest change before it");
    two.admit(&[mutant]).expect("the mutant after it");
    assert_eq!(operations(&one.checkpoint()), operations(&two.checkpoint()), "the order matters");
    let mut next = person(8);
    next.document = after.clone();
    let length = page::body_length(after);
    next.edit(PageEdit::Append(vec![Block::paragraph("tail")]));
    next.edit(splice(length / 2, 0, "t"));
    let actors: Vec<_> = next.document.actors().collect();
    let checkpoint = next.document.checkpoint();
    Document::from_checkpoint(&checkpoint, &next.document.heads(), &actors).expect("later edits can be kept");
}

#[test]
fn no_mutant_that_is_let_in_does_harm() {
    // Automerge's own panics are caught; their messages would bury the test's.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !info.location().is_some_and(|at| at.file().contains("automerge") || at.file().contains("hexane")) {
            hook(info);
        }
    }));
    let count: usize = if std::env::var_os("HEDGEROW_LONG").is_some() { 100_000 } else { 4_000 };
    let (ada, changes) = scene();
    let mut rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let (mut tried, mut let_in) = (0, 0);
    for round in 0..count {
        let genuine = &changes[round % changes.len()];
        let mut change = RawChange::parse(genuine);
        for _ in 0..=rng.next_u32() % 2 {
            let other = RawChange::parse(&changes[rng.next_u32() as usize % changes.len()]);
            change.mutate(&mut rng, &other);
        }
        let mutant = change.write();
        if changes.contains(&mutant) {
            continue;
        }
        tried += 1;
        let mut victim = ada.document.clone();
        if victim.admit(&[&mutant]).is_ok() {
            let_in += 1;
            does_no_harm(&ada.document, &victim, &mutant);
        } else {
            assert_eq!(victim.heads(), ada.document.heads(), "what is refused leaves nothing behind");
        }
    }
    println!("{tried} mutants, {let_in} let in");
    println!("shows P6: {tried} changed changes");
    assert!(let_in > 50, "the mutants are too wild to tell anything: {let_in} of {tried}");
}

#[test]
fn bytes_at_random_are_refused() {
    let mut runner = TestRunner::new(Config { cases: 2000, failure_persistence: None, ..Config::default() });
    let bytes = proptest::collection::vec(proptest::num::u8::ANY, 0..300);
    runner
        .run(&bytes, |bytes| {
            assert!(examine(&bytes).is_err());
            assert!(examine(&chunk(1, &bytes)).is_err());
            assert!(Document::from_checkpoint(&bytes, &[], &[]).is_err() || bytes == [1, 0]);
            Ok(())
        })
        .expect("all refused");
}

fn why(result: Result<impl std::fmt::Debug, ChangeRefusal>) -> Refused {
    result.expect_err("refused").why
}

#[test]
fn a_few_bytes_that_unfold_into_millions_are_refused_unread() {
    let (ada, changes) = scene();
    let mut change = RawChange::parse(&changes[0]);
    for (spec, data) in &mut change.columns {
        let value: &[u8] = match *spec {
            0x34 => {
                *data = vec![0];
                write_unsigned(data, 10_000_000);
                continue;
            }
            0x42 => &[1],
            0x56 => &[0x16],
            0x70 => &[0],
            _ => continue,
        };
        *data = vec![0x80, 0xad, 0xe2, 0x04];
        data.extend(value);
    }
    let raw = change.write();
    assert!(raw.len() < 400);
    let most = OPS_MOST + raw.len() as u64;
    assert_eq!(why(examine(&raw)), Refused::TooManyOps { most });
    assert_eq!(why(ada.document.clone().admit(&[&raw])), Refused::TooManyOps { most });
    let size = CHANGE_MOST + 1;
    assert_eq!(why(examine(&vec![0; size])), Refused::TooLarge { size, most: CHANGE_MOST });
}

#[test]
fn a_repeated_name_cannot_fill_the_memory() {
    let (_, changes) = scene();
    let mut change = RawChange::parse(&changes[5]);
    let mut name = Vec::new();
    // One name of 100,000 bytes, 100,000 times: ten gigabytes once unfolded.
    name.extend([0xa0, 0x8d, 0x06]);
    write_unsigned(&mut name, 100_000);
    name.extend(vec![b'k'; 100_000]);
    for (spec, data) in &mut change.columns {
        let value: &[u8] = match *spec {
            0x15 => {
                *data = name.clone();
                continue;
            }
            0x42 => &[1],
            0x56 | 0x70 => &[0],
            0x34 => {
                *data = vec![0xa0, 0x8d, 0x06];
                continue;
            }
            _ => continue,
        };
        *data = vec![0xa0, 0x8d, 0x06];
        data.extend(value);
    }
    assert!(matches!(why(examine(&change.write())), Refused::TooManyOps { .. }));
}

#[test]
fn each_rule_of_admission_refuses_what_it_is_for() {
    let (ada, changes) = scene();
    let change = || RawChange::parse(&changes[0]);
    let refused = |change: RawChange| why(ada.document.clone().admit(&[&change.write()]));
    let mut mutant = change();
    mutant.seq = 3;
    assert_eq!(refused(mutant), Refused::NotNext { seq: 3, expected: 2 });
    let mut mutant = change();
    mutant.seq = 1;
    assert!(matches!(refused(mutant), Refused::Fork { seq: 1, .. }));
    let mut mutant = change();
    let expected = mutant.start;
    mutant.start += 1;
    assert_eq!(refused(mutant), Refused::StartOp { start_op: expected + 1, expected });
    let mut mutant = change();
    mutant.deps = vec![[7; 32]];
    assert!(matches!(refused(mutant), Refused::Missing(missing) if missing.len() == 1));
    let mut mutant = change();
    let elsewhere = ada.document.changes().into_iter().find(|facts| facts.actor == ada.actor).expect("Ada began it");
    (mutant.deps, mutant.start) = (vec![*elsewhere.hash.as_bytes()], elsewhere.start_op + elsewhere.ops);
    assert_eq!(refused(mutant), Refused::NoPredecessor);
    let mut mutant = change();
    mutant.extra = vec![0];
    assert!(matches!(refused(mutant), Refused::Form(_)));
    let mut mutant = change();
    mutant.others.push([0xee; 40].to_vec());
    mutant.others.sort();
    assert!(matches!(refused(mutant), Refused::UnknownActor(_)));
    let mut mutant = change();
    mutant.actor = vec![2; 16];
    assert!(matches!(refused(mutant), Refused::Form(_)));
    let mut mutant = change();
    mutant.deps.push(mutant.deps[0]);
    assert!(matches!(refused(mutant), Refused::Form(_)));
    let mut deflated = changes[0].clone();
    deflated[8] = 2;
    assert!(matches!(why(examine(&deflated)), Refused::Form(_)));
    let mut trailing = changes[0].clone();
    trailing.push(0);
    assert!(matches!(why(examine(&trailing)), Refused::Form(_)));
    let mut flipped = changes[0].clone();
    let last = flipped.len() - 1;
    flipped[last] ^= 1;
    assert!(matches!(why(examine(&flipped)), Refused::Form(_)));
}

#[test]
fn the_first_change_at_fault_is_named() {
    let (ada, changes) = scene();
    let mut mutant = RawChange::parse(&changes[0]);
    for (spec, data) in &mut mutant.columns {
        if *spec == 0x13 {
            *data = vec![0x7d, 0xe7, 0x07, 1, 1];
        }
    }
    let bad = mutant.write();
    let hash = examine(&bad).expect("it looks well").hash;
    let mut cy = person(3);
    cy.document = ada.document.clone();
    let good: Vec<Vec<u8>> = (0..5).map(|_| cy.edit(splice(0, 0, "x")).expect("a change").bytes).collect();
    let batch: Vec<&[u8]> = good[..3].iter().chain([&bad]).chain(&good[3..]).map(Vec::as_slice).collect();
    let mut victim = ada.document.clone();
    let refusal = victim.admit(&batch).expect_err("one is bad");
    assert_eq!(refusal.change, Some(hash));
    assert_eq!(victim.heads(), ada.document.heads());
}

#[test]
fn objects_in_objects_have_a_bottom() {
    use automerge::transaction::Transactable;
    let mut document = Automerge::new().with_actor(automerge::ActorId::from([5u8; 40]));
    let nested = |document: &mut Automerge, depth: usize| {
        let made = document.transact::<_, _, automerge::AutomergeError>(|tx| {
            let mut object = ROOT;
            for _ in 0..depth {
                object = tx.put_object(&object, "in", automerge::ObjType::Map)?;
            }
            Ok(())
        });
        let hash = made.expect("a change").hash.expect("a change");
        document.get_change_by_hash(&hash).expect("it is there").raw_bytes().to_vec()
    };
    let deep = nested(&mut document.clone(), 20_000);
    assert!(matches!(why(Document::new().admit(&[&deep])), Refused::Harmful(_)));
    let fine = nested(&mut document, 5);
    Document::new().admit(&[&fine]).expect("not too deep");
}

#[test]
fn a_checkpoint_that_lies_is_refused() {
    let (ada, _) = scene();
    let (heads, actors) = (ada.document.heads(), ada.document.actors().collect::<Vec<_>>());
    let honest = ada.document.checkpoint();
    Document::from_checkpoint(&honest, &heads, &actors).expect("honest");
    for at in 0..honest.len() {
        let mut flipped = honest.clone();
        flipped[at] ^= 0x10;
        // A few bits of the packing mean nothing. What is read in spite of them is what was signed.
        if let Ok(read) = Document::from_checkpoint(&flipped, &heads, &actors) {
            assert_eq!(read.raw_changes_since(&[]), ada.document.raw_changes_since(&[]), "byte {at}");
            assert_eq!(page::read(&read), page::read(&ada.document), "byte {at}");
        }
    }
    for length in 0..honest.len() {
        assert!(Document::from_checkpoint(&honest[..length], &heads, &actors).is_err(), "{length} bytes");
    }
    let mut more = honest.clone();
    more.push(0);
    assert!(Document::from_checkpoint(&more, &heads, &actors).is_err());
    let mut others = actors.clone();
    others[0].1 += 1;
    assert!(Document::from_checkpoint(&honest, &heads, &others).is_err(), "another last change was signed");
    assert!(Document::from_checkpoint(&honest, &heads, &actors[1..]).is_err(), "nobody signed for one of them");
}

#[test]
fn a_checkpoint_cannot_be_a_bomb() {
    use std::io::Write;
    let (ada, _) = scene();
    let genesis = ada.document.raw_change(&ada.document.changes()[0].hash).expect("it is there");
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![0; 30 << 20]).expect("in memory");
    let packed = encoder.finish().expect("in memory");
    for size in [30u32 << 20, 1 << 20, 100, u32::MAX] {
        let mut bomb = vec![1, 1];
        bomb.extend(u32::try_from(genesis.len()).expect("small").to_le_bytes());
        bomb.extend(&genesis);
        bomb.extend(size.to_le_bytes());
        bomb.extend(&packed);
        assert!(Document::from_checkpoint(&bomb, &[], &[]).is_err());
    }
}

#[test]
fn an_edit_that_is_too_much_is_refused_before_it_is_made() {
    let mut ada = person(1);
    ada.edit(begin("Page", &[]));
    let by = ada.editing();
    let blocks = vec![Block::paragraph(""); 50_000];
    for edit in [PageEdit::Append(blocks), splice(0, 0, &"x".repeat(3 << 20)), splice(0, 0, &"\n".repeat(50_000))] {
        let problem = ada.document.edit(&by, &Edit::Page(edit)).expect_err("too much");
        assert!(problem.to_string().contains("too much"), "{problem}");
    }
}

//! Changes of somebody whose program was altered, beside honest ones: every member says the same of each, in whatever
//! order and batches they come.

mod chunks;
mod people;

use chunks::{RawChange, operations};
use hedgerow_document::{Block, Document, Edit, Mark, MarkKind, PageEdit, page};
use hedgerow_model::{ActorId, DeviceId, FieldName};
use people::{Person, begin, person, splice, title};
use proptest::test_runner::{RngAlgorithm, TestRng};
use rand_core::Rng;

fn field(name: &str, text: &str) -> PageEdit {
    PageEdit::SetField { name: FieldName::parse(name).expect("a name"), text: Some(text.to_owned()) }
}

fn strong(person: &Person) -> PageEdit {
    let mut blocks = person.page().blocks;
    blocks[0].marks.push(Mark { from: 1, to: 5, kind: MarkKind::Strong });
    PageEdit::Replace(blocks)
}

/// Ada's page, on which Bo and Mal have written too.
fn shared_page() -> Person {
    let (mut ada, mut bo, mut mal) = (person(1), person(2), person(3));
    ada.edit(begin("Flood rota", &["hello brave world", "un dau tri"]));
    bo.hear(&ada);
    mal.hear(&ada);
    bo.edit(field("street", "Mill Lane"));
    mal.edit(splice(3, 1, "mal"));
    ada.edit(field("area", "north"));
    ada.hear(&bo);
    ada.hear(&mal);
    ada.edit(splice(0, 2, "zz"));
    ada
}

fn honest_edits(person: &Person) -> Vec<PageEdit> {
    vec![
        PageEdit::Rename(title("Rota")),
        splice(4, 0, "abc"),
        splice(4, 3, "Q"),
        splice(6, 0, "\n"),
        splice(3, 14, ""),
        field("area", "south"),
        field("street", "Dam Road"),
        field("weather", "rain"),
        strong(person),
        PageEdit::SetDeleted(true),
        PageEdit::Append(vec![Block::paragraph("pedwar"), Block::paragraph("pump")]),
    ]
}

/// What somebody writes one after the other without hearing of anybody.
fn writes_alone(number: u8, page: &Document, edits: usize, rng: &mut impl Rng) -> Vec<Vec<u8>> {
    let mut writer = person(number);
    writer.actor = ActorId::new(DeviceId::from_bytes([number; 32]), [number; 8]);
    writer.document = page.clone();
    let mut changes = Vec::new();
    while changes.len() < edits {
        let choice = honest_edits(&writer);
        let edit = choice[rng.next_u32() as usize % choice.len()].clone();
        let by = writer.editing();
        changes.extend(writer.document.edit(&by, &Edit::Page(edit)).ok().flatten().map(|change| change.bytes));
    }
    changes
}

/// Takes changes as a device does: together, and one by one when that fails. What builds on something refused waits.
/// Gives back those that were let in.
fn takes(document: &mut Document, changes: &[&[u8]]) -> Vec<Vec<u8>> {
    if document.admit(changes).is_ok() {
        return changes.iter().map(|raw| raw.to_vec()).collect();
    }
    let admitted = changes.iter().filter(|raw| document.admit(&[raw]).is_ok());
    admitted.map(|raw| raw.to_vec()).collect()
}

/// The document as it is after a restart, from its checkpoint.
fn restarted(document: &Document) -> Document {
    let actors: Vec<_> = document.actors().collect();
    Document::from_checkpoint(&document.checkpoint(), &document.heads(), &actors).expect("it can be kept")
}

/// All orders of these sequences' elements that keep each sequence's own, one of them by chance.
fn interleaved<'a>(mut queues: Vec<&'a [Vec<u8>]>, rng: &mut impl Rng) -> Vec<&'a [u8]> {
    let mut order = Vec::new();
    loop {
        queues.retain(|queue| !queue.is_empty());
        if queues.is_empty() {
            return order;
        }
        let at = rng.next_u32() as usize % queues.len();
        let (first, rest) = queues[at].split_first().expect("not empty");
        order.push(first.as_slice());
        queues[at] = rest;
    }
}

/// One member's way of hearing it all: in an order and in batches of its own, with a restart here and there.
fn hears(page: &Document, order: &[&[u8]], rng: &mut impl Rng) -> (Document, Vec<Vec<u8>>) {
    let (mut document, mut admitted, mut rest) = (page.clone(), Vec::new(), order);
    while !rest.is_empty() {
        let (batch, later) = rest.split_at(1 + rng.next_u32() as usize % rest.len());
        admitted.extend(takes(&mut document, batch));
        if rng.next_u32().is_multiple_of(3) {
            document = restarted(&document);
        }
        rest = later;
    }
    admitted.sort();
    (document, admitted)
}

/// Mal's honest change, bent in some way; what it speaks of may be Bo's or Cy's that it does not build on.
fn bent(mal: &[u8], others: &[&[u8]], rng: &mut impl Rng) -> Vec<u8> {
    let mut change = RawChange::parse(mal);
    let mut below = |most: usize| rng.next_u32() as usize % most;
    if below(2) == 0 {
        let other = RawChange::parse(others[below(others.len())]);
        match below(3) {
            0 => change.others.push(other.actor.clone()),
            1 if !change.others.is_empty() => {
                let at = below(change.others.len());
                change.others[at].clone_from(&other.actor);
            }
            _ => {
                change.columns.clone_from(&other.columns);
                change.others = other.others.clone();
                change.others.push(other.actor.clone());
            }
        }
        change.others.sort();
        change.others.dedup();
        change.others.retain(|actor| *actor != change.actor);
    }
    for _ in 0..=below(2) {
        let other = RawChange::parse(others[below(others.len())]);
        let mut picked =
            TestRng::from_seed(RngAlgorithm::ChaCha, &std::array::from_fn::<u8, 32, _>(|_| below(256) as u8));
        change.mutate(&mut picked, &other);
    }
    change.write()
}

/// A long change of Mal's, and one made on top of Bo's, as if Mal had not heard of Bo.
fn forgetful(page: &Document, bo: &[u8], rng: &mut impl Rng) -> Vec<Vec<u8>> {
    let mut mal = person(3);
    mal.document = page.clone();
    // What Bo wrote is numbered lower than what Mal writes now: it could have been seen.
    let long = mal.edit(splice(1, 0, "a long line that Mal wrote alone")).expect("a change").bytes;
    let honest = writes_alone(3, &mal.document, 1, rng);
    mal.document.admit(&[bo]).expect("honest");
    let mut change = RawChange::parse(&writes_alone(3, &mal.document, 1, rng)[0]);
    let unheard = RawChange::parse(&honest[0]);
    (change.deps, change.start) = (unheard.deps, unheard.start);
    vec![long, change.write()]
}

/// Another title or field, said to be something else: it takes the place of what lies under another name.
fn renamed(page: &Document, rng: &mut impl Rng) -> Vec<u8> {
    const KEY: u64 = 0x15;
    let mut mal = person(3);
    mal.document = page.clone();
    let edit =
        if rng.next_u32().is_multiple_of(2) { PageEdit::Rename(title("Mal's")) } else { field("street", "Mal's") };
    let mut change = RawChange::parse(&mal.edit(edit).expect("a change").bytes);
    let (_, name) = change.columns.iter_mut().find(|(spec, _)| *spec == KEY).expect("it has a name");
    // A run of one, then the length, then the name.
    let at = 2 + rng.next_u32() as usize % (name.len() - 2);
    name[at] = b'a' + (rng.next_u32() % 26) as u8;
    change.write()
}

fn quiet_about_automerge() {
    // Automerge's own panics are caught; their messages would bury the test's.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !info.location().is_some_and(|at| at.file().contains("automerge") || at.file().contains("hexane")) {
            hook(info);
        }
    }));
}

#[test]
fn a_bent_change_is_judged_by_what_it_builds_on_alone() {
    quiet_about_automerge();
    let rounds: u64 = if std::env::var_os("HEDGEROW_LONG").is_some() { 40_000 } else { 1_500 };
    let ada = shared_page();
    let (mut let_in, mut refused) = (0, 0);
    for round in 0..rounds {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&round.to_le_bytes());
        let mut rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let bo = writes_alone(2, &ada.document, 2, &mut rng);
        let cy = writes_alone(4, &ada.document, 2, &mut rng);
        let mal = writes_alone(3, &ada.document, 1, &mut rng);
        let beside: Vec<&[u8]> = bo.iter().chain(&cy).chain(&mal).map(Vec::as_slice).collect();
        let bent = match round % 4 {
            0 => forgetful(&ada.document, &bo[0], &mut rng),
            1 => vec![renamed(&ada.document, &mut rng)],
            _ => vec![bent(&mal[0], &beside, &mut rng)],
        };
        let (mut first, mut first_admitted) = hears(&ada.document, &interleaved(vec![&bent], &mut rng), &mut rng);
        let queues = [bo.as_slice(), cy.as_slice()];
        let order = interleaved(queues.to_vec(), &mut rng);
        first_admitted.extend(takes(&mut first, &order));
        first_admitted.sort();
        if bent.iter().all(|raw| first_admitted.contains(raw)) {
            let_in += 1
        } else {
            refused += 1
        }
        assert!(bo.iter().chain(&cy).all(|raw| first_admitted.contains(raw)), "round {round}: honest work was refused");
        for member in 0..4 {
            let order = interleaved(vec![&bent, &bo, &cy], &mut rng);
            let (other, admitted) = hears(&ada.document, &order, &mut rng);
            assert!(admitted == first_admitted, "round {round}: member {member} lets in what another refuses");
            assert_eq!(page::read(&other), page::read(&first), "round {round}: member {member} reads another page");
            assert_eq!(operations(&other.checkpoint()), operations(&first.checkpoint()), "round {round}, {member}");
        }
    }
    println!("{let_in} bent changes let in, {refused} refused");
    assert!(let_in > 50 && refused > 50, "{let_in} let in and {refused} refused tell little");
}

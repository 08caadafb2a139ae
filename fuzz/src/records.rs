//! Records: the sealed envelope, what lies in it, and key records.

use hedgerow_access::fuzz::seal_inside;
use hedgerow_access::{Epochs, Form, KeyNews, Manifest, Payload, Record, RecordRefusal, seal};

use crate::input::Input;
use crate::people::{Notebook, chance};
use crate::{Verdict, within};

/// Bytes as they come from a peer or a disk. What is read is written so; without the true key nothing opens.
pub(crate) fn records(bytes: &[u8]) -> Verdict {
    let notebook = Notebook::get();
    let parsed = within(4 << 10, 4, bytes, || Record::parse(bytes.to_vec()));
    let Ok(record) = parsed else { return Verdict::Refused };
    assert_eq!(record.bytes(), bytes);
    assert_eq!(record.id(), Record::id_of(bytes));
    let id = notebook.membership.notebook();
    match record.form() {
        Form::Sealed => {
            let admitted = record.admit(&notebook.key, &id).is_ok();
            assert!(!admitted || record.open(&notebook.key).is_ok());
        }
        Form::Key => {
            let mut fresh = Epochs::empty();
            let heard = fresh.receive(&record, &notebook.bo.keys, &id);
            let learned = matches!(heard, Ok(KeyNews::Learned(_)));
            assert_eq!(learned, fresh.key(&record.epoch()).is_some(), "learned and not held, or held and not learned");
        }
    }
    Verdict::Taken
}

/// What lies inside a seal that opens. What is read is written so, to the byte; checking it needs no trust in it.
pub(crate) fn payloads(bytes: &[u8]) -> Verdict {
    let notebook = Notebook::get();
    let (key, like) = (notebook.key.clone(), &seeds::sealed_operation());
    let Ok(record) = seal_inside(like, &[], bytes, &key, &mut chance(3)) else { return Verdict::Refused };
    let payload = match within(2 << 20, 24, bytes, || record.open(&key)) {
        Ok(payload) => payload,
        Err(RecordRefusal::Malformed { .. }) => return Verdict::Refused,
        Err(other) => panic!("sealed with its own key: {other}"),
    };
    if matches!(payload, Payload::Unknown { .. }) {
        return Verdict::Refused;
    }
    let again = seal(like.routing(), like.stream_tag(), &like.epoch(), &key, &payload, &mut chance(3));
    assert_eq!(again.expect("it fitted before").bytes(), record.bytes(), "written in another way than it was read");
    let verified = record.admit(&key, &notebook.membership.notebook());
    match &payload {
        Payload::Checkpoint(body) => {
            assert!(body.lifted().count() <= body.heads.len());
            if verified.is_ok() {
                assert_eq!(body.lifted().count(), body.heads.len(), "a head names pins that are not there");
            }
        }
        Payload::Change(body) if verified.is_ok() => {
            assert!(body.head().holds(&notebook.membership.notebook(), &body.stream), "its head is not lifted");
        }
        _ => {}
    }
    Verdict::Taken
}

/// The list of a file's pieces, as a member may have made it. What is read is written so; it has as many pieces as its length
/// takes, and opens none that it does not list.
pub(crate) fn manifests(bytes: &[u8]) -> Verdict {
    let Some(manifest) = within(1 << 10, 2, bytes, || Manifest::decode(bytes)) else { return Verdict::Refused };
    assert_eq!(manifest.encode(), bytes, "written in another way than it was read");
    assert!(manifest.pieces().len() <= Manifest::PIECES_MOST);
    assert_eq!(manifest.pieces().len() as u64, manifest.size().div_ceil(Manifest::PIECE as u64));
    for (at, piece) in manifest.pieces().iter().enumerate().take(4) {
        assert_eq!(manifest.open(&Notebook::get().key, at, piece.as_bytes()), None, "a hash is no piece");
    }
    assert_eq!(manifest.open(&Notebook::get().key, usize::MAX, bytes), None);
    Verdict::Taken
}

/// A key record: a true one, its clear part and its inside bent, sealed again under the true key; or bytes that a
/// device kept of its keys.
///
/// Whatever it says, the key that was held is held, the epoch that was written under still is, and what is known can
/// be kept and taken up again.
pub(crate) fn key_records(bytes: &[u8]) -> Verdict {
    let mut input = Input::new(bytes);
    if input.byte() == 1 {
        return kept_keys(input.rest());
    }
    let notebook = Notebook::get();
    let (key, membership) = (notebook.key.clone(), &notebook.membership);
    let clear = input.part();
    let made = seal_inside(&notebook.rotation, clear, input.rest(), &key, &mut chance(4));
    let Ok(record) = made else { return Verdict::Refused };
    let mut epochs = notebook.epochs();
    let before = epochs.for_writing(membership);
    let heard = within(1 << 20, 64, bytes, || epochs.receive(&record, &notebook.bo.keys, &membership.notebook()));
    assert!(!matches!(heard, Ok(KeyNews::CannotOpen)), "its key is held");
    assert!(epochs.key(&notebook.rotation.epoch()) == Some(&key), "another key took its place");
    assert_eq!(epochs.for_writing(membership), before, "one bent record keeps people from writing");
    let _ = epochs.bad_box(&record, &notebook.bo.keys, membership);
    let owed = epochs.owed(membership, &notebook.ada.keys);
    epochs.seal_on(&owed, membership, &notebook.ada.keys, &mut chance(5)).expect("a member may");
    kept_keys(&epochs.secrets());
    Verdict::of(heard.is_ok())
}

fn kept_keys(bytes: &[u8]) -> Verdict {
    let notebook = Notebook::get().membership.notebook();
    let Some(epochs) = within(4 << 10, 64, bytes, || Epochs::restore(&notebook, bytes)) else {
        return Verdict::Refused;
    };
    let kept = epochs.secrets();
    let again = Epochs::restore(&notebook, &kept).expect("just written");
    assert_eq!(*again.secrets(), *kept);
    assert!(epochs.held().eq(again.held()));
    Verdict::Taken
}

pub(crate) mod seeds {
    use std::sync::OnceLock;

    use hedgerow_access::fuzz::open_inside;
    use hedgerow_access::{
        ChangeBody, CheckpointBody, Compacted, DeviceKeys, Epochs, FileSealer, Manifest, Payload, Pins, Record, Run,
        SignedProfile, StreamName, seal,
    };
    use hedgerow_document::Document;
    use hedgerow_model::{Label, Level, PageId, Profile, RecordId};

    use crate::Seed;
    use crate::documents::scene;
    use crate::input::write_part;
    use crate::people::{Notebook, chance};

    const PLAN: StreamName = StreamName::Body(PageId::from_bytes([5; 16]));

    fn sealed(payload: &Payload, stream: StreamName) -> Record {
        let notebook = Notebook::get();
        let tag = stream.tag(&notebook.membership.notebook());
        let (routing, epoch) = (notebook.membership.routing(), notebook.rotation.epoch());
        seal(routing, tag, &epoch, &notebook.key, payload, &mut chance(6)).expect("it is short")
    }

    /// A record in the stream of operations.
    pub(super) fn sealed_operation() -> Record {
        static RECORD: OnceLock<Record> = OnceLock::new();
        let make = || sealed(&Payload::Membership(Notebook::get().cy.genesis.clone()), StreamName::Membership);
        RECORD.get_or_init(make).clone()
    }

    fn payloads_made() -> Vec<(&'static str, Payload, StreamName)> {
        let Notebook { ada, cy, membership, .. } = Notebook::get();
        let id = membership.notebook();
        let text = |raw: &str| Label::parse(raw).ok();
        let profile = Profile {
            name: text("Ada"),
            organisation: text("Sir Gâr"),
            level: Level::ALL.first().copied(),
            places: vec![Label::parse("Llanelli").expect("a place")],
            ..Profile::default()
        };
        let change = change(&ada.keys, membership.heads());
        let checkpoint = checkpoint(&ada.keys, &change);
        vec![
            ("change", Payload::Change(change), PLAN),
            ("checkpoint", Payload::Checkpoint(checkpoint), PLAN),
            ("operation", Payload::Membership(cy.genesis.clone()), StreamName::Membership),
            ("profile", Payload::Profile(SignedProfile::sign(&ada.keys, ada.id(), 2, profile)), StreamName::Membership),
        ]
        .into_iter()
        .inspect(|(name, payload, stream)| {
            sealed(payload, *stream).admit(&Notebook::get().key, &id).unwrap_or_else(|why| panic!("{name}: {why}"));
        })
        .collect()
    }

    /// Everything that one line of editing of Ada's device did to a page.
    fn change(keys: &DeviceKeys, pins: Pins) -> ChangeBody {
        let document = scene::by(keys.device());
        let facts = document.changes();
        let first = facts.first().expect("she began it");
        let last = facts.last().expect("she began it");
        let changes = document.raw_changes_since(&[]);
        let run = Run { stream: PLAN, actor: first.actor, first_seq: 1, last_hash: last.hash, changes, pins };
        ChangeBody::sign(keys, &Notebook::get().membership.notebook(), run)
    }

    fn checkpoint(keys: &DeviceKeys, change: &ChangeBody) -> CheckpointBody {
        let document: Document = scene::by(keys.device());
        let compacted = Compacted {
            stream: PLAN,
            document: document.checkpoint(),
            tips: document.heads(),
            heads: vec![change.head()],
            other_pins: vec![Pins::new([Notebook::get().ada.genesis.id()])],
            replaces: vec![RecordId::from_bytes([1; 32]), RecordId::from_bytes([2; 32])],
            at: change.pins.clone(),
        };
        CheckpointBody::sign(keys, &Notebook::get().membership.notebook(), compacted)
    }

    /// Whole records of each form.
    pub(crate) fn records() -> Vec<Seed> {
        let mut seeds: Vec<Seed> = payloads_made()
            .into_iter()
            .map(|(name, payload, stream)| (name, sealed(&payload, stream).into_bytes()))
            .collect();
        seeds.push(("rotation", Notebook::get().rotation.bytes().to_vec()));
        seeds.push(("sealed-on", sealed_on().into_bytes()));
        seeds
    }

    /// What lies in them.
    pub(crate) fn payloads() -> Vec<Seed> {
        let key = &Notebook::get().key;
        payloads_made()
            .into_iter()
            .map(|(name, payload, stream)| (name, open_inside(&sealed(&payload, stream), key).expect("our own").1))
            .collect()
    }

    /// The epoch sealed on to somebody who came later.
    fn sealed_on() -> Record {
        let notebook = Notebook::get();
        let mut membership = notebook.membership.clone();
        let subject = hedgerow_access::Subject::Person(notebook.eve.id());
        let role = hedgerow_model::Role::Writer;
        let retained = hedgerow_access::Retained::new();
        crate::people::act(&mut membership, &notebook.ada, hedgerow_access::Action::Set { subject, role, retained });
        let mut epochs = notebook.epochs();
        let owed = epochs.owed(&membership, &notebook.bo.keys);
        let records = epochs.seal_on(&owed, &membership, &notebook.bo.keys, &mut chance(7)).expect("a member may");
        records.into_iter().next().expect("somebody lacks it")
    }

    /// The list of a file of three pieces.
    pub(crate) fn manifest() -> Vec<u8> {
        let notebook = Notebook::get();
        let mut sealer = FileSealer::begin(notebook.rotation.epoch(), &notebook.key, &mut chance(21));
        for length in [Manifest::PIECE, Manifest::PIECE, 17] {
            sealer.piece(&vec![3; length]).expect("a piece");
        }
        sealer.finish().encode()
    }

    /// Lists of files.
    pub(crate) fn manifests() -> Vec<Seed> {
        let notebook = Notebook::get();
        let empty = FileSealer::begin(notebook.rotation.epoch(), &notebook.key, &mut chance(22)).finish();
        vec![("three-pieces", manifest()), ("empty", empty.encode())]
    }

    /// Key records taken apart, and what a device keeps of its keys.
    pub(crate) fn key_records() -> Vec<Seed> {
        let notebook = Notebook::get();
        let apart = |record: &Record| {
            let (clear, inside) = open_inside(record, &notebook.key).expect("our own");
            let mut bytes = vec![0];
            write_part(&mut bytes, &clear);
            bytes.extend(inside);
            bytes
        };
        let kept = [&[1], notebook.secrets.as_slice()].concat();
        let mut none = vec![1];
        none.extend(Epochs::empty().secrets().iter());
        vec![
            ("rotation", apart(&notebook.rotation)),
            ("sealed-on", apart(&sealed_on())),
            ("kept", kept),
            ("kept-none", none),
        ]
    }
}

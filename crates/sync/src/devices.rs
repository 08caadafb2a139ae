//! The person's own devices: adding and revoking them, and what they tell each other of their person.

use crate::archive::{Archive, Batch, Shelf, key};
use crate::event::Refusal;
use crate::message::Message;
use crate::notebook::Notebook;
use crate::removed::past_of;
use crate::replica::{Me, Replica, Work, my_role, open_stream};
use crate::rows;
use hedgerow_access::{Action, Head, HpkePublic, OpRefusal, PersonLog, Retained, Signature, SignedOp, StreamName};
use hedgerow_model::{DeviceId, Moment, NotebookId, OpId, PersonId, mutant};
use std::collections::BTreeSet;

/// What the key of a row begins with that holds an operation of the person's log; its id follows.
const LOG: &[u8] = b"log";

/// What this device knows of its person's log.
pub(crate) struct Own {
    /// What it was opened with.
    begun: Vec<SignedOp>,
    /// All of it; none where what it was opened with begins no person.
    log: Option<PersonLog>,
}

impl Own {
    pub(crate) fn new(me: &Me) -> Own {
        Own { begun: me.log.clone(), log: None }
    }

    /// Whether the device is one of the person's.
    pub(crate) fn has(&self, device: &DeviceId) -> bool {
        self.log.as_ref().is_some_and(|log| log.has(device))
    }

    /// All of the person's devices.
    pub(crate) fn devices(&self) -> impl Iterator<Item = DeviceId> {
        self.log.iter().flat_map(|log| log.devices()).map(|(device, _)| device)
    }

    /// The heads of the log.
    pub(crate) fn heads(&self) -> hedgerow_access::Pins {
        self.log.as_ref().map(PersonLog::heads).unwrap_or_default()
    }

    /// The operation whose row this is the key of, for writing the row again.
    pub(crate) fn row_at(&self, key: &[u8]) -> Option<Vec<u8>> {
        let id = key.strip_prefix(LOG)?;
        let op = self.log.as_ref()?.ops().find(|op| op.id().as_bytes() == id)?;
        Some(rows::encode(op))
    }
}

impl Replica {
    /// Reads the person's log: what this device was opened with, and what it heard of since. A row that cannot be read is
    /// heard of again from any notebook.
    pub(crate) fn read_own_log(&mut self, archive: &dyn Archive) -> Result<(), crate::ArchiveFault> {
        let mut ops = self.own.begun.clone();
        for row in archive.keys(Shelf::Own, LOG)? {
            let read = archive.get(Shelf::Own, &row).ok().flatten();
            ops.extend(read.and_then(|row| rows::decode::<SignedOp>(&row)));
        }
        self.own.log = PersonLog::gather(self.me.person(), ops);
        self.note_own_log();
        Ok(())
    }

    fn note_own_log(&mut self) {
        if let Some(log) = &self.own.log {
            self.me.log = log.ops().cloned().collect();
        }
    }

    /// Takes operations of the person's log up. All notebooks are to have them.
    fn learn_own(&mut self, ops: Vec<SignedOp>, batch: &mut Batch) {
        let Some(log) = &mut self.own.log else { return };
        let (mut left, mut before, mut learned) = (ops, usize::MAX, false);
        while left.len() < before {
            before = left.len();
            left.retain(|op| {
                if log.contains(&op.id()) {
                    return false;
                }
                match log.insert(op.clone()) {
                    Ok(_) => {
                        batch.put(Shelf::Own, key(&[LOG, op.id().as_bytes()]), rows::encode(op));
                        learned = true;
                        false
                    }
                    Err(refusal) => refusal.waits(),
                }
            });
        }
        if learned {
            self.note_own_log();
            self.unattended.extend(self.notebooks.keys());
            self.notebooks.values_mut().for_each(|notebook| notebook.looked_after = None);
        }
    }

    /// Learns what a notebook knows of this device's person, and tells it what it does not know yet.
    pub(crate) fn carry_own_log(&mut self, now: Moment, id: &NotebookId, work: &mut Work) {
        let Some(notebook) = self.notebooks.get(id) else { return };
        let person = self.me.person();
        let unheard = |op: &&SignedOp| self.own.log.as_ref().is_some_and(|log| !log.contains(&op.id()));
        let new: Vec<SignedOp> = notebook.membership.person_ops(&person).into_iter().filter(unheard).cloned().collect();
        if !new.is_empty() {
            self.learn_own(new, &mut work.batch);
        }
        // Without a key it is told when there is one.
        let _ = self.tell_own_log(now, id, &person, work);
    }

    fn tell_own_log(
        &mut self,
        now: Moment,
        id: &NotebookId,
        person: &PersonId,
        work: &mut Work,
    ) -> Result<(), Refusal> {
        let (us, notebook) = (self.me.device(), self.notebook(id)?);
        let view = notebook.membership.now();
        let is_in = view.role_of_device(&us).is_some() || view.role(person).is_some() && self.own.has(&us);
        let missing: Vec<SignedOp> =
            self.me.log.iter().filter(|op| !notebook.membership.contains(&op.id())).cloned().collect();
        if !is_in || missing.is_empty() || mutant("keep-devices-to-oneself") {
            return Ok(());
        }
        // Under the key before, so that a device that is revoked reads why.
        let epoch = self.epoch_at_hand(id)?;
        for op in missing {
            self.insert_and_seal(id, op, Some(epoch), work)?;
        }
        // Who may make no key leaves it to those who may.
        let _ = self.epoch_to_write(id, work);
        self.keep_own(now, id, work);
        Ok(())
    }

    /// Adds a device of this person's, and has every notebook hear of it.
    pub(crate) fn add_device(
        &mut self,
        now: Moment,
        (device, hpke, consent): (DeviceId, HpkePublic, Signature),
        work: &mut Work,
    ) -> Result<(), Refusal> {
        self.decide_own(now, Action::AddDevice { device, hpke, consent }, work)
    }

    /// Revokes a device of this person's. What it did and wrote, as far as this device has seen, stays.
    pub(crate) fn revoke_device(
        &mut self,
        now: Moment,
        archive: &dyn Archive,
        device: DeviceId,
        work: &mut Work,
    ) -> Result<(), Refusal> {
        if !self.own.has(&device) {
            return Err(Refusal::Membership("this is no device of yours, or not any more".to_owned()));
        }
        if !self.arriving.is_empty() && !mutant("revoke-before-all-is-here") {
            // What it does not know of it would vouch for nothing, and all that the device ever did there would fall.
            let early =
                "a notebook is still on its way to this device; sync with another member, then revoke the other device";
            return Err(Refusal::Membership(early.to_owned()));
        }
        let action = Action::RevokeDevice { device, good: self.good_heads(&device), retained: Retained::new() };
        // Whether it may be revoked at all is told before all pages are read.
        self.propose_own(action)?;
        let retained = self.retained_of(archive, &device)?;
        let action = Action::RevokeDevice { device, good: self.good_heads(&device), retained };
        self.decide_own(now, action, work)
    }

    fn decide_own(&mut self, now: Moment, action: Action, work: &mut Work) -> Result<(), Refusal> {
        let op = self.propose_own(action)?;
        let was_in: Vec<NotebookId> = self.notebooks.keys().copied().collect();
        self.learn_own(vec![op], &mut work.batch);
        for id in was_in {
            self.carry_own_log(now, &id, work);
        }
        Ok(())
    }

    /// An operation of the person's log: by this device, or by the recovery where that is held and the device may not.
    fn propose_own(&self, action: Action) -> Result<SignedOp, Refusal> {
        let Some(log) = &self.own.log else {
            return Err(Refusal::Membership("this device knows nothing of its own person".to_owned()));
        };
        let by_device = log.propose(&self.me.signer(), action.clone());
        let made = match (by_device, &self.me.recovery) {
            (Err(OpRefusal::Outranked | OpRefusal::NotADeviceOf { .. }), Some(recovery)) => {
                log.propose_recovery(recovery, action)
            }
            (made, _) => made,
        };
        made.map_err(|refusal| match refusal {
            OpRefusal::Outranked => {
                let senior =
                    "that device was there before this one; revoke it on an older one, or with your recovery phrase";
                Refusal::Membership(senior.to_owned())
            }
            refusal => Refusal::Membership(refusal.to_string()),
        })
    }

    /// The last operations of a device in every log known here. Where it acted in more places than a revocation names, those
    /// in the person's own log and in the first notebooks: that it is revoked matters more.
    fn good_heads(&self, device: &DeviceId) -> Vec<OpId> {
        let own = self.own.log.iter().flat_map(|log| log.last_of(device));
        let elsewhere = self.notebooks.values().flat_map(|notebook| notebook.membership.last_of(device));
        let mut seen = BTreeSet::new();
        let all = own.chain(elsewhere).filter(|op| seen.insert(*op) && !mutant("vouch-for-nothing"));
        let mut good: Vec<OpId> = all.take(Action::MOST_GOOD).collect();
        good.sort_unstable();
        good
    }

    /// The last changes of a device in every stream here. Where there are more than a revocation names, those of the
    /// streams that changed last.
    fn retained_of(&mut self, archive: &dyn Archive, device: &DeviceId) -> Result<Retained, Refusal> {
        let person = self.me.person();
        let mut streams: Vec<(Moment, NotebookId, StreamName)> = Vec::new();
        for (id, notebook) in &self.notebooks {
            let rows = notebook.streams.values();
            let theirs = rows.filter(|row| row.summary.authors.contains(&person) || row.summary.not_shown > 0);
            streams.extend(theirs.map(|row| (row.summary.updated, *id, row.name)));
        }
        streams.sort_by(|a, b| b.cmp(a));
        let mut retained = Retained::new();
        for (_, id, name) in streams {
            let notebook = self.notebooks.get_mut(&id).ok_or(Refusal::NoNotebook(id))?;
            let stream = open_stream(notebook, archive, &name, &mut self.damage)
                .map_err(|fault| Refusal::Device(fault.to_string()))?;
            let lines = stream.document.actors().filter(|(actor, ..)| actor.device() == *device);
            for (actor, seq, hash) in lines {
                if !retained.keep(stream.tag, Head { actor, seq, hash }) {
                    return Ok(retained);
                }
            }
        }
        Ok(retained)
    }

    /// Another device of the same person has not these notebooks, as far as its tags say: it is shown that it is in.
    pub(crate) fn show_own(&mut self, peer: &DeviceId, is_there: impl Fn(&Notebook) -> bool) {
        if !self.own.has(peer) || mutant("show-own-devices-nothing") {
            return;
        }
        let person = self.me.person();
        let lacking = self.notebooks.iter().filter(|(_, n)| n.shares_with(peer) && !is_there(n));
        let shown: Vec<Message> = lacking.filter_map(|(id, n)| Some(Message::In(*id, bare(n, &person)?))).collect();
        for message in shown {
            self.tell(*peer, &message);
        }
    }

    /// Whether this device is a member's.
    pub(crate) fn is_in(&self, notebook: &Notebook) -> bool {
        my_role(&notebook.membership, &self.me.device()).is_some()
    }
}

/// The operations on which a person's membership stands, their own log among them; none where these are too many to be told.
pub(crate) fn bare(notebook: &Notebook, person: &PersonId) -> Option<Vec<Vec<u8>>> {
    let mut ops = crate::finding::grants_to(notebook, person);
    if ops.is_empty() {
        return None;
    }
    ops.extend(notebook.membership.person_ops(person).into_iter().map(SignedOp::id));
    let past = past_of(notebook, &ops);
    let told = past.iter().filter_map(|op| notebook.membership.op(op)).map(|op| op.bytes().to_vec());
    (past.len() <= Message::MOST_OUT).then(|| told.collect())
}

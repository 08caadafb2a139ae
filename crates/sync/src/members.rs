//! Invitations, roles, removal, leaving, handover, and the rotation that follows.

use crate::archive::Archive;
use crate::event::{Command, Notice, Outcome, Refusal};
use crate::replica::{Replica, Work, my_role, open_stream};
use crate::rows::Kind;
use hedgerow_access::{
    Action, Head, InvitationUri, LinkSecret, OpRefusal, Owed, Payload, RecipientId, Retained, SignedOp, StreamName,
    Subject,
};
use hedgerow_model::{
    DeviceId, EpochId, InvitationId, Lifetime, Moment, NotebookId, PersonId, Role, StreamTag, Title, mutant,
};
use std::collections::BTreeSet;

/// To whom epochs that are lacking are sealed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SealTo {
    /// Whoever lacks one.
    All,
    /// The devices and the recovery of the person whose device this is.
    PersonOf(DeviceId),
    /// Recoveries: they never connect, so nobody hears from them that they lack something.
    Recoveries,
}

impl Replica {
    /// The commands that change who may do what.
    pub(crate) fn administer(
        &mut self,
        now: Moment,
        archive: &dyn Archive,
        command: Command,
        work: &mut Work,
    ) -> Result<Outcome, Refusal> {
        match command {
            Command::Invite { notebook, role, uses, open, addresses } => {
                return self.invite(now, archive, &notebook, (role, uses, open), addresses, work);
            }
            Command::Revoke(notebook, invitation) => {
                self.must_administer(&notebook, "closing an invitation")?;
                self.take_away(now, &notebook, Action::Revoke { invitation }, work)?;
            }
            Command::SetRole(notebook, person, role) => {
                self.must_administer(&notebook, "changing a role")?;
                self.set_role(now, archive, &notebook, person, role, work)?;
            }
            Command::RemoveMember(notebook, person) => {
                self.must_administer(&notebook, "removing a member")?;
                self.must_be_member(&notebook, &person)?;
                let retained = self.retained(archive, &notebook, &person)?;
                let action = Action::Remove { subject: Subject::Person(person), retained };
                self.take_away(now, &notebook, action, work)?;
            }
            Command::AddDevice { device, hpke, consent } => self.add_device(now, (device, hpke, consent), work)?,
            Command::RevokeDevice(device) => self.revoke_device(now, archive, device, work)?,
            Command::Retire(notebook) => {
                self.must_administer(&notebook, "beginning a new key")?;
                self.take_away(now, &notebook, Action::Retire, work)?;
            }
            Command::HandOver(notebook, to) => self.hand_over(now, &notebook, to, work)?,
            Command::Leave(notebook) => {
                if my_role(&self.notebook(&notebook)?.membership, &self.me.device()).is_none() {
                    return Err(Refusal::NotAMember);
                }
                let person = self.me.person();
                let retained = self.retained(archive, &notebook, &person)?;
                let op = self.propose(&notebook, Action::Leave { retained })?;
                self.insert_and_seal(&notebook, op, None, work)?;
                self.keep_own(now, &notebook, work);
            }
            _ => {}
        }
        Ok(Outcome::Done)
    }

    fn must_administer(&self, id: &NotebookId, what: &'static str) -> Result<(), Refusal> {
        match my_role(&self.notebook(id)?.membership, &self.me.device()) {
            None => Err(Refusal::NotAMember),
            Some(has) if !has.may_administer() => Err(Refusal::NeedsRole { what, has, needs: Role::Admin }),
            Some(_) => Ok(()),
        }
    }

    fn must_be_member(&self, id: &NotebookId, person: &PersonId) -> Result<(), Refusal> {
        match self.notebook(id)?.membership.now().role(person) {
            Some(_) => Ok(()),
            None => Err(Refusal::NoMember(*person)),
        }
    }

    pub(crate) fn propose(&self, id: &NotebookId, action: Action) -> Result<SignedOp, Refusal> {
        let refused = |refusal: OpRefusal| Refusal::Membership(refusal.to_string());
        self.notebook(id)?.membership.propose(&self.me.signer(), action).map_err(refused)
    }

    /// Puts an operation into the membership and, sealed, into `work`; under `epoch` if one is named.
    pub(crate) fn insert_and_seal(
        &mut self,
        id: &NotebookId,
        op: SignedOp,
        epoch: Option<EpochId>,
        work: &mut Work,
    ) -> Result<(), Refusal> {
        let epoch = match epoch {
            Some(epoch) => epoch,
            None => self.epoch_at_hand(id)?,
        };
        self.seal_uncarried(id, work);
        let refused = |refusal: OpRefusal| Refusal::Membership(refusal.to_string());
        self.notebook_mut(id)?.membership.insert(op.clone()).map_err(refused)?;
        self.seal_known(id, op, &epoch, work)
    }

    /// Seals the operations that are known here and that no record of the set carries: told bare, or read in a record whose
    /// epoch never came to be valid. What this device makes next is pinned to them, and would wait for them everywhere else.
    pub(crate) fn seal_uncarried(&mut self, id: &NotebookId, work: &mut Work) {
        let Some(notebook) = self.notebooks.get(id) else { return };
        if notebook.membership.len() == notebook.operations.len() || mutant("pin-what-nobody-carries") {
            return;
        }
        let is_carried = |op: &&SignedOp| notebook.operations.contains_key(&op.id());
        let uncarried: Vec<SignedOp> = notebook.membership.ops().filter(|op| !is_carried(op)).cloned().collect();
        for op in uncarried {
            // Without a valid key nothing can be made that is pinned to it either.
            let _ = self.seal_operation(id, op, work);
        }
    }

    /// Seals an operation that the membership holds already.
    pub(crate) fn seal_operation(&mut self, id: &NotebookId, op: SignedOp, work: &mut Work) -> Result<(), Refusal> {
        let epoch = self.epoch_at_hand(id)?;
        self.seal_known(id, op, &epoch, work)
    }

    fn seal_known(&mut self, id: &NotebookId, op: SignedOp, epoch: &EpochId, work: &mut Work) -> Result<(), Refusal> {
        let op_id = op.id();
        if self.notebook(id)?.operations.contains_key(&op_id) {
            return Ok(());
        }
        let record = self.seal_under(id, &StreamName::Membership, &Payload::Membership(op), epoch)?;
        let notebook = self.notebook_mut(id)?;
        notebook.operations.insert(op_id, record.id());
        notebook.place(&mut work.batch, &record, Kind::Operation);
        notebook.unshared.insert(record.id());
        work.made(id, &record);
        Ok(())
    }

    /// The epoch to write under, or, where there is none, the newest valid one: an operation is judged on its signature,
    /// and every member comes to hold a valid epoch.
    pub(crate) fn epoch_at_hand(&self, id: &NotebookId) -> Result<EpochId, Refusal> {
        let notebook = self.notebook(id)?;
        notebook
            .epochs
            .latest(&notebook.membership)
            .ok_or_else(|| Refusal::Key("the key of this notebook has not arrived yet".to_owned()))
    }

    /// An operation that takes something away: sealed under the old epoch, so that those it concerns can read it, and
    /// followed at once by a new epoch.
    fn take_away(&mut self, now: Moment, id: &NotebookId, action: Action, work: &mut Work) -> Result<(), Refusal> {
        let op = self.propose(id, action)?;
        let old = self.epoch_at_hand(id)?;
        self.insert_and_seal(id, op, Some(old), work)?;
        // Whoever may make no key now leaves it to those who may: what was taken away is taken away all the same.
        let _ = self.epoch_to_write(id, work);
        self.keep_own(now, id, work);
        Ok(())
    }

    fn set_role(
        &mut self,
        now: Moment,
        archive: &dyn Archive,
        id: &NotebookId,
        person: PersonId,
        role: Role,
        work: &mut Work,
    ) -> Result<(), Refusal> {
        let has = self.notebook(id)?.membership.now().role(&person);
        if has == Some(role) {
            return Ok(());
        }
        let awaits = self.notebook(id)?.membership.now().redemptions().iter().any(|notice| notice.person == person);
        if has.is_none() && !awaits {
            return Err(Refusal::NoMember(person));
        }
        let retained = match has {
            Some(has) if has > role => self.retained(archive, id, &person)?,
            _ => Retained::new(),
        };
        let action = Action::Set { subject: Subject::Person(person), role, retained };
        self.take_away(now, id, action, work)?;
        // A device that is no member's any more seals nothing on; the role is set.
        let _ = self.seal_on(id, SealTo::All, work);
        Ok(())
    }

    fn hand_over(&mut self, now: Moment, id: &NotebookId, to: PersonId, work: &mut Work) -> Result<(), Refusal> {
        self.must_be_member(id, &to)?;
        let Some(recovery) = self.me.recovery.clone() else {
            let needed = "handing a notebook over takes your recovery phrase, which this device does not hold";
            return Err(Refusal::Membership(needed.to_owned()));
        };
        let refused = |refusal: OpRefusal| Refusal::Membership(refusal.to_string());
        let op = self.notebook(id)?.membership.propose_handover(&self.me.signer(), to, &recovery).map_err(refused)?;
        self.insert_and_seal(id, op, None, work)?;
        self.keep_own(now, id, work);
        Ok(())
    }

    /// What a removal keeps of a person's writing: their last change, as far as this device has seen, in every stream.
    fn retained(&mut self, archive: &dyn Archive, id: &NotebookId, person: &PersonId) -> Result<Retained, Refusal> {
        let notebook = self.notebooks.get_mut(id).ok_or(Refusal::NoNotebook(*id))?;
        let names: Vec<StreamName> = notebook
            .streams
            .values()
            .filter(|row| row.summary.authors.contains(person) || row.summary.not_shown > 0)
            .map(|row| row.name)
            .collect();
        let view = notebook.membership.now();
        let mut retained = Retained::new();
        for name in names {
            let stream = open_stream(notebook, archive, &name, &mut self.damage)
                .map_err(|fault| Refusal::Device(fault.to_string()))?;
            let tag: StreamTag = stream.tag;
            for (actor, seq, hash) in stream.document.actors() {
                // Also what a device wrote that is not theirs any more: it would fall with them.
                if view.author_of(&actor.device()) == Some(*person) && !retained.keep(tag, Head { actor, seq, hash }) {
                    let full = "they wrote in more places than one removal can name; remove them page by page";
                    return Err(Refusal::Membership(full.to_owned()));
                }
            }
        }
        Ok(retained)
    }

    fn invite(
        &mut self,
        now: Moment,
        archive: &dyn Archive,
        id: &NotebookId,
        (role, uses, open): (Role, u32, Lifetime),
        addresses: Vec<String>,
        work: &mut Work,
    ) -> Result<Outcome, Refusal> {
        self.must_administer(id, "inviting")?;
        if self.notebook(id)?.row.inbox.is_some() {
            return Err(Refusal::Membership("the inbox is private; file the capture to a notebook first".to_owned()));
        }
        let title = self.title_of(archive, id)?;
        let inviter = self.me.profile.1.name.clone();
        let secret = LinkSecret::generate(&mut self.rng);
        let invite =
            Action::Invite { key: secret.public(), role, uses, expires: open.from(now), label: inviter.clone() };
        let op = self.propose(id, invite)?;
        let invitation = InvitationId::from(op.id());
        self.insert_and_seal(id, op, None, work)?;
        let uri = InvitationUri::new((*id, invitation, role), &title, inviter.as_ref(), addresses, secret);
        self.keep_own(now, id, work);
        Ok(Outcome::Invited(invitation, uri.to_string()))
    }

    /// The title of a notebook as it stands.
    pub(crate) fn title_of(&mut self, archive: &dyn Archive, id: &NotebookId) -> Result<Title, Refusal> {
        let stream = self.open_stream(archive, id, &StreamName::Notebook)?;
        Ok(hedgerow_document::notebook::read(&stream.document).0.title)
    }

    /// Seals on the epochs that members' devices and recoveries lack.
    pub(crate) fn seal_on(&mut self, id: &NotebookId, to: SealTo, work: &mut Work) -> Result<Vec<Vec<u8>>, Refusal> {
        let keys = self.me.keys.clone();
        let notebook = self.notebooks.get_mut(id).ok_or(Refusal::NoNotebook(*id))?;
        let mut owed = notebook.epochs.owed(&notebook.membership, &keys);
        let view = notebook.membership.now();
        match to {
            SealTo::All => {}
            SealTo::PersonOf(device) => {
                let theirs = view.person_of(&device).map(|person| view.recipients_of(&person)).unwrap_or_default();
                owed.retain(|owed| theirs.contains(&owed.to));
            }
            SealTo::Recoveries => {
                let devices: BTreeSet<RecipientId> =
                    view.devices().iter().map(|(device, _)| (*device).into()).collect();
                owed.retain(|owed| !devices.contains(&owed.to.id));
            }
        }
        self.seal_owed(id, &owed, work)
    }

    /// Seals these on, and puts their records into `work`.
    pub(crate) fn seal_owed(
        &mut self,
        id: &NotebookId,
        owed: &[Owed],
        work: &mut Work,
    ) -> Result<Vec<Vec<u8>>, Refusal> {
        if owed.is_empty() {
            return Ok(Vec::new());
        }
        let keys = self.me.keys.clone();
        let notebook = self.notebooks.get_mut(id).ok_or(Refusal::NoNotebook(*id))?;
        let sealed = notebook.epochs.seal_on(owed, &notebook.membership, &keys, &mut self.rng);
        let mut records = Vec::new();
        for record in sealed.map_err(|problem| Refusal::Key(problem.to_string()))? {
            notebook.place(&mut work.batch, &record, Kind::Key);
            work.made(id, &record);
            records.push(record.into_bytes());
        }
        Ok(records)
    }

    /// What this device does by itself as an admin: seats those whom it sees standing, so that latecomers cannot put
    /// them in question.
    pub(crate) fn settle_seats(&mut self, id: &NotebookId, work: &mut Work) -> Result<(), Refusal> {
        if my_role(&self.notebook(id)?.membership, &self.me.device()) != Some(Role::Admin) {
            return Ok(());
        }
        for (invitation, redemptions) in self.notebook(id)?.membership.now().to_settle() {
            let op = self.propose(id, Action::Settle { invitation, redemptions })?;
            self.insert_and_seal(id, op, None, work)?;
            Replica::notice(work, Notice::NotebookChanged(*id));
        }
        Ok(())
    }
}

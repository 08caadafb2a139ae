//! What a set of operations comes to, and what can be asked of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use hedgerow_model::{CircleId, DeviceId, InvitationId, Label, Moment, OpId, PersonId, Role, mutant};

use crate::{
    HpkePublic, Recipient, RecipientId, Subject,
    circles::CircleView,
    dag::{Ground, Rank},
    persons::PersonView,
};

/// One answer to "who may do what": that of all operations known, or of those under some pins.
#[derive(Debug, Clone)]
pub struct View {
    pub(crate) founder: PersonId,
    /// The operation that made the founder so.
    pub(crate) crown: usize,
    /// How many handovers there were.
    pub(crate) handovers: u64,
    /// The handovers that stand though there are others beside them, and who has built on each: the next who does tips the
    /// balance too.
    pub(crate) disputed: BTreeMap<usize, BTreeSet<PersonId>>,
    pub(crate) seats: BTreeMap<Subject, Seat>,
    /// Removed by name, or gone: no circle's role counts for them.
    pub(crate) barred: BTreeSet<PersonId>,
    /// Whoever was ever given a role, also by something that fell.
    pub(crate) granted: BTreeSet<Subject>,
    pub(crate) persons: BTreeMap<PersonId, Arc<PersonView>>,
    pub(crate) circles: BTreeMap<CircleId, Arc<CircleView>>,
    /// Whose devices there are, in order of person.
    pub(crate) owners: BTreeMap<DeviceId, BTreeSet<PersonId>>,
    /// Every device that is or ever was somebody's.
    pub(crate) met: BTreeSet<DeviceId>,
    pub(crate) links: BTreeMap<OpId, LinkView>,
    pub(crate) redeemed: BTreeMap<OpId, RedeemedView>,
    pub(crate) fallen: BTreeMap<OpId, Option<OpId>>,
    pub(crate) taking: BTreeSet<OpId>,
    /// What took something from somebody.
    pub(crate) strikes: BTreeMap<Struck, Vec<usize>>,
}

/// The place of a person or circle that was given a role by name or link.
#[derive(Debug, Clone)]
pub(crate) struct Seat {
    pub(crate) role: Role,
    pub(crate) rank: Rank,
    pub(crate) grounds: Vec<Ground>,
    /// Whether all of it came by links.
    pub(crate) by_link: bool,
}

/// From whom something was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Struck {
    Person(PersonId),
    Circle(CircleId),
    FromCircle(CircleId, PersonId),
    Device(DeviceId),
}

#[derive(Debug, Clone)]
pub(crate) struct LinkView {
    pub(crate) op: usize,
    pub(crate) by: PersonId,
    pub(crate) role: Role,
    pub(crate) uses: u32,
    pub(crate) expires: Moment,
    pub(crate) label: Option<Label>,
    pub(crate) key: [u8; 32],
    /// Whether it was revoked or otherwise cut, and by what.
    pub(crate) closed: Option<(Link, OpId)>,
    /// Persons whose redemptions count.
    pub(crate) counted: BTreeSet<PersonId>,
    /// Those of them with a seat.
    pub(crate) seated: BTreeSet<PersonId>,
}

#[derive(Debug, Clone)]
pub(crate) struct RedeemedView {
    pub(crate) invitation: InvitationId,
    pub(crate) person: PersonId,
    pub(crate) state: RedemptionState,
    pub(crate) cause: Option<OpId>,
    /// Whether something in effect that gave or took the person's role stands on it.
    pub(crate) decided: bool,
}

/// A person with a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// Their role, of their own or by a circle, whichever is greater.
    pub role: Role,
    /// Whether they are the founder.
    pub standing: Standing,
}

/// Whether somebody is the founder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Cannot fall before a handover.
    Founder,
    /// Anybody else.
    Member,
}

/// Whether a link still lets somebody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    /// It does, until it expires by the host's clock.
    Open,
    /// As many persons have come as it admits.
    UsedUp,
    /// An admin closed it.
    Revoked,
    /// A removal or demotion after it was issued closed it, or its inviter went.
    Cut,
}

/// What became of an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationState {
    /// Which.
    pub id: InvitationId,
    /// What it gives.
    pub role: Role,
    /// How many persons it admits.
    pub uses: u32,
    /// How many have come, contested ones included.
    pub used: u32,
    /// Until when hosts should honour it.
    pub expires: Moment,
    /// What its inviter called it.
    pub label: Option<Label>,
    /// Whether it is open.
    pub state: Link,
    /// Who issued it.
    pub by: PersonId,
    /// The public key of its secret.
    pub key: [u8; 32],
}

/// What became of one redemption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RedemptionState {
    /// The person came in by it.
    Stands,
    /// So they did, and an admin's device has seated them: no latecomer puts them in question.
    Seated,
    /// More came than the link admits, out of touch with each other; an admin picks.
    Contested,
    /// The link was closed by something it did not know of, or its invitation fell.
    Void,
    /// It would make an admin; one has to agree.
    AwaitsAdmin,
    /// Whoever let them in had come in by something that does not stand.
    HostFell,
}

/// A redemption, for telling admins and the joiner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedemptionNotice {
    /// The redemption.
    pub op: OpId,
    /// By which link.
    pub invitation: InvitationId,
    /// Of whom.
    pub person: PersonId,
    /// What became of it.
    pub state: RedemptionState,
    /// Through what it is void or its host fell.
    pub cause: Option<OpId>,
    /// Whether the person was since given a role, removed, or left: who waited for an admin, or was contested, no longer is.
    pub decided: bool,
}

impl View {
    /// A person's role, of their own or by a circle.
    #[must_use]
    pub fn role(&self, person: &PersonId) -> Option<Role> {
        let own = self.seats.get(&Subject::Person(*person)).map(|seat| seat.role);
        own.max(self.circle_grounds(person).map(|ground| ground.role).max())
    }

    /// The role of the person whose device it is.
    #[must_use]
    pub fn role_of_device(&self, device: &DeviceId) -> Option<Role> {
        self.role(&self.person_of(device)?)
    }

    /// Whose device it is. Of several persons the one with the highest role, then the lowest id.
    #[must_use]
    pub fn person_of(&self, device: &DeviceId) -> Option<PersonId> {
        let owners = self.owners.get(device)?.iter().copied();
        owners.min_by_key(|person| (std::cmp::Reverse(self.role(person)), *person))
    }

    /// Whose a device is or was: what it wrote is its person's work also once it was revoked. It gives no right to anything.
    #[must_use]
    pub fn author_of(&self, device: &DeviceId) -> Option<PersonId> {
        if !self.has_met(device) {
            return None;
        }
        let ever = self.persons.iter().filter(|(_, view)| view.ever.contains(device)).map(|(person, _)| *person);
        let ever = ever.filter(|_| !mutant("disown-revoked-devices"));
        self.person_of(device).or_else(|| ever.min_by_key(|person| (std::cmp::Reverse(self.role(person)), *person)))
    }

    /// Everybody with a role, in order of id.
    #[must_use]
    pub fn members(&self) -> Vec<Member> {
        let seated = self.seats.keys().filter_map(|subject| match subject {
            Subject::Person(person) => Some(*person),
            Subject::Circle(_) => None,
        });
        let circles = self.seats.keys().filter_map(|subject| match subject {
            Subject::Circle(circle) => self.circles.get(circle),
            Subject::Person(_) => None,
        });
        let persons: BTreeSet<PersonId> = seated.chain(circles.flat_map(|circle| circle.persons())).collect();
        let standing = |person| if person == self.founder { Standing::Founder } else { Standing::Member };
        let member = |person| Some(Member { person, role: self.role(&person)?, standing: standing(person) });
        persons.into_iter().filter_map(member).collect()
    }

    /// The circles that have a role, in order of id.
    #[must_use]
    pub fn circles(&self) -> Vec<(CircleId, Role)> {
        let circle = |(subject, seat): (&Subject, &Seat)| match subject {
            Subject::Circle(circle) => Some((*circle, seat.role)),
            Subject::Person(_) => None,
        };
        self.seats.iter().filter_map(circle).collect()
    }

    /// The devices of all members, each with the key to seal to, in order of id.
    #[must_use]
    pub fn devices(&self) -> Vec<(DeviceId, HpkePublic)> {
        let members = self.members();
        let all: BTreeMap<DeviceId, HpkePublic> =
            members.iter().flat_map(|member| self.devices_of(&member.person)).collect();
        all.into_iter().collect()
    }

    /// The devices of one person, member or not, in order of id.
    #[must_use]
    pub fn devices_of(&self, person: &PersonId) -> Vec<(DeviceId, HpkePublic)> {
        let devices = self.persons.get(person).map(|view| &view.devices);
        devices.into_iter().flatten().map(|(device, seat)| (*device, seat.hpke)).collect()
    }

    /// To whom epochs are sealed: the devices of all members and the recovery in place of each, in order of id, each once.
    #[must_use]
    pub fn recipients(&self) -> Vec<Recipient> {
        let members = self.members();
        let of_all = members.iter().flat_map(|member| self.recipients_of(&member.person));
        let all: BTreeMap<RecipientId, HpkePublic> = of_all.map(|recipient| (recipient.id, recipient.hpke)).collect();
        all.into_iter().map(|(id, hpke)| Recipient { id, hpke }).collect()
    }

    /// The devices of one person, member or not, and their recovery in place.
    #[must_use]
    pub fn recipients_of(&self, person: &PersonId) -> Vec<Recipient> {
        let devices = self.devices_of(person).into_iter().map(|(device, hpke)| Recipient { id: device.into(), hpke });
        let recovery = self.persons.get(person).and_then(|view| view.recovery);
        let recovery = recovery.filter(|_| !mutant("leave-recoveries-out"));
        devices.chain(recovery.map(|recovery| recovery.recipient())).collect()
    }

    /// The founder, or their latest heir.
    #[must_use]
    pub fn founder(&self) -> PersonId {
        self.founder
    }

    /// Whether the device is, or ever was, of a person who is spoken of here. All others are strangers, to whom nothing is
    /// owed.
    #[must_use]
    pub fn has_met(&self, device: &DeviceId) -> bool {
        self.met.contains(device)
    }

    /// Whether the device belonged to somebody who once had a role, and has none now.
    #[must_use]
    pub fn was_member(&self, device: &DeviceId) -> bool {
        if !self.has_met(device) {
            return false;
        }
        let ever = self.persons.iter().filter(|(_, view)| view.ever.contains(device)).map(|(person, _)| *person);
        self.role_of_device(device).is_none() && ever.into_iter().any(|person| self.was_granted(&person))
    }

    pub(crate) fn was_granted(&self, person: &PersonId) -> bool {
        let circles = self.granted.iter().filter_map(|subject| match subject {
            Subject::Circle(circle) => self.circles.get(circle),
            Subject::Person(_) => None,
        });
        self.granted.contains(&Subject::Person(*person)) || circles.into_iter().any(|circle| circle.ever(person))
    }

    /// The operations in effect that take something away: whoever lost by one must not be given later keys.
    #[must_use]
    pub fn taking(&self) -> &BTreeSet<OpId> {
        &self.taking
    }

    /// All invitations that stand, in order of id.
    #[must_use]
    pub fn invitations(&self) -> Vec<InvitationState> {
        self.links.keys().filter_map(|id| self.invitation(&InvitationId::from(*id))).collect()
    }

    /// One invitation; `None` if it is not known or fell.
    #[must_use]
    pub fn invitation(&self, id: &InvitationId) -> Option<InvitationState> {
        let link = self.links.get(&OpId::from(*id))?;
        let used = link.counted.len() as u32; // no more than there are operations
        let full = used >= link.uses;
        Some(InvitationState {
            id: *id,
            role: link.role,
            uses: link.uses,
            used,
            expires: link.expires,
            label: link.label.clone(),
            state: link.closed.map_or(if full { Link::UsedUp } else { Link::Open }, |(how, _)| how),
            by: link.by,
            key: link.key,
        })
    }

    /// What became of each redemption, in order of id.
    #[must_use]
    pub fn redemptions(&self) -> Vec<RedemptionNotice> {
        let notice = |(op, redeemed): (&OpId, &RedeemedView)| RedemptionNotice {
            op: *op,
            invitation: redeemed.invitation,
            person: redeemed.person,
            state: redeemed.state,
            cause: redeemed.cause,
            decided: redeemed.decided,
        };
        self.redeemed.iter().map(notice).collect()
    }

    /// Those redemptions that let nobody in until an admin decides.
    #[must_use]
    pub fn undecided(&self) -> Vec<RedemptionNotice> {
        let waits = |state| matches!(state, RedemptionState::AwaitsAdmin | RedemptionState::Contested);
        self.redemptions().into_iter().filter(|notice| waits(notice.state) && !notice.decided).collect()
    }

    /// What an admin's device should settle at once: for each link, one redemption of each person who stands without a seat.
    #[must_use]
    pub fn to_settle(&self) -> Vec<(InvitationId, Vec<OpId>)> {
        let mut settles = Vec::new();
        for (id, link) in &self.links {
            let room = (link.uses as usize).saturating_sub(link.seated.len()).min(crate::Action::MOST_SEATED);
            let mut persons = BTreeSet::new();
            let standing = self.redeemed.iter().filter(|(_, redeemed)| {
                OpId::from(redeemed.invitation) == *id && redeemed.state == RedemptionState::Stands
            });
            let unseated = standing.filter(|(_, redeemed)| persons.insert(redeemed.person));
            let ops: Vec<OpId> = unseated.map(|(op, _)| *op).take(room).collect();
            if !ops.is_empty() {
                settles.push((InvitationId::from(*id), ops));
            }
        }
        settles
    }

    /// Whether `op` does not count here: it fell, or is a redemption that does not stand.
    #[must_use]
    pub fn fell(&self, op: &OpId) -> bool {
        let redeemed = self.redeemed.get(op);
        self.fallen.contains_key(op) || redeemed.is_some_and(|redeemed| !redeemed.state.stands())
    }

    /// Through which operation `op` fell, where it was one.
    #[must_use]
    pub fn fell_to(&self, op: &OpId) -> Option<OpId> {
        let redeemed = self.redeemed.get(op).and_then(|redeemed| redeemed.cause);
        self.fallen.get(op).copied().flatten().or(redeemed)
    }
}

impl RedemptionState {
    /// Whether the person came in by it.
    #[must_use]
    pub fn stands(self) -> bool {
        matches!(self, RedemptionState::Stands | RedemptionState::Seated)
    }
}

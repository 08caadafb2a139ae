//! Eight people with two devices each, some of them dishonest, and what they do by chance.

use std::collections::BTreeSet;

use hedgerow_model::{CircleId, DeviceId, Label};

use super::{super::*, Chance};
use crate::{Inserted, RedemptionState, found_circle};

pub(super) const PEOPLE: usize = 8;

/// The keys that all these people have.
pub(super) struct Everybody {
    pub(super) people: Vec<Person>,
    second: Vec<DeviceKeys>,
    /// Recovery keys to put in place of the first.
    spare: Vec<[RecoveryKeys; 2]>,
}

impl Everybody {
    pub(super) fn new() -> Everybody {
        let numbers = || 0..PEOPLE as u8;
        let spare = |number: u8| [51, 151].map(|more| RecoveryKeys::from_seed(&[number + more; 32]));
        Everybody {
            people: numbers().map(|number| Person::new(number + 1)).collect(),
            second: numbers().map(|number| DeviceKeys::from_seed(&[number + 101; 32])).collect(),
            spare: numbers().map(spare).collect(),
        }
    }
}

pub(super) struct World<'a> {
    people: &'a [Person],
    second: &'a [DeviceKeys],
    spare: &'a [[RecoveryKeys; 2]],
    desks: Vec<Membership>,
    dishonest: Vec<bool>,
    links: Vec<Link>,
    circles: Vec<LogId>,
    pub(super) chance: Chance,
    /// What this history is mostly about: anything, links, devices and circles, or handovers and recovery keys.
    mostly: u64,
    /// How many operations there are beyond the beginning.
    made: usize,
}

impl<'a> World<'a> {
    pub(super) fn new(everybody: &'a Everybody, seed: u64) -> World<'a> {
        let Everybody { people, second, spare } = everybody;
        let mut first = Desk::found(&people[0]);
        let mut chance = Chance(seed);
        let dishonest = (0..PEOPLE).map(|person| chance.percent(if person == 0 { 20 } else { 35 })).collect();
        let name = Label::parse("Cohort").unwrap();
        let known = Pins::new([people[0].genesis.id()]);
        let circle = found_circle(&people[0].keys, people[0].id(), &known, name, [5; 16]).unwrap();
        let circles = vec![circle.log()];
        for person in people {
            first.all.insert(person.genesis.clone()).unwrap();
        }
        first.all.insert(circle).unwrap();
        for person in &people[1..3 + chance.below(4)] {
            let role = [Role::Admin, Role::Writer, Role::Admin, Role::Admin][chance.below(4)];
            first.set(person, role).unwrap();
        }
        let desks = vec![first.all; PEOPLE];
        World { people, second, spare, desks, dishonest, links: Vec::new(), circles, chance, mostly: seed % 4, made: 0 }
    }

    /// Makes `action` in the name of `by` at their desk; a dishonest person often pretends to know less.
    fn act(&mut self, by: usize, log: &LogId, action: Action) {
        let desk = &self.desks[by];
        let person = &self.people[by];
        let keys = if self.chance.percent(20) { &self.second[by] } else { &person.keys };
        let signer = Signer { keys, person: person.id() };
        let made = if self.dishonest[by] && self.chance.percent(50) {
            let all: Vec<OpId> = desk.ops().map(SignedOp::id).collect();
            let mut deps: Vec<OpId> = (0..1 + self.chance.below(3)).filter_map(|_| self.chance.pick(&all)).collect();
            deps.sort_unstable();
            deps.dedup();
            desk.draft_on(deps, log, person.id(), keys.device(), action).and_then(|op| SignedOp::sign(op, keys))
        } else if let Action::Handover { to, .. } = action {
            desk.propose_handover(&signer, to, self.recovery_in_place(by))
        } else {
            desk.propose_in(&signer, log, action)
        };
        if let Ok(op) = made {
            self.made += usize::from(self.desks[by].insert(op) == Ok(Inserted::New));
        }
    }

    fn hear(&mut self, to: usize, from: usize) {
        let ops: Vec<SignedOp> = if self.chance.percent(60) {
            self.desks[from].ops().cloned().collect()
        } else {
            let all: Vec<OpId> = self.desks[from].ops().map(SignedOp::id).collect();
            let some = self.chance.pick(&all).unwrap();
            self.desks[from].past(&some).iter().filter_map(|id| self.desks[from].op(id)).cloned().collect()
        };
        for op in ops {
            self.desks[to].insert(op).unwrap();
        }
    }

    fn role(&mut self) -> Role {
        Role::ALL[self.chance.below(4)]
    }

    /// Mostly somebody who may do something, by their own view.
    fn somebody(&mut self) -> usize {
        let at_least = [None, Some(Role::Reader), Some(Role::Admin), Some(Role::Admin)][self.chance.below(4)];
        let may = |person: &usize| self.desks[*person].now().role(&self.people[*person].id()) >= at_least;
        let who: Vec<usize> = (0..PEOPLE).filter(may).collect();
        self.chance.pick(&who).unwrap_or_default()
    }

    /// The recovery key that `by` believes to be in place.
    fn recovery_in_place(&self, by: usize) -> &'a RecoveryKeys {
        let person = &self.people[by];
        let now = self.desks[by].now();
        let in_place = now.persons.get(&person.id()).and_then(|view| view.recovery);
        let replaced = self.spare[by].iter().find(|spare| in_place == Some(spare.public()));
        replaced.unwrap_or(&person.recovery)
    }

    /// Lets things happen until there are so many operations beyond everybody's first; then all that anybody knows.
    pub(super) fn goes_on_for(&mut self, length: usize) -> Membership {
        for _ in 0..length * 8 {
            self.step();
            if self.made >= length {
                break;
            }
        }
        assert!(self.made > 0, "nothing happened");
        self.together()
    }

    fn step(&mut self) {
        let by = self.somebody();
        let whom = self.chance.below(PEOPLE);
        let subject = Subject::Person(self.people[whom].id());
        let notebook = LogId::from(self.desks[by].notebook());
        let retained = Retained::new();
        let mut what = self.chance.below(100);
        if self.mostly == 1 && (30..=53).contains(&what) && self.chance.percent(85) {
            what = [0, 55, 65, 70, 80][self.chance.below(5)];
        }
        if self.mostly == 2 && (45..=77).contains(&what) && self.chance.percent(70) {
            what = [0, 90, 95, 98][self.chance.below(4)];
        }
        if self.mostly == 3 && (45..=82).contains(&what) && self.chance.percent(60) {
            what = [0, 84, 89, 91][self.chance.below(4)];
        }
        match what {
            0..=29 => self.hear(by, whom),
            30..=44 => {
                let role = self.role();
                self.act(by, &notebook, Action::Set { subject, role, retained });
            }
            45..=51 => self.act(by, &notebook, Action::Remove { subject, retained }),
            52..=53 => self.act(by, &notebook, Action::Leave { retained }),
            54..=60 => self.invite(by, &notebook),
            61..=74 => self.redeem(&notebook),
            75..=77 => {
                if let Some(link) = self.chance.pick(&self.links) {
                    self.act(by, &notebook, Action::Revoke { invitation: link.id });
                }
            }
            78..=82 => {
                for (invitation, redemptions) in self.desks[by].now().to_settle() {
                    self.act(by, &notebook, Action::Settle { invitation, redemptions });
                }
            }
            83 => self.settle_contested(by, &notebook),
            84..=86 => {
                let to = self.people[whom].id();
                self.act(by, &notebook, Action::Handover { to, recovery: crate::Signature::from_bytes([0; 64]) });
            }
            87 => self.act(by, &notebook, Action::Retire),
            88 => self.nonsense(by),
            89..=92 => self.change_devices(by),
            _ => self.change_circles(by, whom, &notebook),
        }
    }

    fn invite(&mut self, by: usize, notebook: &LogId) {
        let seed = [self.links.len() as u8 + 1; 32];
        let role = if self.chance.percent(85) { Role::Writer } else { Role::Admin };
        let uses = [1, 1, 2, 3][self.chance.below(4)];
        let before: BTreeSet<OpId> = self.desks[by].ops().map(SignedOp::id).collect();
        let expires = Moment::from_millis(0);
        self.act(by, notebook, Action::Invite { key: link_public(&seed), role, uses, expires, label: None });
        if let Some(op) = self.desks[by].ops().find(|op| !before.contains(&op.id())) {
            self.links.push(Link { id: InvitationId::from(op.id()), seed });
        }
    }

    /// Somebody without a role comes in by a link that their host believes open, mostly.
    fn redeem(&mut self, notebook: &LogId) {
        let desks = 0..PEOPLE;
        let hosts: Vec<usize> =
            desks.filter(|by| self.desks[*by].now().role(&self.people[*by].id()).is_some()).collect();
        let Some(by) = self.chance.pick(&hosts) else { return };
        let view = self.desks[by].now();
        let careless = self.chance.percent(10);
        let open =
            |link: &&Link| careless || view.invitation(&link.id).is_some_and(|link| link.state == crate::Link::Open);
        let links: Vec<Link> = self.links.iter().filter(open).copied().collect();
        let outside = |person: &usize| careless || view.role(&self.people[*person].id()).is_none();
        let joiners: Vec<usize> = (0..PEOPLE).filter(outside).collect();
        let (Some(link), Some(whom)) = (self.chance.pick(&links), self.chance.pick(&joiners)) else { return };
        let mut joiner_nonce = [0; 32];
        joiner_nonce[..8].copy_from_slice(&self.chance.next().to_le_bytes());
        let asked = RedemptionAsked {
            invitation: link.id,
            person: self.people[whom].id(),
            joiner_nonce,
            host_nonce: [0; 32],
            host: self.people[by].keys.device(),
            known: vec![self.people[whom].genesis.id()],
        };
        let statement = Redemption::sign(&self.desks[by].notebook(), asked, &self.people[whom].keys, &link.seed);
        self.act(by, notebook, Action::Redeem(Box::new(statement)));
        let host = self.desks[by].clone();
        for op in host.ops() {
            self.desks[whom].insert(op.clone()).unwrap();
        }
    }

    fn settle_contested(&mut self, by: usize, notebook: &LogId) {
        let contested = self.desks[by].now().redemptions();
        let contested: Vec<_> =
            contested.into_iter().filter(|notice| notice.state == RedemptionState::Contested).collect();
        if let Some(notice) = self.chance.pick(&contested) {
            let settle = Action::Settle { invitation: notice.invitation, redemptions: vec![notice.op] };
            self.act(by, notebook, settle);
        }
    }

    /// Operations about things that are not what they are taken for, and of kinds that nobody knows.
    fn nonsense(&mut self, by: usize) {
        let all: Vec<OpId> = self.desks[by].ops().map(SignedOp::id).collect();
        let logs: Vec<LogId> = self.desks[by].ops().map(SignedOp::log).collect();
        let (Some(one), Some(log)) = (self.chance.pick(&all), self.chance.pick(&logs)) else { return };
        let (one_as_log, retained) = (LogId::from(one), Retained::new());
        let action = match self.chance.below(9) {
            0 => Action::Revoke { invitation: InvitationId::from(one) },
            1 => Action::Settle { invitation: InvitationId::from(one), redemptions: vec![one] },
            2 => Action::Set { subject: Subject::Circle(one_as_log.into()), role: Role::Writer, retained },
            3 => Action::Set { subject: Subject::Person(one_as_log.into()), role: Role::Admin, retained },
            4 => Action::ReplaceRecovery {
                recovery: crate::RecoveryPublic {
                    signing: *one.as_bytes(),
                    hpke: crate::HpkePublic::from_bytes(*log.as_bytes()),
                },
            },
            5 => Action::SetCircle { person: log.into(), admin: true },
            6 => Action::RevokeDevice { device: DeviceId::from_bytes(*one.as_bytes()), good: vec![one], retained },
            kind => Action::Unknown { kind: 0x01ab + 0x0100 * (kind as u16 - 7), body: vec![1] },
        };
        self.act(by, &log, action);
    }

    fn change_devices(&mut self, by: usize) {
        let (person, second) = (&self.people[by], &self.second[by]);
        let log = LogId::from(person.id());
        if self.chance.percent(60) {
            self.act(by, &log, adding(second, person));
            return;
        }
        let own: Vec<OpId> =
            self.desks[by].ops().filter(|op| op.op().author.device == second.device()).map(SignedOp::id).collect();
        let good = self.chance.pick(&own).into_iter().collect();
        let which = if self.chance.percent(80) { second.device() } else { person.keys.device() };
        let revoke = Action::RevokeDevice { device: which, good, retained: Retained::new() };
        if self.chance.percent(30) {
            let spare = &self.spare[by][self.chance.below(2)];
            self.recover(by, Action::ReplaceRecovery { recovery: spare.public() });
        } else if self.chance.percent(50) {
            self.act(by, &log, revoke);
        } else {
            self.recover(by, revoke);
        }
    }

    /// Does something with the recovery key; a dishonest person often with one that was replaced, pretending not to know.
    fn recover(&mut self, by: usize, action: Action) {
        let person = &self.people[by];
        let key = self.recovery_in_place(by);
        let desk = &self.desks[by];
        let made = if self.dishonest[by] && self.chance.percent(50) {
            let own: Vec<OpId> = desk.person_ops(&person.id()).iter().map(|op| op.id()).collect();
            let deps = self.chance.pick(&own).into_iter().collect();
            let device = DeviceId::from_bytes(person.recovery.public().signing);
            let op = desk.draft_on(deps, &LogId::from(person.id()), person.id(), device, action);
            op.and_then(|op| SignedOp::sign_with_recovery(op, &person.recovery))
        } else {
            desk.propose_recovery(person.id(), key, action)
        };
        if let Ok(op) = made {
            self.made += usize::from(self.desks[by].insert(op) == Ok(Inserted::New));
        }
    }

    fn change_circles(&mut self, by: usize, whom: usize, notebook: &LogId) {
        let (log, person) = (self.circles[0], self.people[whom].id());
        match self.chance.below(4) {
            0 | 1 => {
                let admin = self.chance.percent(30);
                self.act(by, &log, Action::SetCircle { person, admin });
            }
            2 => self.act(by, &log, Action::RemoveFromCircle { person, retained: Retained::new() }),
            3 if self.chance.percent(30) => {
                self.act(
                    by,
                    &log,
                    Action::RemoveFromCircle { person: self.people[by].id(), retained: Retained::new() },
                );
            }
            _ => {
                let subject = Subject::Circle(CircleId::from(log));
                let role = [Role::Reader, Role::Writer][self.chance.below(2)];
                self.act(by, notebook, Action::Set { subject, role, retained: Retained::new() });
            }
        }
    }

    /// Everything that anybody knows.
    fn together(&mut self) -> Membership {
        let mut all = self.desks[0].clone();
        for desk in &self.desks[1..] {
            for op in desk.ops() {
                all.insert(op.clone()).unwrap();
            }
        }
        all
    }
}

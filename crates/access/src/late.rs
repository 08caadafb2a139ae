//! Whether a change came too late: what was taken from its author without its knowing.

use hedgerow_model::{ActorId, OpId, PersonId, Role, StreamTag, mutant};

use crate::{Action, Head, LogKind, Membership, Pins, Retained, View, bits::Bits, dag::Ground, view::Struck};

/// What took a change away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LateCause {
    /// The operation.
    pub op: OpId,
    /// Who made it.
    pub by: PersonId,
}

/// One change, as far as it matters here.
struct Change<'a> {
    stream: &'a StreamTag,
    head: &'a Head,
    needs: Role,
    /// Whether it lies on the line that ends in this head, which is not before it.
    is_on: &'a dyn Fn(&Head) -> bool,
}

/// What its author knew.
struct Knowledge<'a> {
    ops: Bits,
    /// What those came to.
    view: &'a View,
}

impl Membership {
    /// Whether something in `at` takes away the change `head` in `stream`, made knowing `pins`, for which the role `needs` was
    /// needed. `None` when nothing does, and also when `at` or `pins` are not known or the actor's device was nobody's at
    /// `pins`: whether the change was allowed then is another question.
    #[must_use]
    pub fn late(&self, at: &Pins, stream: &StreamTag, head: &Head, pins: &Pins, needs: Role) -> Option<LateCause> {
        self.late_unless(at, stream, head, pins, needs, &|kept| kept.seq > head.seq || kept.hash == head.hash)
    }

    /// As [`late`](Membership::late), for whoever can tell more: `is_on` says whether the change lies on the line that ends
    /// in a head which was retained and is not before it. A line that was numbered twice has two changes with one number, and
    /// only one of them was retained.
    #[must_use]
    pub fn late_unless(
        &self,
        at: &Pins,
        stream: &StreamTag,
        head: &Head,
        pins: &Pins,
        needs: Role,
        is_on: &dyn Fn(&Head) -> bool,
    ) -> Option<LateCause> {
        let view = self.at(at)?;
        if view.strikes.is_empty() && view.fallen.is_empty() && view.redeemed.values().all(|r| r.state.stands()) {
            return None;
        }
        let then = self.at(pins)?;
        let knew = Knowledge { ops: self.dag.closure(pins.ids()).ok()?, view: &then };
        let (change, actor) = (Change { stream, head, needs, is_on }, &head.actor);
        let person = then.person_of(&actor.device())?;
        let cause = self
            .struck(&view, &knew, &Struck::Device(actor.device()), &change)
            .or_else(|| self.struck(&view, &knew, &Struck::Person(person), &change))
            .or_else(|| self.device_fell(&view, &then, &person, actor))
            .or_else(|| self.grounds_gone(&view, &knew, &person, &change))?;
        let node = self.dag.node(cause);
        let in_own_log = self.dag.logs[node.log].kind == LogKind::Person;
        let by = if in_own_log { PersonId::from(self.dag.logs[node.log].id) } else { node.person() };
        Some(LateCause { op: node.id, by })
    }

    /// Something in effect that was not so for the author, took from `whom` what the change needs, and did not keep the
    /// change.
    fn struck(&self, view: &View, knew: &Knowledge<'_>, whom: &Struck, change: &Change<'_>) -> Option<usize> {
        let strikes = view.strikes.get(whom)?.iter().copied();
        // What had fallen when they wrote and is in effect after all took it from them no less than what they never saw.
        let had_fallen = |op: &usize| knew.view.fell(&self.dag.node(*op).id) && !mutant("forgive-who-saw-it-fall");
        let unknown = |op: &usize| !knew.ops.has(*op) || had_fallen(op);
        strikes.filter(unknown).find(|op| {
            let nothing = Retained::new();
            let (takes, retained) = match self.dag.node(*op).action() {
                Action::Set { role, retained, .. } => (*role < change.needs, retained),
                Action::Remove { retained, .. }
                | Action::Leave { retained }
                | Action::RevokeDevice { retained, .. }
                | Action::RemoveFromCircle { retained, .. } => (true, retained),
                _ => (false, &nothing),
            };
            let kept = retained.head(change.stream, &change.head.actor).filter(|_| !mutant("forget-what-was-retained"));
            let is_kept =
                |kept: Head| kept.seq >= change.head.seq && ((change.is_on)(&kept) || mutant("retain-by-number-alone"));
            takes && !kept.is_some_and(is_kept) && !mutant("keep-late-work")
        })
    }

    /// The adding of the device fell, however often it was added.
    fn device_fell(&self, view: &View, then: &View, person: &PersonId, actor: &ActorId) -> Option<usize> {
        let seat = then.persons.get(person)?.devices.get(&actor.device())?;
        let now = view.persons.get(person)?;
        let mut causes = seat.grounds.iter().map(|ground| now.fallen.get(ground).copied());
        let first = causes.next()??;
        causes.all(|cause| cause.is_some()).then_some(first)
    }

    /// All that the role rested on has fallen, or was taken from the circle by which it came.
    fn grounds_gone(&self, view: &View, knew: &Knowledge<'_>, person: &PersonId, change: &Change<'_>) -> Option<usize> {
        let mut first = None;
        for ground in knew.view.grounds(person).iter().filter(|ground| ground.role >= change.needs) {
            let gone = self.ground_gone(view, knew, person, ground, change)?;
            first.get_or_insert(gone);
        }
        first
    }

    fn ground_gone(
        &self,
        view: &View,
        knew: &Knowledge<'_>,
        person: &PersonId,
        ground: &Ground,
        change: &Change<'_>,
    ) -> Option<usize> {
        for op in std::iter::once(ground.op).chain(ground.via) {
            let id = self.dag.node(op).id;
            if view.fell(&id) {
                return view.fell_to(&id).and_then(|cause| self.dag.find(&cause)).or(Some(op));
            }
        }
        let via = ground.via?;
        if view.barred.contains(person) {
            // Removed by name, or gone: what let them in again fell, and no circle's role counts for them either.
            return view.strikes.get(&Struck::Person(*person))?.last().copied();
        }
        let circle = self.dag.logs[self.dag.node(via).log].id.into();
        self.struck(view, knew, &Struck::Circle(circle), change)
            .or_else(|| self.struck(view, knew, &Struck::FromCircle(circle, *person), change))
    }
}

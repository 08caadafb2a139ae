//! Circles: several people, one role.

use hedgerow_model::{CircleId, Label};

use super::*;
use crate::found_circle;

struct Circle {
    id: CircleId,
    log: LogId,
}

/// A circle of the desk's person.
fn circle(desk: &mut Desk<'_>) -> Circle {
    let known = Pins::new([desk.who.genesis.id()]);
    let name = Label::parse("Flood cohort").unwrap();
    let genesis = found_circle(&desk.who.keys, desk.who.id(), &known, name, [3; 16]).unwrap();
    let log = genesis.log();
    desk.all.insert(genesis).unwrap();
    Circle { id: CircleId::from(log), log }
}

fn change(desk: &mut Desk<'_>, circle: &Circle, action: Action) -> Result<OpId, OpRefusal> {
    let op = desk.all.propose_in(&desk.who.signer(), &circle.log, action)?;
    let id = op.id();
    desk.all.insert(op)?;
    Ok(id)
}

fn put(desk: &mut Desk<'_>, circle: &Circle, person: &Person, admin: bool) -> Result<OpId, OpRefusal> {
    desk.all.insert(person.genesis.clone())?;
    change(desk, circle, Action::SetCircle { person: person.id(), admin })
}

fn take(desk: &mut Desk<'_>, circle: &Circle, person: &Person) -> Result<OpId, OpRefusal> {
    change(desk, circle, Action::RemoveFromCircle { person: person.id(), retained: Retained::new() })
}

fn set(desk: &mut Desk<'_>, circle: &Circle, role: Role) -> Result<OpId, OpRefusal> {
    desk.act(Action::Set { subject: Subject::Circle(circle.id), role, retained: Retained::new() })
}

#[test]
fn a_circles_role_is_its_persons() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    let cohort = circle(&mut at_ada);
    put(&mut at_ada, &cohort, &bo, false).unwrap();
    assert_eq!(at_ada.role(&bo), None);
    set(&mut at_ada, &cohort, Role::Writer).unwrap();
    assert_eq!(at_ada.role(&bo), Some(Role::Writer));
    put(&mut at_ada, &cohort, &cy, false).unwrap();
    assert_eq!(at_ada.role(&cy), Some(Role::Writer), "also who comes later");
    at_ada.set(&cy, Role::Reader).unwrap();
    assert_eq!(at_ada.role(&cy), Some(Role::Writer), "the greater counts");
    let removal = take(&mut at_ada, &cohort, &bo).unwrap();
    assert_eq!(at_ada.role(&bo), None);
    assert!(at_ada.all.now().taking().contains(&removal));
    assert!(at_ada.all.now().was_member(&bo.keys.device()));
    told(&at_ada.all);
}

#[test]
fn a_circle_that_was_in_trouble_joins_whole() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    let cohort = circle(&mut at_ada);
    let mut elsewhere = at_ada.clone();
    let one = put(&mut at_ada, &cohort, &bo, false).unwrap();
    let other = put(&mut elsewhere, &cohort, &bo, true).unwrap();
    at_ada.hear(&elsewhere);
    // Only now does the notebook hear of the circle, in which two settings of one person stand beside each other.
    set(&mut at_ada, &cohort, Role::Writer).unwrap();
    assert_eq!(at_ada.role(&bo), Some(Role::Writer));
    let (fallen, stands) = if at_ada.fell(one) { (one, other) } else { (other, one) };
    assert_eq!(at_ada.all.now().fell_to(&fallen), Some(stands));
    assert!(at_ada.all.now().taking().contains(&stands), "it made another fall");
    told(&at_ada.all);
}

#[test]
fn who_is_removed_by_name_is_out_of_the_circles_role_too() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    let cohort = circle(&mut at_ada);
    put(&mut at_ada, &cohort, &bo, false).unwrap();
    set(&mut at_ada, &cohort, Role::Writer).unwrap();
    at_ada.remove(&bo).unwrap();
    assert_eq!(at_ada.role(&bo), None);
    at_ada.set(&bo, Role::Reader).unwrap();
    assert_eq!(at_ada.role(&bo), Some(Role::Writer), "let in again by name");
    told(&at_ada.all);
}

#[test]
fn only_a_circles_admins_change_it_and_never_its_founder() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    let cohort = circle(&mut at_ada);
    put(&mut at_ada, &cohort, &bo, false).unwrap();
    put(&mut at_ada, &cohort, &cy, true).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    assert_eq!(take(&mut at_bo, &cohort, &cy), Err(OpRefusal::NotAnAdmin { person: bo.id() }));
    assert!(take(&mut at_bo, &cohort, &bo).is_ok(), "anybody goes");
    let mut at_cy = at_ada.for_person(&cy);
    assert_eq!(take(&mut at_cy, &cohort, &ada), Err(OpRefusal::Founder));
    assert_eq!(take(&mut at_cy, &cohort, &bo), Err(OpRefusal::Outranked), "Bo was there first");
    take(&mut at_ada, &cohort, &cy).unwrap();
    assert_eq!(put(&mut at_cy, &cohort, &ada, false), Err(OpRefusal::Founder));
}

#[test]
fn what_a_removed_circle_admin_did_meanwhile_falls() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    let cohort = circle(&mut at_ada);
    put(&mut at_ada, &cohort, &bo, true).unwrap();
    set(&mut at_ada, &cohort, Role::Writer).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    let adding = put(&mut at_bo, &cohort, &cy, false).unwrap();
    at_bo.act(Action::Unknown { kind: 0x01ff, body: vec![] }).unwrap();
    assert_eq!(at_bo.role(&cy), Some(Role::Writer));
    take(&mut at_ada, &cohort, &bo).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    assert!(at_ada.fell(adding));
    assert_eq!((at_ada.role(&bo), at_ada.role(&cy)), (None, None));
}

#[test]
fn whom_somebody_hosted_goes_when_what_put_the_host_into_the_circle_falls() {
    let [ada, bo, cy, di] = people();
    let mut at_ada = Desk::found(&ada);
    let cohort = circle(&mut at_ada);
    put(&mut at_ada, &cohort, &bo, true).unwrap();
    set(&mut at_ada, &cohort, Role::Writer).unwrap();
    let link = at_ada.invite(Role::Reader, 2).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    let adding = put(&mut at_bo, &cohort, &cy, false).unwrap();
    // It takes a turn in the notebook for others there to know of it.
    at_bo.act(Action::Unknown { kind: 0x01ff, body: vec![] }).unwrap();
    let mut at_cy = at_bo.for_person(&cy);
    let hosted = at_cy.host(&di, link).unwrap();
    assert_eq!(at_cy.role(&di), Some(Role::Reader));
    take(&mut at_ada, &cohort, &bo).unwrap();
    at_ada.act(Action::Unknown { kind: 0x01ff, body: vec![] }).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo, &mut at_cy]);
    assert!(at_ada.fell(adding));
    assert_eq!(at_ada.state(hosted), crate::RedemptionState::HostFell);
    assert_eq!([&bo, &cy, &di].map(|person| at_ada.role(person)), [None; 3]);
    told(&at_ada.all);
}

#[test]
fn a_circle_is_removed_like_anybody_and_closes_links() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    let cohort = circle(&mut at_ada);
    put(&mut at_ada, &cohort, &bo, false).unwrap();
    set(&mut at_ada, &cohort, Role::Commenter).unwrap();
    let link = at_ada.invite(Role::Reader, 2).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    let hosted = at_bo.host(&cy, link).unwrap();
    assert_eq!(at_bo.role(&cy), Some(Role::Reader), "a circle's member hosts");
    let removal =
        at_ada.act(Action::Remove { subject: Subject::Circle(cohort.id), retained: Retained::new() }).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    assert_eq!((at_ada.role(&bo), at_ada.role(&cy)), (None, None));
    assert_eq!(at_ada.all.now().fell_to(&hosted), Some(removal));
}

//! What the histories are made of, and how far each kind of them is followed.

mod honest;

use hedgerow_model::Role;

use super::{
    cast::{Actor, Alphabet, Cast, Deed, Key, Kind},
    look_at_every,
};
use crate::Membership;
use crate::stories::asked_for;

const ADA: usize = 0;
const BO: usize = 1;
const CY: usize = 2;
const DI: usize = 3;

const EVERYBODY: &[usize] = &[ADA, BO, CY, DI];

fn with(key: Key, people: &[usize]) -> Vec<Actor> {
    people.iter().map(|person| Actor { person: *person, with: key }).collect()
}

fn first(people: &[usize]) -> Vec<Actor> {
    with(Key::First, people)
}

/// Looks at every history of up to `most` operations, or more by as many as whoever runs the test asks for.
fn look(most: usize, alphabet: &Alphabet) {
    let most = most + asked_for("DEEPER", 0) as usize;
    let counts = look_at_every(&Cast::new(), alphabet, most);
    assert!(counts.iter().all(|count| count.histories > 0), "nothing could be done");
}

/// Ada has founded the notebook, and that is all.
fn founded(cast: &Cast) -> Membership {
    cast.founded().all
}

/// Ada has let others in.
fn let_in(cast: &Cast, people: &[(usize, Role)]) -> Membership {
    let mut desk = cast.founded();
    for (person, role) in people {
        desk.set(&cast.people[*person], *role).unwrap();
    }
    desk.all
}

fn two_admins(cast: &Cast) -> Membership {
    let_in(cast, &[(BO, Role::Admin), (CY, Role::Admin)])
}

#[test]
fn roles_from_the_founding() {
    look(
        4,
        &Alphabet {
            name: "roles from the founding",
            beginning: founded,
            actors: first(EVERYBODY),
            about: &[BO, CY, DI],
            kinds: &[Kind::Set(&[Role::Writer, Role::Admin]), Kind::Remove, Kind::Leave],
            equals: &[&[BO, CY, DI]],
            honest: false,
        },
    );
}

#[test]
fn two_who_give_and_take_an_admins_role() {
    look(
        6,
        &Alphabet {
            name: "two who give and take an admin's role",
            beginning: founded,
            actors: first(&[ADA, BO, CY]),
            about: &[BO, CY],
            kinds: &[Kind::Set(&[Role::Admin]), Kind::Remove],
            equals: &[&[BO, CY]],
            honest: false,
        },
    );
}

#[test]
fn admins_out_of_touch() {
    look(
        3,
        &Alphabet {
            name: "admins out of touch",
            beginning: two_admins,
            actors: first(EVERYBODY),
            about: &[BO, CY, DI],
            kinds: &[Kind::Set(&[Role::Writer, Role::Admin]), Kind::Remove, Kind::Leave],
            equals: &[],
            honest: false,
        },
    );
}

#[test]
fn handovers_that_compete() {
    look(
        3,
        &Alphabet {
            name: "handovers that compete",
            beginning: two_admins,
            actors: first(EVERYBODY),
            about: &[ADA, BO, CY],
            kinds: &[Kind::HandOver, Kind::Set(&[Role::Writer]), Kind::Remove, Kind::Leave, Kind::Retire],
            equals: &[],
            honest: false,
        },
    );
}

const ONE_USE: &[(Role, u32)] = &[(Role::Writer, 1)];

#[test]
fn links_issued_cut_and_contested() {
    look(
        4,
        &Alphabet {
            name: "links issued, cut and contested",
            beginning: |cast| let_in(cast, &[(BO, Role::Reader)]),
            actors: first(EVERYBODY),
            about: &[BO, CY, DI],
            kinds: &[Kind::Invite(ONE_USE), Kind::Redeem, Kind::Revoke, Kind::Settle, Kind::Remove, Kind::Leave],
            equals: &[&[CY, DI]],
            honest: false,
        },
    );
}

/// An admin, Bo, has issued a link of so many uses.
fn a_link_of_bos(cast: &Cast, uses: u32) -> Membership {
    let mut desk = cast.founded();
    desk.set(&cast.people[BO], Role::Admin).unwrap();
    cast.begin_with(&mut desk, Actor { person: BO, with: Key::First }, &Deed::Invite(Role::Writer, uses));
    desk.all
}

#[test]
fn a_link_whose_inviter_is_in_question() {
    look(
        3,
        &Alphabet {
            name: "a link whose inviter is in question",
            beginning: |cast| a_link_of_bos(cast, 1),
            actors: first(EVERYBODY),
            about: &[BO, CY, DI],
            kinds: &[
                Kind::Redeem,
                Kind::RedeemAgain,
                Kind::Revoke,
                Kind::Settle,
                Kind::Remove,
                Kind::Leave,
                Kind::Set(&[Role::Reader, Role::Admin]),
            ],
            equals: &[&[CY, DI]],
            honest: false,
        },
    );
}

#[test]
fn seats_of_a_link_for_two() {
    look(
        4,
        &Alphabet {
            name: "seats of a link for two",
            beginning: |cast| a_link_of_bos(cast, 2),
            actors: first(EVERYBODY),
            about: &[CY, DI],
            kinds: &[Kind::Redeem, Kind::Settle, Kind::Revoke],
            equals: &[&[CY, DI]],
            honest: false,
        },
    );
}

/// Ada and Bo, both admins, have two devices each.
fn two_devices(cast: &Cast) -> Membership {
    let mut desk = cast.founded();
    desk.set(&cast.people[BO], Role::Admin).unwrap();
    for person in [ADA, BO] {
        cast.begin_with(&mut desk, Actor { person, with: Key::First }, &Deed::AddSecond);
    }
    desk.all
}

#[test]
fn devices_lost_and_stolen() {
    let mut actors = first(&[ADA, BO, CY]);
    actors.extend(with(Key::Second, &[ADA, BO]));
    actors.extend(with(Key::Recovery, &[BO]));
    look(
        3,
        &Alphabet {
            name: "devices lost and stolen",
            beginning: two_devices,
            actors,
            about: &[BO, CY],
            kinds: &[Kind::RevokeDevice, Kind::Set(&[Role::Writer, Role::Admin]), Kind::Remove],
            equals: &[],
            honest: false,
        },
    );
}

#[test]
fn recovery_keys_replaced_and_leaked() {
    let mut actors = first(&[ADA, BO]);
    actors.extend(with(Key::Second, &[ADA]));
    actors.extend(with(Key::Recovery, &[ADA, BO]));
    actors.extend(with(Key::OtherRecovery, &[ADA]));
    look(
        3,
        &Alphabet {
            name: "recovery keys replaced and leaked",
            beginning: |cast| let_in(cast, &[(BO, Role::Admin)]),
            actors,
            about: &[BO],
            kinds: &[Kind::ReplaceRecovery, Kind::AddSecond, Kind::RevokeDevice, Kind::HandOver, Kind::Remove],
            equals: &[],
            honest: false,
        },
    );
}

#[test]
fn circles_within_and_without() {
    look(
        4,
        &Alphabet {
            name: "circles within and without",
            beginning: founded,
            actors: first(EVERYBODY),
            about: &[CY, DI],
            kinds: &[
                Kind::SetCircle(&[Role::Reader, Role::Writer]),
                Kind::RemoveCircle,
                Kind::PutInCircle,
                Kind::TakeFromCircle,
                Kind::Set(&[Role::Reader, Role::Admin]),
                Kind::Remove,
                Kind::Leave,
            ],
            equals: &[&[CY, DI]],
            honest: false,
        },
    );
}

#[test]
fn everything_at_once() {
    let mut actors = first(EVERYBODY);
    actors.extend(with(Key::Second, EVERYBODY));
    actors.extend(with(Key::Recovery, &[ADA, BO]));
    look(
        2,
        &Alphabet {
            name: "everything at once",
            beginning: two_devices,
            actors,
            about: EVERYBODY,
            kinds: &[
                Kind::Set(&Role::ALL),
                Kind::Remove,
                Kind::Leave,
                Kind::Invite(&[(Role::Writer, 1), (Role::Writer, 2), (Role::Admin, 1)]),
                Kind::Revoke,
                Kind::Redeem,
                Kind::Settle,
                Kind::HandOver,
                Kind::Retire,
                Kind::AddSecond,
                Kind::RevokeDevice,
                Kind::ReplaceRecovery,
                Kind::SetCircle(&[Role::Reader, Role::Writer]),
                Kind::RemoveCircle,
                Kind::PutInCircle,
                Kind::TakeFromCircle,
            ],
            equals: &[&[CY, DI]],
            honest: false,
        },
    );
}

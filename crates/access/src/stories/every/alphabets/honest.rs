//! What honest people do, out of touch: each device stands on all that it did before. There are far fewer such histories,
//! so each of these is about one thing, and is followed further.

use hedgerow_model::Role;

use super::{
    super::cast::{Actor, Alphabet, Cast, Deed, Key, Kind},
    ADA, BO, CY, DI, first, founded, let_in, look, two_admins, with,
};
use crate::Membership;

#[test]
fn admins_who_take_turns() {
    look(
        6,
        &Alphabet {
            name: "admins who take turns",
            beginning: two_admins,
            actors: first(&[ADA, BO, CY]),
            about: &[BO, CY],
            kinds: &[Kind::Set(&[Role::Admin]), Kind::Remove],
            equals: &[],
            honest: true,
        },
    );
}

#[test]
fn keys_retired_beside_a_removal() {
    look(
        6,
        &Alphabet {
            name: "keys retired beside a removal",
            beginning: |cast| let_in(cast, &[(BO, Role::Admin)]),
            actors: first(&[ADA, BO]),
            about: &[BO],
            kinds: &[Kind::Set(&[Role::Writer]), Kind::Remove, Kind::Retire],
            equals: &[],
            honest: true,
        },
    );
}

/// Ada has let Bo in as a reader and issued a link of one use.
fn a_link_of_adas(cast: &Cast) -> Membership {
    let mut desk = cast.founded();
    desk.set(&cast.people[BO], Role::Reader).unwrap();
    cast.begin_with(&mut desk, Actor { person: ADA, with: Key::First }, &Deed::Invite(Role::Writer, 1));
    desk.all
}

#[test]
fn a_link_redeemed_cut_contested_and_settled() {
    look(
        6,
        &Alphabet {
            name: "a link redeemed, cut, contested and settled",
            beginning: a_link_of_adas,
            actors: first(&[ADA, BO, CY]),
            about: &[CY, DI],
            kinds: &[Kind::Redeem, Kind::Revoke, Kind::Settle, Kind::Remove],
            equals: &[&[CY, DI]],
            honest: true,
        },
    );
}

#[test]
fn a_handover_and_who_leaves() {
    look(
        6,
        &Alphabet {
            name: "a handover and who leaves",
            beginning: |cast| let_in(cast, &[(BO, Role::Admin)]),
            actors: first(&[ADA, BO]),
            about: &[ADA, BO, CY],
            kinds: &[Kind::HandOver, Kind::Leave, Kind::Set(&[Role::Admin])],
            equals: &[],
            honest: true,
        },
    );
}

#[test]
fn three_who_hand_over_and_leave() {
    look(
        5,
        &Alphabet {
            name: "three who hand over and leave",
            beginning: two_admins,
            actors: first(&[ADA, BO, CY]),
            about: &[ADA, BO, CY],
            kinds: &[Kind::HandOver, Kind::Leave, Kind::Set(&[Role::Admin])],
            equals: &[],
            honest: true,
        },
    );
}

#[test]
fn two_devices_of_one_person() {
    let mut actors = first(&[BO]);
    actors.extend(with(Key::Second, &[BO]));
    look(
        6,
        &Alphabet {
            name: "two devices of one person",
            beginning: |cast| let_in(cast, &[(BO, Role::Admin)]),
            actors,
            about: &[],
            kinds: &[Kind::AddSecond, Kind::RevokeDevice, Kind::Retire],
            equals: &[],
            honest: true,
        },
    );
}

#[test]
fn a_device_added_and_revoked_with_the_recovery_key_at_hand() {
    let mut actors = first(&[BO]);
    actors.extend(with(Key::Second, &[BO]));
    actors.extend(with(Key::Recovery, &[BO]));
    look(
        4,
        &Alphabet {
            name: "a device added and revoked with the recovery key at hand",
            beginning: |cast| let_in(cast, &[(BO, Role::Admin)]),
            actors,
            about: &[],
            kinds: &[Kind::AddSecond, Kind::RevokeDevice, Kind::Retire],
            equals: &[],
            honest: true,
        },
    );
}

#[test]
fn a_circle_given_filled_and_emptied() {
    look(
        6,
        &Alphabet {
            name: "a circle given, filled and emptied",
            beginning: founded,
            actors: first(&[ADA, BO, CY]),
            about: &[CY],
            kinds: &[Kind::SetCircle(&[Role::Writer]), Kind::RemoveCircle, Kind::PutInCircle, Kind::TakeFromCircle],
            equals: &[],
            honest: true,
        },
    );
}

#[test]
fn a_circle_and_who_is_out_of_it_by_name() {
    look(
        5,
        &Alphabet {
            name: "a circle, and who is out of it by name",
            beginning: founded,
            actors: first(&[ADA, BO, CY]),
            about: &[CY],
            kinds: &[
                Kind::SetCircle(&[Role::Writer]),
                Kind::RemoveCircle,
                Kind::PutInCircle,
                Kind::TakeFromCircle,
                Kind::Remove,
                Kind::Leave,
            ],
            equals: &[],
            honest: true,
        },
    );
}

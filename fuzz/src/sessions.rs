//! Whole conversations: a device hears messages of a member and of a stranger.

use hedgerow_model::DeviceId;
use hedgerow_sync::{Event, Replica};

use crate::Verdict;
use crate::input::Input;
use crate::scene::{Scene, Seat};

/// Kinds of message that carry records, or say which there are, or name keys.
const HAVE: u8 = 5;
const RECORDS: u8 = 7;
const LACKING: u8 = 9;

/// What Ada's device hears: messages of Bo, who is a member, and of Cy, who is not; time going by; connections that
/// break.
///
/// Nothing of the notebook goes to whoever is no member. Whatever was said, Ada's other notebook is as it was, she can
/// write, and what she then holds is what her disk holds.
pub(crate) fn sessions(bytes: &[u8]) -> Verdict {
    let scene = Scene::get();
    let mut ada = Seat::new(&scene.ada);
    let people = [scene.bo.id(), scene.cy.id()];
    people.iter().for_each(|peer| ada.tell(Event::Connected(*peer)));
    let held = records(&ada.replica, scene);
    let mut input = Input::new(bytes);
    while !input.is_empty() {
        match input.byte() % 4 {
            which @ (0 | 1) => ada.tell(Event::Received(people[usize::from(which)], input.part().to_vec())),
            2 => ada.pass(u64::from(input.byte()) * 250),
            _ => {
                let peer = people[usize::from(input.byte() % 2)];
                ada.tell(Event::Disconnected(peer));
                ada.tell(Event::Connected(peer));
            }
        }
        keeps_to_members(&mut ada, people[1]);
    }
    assert!(ada.replica.waits(&scene.rota).expect("she has it").values().sum::<usize>() <= 4096);
    let learned = records(&ada.replica, scene) != held;
    let text = scene.canonical(&mut ada.replica, &ada.disk, &scene.garden);
    assert_eq!(text, scene.garden_text, "the other notebook is another one");
    ada.write_in_the_garden();
    ada.write(scene.rota, scene.rota_page);
    let before = scene.canonical(&mut ada.replica, &ada.disk, &scene.rota);
    let mut again = Replica::open(scene.ada.me(), [3; 32], &ada.disk).expect("a disk in memory can be read");
    assert_eq!(scene.canonical(&mut again, &ada.disk, &scene.rota), before, "the disk holds something else");
    assert!(again.damage().is_empty(), "{:?}", again.damage());
    Verdict::of(learned)
}

fn records(replica: &Replica, scene: &Scene) -> usize {
    replica.inventory(&scene.rota).len()
}

/// What goes to a device that belongs to no member holds no records and names none.
fn keeps_to_members(ada: &mut Seat, stranger: DeviceId) {
    let rota = Scene::get().rota;
    let person = ada.replica.person_of(&stranger);
    let members = ada.replica.members(&rota).expect("she has it");
    let is_member = members.iter().any(|member| Some(member.person) == person && member.role.is_some());
    for (to, message) in std::mem::take(&mut ada.said) {
        let kind = message.get(1).copied();
        let tells = matches!(kind, Some(HAVE | RECORDS | LACKING)) && message.len() > 4;
        assert!(to != stranger || is_member || !tells, "a message of kind {kind:?} goes to a stranger");
    }
}

pub(crate) mod seeds {
    use hedgerow_access::InvitationUri;
    use hedgerow_model::DeviceId;
    use hedgerow_sync::{Command, Event};

    use crate::Seed;
    use crate::input::write_part;
    use crate::scene::{Device, Scene, Seat};
    use crate::wire;

    /// How a conversation went.
    struct Heard {
        /// What Ada's device was told, as this target reads it.
        script: Vec<u8>,
        /// Every message that anybody said.
        said: Vec<Vec<u8>>,
    }

    /// Ada's device, with `other` as the person of this number, who begins with `command`.
    fn talk(other: &Device, number: u8, command: Option<Command>) -> Heard {
        let scene = Scene::get();
        let (mut ada, mut peer) = (Seat::new(&scene.ada), Seat::new(other));
        let (me, them): (DeviceId, DeviceId) = (scene.ada.id(), other.id());
        // As the target begins.
        ada.tell(Event::Connected(scene.bo.id()));
        ada.tell(Event::Connected(scene.cy.id()));
        if let Some(command) = command {
            peer.ask(command);
        }
        peer.tell(Event::Connected(me));
        let mut heard = Heard { script: Vec::new(), said: Vec::new() };
        for _ in 0..4 {
            carry(&mut ada, &mut peer, (me, them), number, &mut heard);
            heard.script.extend([2, 12]);
            ada.pass(3_000);
            peer.pass(3_000);
        }
        heard
    }

    /// Until neither says anything more.
    fn carry(ada: &mut Seat, peer: &mut Seat, (me, them): (DeviceId, DeviceId), number: u8, heard: &mut Heard) {
        loop {
            let to_peer: Vec<_> = std::mem::take(&mut ada.said).into_iter().filter(|(to, _)| *to == them).collect();
            let to_ada = std::mem::take(&mut peer.said);
            if to_peer.is_empty() && to_ada.is_empty() {
                return;
            }
            for (_, message) in to_peer {
                heard.said.push(message.clone());
                peer.tell(Event::Received(me, message));
            }
            for (_, message) in to_ada {
                heard.said.push(message.clone());
                heard.script.push(number);
                write_part(&mut heard.script, &message);
                ada.tell(Event::Received(them, message));
            }
        }
    }

    fn meets_bo() -> Heard {
        talk(&Scene::get().bo, 0, None)
    }

    fn lets_cy_in() -> Heard {
        let link = InvitationUri::parse(&Scene::get().link).expect("a whole link");
        talk(&Scene::get().cy, 1, Some(Command::Join(Box::new(link))))
    }

    /// Bo brings what he wrote, and says what he cannot open, that Ada is out and where he is; Cy comes in by the link.
    pub(crate) fn sessions() -> Vec<Seed> {
        let mut asks_on = meets_bo().script;
        for message in [wire::seeds::lacking(), wire::seeds::out(), wire::seeds::present()] {
            asks_on.push(0);
            write_part(&mut asks_on, &message);
        }
        vec![("meets-bo", meets_bo().script), ("lets-cy-in", lets_cy_in().script), ("bo-says-what-he-lacks", asks_on)]
    }

    /// All that was said in both.
    pub(crate) fn said() -> Vec<Vec<u8>> {
        [meets_bo().said, lets_cy_in().said].concat()
    }
}

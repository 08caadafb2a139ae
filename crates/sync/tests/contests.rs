//! Two open a link for one, each at a member who has not heard of the other.

use hedgerow_model::{Lifetime, Role};
use hedgerow_sync::{Command, MemberState, Outcome, Refusal};
use hedgerow_testkit::{Network, Shared, Who};

struct Contest {
    network: Network,
    plan: Shared,
    ada: Who,
    members: Vec<Who>,
    guests: [Who; 2],
}

/// Di has come to the first host, Eve to Cy, and both have written; nobody has met since. Everything is less than certain from
/// here on: messages are lost, come twice, or overtake each other. `None` where a host's clock says that the link is over.
fn contest(seed: u64, at_adas: bool) -> Option<Contest> {
    let mut network = Network::new(seed);
    let [ada, bo, cy, di, eve] = network.people(["Ada", "Bo", "Cy", "Di", "Eve"]);
    let plan = network.share(ada, "Flood rota", [bo, cy]);
    let open = Lifetime::parse("3650d").expect("the longest");
    let invite = Command::Invite { notebook: plan.notebook, role: Role::Writer, uses: 1, open, addresses: Vec::new() };
    let Ok(Outcome::Invited(_, link)) = network.command(ada, invite) else { panic!("ada invites") };
    network.settle();
    [ada, bo, cy, di, eve].into_iter().for_each(|who| network.disconnect(who));
    for (guest, host, words) in [(di, if at_adas { ada } else { bo }, "from Di"), (eve, cy, "from Eve")] {
        network.join_up(guest, host);
        network.accept(guest, &link).ok()?;
        network.write(guest, plan.page, words).settle();
        network.write(host, plan.page, "welcome").settle();
    }
    network.faults.loss = 8;
    network.faults.duplication = 12;
    network.faults.reordering = 12;
    Some(Contest { network, plan, ada, members: vec![ada, bo, cy], guests: [di, eve] })
}

impl Contest {
    /// Everybody meets, some of them after losing their power; Ada last, who would seat whomever she heard of first.
    fn all_meet(&mut self) {
        let everybody: Vec<Who> = self.members.iter().chain(&self.guests).copied().collect();
        for who in &everybody {
            if self.network.below(3) == 0 {
                self.network.cut_power(*who);
                self.network.start(*who);
            }
        }
        for pair in everybody[1..].iter().flat_map(|one| everybody[1..].iter().map(move |other| (*one, *other))) {
            self.network.join_up(pair.0, pair.1);
        }
        self.network.pass(120_000);
        self.network.faults.end();
        self.network.settle();
        self.network.reconnect(self.ada);
        self.network.pass(120_000);
        self.network.settle();
    }

    fn role(&self, of: Who) -> Option<Role> {
        let roles = self.members.iter().map(|on| self.network.role(*on, self.plan.notebook, of));
        let roles: Vec<Option<Role>> = roles.collect();
        assert!(roles.iter().all(|role| *role == roles[0]), "{}: {roles:?}", self.network.name(of));
        roles[0]
    }

    fn is_contested(&self, who: Who) -> bool {
        let members = self.network.replica(self.ada).members(&self.plan.notebook).expect("it is here");
        let line = members.iter().find(|line| line.person == self.network.id(who));
        line.is_some_and(|line| line.state == MemberState::Contested)
    }

    /// What all members have.
    fn text(&mut self) -> String {
        let (text, canonical) =
            (self.network.text(self.ada, self.plan.page), self.network.canonical(self.ada, self.plan.notebook));
        for who in self.members.clone() {
            let name = self.network.name(who);
            assert_eq!(self.network.canonical(who, self.plan.notebook), canonical, "{name}");
            assert_eq!(self.network.unread_with_phrase(who, self.plan.notebook, self.ada), 0, "{name}");
        }
        text
    }

    /// Ada writes what only members may read.
    fn writes(&mut self, words: &str) {
        self.network.write(self.ada, self.plan.page, words).settle();
        assert!(self.text().contains(words));
    }

    /// They are out, know it, and have none of `words`.
    fn is_out(&mut self, who: Who, words: &[&str]) {
        assert_eq!(self.role(who), None);
        let name = self.network.name(who);
        assert_eq!(self.network.role(who, self.plan.notebook, who), None, "{name} knows it");
        assert_eq!(self.network.try_write(who, self.plan.page, "mine"), Err(Refusal::NotAMember), "{name}");
        let text = self.network.text(who, self.plan.page);
        assert!(words.iter().all(|words| !text.contains(words)), "{name} reads {text}");
        assert!(self.network.unread_with_phrase(who, self.plan.notebook, self.ada) > 0, "{name}");
    }
}

#[test]
fn two_come_by_one_link_and_the_one_whom_ada_picks_is_in() {
    let mut contests = 0;
    for seed in 500..515 {
        let Some(mut contest) = contest(seed, false) else { continue };
        contests += 1;
        contest.all_meet();
        for guest in contest.guests {
            assert!(contest.is_contested(guest), "seed {seed}");
        }
        contest.writes("the depot opens at six");
        for guest in contest.guests {
            contest.is_out(guest, &["the depot"]);
        }
        let [picked, other] = if seed % 2 == 0 { [0, 1] } else { [1, 0] }.map(|at: usize| contest.guests[at]);
        let set = Command::SetRole(contest.plan.notebook, contest.network.id(picked), Role::Writer);
        contest.network.command(contest.ada, set).expect("ada is the founder");
        contest.network.settle();
        contest.members.push(picked);
        contest.writes("and closes at nine");
        assert_eq!(contest.role(picked), Some(Role::Writer), "seed {seed}");
        contest.is_out(other, &["the depot", "and closes"]);
        contest.network.write(picked, contest.plan.page, "thank you").settle();
        assert!(contest.text().contains("thank you"), "seed {seed}");
    }
    assert!(contests > 5, "{contests} contests");
}

#[test]
fn whom_an_admin_let_in_has_the_place_and_the_other_hears_that_it_is_taken() {
    let mut contests = 0;
    for seed in 520..535 {
        let Some(mut contest) = contest(seed, true) else { continue };
        contests += 1;
        contest.all_meet();
        let [di, eve] = contest.guests;
        contest.members.push(di);
        contest.writes("the depot opens at six");
        assert_eq!(contest.role(di), Some(Role::Writer), "seed {seed}");
        assert!(contest.text().contains("from Di"), "seed {seed}");
        contest.is_out(eve, &["the depot"]);
    }
    assert!(contests > 5, "{contests} contests");
}

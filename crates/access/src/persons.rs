//! What a person's log comes to: which devices are theirs.

use std::collections::{BTreeMap, BTreeSet};

use hedgerow_model::DeviceId;

use crate::{
    Action, HpkePublic, RecoveryPublic,
    bits::Bits,
    dag::{Dag, Node, Rank},
    falls::Falls,
};

/// A person's devices, as one set of operations has it.
#[derive(Debug, Clone, Default)]
pub(crate) struct PersonView {
    /// The recovery in place; there always is one.
    pub(crate) recovery: Option<RecoveryPublic>,
    /// The operation that put it there.
    pub(crate) crown: usize,
    /// The replacements of the recovery that stand, each of the one before.
    pub(crate) replaced: Vec<usize>,
    /// The devices that are theirs.
    pub(crate) devices: BTreeMap<DeviceId, DeviceSeat>,
    /// All devices that ever were, revoked ones included.
    pub(crate) ever: BTreeSet<DeviceId>,
    /// Revocations in effect.
    revoked: BTreeMap<DeviceId, Vec<(usize, Bits)>>,
    /// Operations of this log that fell, with what they fell through.
    pub(crate) fallen: BTreeMap<usize, usize>,
    /// Where several replacements of the recovery compete: what tipped the balance.
    pub(crate) tipping: Vec<usize>,
    /// The good heads that revocations name, as far as they are known.
    pub(crate) vouching: Vec<usize>,
}

/// One device's place.
#[derive(Debug, Clone)]
pub(crate) struct DeviceSeat {
    pub(crate) hpke: HpkePublic,
    pub(crate) rank: Rank,
    /// The operations that added it.
    pub(crate) grounds: Vec<usize>,
}

impl PersonView {
    /// Through what an operation falls that `device` of this person made, resting on one of `grounds` having added it.
    pub(crate) fn fells(&self, op: usize, device: &DeviceId, grounds: &[usize]) -> Option<usize> {
        let revoked = self.revoked.get(device).into_iter().flatten();
        if let Some((by, _)) = revoked.into_iter().find(|(by, good)| *by != op && !good.has(op)) {
            return Some(*by);
        }
        let first = grounds.first()?;
        if grounds.iter().all(|ground| self.fallen.contains_key(ground)) {
            return self.fallen.get(first).copied();
        }
        None
    }

    /// Whether everything that this person's devices and recovery keys ever did holds, and nothing was in question.
    pub(crate) fn is_untroubled(&self) -> bool {
        self.revoked.is_empty() && self.fallen.is_empty() && self.tipping.is_empty() && self.replaced.is_empty()
    }

    /// Whether a revocation of the device is in effect.
    pub(crate) fn is_revoked(&self, device: &DeviceId) -> bool {
        self.revoked.contains_key(device)
    }

    /// The revocations in effect.
    pub(crate) fn revocations(&self) -> impl Iterator<Item = (DeviceId, usize)> + '_ {
        self.revoked.iter().flat_map(|(device, by)| by.iter().map(|(op, _)| (*device, *op)))
    }
}

/// What the person's log `log` comes to, as far as it lies in `within`.
pub(crate) fn resolve(dag: &Dag, log: usize, within: &Bits) -> PersonView {
    let ops = dag.ordered(&dag.logs[log].all.and(within));
    let genesis = dag.genesis(log);
    let mut falls = Falls::new(dag, &ops, |_, _| true);
    let mut view = PersonView { crown: genesis, ..PersonView::default() };
    if let Action::FoundPerson { recovery, .. } = dag.node(genesis).action() {
        view.recovery = Some(*recovery);
    }
    replace_recovery(dag, &ops, within, &mut falls, &mut view);
    revoke(dag, &ops, within, &mut falls, &mut view);
    for &op in &ops {
        let (device, hpke) = match dag.node(op).action() {
            Action::FoundPerson { device, hpke, .. } | Action::AddDevice { device, hpke, .. } => (*device, *hpke),
            _ => continue,
        };
        view.ever.insert(device);
        if falls.has(op) || view.revoked.contains_key(&device) {
            continue;
        }
        let seat = DeviceSeat { hpke, rank: Some(op), grounds: Vec::new() };
        view.devices.entry(device).or_insert(seat).grounds.push(op);
    }
    view.fallen = falls.all().collect();
    view
}

/// Follows the replacements of the recovery key; what an old key did without knowing of its replacement falls.
fn replace_recovery(dag: &Dag, ops: &[usize], within: &Bits, falls: &mut Falls, view: &mut PersonView) {
    let crowned: Vec<usize> = ops.iter().copied().filter(|op| dag.node(*op).facts.crown.is_some()).collect();
    if crowned.is_empty() {
        return;
    }
    let replaces = |op: usize| matches!(dag.node(op).action(), Action::ReplaceRecovery { .. });
    let mut chain = vec![view.crown];
    loop {
        let under = |op: &usize| dag.node(*op).facts.crown == Some(view.crown);
        let rivals: Vec<usize> = crowned.iter().copied().filter(|op| under(op) && replaces(*op)).collect();
        let Some((next, tipping)) = most_built_on(dag, &rivals, within, Node::device) else { break };
        view.tipping.extend(tipping.into_values());
        for &op in crowned.iter().filter(|op| under(op)) {
            if op != next && dag.are_concurrent(op, next) {
                falls.fall(op, next);
            }
        }
        if let Action::ReplaceRecovery { recovery } = dag.node(next).action() {
            view.recovery = Some(*recovery);
        }
        view.crown = next;
        view.replaced.push(next);
        chain.push(next);
    }
    for op in crowned {
        if let Some(crown) = dag.node(op).facts.crown.filter(|crown| !chain.contains(crown)) {
            falls.fall(op, falls.cause(crown).unwrap_or(crown));
        }
    }
}

/// Of several that cannot all stand, the one that most others have built on in this log; then the lowest number and hash.
/// Who knows of several builds on the one that stood in what they knew, and on no other: else one that is signed late and
/// backdated would have as many builders as the true one as soon as all have heard of it.
/// With it, where there is a choice, each other's first operation on it: what tips the balance takes from the loser.
pub(crate) fn most_built_on<A: Ord + Clone>(
    dag: &Dag,
    rivals: &[usize],
    within: &Bits,
    author: impl Fn(&Node) -> A,
) -> Option<(usize, BTreeMap<A, usize>)> {
    if rivals.len() < 2 {
        return rivals.first().map(|only| (*only, BTreeMap::new()));
    }
    let ordered = dag.ordered(&dag.logs[dag.node(rivals[0]).log].all.and(within));
    let builders = |rival: usize| {
        let rivals_author = author(dag.node(rival));
        let mut firsts: BTreeMap<A, usize> = BTreeMap::new();
        let mut under: Bits = [rival].into_iter().collect();
        for &op in ordered.iter().filter(|op| **op != rival) {
            let node = dag.node(op);
            if !node.facts.reign.is_some_and(|reign| under.has(reign)) {
                continue;
            }
            under.set(op);
            let who = author(node);
            if who != rivals_author {
                firsts.entry(who).or_insert(op);
            }
        }
        firsts
    };
    let built: Vec<(usize, BTreeMap<A, usize>)> = rivals.iter().map(|rival| (*rival, builders(*rival))).collect();
    let key = |(rival, firsts): &&(usize, BTreeMap<A, usize>)| {
        let node = dag.node(*rival);
        (usize::MAX - firsts.len(), node.seq(), node.id)
    };
    built.iter().min_by_key(key).map(|(best, firsts)| (*best, firsts.clone()))
}

/// Revocations, senior first: what a revoked device did falls, but for what the good heads stand on.
fn revoke(dag: &Dag, ops: &[usize], within: &Bits, falls: &mut Falls, view: &mut PersonView) {
    let is_revocation = |op: &usize| matches!(dag.node(*op).action(), Action::RevokeDevice { .. });
    let mut revocations: Vec<usize> = ops.iter().copied().filter(is_revocation).collect();
    revocations.sort_by(|a, b| dag.compare_ops(*a, *b));
    for by in revocations {
        let Action::RevokeDevice { device, good, .. } = dag.node(by).action() else { continue };
        if falls.has(by) {
            continue;
        }
        let heads: Vec<usize> = good.iter().filter_map(|id| dag.find(id)).filter(|head| within.has(*head)).collect();
        let mut good = Bits::default();
        for &head in &heads {
            // In its own log alone: a log is to come to the same wherever it is known, also without the others.
            let node = dag.node(head);
            good.add(&node.past.and(&dag.logs[node.log].all));
            good.set(head);
        }
        view.vouching.extend(heads);
        for &op in ops {
            let node = dag.node(op);
            let begins = matches!(node.action(), Action::FoundPerson { .. });
            if node.device() == *device && op != by && !begins && !good.has(op) {
                falls.fall(op, by);
            }
        }
        view.revoked.entry(*device).or_default().push((by, good));
    }
    // A revocation that acted and fell later was junior to what felled it: it does not count.
    for list in view.revoked.values_mut() {
        list.retain(|(by, _)| !falls.has(*by));
    }
    view.revoked.retain(|_, list| !list.is_empty());
}

//! Row 14: a notebook with a thousand members.

use crate::Run;
use crate::rows::keystroke;
use crate::stage::device::Device;
use crate::stage::folders;
use crate::stage::instructions;
use crate::stage::pages::{keep, kept};
use crate::stage::people::{Person, visit};
use hedgerow_benches::{Figure, Goal, Unit};
use hedgerow_sync::Event;
use std::path::Path;

pub(crate) fn measure(run: &Run) -> Vec<Figure> {
    let (few, many) = (10, run.size(1_000, 100));
    let [(few_instructions, few_bytes), (many_instructions, many_bytes)] = [few, many].map(|count| with(run, count));
    let logarithm = (many as f64).ln() / (few as f64).ln();
    vec![
        Figure::new(format!("keystroke among {many} members"), Unit::Instructions, vec![many_instructions])
            .against(format!("among {few}"), vec![few_instructions])
            .goal(Goal::AtMost(1.2)),
        Figure::new(format!("records for one more member beside {many}"), Unit::Bytes, vec![many_bytes])
            .against(format!("beside {few}"), vec![few_bytes])
            .goal(Goal::AtMost(logarithm)),
    ]
}

/// Instructions of a keystroke, and bytes of the records that one more member makes.
fn with(run: &Run, count: usize) -> (f64, f64) {
    let folder = folders::members(run, count);
    let copy = folders::copy(run, &folder);
    let (_, mut ada) = folders::in_memory(copy.path(), Person::new(run.seed, "Ada"));
    let notebook = ada.replica.notebooks()[0].id;
    let page = ada.replica.pages(&notebook).expect("it is here")[0].id;
    let file = run.folder.join(format!("members-{count}.rows"));
    keep(&file, ada.held(), notebook, page);
    let arguments = [file.to_str().expect("a path in UTF-8"), copy.path().to_str().expect("a path in UTF-8")];
    let seen = file.with_added_extension("callgrind");
    let instructions = instructions::of("keystroke-among-members", &arguments, &seen) / keystroke::KEYS as f64;
    let before = ada.recorded;
    visit(&mut ada, &mut Device::new(&Person::new(run.seed, "One more")), notebook);
    (instructions, (ada.recorded - before) as f64)
}

/// The scene: Ada, connected with one of the members, types in the middle of the page.
pub(crate) fn play(arguments: &[&str]) {
    let (held, notebook, page) = kept(Path::new(arguments[0]));
    let ada = folders::known(Path::new(arguments[1]), Person::new(1, "Ada"));
    let mut ada = Device::holding(&ada, held);
    let devices = ada.replica.members(&notebook).expect("it is here").into_iter().flat_map(|member| member.devices);
    let other = devices.into_iter().find(|device| *device != ada.id()).expect("she is not alone");
    ada.tell(Event::Connected(other));
    ada.save();
    keystroke::type_on(&mut ada, notebook, page, 0);
}

//! What crosses a door, as the window's side reads it: `ui/src/door/api.ts`, written from the types here.
//!
//! `UPDATE_EXPECT=1 cargo nextest run --workspace typescript` writes it anew.

use crate::{Fault, Notice, Reply, Request};
use expect_test::expect_file;
use std::collections::BTreeMap;
use ts_rs::{Config, TS, TypeVisitor};

/// Every type that is spoken of, by name.
struct Types {
    config: Config,
    declared: BTreeMap<String, String>,
}

impl TypeVisitor for Types {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Those that have no file of their own are TypeScript's: text, numbers, lists.
        if T::output_path().is_none() {
            return;
        }
        let name = T::ident(&self.config);
        if self.declared.contains_key(&name) {
            return;
        }
        let docs = T::docs().unwrap_or_default();
        self.declared.insert(name, format!("{docs}export {}\n", T::decl(&self.config)));
        T::visit_dependencies(self);
    }
}

/// All that can be asked, answered and told. A number is one that JSON carries whole: nothing here counts beyond 2^53.
fn written() -> String {
    let mut types = Types { config: Config::new().with_large_int("number"), declared: BTreeMap::new() };
    types.visit::<Request>();
    types.visit::<Reply>();
    types.visit::<Notice>();
    types.visit::<Fault>();
    let head =
        "// Written from the types of the room `api` by its test `typescript`, which says how. Not to be edited.\n";
    let body: Vec<String> = types.declared.into_values().collect();
    // What a node has said is read, and changed by nobody.
    format!("{head}\n{}", body.join("\n")).replace("Array<", "ReadonlyArray<")
}

#[test]
fn the_window_reads_what_a_node_says() {
    expect_file!["../../../ui/src/door/api.ts"].assert_eq(&written());
}

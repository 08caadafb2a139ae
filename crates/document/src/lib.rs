//! A page as an Automerge document: typed reads, edits, versions, canonical form, Markdown.

//! The project from which a phone's app is built, held to what `tauri.conf.json` says and to what the app may ask of a
//! person. Tauri made it and a build may change it, so it is looked at.

use std::{collections::BTreeSet, fs};

const ANDROID: &str = "http://schemas.android.com/apk/res/android";
const TOOLS: &str = "http://schemas.android.com/tools";

const CONFIGURATION: &str = "src-tauri/tauri.conf.json";
const MANIFEST: &str = "src-tauri/gen/android/app/src/main/AndroidManifest.xml";
const BUILD: &str = "src-tauri/gen/android/app/build.gradle.kts";

/// All that the app asks of the system; the manifest says what for.
const PERMISSIONS: [&str; 3] =
    ["android.permission.ACCESS_NETWORK_STATE", "android.permission.INTERNET", "android.permission.POST_NOTIFICATIONS"];

/// Holds the project to it; the problem names every place to mend.
pub(super) fn check() -> Result<(), String> {
    let [configuration, manifest, build] = [CONFIGURATION, MANIFEST, BUILD].map(|path| {
        fs::read_to_string(crate::root().join(path)).map_err(|problem| format!("{path} cannot be read: {problem}"))
    });
    let findings = findings(&configuration?, &manifest?, &build?)?;
    for finding in &findings {
        eprintln!("{finding}");
    }
    if findings.is_empty() { Ok(()) } else { Err(findings.join("; ")) }
}

fn findings(configuration: &str, manifest: &str, build: &str) -> Result<Vec<String>, String> {
    let configuration: serde_json::Value =
        serde_json::from_str(configuration).map_err(|problem| format!("{CONFIGURATION} is no JSON: {problem}"))?;
    let manifest =
        roxmltree::Document::parse(manifest).map_err(|problem| format!("{MANIFEST} is no XML: {problem}"))?;
    let mut findings = Vec::new();
    findings.extend(permissions(&manifest));
    findings.extend(backups(&manifest));
    findings.extend(schemes(&configuration, &manifest));
    findings.extend(identifier(&configuration, build));
    Ok(findings)
}

fn permissions(manifest: &roxmltree::Document) -> Option<String> {
    let asked = manifest.descendants().filter(|node| node.tag_name().name().starts_with("uses-permission"));
    let kept = asked.filter(|node| node.attribute((TOOLS, "node")) != Some("remove"));
    let asked: BTreeSet<&str> = kept.filter_map(|node| node.attribute((ANDROID, "name"))).collect();
    (asked != BTreeSet::from(PERMISSIONS)).then(|| {
        let asked: Vec<&str> = asked.into_iter().collect();
        format!(
            "{MANIFEST} asks for {}; ask for {}, or say here and there what more is for",
            asked.join(", "),
            PERMISSIONS.join(", ")
        )
    })
}

/// A device's keys in a backup, or on the next phone, would be two devices of one.
fn backups(manifest: &roxmltree::Document) -> Option<String> {
    let application = manifest.descendants().find(|node| node.has_tag_name("application"))?;
    let says = |name: &str| application.attribute((ANDROID, name)).unwrap_or_default();
    let none = says("allowBackup") == "false"
        && says("fullBackupContent") == "false"
        && !says("dataExtractionRules").is_empty();
    (!none).then(|| {
        format!("{MANIFEST} lets the system copy the app's data; set allowBackup and fullBackupContent to false, and dataExtractionRules")
    })
}

/// Links that open the app, as the plugin for links is told of them.
fn schemes(configuration: &serde_json::Value, manifest: &roxmltree::Document) -> Option<String> {
    let told = configuration["plugins"]["deep-link"]["mobile"].as_array().into_iter().flatten();
    let told: BTreeSet<&str> =
        told.filter_map(|link| link["scheme"].as_array()).flatten().filter_map(serde_json::Value::as_str).collect();
    let data = manifest.descendants().filter(|node| node.has_tag_name("data"));
    let opened: BTreeSet<&str> = data.filter_map(|node| node.attribute((ANDROID, "scheme"))).collect();
    (told != opened).then(|| {
        format!("{MANIFEST} opens links of {opened:?}, and {CONFIGURATION} says {told:?}; let both say the same")
    })
}

/// The names of what Kotlin calls in Rust are made from it.
fn identifier(configuration: &serde_json::Value, build: &str) -> Option<String> {
    let identifier = configuration["identifier"].as_str().unwrap_or_default();
    let same = ["namespace", "applicationId"].iter().all(|name| build.contains(&format!("{name} = \"{identifier}\"")));
    (!same).then(|| format!("{BUILD} is not of \"{identifier}\", as {CONFIGURATION} says; make the project anew"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIGURATION: &str =
        r#"{"identifier":"app.hedgerow","plugins":{"deep-link":{"mobile":[{"scheme":["hedgerow"]}]}}}"#;
    const BUILD: &str = "namespace = \"app.hedgerow\"\napplicationId = \"app.hedgerow\"\n";
    const MANIFEST: &str = r#"<manifest xmlns:android="http://schemas.android.com/apk/res/android"
        xmlns:tools="http://schemas.android.com/tools">
        <uses-permission android:name="android.permission.INTERNET" />
        <uses-permission android:name="android.permission.ACCESS_NETWORK_STATE" />
        <uses-permission android:name="android.permission.POST_NOTIFICATIONS" />
        <uses-permission android:name="android.permission.WAKE_LOCK" tools:node="remove" />
        <application android:allowBackup="false" android:fullBackupContent="false"
            android:dataExtractionRules="@xml/rules">
            <activity><intent-filter><data android:scheme="hedgerow" /></intent-filter></activity>
        </application></manifest>"#;

    /// What is found when `part` of the manifest reads otherwise.
    fn found(part: &str, otherwise: &str) -> Vec<String> {
        assert!(MANIFEST.contains(part), "{part}");
        findings(CONFIGURATION, &MANIFEST.replace(part, otherwise), BUILD).expect("it can be read")
    }

    #[test]
    fn the_project_here_is_as_it_should_be() {
        assert_eq!(check(), Ok(()));
    }

    #[test]
    fn a_permission_more_or_less_is_found() {
        assert!(found("INTERNET", "INTERNET").is_empty());
        assert!(
            found("INTERNET", "CAMERA")[0]
                .contains("asks for android.permission.ACCESS_NETWORK_STATE, android.permission.CAMERA")
        );
        assert!(found(" tools:node=\"remove\"", "")[0].contains("WAKE_LOCK"));
    }

    #[test]
    fn a_backup_of_keys_is_found() {
        for (part, otherwise) in [
            ("allowBackup=\"false\"", "allowBackup=\"true\""),
            ("android:fullBackupContent=\"false\"", ""),
            ("android:dataExtractionRules=\"@xml/rules\"", ""),
        ] {
            assert!(found(part, otherwise)[0].contains("copy the app's data"), "{part}");
        }
    }

    #[test]
    fn a_link_that_the_app_does_not_open_is_found() {
        assert!(found("\"hedgerow\"", "\"hedgerows\"")[0].contains("opens links"));
    }

    #[test]
    fn a_project_of_another_name_is_found() {
        let findings = findings(CONFIGURATION, MANIFEST, "namespace = \"app.other\"").expect("it can be read");
        assert!(findings[0].contains("make the project anew"));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert!(findings("{", MANIFEST, BUILD).is_err_and(|problem| problem.contains("JSON")));
        assert!(findings(CONFIGURATION, "<manifest>", BUILD).is_err_and(|problem| problem.contains("XML")));
    }
}

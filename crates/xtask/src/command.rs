//! Starting other programs, and saying so.

use crate::tools;
use std::{
    env,
    ffi::{OsStr, OsString},
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// `program` with `arguments`, in the workspace's folder, without standard input, finding our own tools first.
pub(crate) fn command(program: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(crate::root()).stdin(Stdio::null()).env("PATH", path_with_tools());
    command
}

/// The cargo that runs us.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    that_cargo(Path::new(&env::var_os("CARGO").unwrap_or_else(|| "cargo".into())), arguments)
}

/// A cargo. It hears nothing of the package that we are: ring's build script looks at such names, and it and all above it
/// would be compiled again whenever a build begun here follows one begun by hand.
pub(crate) fn that_cargo(program: &Path, arguments: &[&str]) -> Command {
    let mut cargo = command(program, arguments);
    for (name, _) in env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|ours| name.to_string_lossy().starts_with(ours)) {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// Shows the command, runs it with its output in view, and says how it ended if that was not well.
pub(crate) fn succeed(mut command: Command) -> Result<(), String> {
    let shown = shown(&command);
    eprintln!("$ {shown}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{shown}` ended with {status}")),
        Err(problem) => Err(format!("could not start `{shown}`: {problem}")),
    }
}

/// Whether the command runs and ends well; its output is not shown.
pub(crate) fn works(mut command: Command) -> bool {
    matches!(command.stdout(Stdio::null()).stderr(Stdio::null()).status(), Ok(status) if status.success())
}

/// What the command prints when it ends well.
pub(crate) fn printed(mut command: Command) -> io::Result<String> {
    let output = command.stderr(Stdio::null()).output()?;
    if !output.status.success() {
        return Err(io::Error::other(output.status.to_string()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn path_with_tools() -> OsString {
    let usual = env::var_os("PATH").unwrap_or_default();
    let ours = tools::ALL.iter().map(|tool| tool.folder().join("bin"));
    // Root's programs (ip, tcpdump) are not on everybody's path.
    let administrators = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    env::join_paths(ours.chain(env::split_paths(&usual)).chain(administrators)).unwrap_or(usual.clone())
}

/// The command as somebody would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let name = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(name).chain(arguments).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_told_us_of_ourselves_goes_no_further() {
        assert!(env::var_os("CARGO_PKG_NAME").is_some(), "cargo says so to tests as it does to programs it runs");
        let cargo = cargo(&["build"]);
        let removed: Vec<_> = cargo.get_envs().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
        assert!(removed.contains(&"CARGO_PKG_NAME".as_ref()) && removed.contains(&"CARGO_MANIFEST_DIR".as_ref()));
    }
}

//! Being told to stop.

use crate::problem::{Problem, in_words};

/// SIGINT and SIGTERM, or what this system has instead.
pub(super) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// From now on they no longer end the process by themselves.
    #[cfg(unix)]
    pub(super) fn new() -> Result<Signals, Problem> {
        use tokio::signal::unix::{SignalKind, signal};
        let failed =
            |cause: std::io::Error| Problem::said(format!("could not listen for signals: {}", in_words(&cause)));
        let interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        let terminate = signal(SignalKind::terminate()).map_err(failed)?;
        Ok(Signals { interrupt, terminate })
    }

    /// Ends when the process is told to stop.
    #[cfg(unix)]
    pub(super) async fn stop(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// From now on they no longer end the process by themselves.
    #[cfg(not(unix))]
    pub(super) fn new() -> Result<Signals, Problem> {
        Ok(Signals {})
    }

    /// Ends when the process is told to stop.
    #[cfg(not(unix))]
    pub(super) async fn stop(&mut self) {
        if let Err(cause) = tokio::signal::ctrl_c().await {
            crate::problem::say(&format!("could not listen for Ctrl-C: {}", in_words(&cause)));
            std::future::pending::<()>().await;
        }
    }

    /// Somebody who asks twice does not want to wait for a tidy end. What was said to be saved is saved.
    pub(super) fn stop_at_once_if_told_again(mut self) {
        tokio::spawn(async move {
            self.stop().await;
            std::process::exit(1);
        });
    }
}

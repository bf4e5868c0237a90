//! `saldo man`: the manual pages, made from the same words as `--help`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::Error;
use clap_mangen::Man;

use super::out;

/// Manual page on standard output, or all pages into a folder
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Write saldo.1 and one page a command here
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Error> {
    let command = super::command();
    match &args.out {
        None => {
            let mut page = Vec::new();
            Man::new(command).render(&mut page)?;
            io::stdout().lock().write_all(&page)?;
        }
        Some(folder) => {
            let pages =
                fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder));
            pages.map_err(|error| unwritable(folder, &error))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn unwritable(path: &Path, error: &io::Error) -> Error {
    Error::Usage {
        message: format!("cannot write {}: {}", path.display(), out::cause(error)),
        hint: None,
    }
}

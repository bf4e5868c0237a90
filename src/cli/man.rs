//! `saldo man`: the manual pages, made from the same words as `--help`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap_mangen::Man;
use saldo::Error;

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
        None => io::stdout().lock().write_all(&page(command)?)?,
        Some(folder) => write_all(folder, command)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn write_all(folder: &Path, command: clap::Command) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    for sub in command.get_subcommands() {
        let name = format!("saldo-{}", sub.get_name());
        let page = page(sub.clone().name(name.clone()))?;
        write(folder, &name, &page)?;
    }
    write(folder, "saldo", &page(command)?)
}

fn write(folder: &Path, name: &str, page: &[u8]) -> Result<(), Error> {
    let file = folder.join(format!("{name}.1"));
    fs::write(&file, page).map_err(|error| unwritable(&file, &error))
}

fn page(command: clap::Command) -> Result<Vec<u8>, Error> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    Ok(page)
}

fn unwritable(path: &Path, error: &io::Error) -> Error {
    Error::Usage { message: format!("cannot write {}: {error}", path.display()), hint: None }
}

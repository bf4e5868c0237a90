//! The program: parse, run, print error and hint, exit status.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}

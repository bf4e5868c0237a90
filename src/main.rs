//! The program, all of which is [`saldo::cli`].

fn main() -> std::process::ExitCode {
    saldo::cli::main()
}

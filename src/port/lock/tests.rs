use std::process::Command;

use super::*;

struct Room {
    folder: tempfile::TempDir,
    roots: Roots,
}

fn room() -> Room {
    let folder = tempfile::tempdir().unwrap();
    let roots = Roots { lock: vec![folder.path().into()], ..Roots::default() };
    Room { folder, roots }
}

impl Room {
    fn take(&self) -> Result<Lock, Held> {
        Lock::take(Path::new("/dev/ttyUSB2"), &self.roots).map(Option::unwrap)
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("LCK..ttyUSB2")
    }

    fn write(&self, content: impl AsRef<[u8]>) {
        fs::write(self.file(), content).unwrap();
    }

    fn content(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }
}

/// The number of a process that has ended.
fn dead_pid() -> u32 {
    let mut child = Command::new("true").spawn().unwrap();
    child.wait().unwrap();
    child.id()
}

#[test]
fn the_file_is_named_as_other_programs_name_it() {
    for (device, name) in [
        ("/dev/ttyUSB2", "LCK..ttyUSB2"),
        ("/dev/pts/3", "LCK..pts_3"),
        ("/dev/bus/modem/0", "LCK..bus_modem_0"),
        ("/srv/modem", "LCK..srv_modem"),
    ] {
        assert_eq!(file_name(Path::new(device), Path::new("/dev")), name);
    }
}

#[test]
fn the_file_holds_our_process_id_in_ten_columns_and_goes_with_the_lock() {
    let room = room();
    let lock = room.take().unwrap();
    assert_eq!(room.content(), format!("{:>10}\nsaldo\n", std::process::id()));
    assert_eq!(lock.left_behind(), None);
    drop(lock);
    assert!(!room.file().exists());
}

#[test]
fn a_second_taker_learns_who_holds_the_port() {
    let room = room();
    let lock = room.take().unwrap();
    let held = room.take().unwrap_err();
    assert_eq!(held.holder.pid, std::process::id());
    assert!(held.to_string().contains("LCK..ttyUSB2"), "{held}");
    drop(lock);
    assert!(room.take().is_ok());
}

#[test]
fn a_living_holder_is_believed_in_every_known_format() {
    for content in [
        b"         1\n".to_vec(),
        b"         1 minicom root\n".to_vec(),
        b"         1\nsocat\n".to_vec(),
        b"1".to_vec(),
        1_u32.to_ne_bytes().to_vec(),
    ] {
        let mut room = room();
        process(&mut room, "init", None);
        room.write(&content);
        let held = room.take().unwrap_err();
        assert_eq!(held.holder, Holder { pid: 1, program: "init".into() }, "{content:?}");
        assert_eq!(fs::read(room.file()).unwrap(), content, "left as it was");
    }
}

#[test]
fn who_holds_a_lock_can_be_asked_without_taking_it() {
    let room = room();
    let device = Path::new("/dev/ttyUSB2");
    assert_eq!(who_holds(device, &room.roots), None);
    let lock = room.take().unwrap();
    let held = who_holds(device, &room.roots).unwrap();
    assert_eq!(held.holder.pid, std::process::id());
    let file = File::open(room.file()).unwrap();
    assert!(read_only(&room.file(), file, device, &room.roots.proc).is_err(), "another user's");
    drop(lock);
    assert_eq!(who_holds(device, &room.roots), None);
}

#[test]
fn what_names_no_living_process_is_taken_over() {
    for content in [
        Vec::new(),
        b"garbage\n".to_vec(),
        b"         0\n".to_vec(),
        b"        -1\n".to_vec(),
        b"4294967295\n".to_vec(),
        vec![0xff; 9000],
        dead_pid().to_ne_bytes().to_vec(),
        format!("{:>10}\nminicom\n", dead_pid()).into_bytes(),
    ] {
        let room = room();
        room.write(&content);
        let lock = room.take().unwrap();
        let expected: Option<&[String]> = (!content.is_empty()).then_some(&[]);
        assert_eq!(lock.left_behind(), expected, "a program may have been killed");
        assert_eq!(room.content(), format!("{:>10}\nsaldo\n", std::process::id()));
    }
}

/// A process of this name and these open files, under the number of one that lives.
fn process(room: &mut Room, name: &str, files: Option<&[&str]>) {
    let proc = room.folder.path().join("proc");
    let process = proc.join("1");
    fs::create_dir_all(&process).unwrap();
    fs::write(process.join("comm"), format!("{name}\n")).unwrap();
    if let Some(files) = files {
        fs::create_dir(process.join("fd")).unwrap();
        for (number, file) in files.iter().enumerate() {
            std::os::unix::fs::symlink(file, process.join(format!("fd/{number}"))).unwrap();
        }
    }
    room.roots.proc = proc;
}

#[test]
fn a_number_that_went_to_another_program_holds_nothing_unless_it_might() {
    for (now, files, is_held) in [
        ("bash", Some(&["/dev/null"][..]), false),
        ("bash", Some(&["/dev/ttyUSB2"][..]), true),
        ("bash", None, true),
        ("minicom", Some(&[][..]), true),
    ] {
        let mut room = room();
        process(&mut room, now, files);
        room.write("         1 minicom root\n");
        let taken = room.take();
        assert_eq!(taken.is_err(), is_held, "{now} {files:?}");
        if let Err(held) = taken {
            assert_eq!(held.holder.program, now);
        }
    }
}

#[test]
fn a_name_that_the_kernel_has_cut_is_the_same() {
    let mut room = room();
    process(&mut room, "a-very-long-nam", Some(&[]));
    room.write("         1 a-very-long-name root\n");
    assert!(room.take().is_err());
}

#[test]
fn a_leftover_of_ours_is_one_even_when_its_number_lives_again() {
    let room = room();
    room.write("         1\nsaldo\n");
    assert!(room.take().is_ok());
}

#[test]
fn what_a_crashed_run_owed_is_found_by_the_next_and_kept_until_done() {
    let room = room();
    let owed = [r#"AT+CSCS="IRA""#.to_owned(), "AT+CREG=2".to_owned()];
    let lock = room.take().unwrap();
    lock.note_restore(&owed).unwrap();
    let left = room.content();
    drop(lock);
    room.write(left); // as after SIGKILL
    let lock = room.take().unwrap();
    assert_eq!(lock.left_behind(), Some(&owed[..]));
    assert!(room.content().ends_with("restore AT+CSCS=\"IRA\"\nrestore AT+CREG=2\n"));
    lock.note_restore(&[]).unwrap();
    assert!(!room.content().contains("restore"));
}

#[test]
fn whoever_only_looks_leaves_the_next_one_to_know() {
    let room = room();
    room.write(format!("{:>10}\nsaldo\n", dead_pid()));
    for _ in 0..2 {
        assert_eq!(room.take().unwrap().left_behind(), Some(&[][..]));
    }
    room.take().unwrap().note_restore(&[]).unwrap(); // it has spoken with the modem
    assert_eq!(room.take().unwrap().left_behind(), None);
}

#[test]
fn what_is_still_owed_outlives_the_lock() {
    let room = room();
    let owed = ["ATE1".to_owned()];
    let lock = room.take().unwrap();
    lock.note_restore(&owed).unwrap();
    drop(lock);
    let lock = room.take().unwrap();
    assert_eq!(lock.left_behind(), Some(&owed[..]));
    drop(lock); // a run that could not pay either
    assert_eq!(room.take().unwrap().left_behind(), Some(&owed[..]));
}

#[test]
fn only_commands_are_noted_and_only_our_own_file_is_trusted() {
    let room = room();
    let lock = room.take().unwrap();
    lock.note_restore(&["AT+CSCS=1\nrestore AT+CFUN=0".into(), "rm".into()]).unwrap();
    assert!(!room.content().contains("restore"));
    drop(lock);
    room.write(format!("{:>10}\nminicom\nrestore AT+CFUN=0\n", dead_pid()));
    assert_eq!(room.take().unwrap().left_behind(), Some(&[][..]));
}

#[test]
fn a_folder_that_cannot_be_written_gives_way_to_the_next() {
    let mut room = room();
    room.roots.lock.insert(0, "/nothing/here".into());
    assert_eq!(room.take().unwrap().path(), room.file());
    room.roots.lock.pop();
    assert!(Lock::take(Path::new("/dev/ttyUSB2"), &room.roots).unwrap().is_none());
}

#[test]
fn of_many_takers_at_once_one_wins() {
    let room = room();
    room.write(format!("{:>10}\nsaldo\n", dead_pid()));
    let start = std::sync::Barrier::new(8);
    let locks: Vec<_> = std::thread::scope(|scope| {
        let takers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    Lock::take(Path::new("/dev/ttyUSB2"), &room.roots)
                })
            })
            .collect();
        takers.into_iter().map(|taker| taker.join().unwrap()).collect()
    });
    assert_eq!(locks.iter().flatten().flatten().count(), 1);
    assert_eq!(locks.iter().filter(|lock| lock.is_err()).count(), 7);
}

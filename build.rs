//! Links the unwinder into the library: it then needs libc alone, and can be copied
//! into an image that has no libgcc_s (self-hosted Supabase).

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system != "linux") {
        return;
    }
    let archive = |name: &str| -> Option<PathBuf> {
        let found = Command::new("cc").arg(format!("-print-file-name={name}")).output().ok()?;
        let path = PathBuf::from(String::from_utf8(found.stdout).ok()?.trim());
        path.is_absolute().then_some(path)
    };
    let (Some(unwinder), Some(support)) = (archive("libgcc_eh.a"), archive("libgcc.a")) else {
        return;
    };
    // Rust's own libraries ask for libgcc_s: a linker script of that name gives them the archives.
    let directory = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let script = format!("INPUT({} {})\n", unwinder.display(), support.display());
    fs::write(PathBuf::from(&directory).join("libgcc_s.so"), script).expect("OUT_DIR is writable");
    println!("cargo:rustc-link-search=native={directory}");
}

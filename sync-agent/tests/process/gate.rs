//! Stands before a server and holds back the answer to one request.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

pub(crate) struct Gate {
    port: u16,
    held: Receiver<()>,
    open: Sender<()>,
}

impl Gate {
    /// Before the server at `origin`; the answer to the first request that begins
    /// with `request` is held.
    pub(crate) fn before(origin: &str, request: &'static str) -> Self {
        let server = origin.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, held) = channel();
        let (open, opened) = channel();
        // Whoever is the first takes it.
        let hold = Arc::new(Mutex::new(Some((tell, opened))));
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(&server).unwrap());
                let hold = Arc::clone(&hold);
                thread::spawn(move || pass(client, server, request, &hold));
            }
        });
        Self { port, held, open }
    }

    /// Where it is.
    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Google's API behind it.
    pub(crate) fn base(&self) -> String {
        format!("{}/calendar/v3/", self.origin())
    }

    /// Until the answer is there, and held.
    pub(crate) fn wait(&self) {
        self.held.recv().unwrap();
    }

    /// Lets it pass.
    pub(crate) fn open(&self) {
        self.open.send(()).unwrap();
    }
}

type Hold = Mutex<Option<(Sender<()>, Receiver<()>)>>;

fn pass(mut client: TcpStream, mut server: TcpStream, request: &str, hold: &Hold) {
    let (mut asks, mut answers) = (vec![0; 65536], vec![0; 65536]);
    // One request, one answer, and so on: HTTP/1.1 without pipelining. The whole of
    // each may take several reads, so both ways are watched in turn.
    client.set_nonblocking(true).unwrap();
    server.set_nonblocking(true).unwrap();
    let mut is_wanted = false;
    loop {
        match client.read(&mut asks) {
            Ok(0) => return,
            Ok(length) => {
                is_wanted |= asks[..length].starts_with(request.as_bytes());
                write(&mut server, &asks[..length]);
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
        match server.read(&mut answers) {
            Ok(0) => return,
            Ok(length) => {
                // Others of its kind pass meanwhile.
                let first = if is_wanted { hold.lock().unwrap().take() } else { None };
                if let Some((held, opened)) = first {
                    held.send(()).unwrap();
                    let _ = opened.recv();
                }
                is_wanted = false;
                write(&mut client, &answers[..length]);
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                thread::sleep(std::time::Duration::from_millis(1));
            }
            Err(_) => return,
        }
    }
}

fn write(to: &mut TcpStream, bytes: &[u8]) {
    to.set_nonblocking(false).unwrap();
    let _ = to.write_all(bytes);
    to.set_nonblocking(true).unwrap();
}

//! Public pages, and visitors who hold, book, move and cancel with a secret token.

mod holds;
mod limits;
mod own;
mod pages;
mod support;

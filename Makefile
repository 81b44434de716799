# A table of contents: the scripts in scripts/ do the work, and each says at its head what it does. Every target installs what it needs on Debian 12 or newer and on Ubuntu 24.04 or
# newer, also Rust where apt offers rustup (from Debian 13 and Ubuntu 24.04 on). PG=15…18 selects
# the PostgreSQL major.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help demo test test-agreement test-fakes test-histories test-messages test-supabase-js test-web test-n8n test-peers test-postfix test-pg16 test-pg17 test-pg18 test-image bench bench-scale bench-agent install lint docs fuzz

help: ## List the targets
	@echo 'make TARGET [PG=15|16|17|18]'
	@sed -n 's/^\([a-z0-9-]*\):.*## /  \1\t/p' Makefile | expand -t 20

demo: ## Show the product on a private throw-away PostgreSQL; nothing of it is installed
	@scripts/with-env postgres python postgrest -- scripts/demo

test: lint ## Run every check and test, on a private throw-away PostgreSQL
	@scripts/test

test-agreement: ## Run random histories with every connector; N=1000 of each, ONLY="google ghl" selects
	@scripts/test-agreement $(or $(N),1000) $(ONLY)

test-fakes: ## Compare the stand-ins for the providers with what the providers publish (downloads 300 MB once)
	@scripts/check-fakes

test-histories: ## Run random concurrent histories for an hour, MINUTES=60 in all
	@CALENDAR_TEST_HISTORY_MINUTES=$(or $(MINUTES),60) RUST_TEST_NOCAPTURE=1 \
		scripts/test --package calendar_tests --test histories

test-messages: ## Run random histories of bookings and their messages against a slow model, N=10000 in all
	@CALENDAR_TEST_HISTORIES=$(or $(N),10000) RUST_TEST_NOCAPTURE=1 \
		scripts/test --package calendar_tests --test notifications agrees_with_a_slow_model

test-supabase-js: ## Run the examples for supabase-js against a real PostgREST (downloads 300 MB once)
	@scripts/with-env postgres postgrest -- scripts/test-supabase-js

test-web: ## Drive the booking page in a real Chromium against a real PostgREST; ONLY="places hosts" selects
	@scripts/with-env postgres postgrest -- scripts/test-web $(ONLY)

test-n8n: ## Run every n8n workflow in a real n8n (downloads 1.7 GB once)
	@scripts/with-env postgres postgrest -- scripts/test-n8n

test-peers: ## Try the CalDAV connector on five servers of other people (needs root; downloads 300 MB once)
	@scripts/test-peers

test-postfix: ## Send e-mails to Debian's Postfix (needs root; downloads 150 MB once)
	@scripts/test-postfix

test-pg16: ## Run the database tests on PostgreSQL 16 in a throw-away Ubuntu 24.04 (needs root)
	@scripts/test-in-debian noble 16

test-pg17: ## Run the database tests on PostgreSQL 17 in a throw-away Debian 13 (needs root)
	@scripts/test-in-debian trixie 17

test-pg18: ## Run the database tests on PostgreSQL 18 in a throw-away Debian 14, forky (needs root)
	@scripts/test-in-debian forky 18

test-image: ## Build the Docker image and create the extension in a server from it (needs root)
	@scripts/test-image

bench: ## Measure the release build; ONLY="slots sync" selects from the list in tests/src/bin/bench
	@scripts/with-env postgres postgrest -- \
		cargo run --locked --release --package calendar_tests --bin bench -- $(ONLY)
	@cargo bench --locked --package calendar_engine --bench availability --bench spoken

bench-scale: ## Measure after years: 10,000 brokers, 3 million events (8 GB in /var/tmp); ONLY="10 pull" is a tenth of it
	@TMPDIR=/var/tmp scripts/with-env postgres -- \
		cargo run --locked --release --package calendar_tests --bin bench_scale -- $(ONLY)

bench-agent: ## Measure sync-agent: with a real CalDAV server, feeds and messages; ONLY=messages alone
	@scripts/with-env postgres python -- scripts/bench-agent $(ONLY)

install: ## Build the extension and install it into this machine's PostgreSQL
	@scripts/install

lint: ## Check formatting, warnings, documentation, scripts, dependencies, wording and stray paths
	@scripts/lint

docs: ## Build the reference documentation of the code
	@scripts/docs

fuzz: ## Feed hostile input to the parsers, FUZZ_SECONDS=60 for each (needs nightly Rust)
	@scripts/fuzz

# The two commands are `make site` and `make test`; `make unit` and `make lint` are the quick parts of the
# latter; `make lab` and `make clean` start and remove the simulated Macs.
.PHONY: site test test-all fresh real unit lint lab doctor faults crash fleet bench pins compatibility clean requirements
# The simulated Macs of two targets would be in each other's way.
.NOTPARALLEL:

site:
	@bin/site

test:
	@bin/test

# Everything, in some hours; make --keep-going test-all goes on where something is wrong.
test-all: test fresh real faults crash fleet

# The two commands on bare Debians: make fresh SUITES="trixie sid" CASES="user root"
fresh:
	@bin/setup lab -- python -B tests/fresh/fresh.py $(if $(SUITES),--suites $(SUITES)) $(if $(CASES),--cases $(CASES))

# With the real TensorFlow, where `make test` has a stand-in.
real:
	@LAB_TENSORFLOW=real bin/setup lab -- molecule test --scenario-name upgrade
	@LAB_TENSORFLOW=real bin/setup lab -- molecule test --scenario-name mirror

# Runs broken off at POINTS points, or at one: make crash POINT=upgrade/plug/24+1.50
POINTS = 200
SEED = 1
MACS = 2
crash:
	@LAB_LOCKS="$${LAB_LOCKS:-tf-2.16 tf-2.18}" PYTHONPATH=. bin/setup lab -- python -B molecule/crash \
		--points $(POINTS) --seed $(SEED) --macs $(MACS) $(if $(POINT),--point $(POINT)) \
		$(if $(OPERATIONS),--operations $(OPERATIONS))

# FLEET simulated Macs, asleep, full, slow and the rest: make fleet FLEET=12
FLEET = 50
fleet:
	@PYTHONPATH=.:molecule/crash bin/setup lab -- python -B molecule/fleet/fleet.py $(FLEET)

# Ratios to a plain playbook, mitogen, pyinfra and bare ssh, all measured in one run.
# make bench CASES="nothing-25 install-8" ROUNDS=5 PLAIN=a-playbook-of-your-own.yml
CASES =
ROUNDS = 0
bench:
	@LAB_LOCKS="tf-2.16 tf-2.18" bin/setup lab -- python -B molecule/fleet/bench/bench.py \
		--rounds $(ROUNDS) $(CASES)

# The unit tests, without a browser, a lab or a package of the system's.
unit:
	@bin/unit

lint:
	@bin/setup lint -- bin/lint

lab:
	@bin/setup lab -- molecule/lab/lab up site m2-sonoma m1-sequoia
	@echo "lab: provision them with: make site"

# One Mac of the inventory: make doctor HOST=mini-01
doctor: export HOST := $(HOST)
doctor:
	@bin/setup -- python -m verify doctor "$$HOST"

# Every fault, and twelve runs on healthy Macs: half an hour on two idle cores.
faults:
	@COLUMNS=$${COLUMNS:-140} FAULTS=full bin/setup lab -- molecule test --scenario-name faults

pins:
	@bin/setup
	@.venv/bin/python -m verify.lock
	@.venv/bin/python -m verify.readme
	@.venv/bin/python -m verify.twin
	@.venv/bin/python -m verify.lock --files

# The pairs that link, with what the index has by now.
compatibility:
	@bin/setup
	@.venv/bin/python -m verify.links.collect

# Where bin/setup serves: the lock is only right when each of these has a wheel of all that is in it.
PYTHONS = 3.11 3.12 3.13 3.14
PLATFORMS = aarch64-apple-darwin x86_64-apple-darwin aarch64-unknown-linux-gnu x86_64-unknown-linux-gnu
requirements:
	@for name in requirements requirements-runner molecule/fleet/bench/requirements; do \
		.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
			--no-emit-index-url --no-emit-find-links "$$name.in" -o "$$name.txt" || exit; \
	done
	@.venv/bin/uv pip compile --quiet --python-version 3.11 --python-platform aarch64-apple-darwin \
		--only-binary :all: --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--no-emit-find-links -c requirements.txt requirements-pull.in \
		-o roles/tensorflow_metal/files/locks/pull.txt
	@for python in $(PYTHONS); do for platform in $(PLATFORMS); do \
		.venv/bin/uv pip compile --quiet --python-version $$python --python-platform $$platform --only-binary :all: \
			-c requirements.txt requirements.in requirements-runner.in > /dev/null || \
			{ echo "requirements: on $$platform with Python $$python not all of it can be installed" >&2; exit 1; }; \
	done; done
	@.venv/bin/uv pip compile --quiet --python-version 3.11 --python-platform x86_64-apple-darwin --only-binary :all: \
		-c roles/tensorflow_metal/files/locks/pull.txt requirements-pull.in > /dev/null

clean:
	@molecule/lab/lab clean
	@rm -rf .tools .venv report .mypy_cache .pytest_cache .ruff_cache .ansible

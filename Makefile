# From One Cell to Sixteen Bells. `make` alone lists the commands.
#
#   PYTHON       the Python that makes .venv           make book PYTHON=python3.12
#   TORCH_INDEX  a package index with CPU builds of torch; on Linux the usual one serves
#                a CUDA build of several GB (see the README)
#   CHAPTER      one chapter, for `make page`          make page CHAPTER=by-hand
#   PORT         for `make serve`

PYTHON ?= python3
PORT ?= 8000
export TORCH_INDEX
# One thread: numbers and costs must not depend on how many cores there are.
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1
export MKL_NUM_THREADS = 1

RUN = .venv/bin/python
ifeq ($(OS),Windows_NT)
RUN = .venv/Scripts/python
endif

.DEFAULT_GOAL = help
.PHONY: help book page test lab serve references bench clean clean-all install install-all

help: ## list the commands
	@$(PYTHON) -c "import re; [print('make %-12s %s' % m) for m in re.findall(r'^([a-z-]+):.*?## (.*)', open('Makefile').read(), re.M)]"

install:
	@$(PYTHON) tools/bootstrap.py book torch mining lightning

install-all:
	@$(PYTHON) tools/bootstrap.py book torch mining lightning test

book: install ## install, execute the chapters that need it, build the pages
	@$(RUN) -m tools.build

page: install ## build one chapter quickly: make page CHAPTER=by-hand
	@$(RUN) -m tools.build --page "$(CHAPTER)"

test: install-all ## install and run every check
	@$(RUN) -m tools.check

lab: install ## JupyterLab on the chapters as notebooks
	@$(RUN) -m tools.lab

serve: ## serve the built pages on this machine
	@$(RUN) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

references: install ## run the chapters and refresh the reference outputs in notebooks/
	@$(RUN) -m tools.build
	@$(RUN) -m tools.notebooks

bench: install-all ## measure the ratios that the book quotes
	@$(RUN) -m tools.bench

clean: ## remove what was built (keeps .venv)
	@$(PYTHON) -c "import shutil; shutil.rmtree('_build', ignore_errors=True)"

clean-all: clean
	@$(PYTHON) -c "import shutil; shutil.rmtree('.venv', ignore_errors=True)"

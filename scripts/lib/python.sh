# Sourced by practice, check and test: finds a Python and does the set-up. $root is the clone.

find_python() {
  local candidate
  for candidate in "$root/.venv/bin/python" "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11 python; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      echo "$candidate"
      return
    fi
  done
  {
    echo "PhantomCode needs Python 3.11 or later. Install it, then run this again:"
    echo "  Debian, Ubuntu  sudo apt-get install python3 python3-venv python3-dev"
    echo "  Fedora          sudo dnf install python3 python3-devel"
    echo "  Arch            sudo pacman -S python"
    echo "  macOS           brew install python"
    echo "Where that Python is too old, name a newer one: PYTHON=/path/to/python3 $0"
  } >&2
  return 1
}

set_up() {
  local python
  python="$(find_python)" || exit 1
  "$python" "$root/scripts/lib/setup.py" "$1" || exit $?
}

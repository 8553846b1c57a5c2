"""Where the engine has no wheel, only what happens without it is tested."""

import sys

collect_ignore_glob = [] if sys.version_info >= (3, 11) else ["test_cel_[!w]*.py"]

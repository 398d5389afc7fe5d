# Read by every server beside its image's own settings: makes the platform's extension importable.
import os
import sys

_folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
if _folder not in sys.path:
    sys.path.append(_folder)

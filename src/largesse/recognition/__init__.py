"""Recognition: first gifts, entrances of supporters, thanks, anonymous gifts, and banners of the largest gifts."""

from largesse.recognition.choices import forget_person
from largesse.recognition.defaults import load_defaults
from largesse.recognition.figures import FIGURES
from largesse.recognition.jobs import register_jobs
from largesse.recognition.recognizing import Recognizer
from largesse.recognition.thanks import READERS

__all__ = ["FIGURES", "READERS", "Recognizer", "forget_person", "load_defaults", "register_jobs"]

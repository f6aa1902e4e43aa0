"""Any sequence of class, tag and region actions, undo and redo leaves the store as a plain dict would be, as the
journal tells.
"""

from hypothesis import settings
from tagging_machine import TaggingByMachine

TestTaggingByMachine = TaggingByMachine.TestCase
TestTaggingByMachine.settings = settings(max_examples=8, stateful_step_count=25, deadline=None)

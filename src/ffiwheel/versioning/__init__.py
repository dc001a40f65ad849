"""From facts about the source tree to one PEP 440 version, without writing anything."""

"""Pages for people: server-rendered, Chinese and English, readable script without dependencies."""

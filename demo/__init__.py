"""The demo network: public facts with their source, and invented organisations, people and work marked as invented.

Nothing here draws on a real person. The same seed gives the same network every time.
"""

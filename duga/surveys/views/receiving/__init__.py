"""Answers on screen: lists, one submission, phones, exports, keys."""

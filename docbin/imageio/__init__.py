"""Readers and writers: files to pages, ink and grey to files."""

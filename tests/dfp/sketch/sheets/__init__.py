"""Sheets of paper with known heads and lines, to measure what finds and reads them."""

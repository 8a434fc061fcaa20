"""Printed papers as PDF bytes from frozen data: no Qt, no files, no clock; the fonts are handed in."""

"""Run by `kritarunner`: with the standard library, Krita's API and PyQt alone, on any Python from 3.8."""

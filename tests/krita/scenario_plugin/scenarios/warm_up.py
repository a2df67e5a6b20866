"""Does nothing: Krita's first start in a fresh profile is slow, so it is done once and copied."""

from dfp_scenario.tools import Tools, Wait


def scenario(tools: Tools) -> Wait:
    yield 1.0
    tools.screenshot("warm")

"""Whether Spark can run here; where it cannot, this says why the other tests are not there."""

from __future__ import annotations

import os

import pytest

from tests.spark.cluster import missing


def test_spark_can_run_here():
    """In the checks of a change what is missing is a failure."""
    reason = missing()
    if reason:
        assert not os.environ.get("CI"), reason
        pytest.skip(reason)

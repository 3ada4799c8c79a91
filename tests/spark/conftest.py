"""A Spark cluster for the tests, where there is Java and pyspark; all tests here need one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster import Running, cluster

from perfeval_lint.audit.spark.ready import check_java, check_packages
from perfeval_lint.audit.spark.session import Cluster
from perfeval_lint.errors import UsageError

HERE = Path(__file__).parent
SMALL = (("spark.executor.memory", "512m"),)  # Spark's least is 450 MB


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of clusters run one after the other."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("spark"))


@pytest.fixture(scope="session", autouse=True)
def _spark_is_here() -> None:
    """Skips, and says why, where Java or pyspark is missing; in the checks of a change this is a failure."""
    try:
        check_packages()
        check_java()
    except UsageError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One cache for the packed installation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PERFEVAL_LINT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def running(_spark_is_here: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A master and two workers that find nothing but a bare Python."""
    with cluster(tmp_path_factory.mktemp("cluster"), workers=2) as started:
        yield started


@pytest.fixture
def small(running: Running) -> Cluster:
    """How to reach the cluster, with executors as small as they can be."""
    return Cluster(running.url, conf=SMALL)

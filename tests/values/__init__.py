"""Tests of canonical values: one table of cases for paper and tables."""

"""Tests about the tests: without a protection, the test that stands for it has to fail."""

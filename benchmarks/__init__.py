"""Benchmarks: what is claimed is measured here, beside others in the same run. No part of the installed package."""

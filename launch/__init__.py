"""Starts Oversight on a machine that has Python and nothing else: ``python -m launch run``.

It stands alone: no app imports it, and it knows the product only through ``manage.py`` and the environment.
``bootstrap`` and ``refusal`` run before any dependency is there, and on Pythons too old for the rest.
"""

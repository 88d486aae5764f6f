"""Autograder for CSC413/2516 Winter 2020, Programming Assignment 2."""

__version__ = "0.1.0"

"""Workflows for GitHub and GitLab, which live on in files that people extend.

A file has blocks of ours between two comments; everything else is its owner's. We read and write
text, never YAML trees: what somebody wrote stays as it is, comments and all.
"""

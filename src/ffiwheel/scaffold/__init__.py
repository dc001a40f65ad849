"""New projects from templates; each template is a real project that builds as it stands."""

"""What staff edit: from YAML to checked objects and rendered words."""

"""Search: what is asked, what words of the corpus it stands for, and where they are. The same articles on both databases."""

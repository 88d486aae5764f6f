"""The stand-in Colab: data sets and a small network in the original formats."""

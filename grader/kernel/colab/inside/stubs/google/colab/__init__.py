"""What Colab offers a notebook beside Python, as far as a notebook can do without a browser."""

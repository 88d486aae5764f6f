"""What report.html draws of a network: its blocks, and what it learned."""

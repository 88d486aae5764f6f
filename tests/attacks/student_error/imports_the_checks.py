# what: imports the checks
# rows: 3
# %%
import grader.checks.conv2d

print("ESCAPED")

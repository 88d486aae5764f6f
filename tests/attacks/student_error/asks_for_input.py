# what: waits for an answer from the grader's terminal
# %%
input("password: ")
